"""The organiser's side of doors: adding them, giving them tokens, and reading what became of them.

A door stands in the signed metadata; its token is shown once and kept as a hash.
"""

from dataclasses import dataclass, replace

from credentials.doors import largest_code
from credentials.errors import PolicyError, SchemaError
from credentials.formats.metadata import Door, Event, Metadata
from credentials.formats.qr import MAX_OCTETS
from credentials.formats.schema import Schema
from server.bearer import draw_token, hash_token
from server.community.service import CommunityService
from server.database import Database
from server.doors import store
from server.doors.movements import Lost
from server.problems import OperatorError


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDoor:
    """A door with the number of times that it let somebody in (0 at a members-only door)."""

    door: Door
    entries: int


def _check_size(door: Door, *, event: Event, schema: Schema) -> None:
    """Raise OperatorError for a door whose codes would be too large for cheap cameras."""
    try:
        octets = largest_code(door, event=event, schema=schema)
    except (PolicyError, SchemaError) as error:
        raise OperatorError(f"This door cannot be: {error}.") from None
    if octets > MAX_OCTETS:
        raise OperatorError(
            f"A code for this door could take {octets} octets, and a QR code that every phone "
            f"reads holds {MAX_OCTETS}: show less at the door, or take a schema with fewer "
            "attributes."
        )


class DoorOffice:
    """Doors as the organiser handles them, from the command line."""

    def __init__(self, database: Database, community: CommunityService) -> None:
        self._database = database
        self._community = community

    def add(self, door: Door) -> str:
        """Publish a door; its token, which is shown only now.

        Raises OperatorError if the door's id is taken or its event unknown, and MetadataRefused for
        a door that asks for what the schema does not have.
        """

        def with_door(metadata: Metadata) -> Metadata:
            if metadata.door(door.id) is not None:
                raise OperatorError(f"There is already a door with the id {door.id}.")
            event = metadata.event(door.event)
            if event is None:
                raise OperatorError(
                    f"There is no event with the id {door.event}; "
                    "make one with: symbolon-server event add"
                )
            _check_size(door, event=event, schema=metadata.schema)
            return replace(metadata, doors=(*metadata.doors, door))

        token = draw_token()
        with self._database.write() as connection:
            self._community.publish(with_door, connection=connection)
            store.set_token(connection, door=door.id, token_hash=hash_token(token))
        return token

    def renew_token(self, door_id: str) -> str:
        """A new token for a door; the one before ends at once. Raises OperatorError."""
        token = draw_token()
        with self._database.write() as connection:
            if self._community.metadata(connection=connection).door(door_id) is None:
                raise OperatorError(f"There is no door with the id {door_id}.")
            store.set_token(connection, door=door_id, token_hash=hash_token(token))
        return token

    def doors(self) -> list[ListedDoor]:
        """All doors, in the order in which they were added."""
        with self._database.read() as connection:
            doors = self._community.metadata(connection=connection).doors
            return [
                ListedDoor(door=door, entries=store.count_entries(connection, door.id))
                for door in doors
            ]

    def conflicts(self) -> list[Lost]:
        """Scans with which an offline door let somebody pass, and which lost when merged."""
        with self._database.read() as connection:
            return store.conflicts(connection)
