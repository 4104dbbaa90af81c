"""The organiser's side of doors: adding, changing and removing them, and what became of them.

A door stands in the signed metadata; its token is shown once and kept as a hash.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

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


def consequences_of_change(before: Door, after: Door) -> tuple[str, ...]:
    """What others notice if a door becomes another one, in sentences; none for a name."""
    if replace(after, name=before.name) == before:
        return ()
    told = [
        "Wallets and devices that know the door as it was are refused, or refuse, until they have "
        "fetched it anew: symbolon wallet refresh, symbolon door prepare. Hand in first what "
        "devices have scanned: symbolon door sync"
    ]
    if after.mode != before.mode:
        told.insert(0, _MODES[after.mode])
    return tuple(told)


def consequences_of_removal(listed: ListedDoor) -> tuple[str, ...]:
    """What it means that a door is removed, in sentences."""
    kept = f" Its {listed.entries} entries stay in the event's record." if listed.entries else ""
    return (
        f"The token of {listed.door.id} ends. Devices prepared for this door go on letting people "
        "in, and cannot hand in any more what they scanned: run symbolon door sync on each of them "
        f"first.{kept}",
    )


_MODES = {
    "once": "Whoever comes in is in at all doors of the event that count once, until it is over.",
    "once_per_day": "Whoever comes in may come in again on each day of the event.",
    "re_entry": "Whoever comes in can be scanned out, and may come in again then.",
    "members_only": "The door records nobody any more: it does not know who is in.",
}


def _found(metadata: Metadata, door_id: str) -> Door:
    door = metadata.door(door_id)
    if door is None:
        raise OperatorError(f"There is no door with the id {door_id}.")
    return door


def _check_change(connection: Connection, before: Door, after: Door, *, metadata: Metadata) -> None:
    if after == before:
        raise OperatorError(f"The door {before.id} is like that already.")
    if after.mode != before.mode and store.has_scans(connection, before.id):
        raise OperatorError(
            f"The door {before.id} has let people in, and its mode decides how they are known "
            "again: changed now, who is in could come in a second time. Add another door with the "
            "other mode: symbolon-server door add"
        )
    if after.day_begins != before.day_begins and store.has_scans(connection, before.id):
        raise OperatorError(
            f"The door {before.id} has let people in, and when its days begin decides to which day "
            "they belong: changed now, who is in could come in a second time. Add another door "
            "with the other beginning: symbolon-server door add"
        )
    _check_fits(after, metadata=metadata)


def _check_fits(door: Door, *, metadata: Metadata) -> None:
    event = metadata.event(door.event)
    if event is None:
        raise OperatorError(
            f"There is no event with the id {door.event}; make one with: symbolon-server event add"
        )
    _check_size(door, event=event, schema=metadata.schema)


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
            _check_fits(door, metadata=metadata)
            return replace(metadata, doors=(*metadata.doors, door))

        token = draw_token()
        with self._database.write() as connection:
            self._community.publish(with_door, connection=connection)
            store.set_token(connection, door=door.id, token_hash=hash_token(token))
        return token

    def edit(self, door_id: str, change: Callable[[Door], Door]) -> Door:
        """Publish a door as `change` makes it of what it is; its id, event and token stay.

        Raises OperatorError, also for another mode where somebody came in already, and
        MetadataRefused.
        """
        with self._database.write() as connection:

            def with_change(metadata: Metadata) -> Metadata:
                before = _found(metadata, door_id)
                after = replace(change(before), id=before.id, event=before.event)
                _check_change(connection, before, after, metadata=metadata)
                doors = tuple(after if door == before else door for door in metadata.doors)
                return replace(metadata, doors=doors)

            return _found(self._community.publish(with_change, connection=connection), door_id)

    def check_edit(self, door_id: str, change: Callable[[Door], Door]) -> None:
        """Raise what `edit` would, so that nobody is asked in vain."""
        with self._database.read() as connection:
            metadata = self._community.metadata(connection=connection)
            before = _found(metadata, door_id)
            _check_change(connection, before, change(before), metadata=metadata)

    def remove(self, door_id: str) -> None:
        """Publish that a door is no more, and end its token; its entries stay in the record.

        Raises OperatorError.
        """

        def without_door(metadata: Metadata) -> Metadata:
            gone = _found(metadata, door_id)
            return replace(metadata, doors=tuple(door for door in metadata.doors if door != gone))

        with self._database.write() as connection:
            self._community.publish(without_door, connection=connection)
            store.end_token(connection, door=door_id)

    def renew_token(self, door_id: str) -> str:
        """A new token for a door; the one before ends at once. Raises OperatorError."""
        token = draw_token()
        with self._database.write() as connection:
            _found(self._community.metadata(connection=connection), door_id)
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

    def door(self, door_id: str) -> ListedDoor:
        """One door; raises OperatorError."""
        with self._database.read() as connection:
            door = _found(self._community.metadata(connection=connection), door_id)
            return ListedDoor(door=door, entries=store.count_entries(connection, door.id))

    def conflicts(self) -> list[Lost]:
        """Scans with which an offline door let somebody pass, and which lost when merged."""
        with self._database.read() as connection:
            return store.conflicts(connection)
