"""Registry heads, removals, and the schedule on which heads are published.

A handle is the primary key of its removal, so that nothing is ever removed twice. A removal has no
time of its own; what is pending waits for the next head, where all of one head stand in the order
of their handles.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from credentials.formats.head import SignedHead
from server.database import tables

registry_heads = Table(
    "registry_heads",
    tables,
    # One head for each epoch: this decides between two publishers.
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("octets", LargeBinary, nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
    Column("hash", LargeBinary(32), nullable=False, unique=True),
    # The roots of the log's complete subtrees, from which the next head goes on.
    Column("frontier", LargeBinary, nullable=False),
)

registry_removals = Table(
    "registry_removals",
    tables,
    Column("handle", LargeBinary(32), primary_key=True),
    # Its place in the log and the value after it; null until a head removes it.
    Column("position", Integer, nullable=True, unique=True),
    Column("value", LargeBinary(48), nullable=True),
    sqlite_with_rowid=False,
)

registry_schedule = Table(
    "registry_schedule",
    tables,
    Column("id", Integer, CheckConstraint("id = 1", name="one"), primary_key=True),
    # Seconds between heads, and seconds after midnight UTC at which one of them comes.
    Column("period", Integer, nullable=False),
    Column("offset", Integer, nullable=False),
)


class KeptHead(NamedTuple):
    """A published head with its log's frontier."""

    signed: SignedHead
    frontier: bytes


# --- heads

# Asked with every request, so it is made once.
_NEWEST_EPOCH = select(func.max(registry_heads.c.epoch))


def newest_epoch(connection: Connection) -> int | None:
    """The epoch of the newest head, or None before the first."""
    return connection.execute(_NEWEST_EPOCH).scalar()


def newest_head(connection: Connection) -> KeptHead | None:
    """The newest head, or None before the first."""
    row = connection.execute(
        select(registry_heads).order_by(registry_heads.c.epoch.desc()).limit(1)
    ).one_or_none()
    return None if row is None else KeptHead(signed=_signed(row), frontier=row.frontier)


def heads(connection: Connection, *, first: int, last: int) -> list[SignedHead]:
    """The heads of the epochs from `first` to `last`, in their order."""
    rows = connection.execute(
        select(registry_heads)
        .where(registry_heads.c.epoch.between(first, last))
        .order_by(registry_heads.c.epoch)
    )
    return [_signed(row) for row in rows]


def head_by_hash(connection: Connection, head_hash: bytes) -> SignedHead | None:
    """The head with this hash, or None."""
    row = connection.execute(
        select(registry_heads).where(registry_heads.c.hash == head_hash)
    ).one_or_none()
    return None if row is None else _signed(row)


def add_head(
    connection: Connection, *, epoch: int, signed: SignedHead, head_hash: bytes, frontier: bytes
) -> None:
    """Publish a head; IntegrityError if the epoch has one already."""
    connection.execute(
        insert(registry_heads).values(
            epoch=epoch,
            octets=signed.octets,
            signature=signed.signature,
            hash=head_hash,
            frontier=frontier,
        )
    )


def _signed(row: Row[tuple[object, ...]]) -> SignedHead:
    return SignedHead(octets=row.octets, signature=row.signature)


# --- removals


def note_removals(connection: Connection, handles: Iterable[bytes]) -> None:
    """Note handles for removal at the next head; IntegrityError the second time."""
    rows = [{"handle": handle, "position": None, "value": None} for handle in handles]
    if rows:
        connection.execute(insert(registry_removals), rows)


def is_noted(connection: Connection, handle: bytes) -> bool:
    """Whether a handle was removed, or is to be removed at the next head."""
    query = select(registry_removals.c.handle).where(registry_removals.c.handle == handle)
    return connection.execute(query).one_or_none() is not None


def are_pending(connection: Connection, handles: Sequence[bytes]) -> bool:
    """Whether the next head is to remove one of these handles."""
    query = select(registry_removals.c.handle).where(
        registry_removals.c.handle.in_(handles), registry_removals.c.position.is_(None)
    )
    return connection.execute(query.limit(1)).one_or_none() is not None


def pending_handles(connection: Connection) -> list[bytes]:
    """The handles that the next head is to remove, in ascending order, which tells nothing."""
    return list(
        connection.execute(
            select(registry_removals.c.handle)
            .where(registry_removals.c.position.is_(None))
            .order_by(registry_removals.c.handle)
        ).scalars()
    )


def count_pending(connection: Connection) -> int:
    """How many handles the next head is to remove."""
    query = select(func.count()).where(registry_removals.c.position.is_(None))
    return connection.execute(query).scalar_one()


def count_noted(connection: Connection) -> int:
    """How many handles were removed, or are to be removed at the next head."""
    return connection.execute(select(func.count()).select_from(registry_removals)).scalar_one()


def place_removals(connection: Connection, entries: Sequence[bytes], *, first: int) -> None:
    """Put pending removals at their places in the log, from position `first` on.

    `entries` are those of the log, 80 octets each: a handle and the value after it.
    """
    if entries:
        connection.execute(
            update(registry_removals)
            .where(registry_removals.c.handle == bindparam("removed"))
            .values(position=bindparam("place"), value=bindparam("after")),
            [
                {"removed": entry[:32], "place": place, "after": entry[32:]}
                for place, entry in enumerate(entries, start=first)
            ],
        )


def adopt_entries(connection: Connection, entries: Sequence[bytes], *, first: int) -> None:
    """Put entries of the log in their places, whether or not their handles were noted here."""
    for entry in entries:
        if not is_noted(connection, entry[:32]):
            note_removals(connection, [entry[:32]])
    place_removals(connection, entries, first=first)


def entries(connection: Connection, *, first: int, last: int) -> list[bytes]:
    """The log's entries from position `first` to `last`, 80 octets each."""
    rows = connection.execute(
        select(registry_removals.c.handle, registry_removals.c.value)
        .where(registry_removals.c.position.between(first, last))
        .order_by(registry_removals.c.position)
    )
    return [row.handle + row.value for row in rows]


# --- schedule


def schedule(connection: Connection) -> tuple[int, int] | None:
    """Period and offset in seconds, or None where the organiser has set none."""
    row = connection.execute(
        select(registry_schedule.c.period, registry_schedule.c.offset)
    ).one_or_none()
    return None if row is None else (row.period, row.offset)


def set_schedule(connection: Connection, *, period: int, offset: int) -> None:
    """Keep another schedule."""
    connection.execute(delete(registry_schedule))
    connection.execute(insert(registry_schedule).values(id=1, period=period, offset=offset))
