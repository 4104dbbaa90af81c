"""A prepared door file and members' codes, for the tests of the door."""

from pathlib import Path

from client.door.scanning import DoorDesk
from client.door.store import DoorIdentity, DoorStore
from credentials.doors import door_policy
from credentials.formats.qr import to_qr_text
from credentials.holder import Credential
from credentials.presentation import present
from credentials.scope import door_scope, time_slot
from tests.community import EVENT, Community, Member

NOON = 1_790_000_000


def prepared(file: Path, *, community: Community, door: str) -> DoorStore:
    """A door file as `door prepare` leaves it, with nobody inside."""
    store = DoorStore.open(file, create=True)
    store.save_heads(community.heads.signed)
    store.save_identity(
        DoorIdentity(
            id=door,
            address=community.metadata.address,
            fingerprint=community.metadata.community_id,
            token="a token",
            metadata=community.signed.octets,
            signature=community.signed.signature,
            prepared_at=NOON,
        )
    )
    return store


def desk(file: Path, *, community: Community, door: str) -> DoorDesk:
    """The same, ready to scan."""
    return DoorDesk(prepared(file, community=community, door=door))


def code(
    member: Member,
    *,
    community: Community,
    door: str,
    at: int = NOON,
    credential: Credential | None = None,
) -> str:
    """A member's code for a door, drawn at a time, and at the head of a credential if given."""
    listed = community.metadata.door(door)
    assert listed is not None
    slot = time_slot(at)
    shown = present(
        credential or member.credential,
        policy=door_policy(listed, schema=community.schema),
        scope=door_scope(
            community.metadata.community_id,
            event=EVENT,
            mode=listed.mode,
            time_slot=slot,
            day_begins=listed.day_begins,
        ),
        freshness=slot,
    )
    return to_qr_text(shown.to_cbor())
