"""The polls' tables and queries.

A ballot's row holds no time and no order of arrival: its primary key is its leaf hash, and its
place in the log, once it has one, follows from the leaf hashes of its batch. The constraint on
(poll, pseudonym, sequence) is what makes a vote count once.
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    union_all,
    update,
)

from credentials.formats.poll_event import BATCH_END
from server.database import tables

PollRow = Row[tuple[object, ...]]

polls = Table(
    "polls",
    tables,
    Column("id", String(32), primary_key=True),
    # What the organiser prepared; the manifest is made from it.
    Column("draft", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    # Octets of the manifest, from the opening on; never changed after.
    Column("manifest", LargeBinary),
    Column("manifest_hash", LargeBinary(32), unique=True),
    # Where the log stands: closing time with its extensions, when it closed, entries, what is
    # needed to append, ballots that wait for their batch, and the time of the last batch.
    Column("closes_at", Integer),
    Column("closed_at", Integer),
    Column("size", Integer, nullable=False, default=0),
    Column("frontier", LargeBinary, nullable=False, default=b""),
    Column("waiting", Integer, nullable=False, default=0),
    Column("batch_at", Integer, nullable=False, default=0),
    Column("created_at", Integer, nullable=False),
)

ballots = Table(
    "ballots",
    tables,
    Column("leaf_hash", LargeBinary(32), primary_key=True),
    Column("poll", String(32), ForeignKey("polls.id"), nullable=False),
    Column("pseudonym", LargeBinary(48), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("octets", LargeBinary, nullable=False),
    # None while it waits.
    Column("log_index", Integer),
    UniqueConstraint("poll", "pseudonym", "sequence"),
    Index(None, "poll", "log_index"),
    sqlite_with_rowid=False,
)

events = Table(
    "poll_events",
    tables,
    Column("poll", String(32), ForeignKey("polls.id"), primary_key=True),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("leaf_hash", LargeBinary(32), nullable=False),
    Column("octets", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

checkpoints = Table(
    "poll_checkpoints",
    tables,
    Column("poll", String(32), ForeignKey("polls.id"), primary_key=True),
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    sqlite_with_rowid=False,
)

shares = Table(
    "poll_shares",
    tables,
    Column("poll", String(32), ForeignKey("polls.id"), primary_key=True),
    Column("trustee", Integer, primary_key=True, autoincrement=False),
    Column("share", LargeBinary(48), nullable=False),
    sqlite_with_rowid=False,
)

witnesses = Table(
    "witnesses",
    tables,
    Column("name", String(200), primary_key=True),
    # C2SP verifier key.
    Column("key", String(600), nullable=False, unique=True),
    sqlite_with_rowid=False,
)


def add_draft(
    connection: Connection, *, poll: str, draft: dict[str, object], state: str, created_at: int
) -> None:
    """Keep a prepared poll; IntegrityError if its id is taken."""
    connection.execute(
        insert(polls).values(id=poll, draft=draft, state=state, created_at=created_at)
    )


def poll_row(connection: Connection, poll: str, *, locked: bool = False) -> PollRow | None:
    """A poll's row; `locked` keeps others from changing it before this transaction ends."""
    query = select(polls).where(polls.c.id == poll)
    return connection.execute(query.with_for_update() if locked else query).one_or_none()


def poll_rows(connection: Connection) -> list[PollRow]:
    """All polls, the oldest first."""
    return list(connection.execute(select(polls).order_by(polls.c.created_at, polls.c.id)))


def polls_in(connection: Connection, states: Sequence[str]) -> list[str]:
    """The ids of polls in one of these states."""
    query = select(polls.c.id).where(polls.c.state.in_(states)).order_by(polls.c.id)
    return list(connection.execute(query).scalars())


def log_sizes(connection: Connection) -> dict[str, int]:
    """How many entries the log of each poll has that was opened."""
    query = select(polls.c.id, polls.c.size).where(polls.c.manifest.is_not(None))
    return {row.id: row.size for row in connection.execute(query)}


def update_poll(connection: Connection, poll: str, **values: object) -> None:
    """Change columns of a poll whose row is locked."""
    connection.execute(update(polls).where(polls.c.id == poll).values(**values))


def add_ballot(
    connection: Connection,
    *,
    leaf_hash: bytes,
    poll: str,
    pseudonym: bytes,
    sequence: int,
    octets: bytes,
) -> None:
    """Take a ballot; IntegrityError if it, or another of its pseudonym and number, is there."""
    connection.execute(
        insert(ballots).values(
            leaf_hash=leaf_hash,
            poll=poll,
            pseudonym=pseudonym,
            sequence=sequence,
            octets=octets,
        )
    )


def has_ballot(connection: Connection, *, poll: str, leaf_hash: bytes) -> bool:
    """Whether exactly this ballot was taken."""
    query = select(ballots.c.poll).where(ballots.c.poll == poll, ballots.c.leaf_hash == leaf_hash)
    return connection.execute(query).one_or_none() is not None


def last_sequence(connection: Connection, *, poll: str, pseudonym: bytes) -> int:
    """The highest number of this pseudonym's ballots, 0 for none."""
    query = select(func.max(ballots.c.sequence)).where(
        ballots.c.poll == poll, ballots.c.pseudonym == pseudonym
    )
    return connection.execute(query).scalar() or 0


def count_ballots(connection: Connection, poll: str, *, before: int | None = None) -> int:
    """How many ballots were taken, or how many are in the log before an index."""
    query = select(func.count()).where(ballots.c.poll == poll)
    if before is not None:
        query = query.where(ballots.c.log_index < before)
    return connection.execute(query).scalar_one()


def waiting_leaves(connection: Connection, poll: str) -> list[bytes]:
    """The leaf hashes of ballots that are not in the log yet, ascending."""
    query = select(ballots.c.leaf_hash).where(ballots.c.poll == poll, ballots.c.log_index.is_(None))
    return sorted(connection.execute(query).scalars())


def ballot_octets(connection: Connection, poll: str) -> Iterator[bytes]:
    """The ballots in the log, in its order."""
    query = (
        select(ballots.c.octets)
        .where(ballots.c.poll == poll, ballots.c.log_index.is_not(None))
        .order_by(ballots.c.log_index)
    )
    return iter(connection.execute(query).scalars())


def place_ballots(connection: Connection, placed: Iterable[tuple[bytes, int]]) -> None:
    """Give ballots their place in the log: (leaf hash, index)."""
    for leaf, index in placed:
        connection.execute(
            update(ballots).where(ballots.c.leaf_hash == leaf).values(log_index=index)
        )


def add_event(
    connection: Connection, *, poll: str, index: int, leaf_hash: bytes, octets: bytes
) -> None:
    """Append an entry that is no ballot."""
    connection.execute(
        insert(events).values(poll=poll, log_index=index, leaf_hash=leaf_hash, octets=octets)
    )


def event_rows(connection: Connection, poll: str) -> list[tuple[int, bytes]]:
    """(index, octets) of all entries but ballots and ends of batches, the manifest first."""
    query = (
        select(events.c.log_index, events.c.octets)
        .where(events.c.poll == poll, events.c.octets != BATCH_END.to_cbor())
        .order_by(events.c.log_index)
    )
    return [(row.log_index, row.octets) for row in connection.execute(query)]


def leaves(connection: Connection, poll: str) -> list[bytes]:
    """The leaf hashes of the whole log, in order."""
    both = union_all(
        select(ballots.c.log_index, ballots.c.leaf_hash).where(
            ballots.c.poll == poll, ballots.c.log_index.is_not(None)
        ),
        select(events.c.log_index, events.c.leaf_hash).where(events.c.poll == poll),
    ).subquery()
    query = select(both.c.leaf_hash).order_by(both.c.log_index)
    return list(connection.execute(query).scalars())


def entries(connection: Connection, poll: str, *, first: int, end: int) -> list[bytes]:
    """The octets of the log's entries from `first` to before `end`, in order."""
    both = union_all(
        *(
            select(table.c.log_index, table.c.octets).where(
                table.c.poll == poll, table.c.log_index >= first, table.c.log_index < end
            )
            for table in (ballots, events)
        )
    ).subquery()
    query = select(both.c.octets).order_by(both.c.log_index)
    return list(connection.execute(query).scalars())


def add_checkpoint(connection: Connection, *, poll: str, size: int, note: str) -> None:
    """Keep a signed checkpoint."""
    connection.execute(insert(checkpoints).values(poll=poll, size=size, note=note))


def checkpoint(connection: Connection, poll: str, *, size: int | None = None) -> str | None:
    """The note of the newest checkpoint, or of the one at this size."""
    query = select(checkpoints.c.note).where(checkpoints.c.poll == poll)
    if size is not None:
        query = query.where(checkpoints.c.size == size)
    return connection.execute(query.order_by(checkpoints.c.size.desc()).limit(1)).scalar()


def checkpoints_from(
    connection: Connection, poll: str, *, first: int, most: int
) -> list[tuple[int, str]]:
    """(size, note) of the first checkpoints at or after a size."""
    query = (
        select(checkpoints.c.size, checkpoints.c.note)
        .where(checkpoints.c.poll == poll, checkpoints.c.size >= first)
        .order_by(checkpoints.c.size)
        .limit(most)
    )
    return [(row.size, row.note) for row in connection.execute(query)]


def update_checkpoint(connection: Connection, *, poll: str, size: int, note: str) -> None:
    """Replace a checkpoint's note by one with more cosignatures."""
    connection.execute(
        update(checkpoints)
        .where(checkpoints.c.poll == poll, checkpoints.c.size == size)
        .values(note=note)
    )


def add_share(connection: Connection, *, poll: str, trustee: int, share: bytes) -> None:
    """Keep a trustee's share; IntegrityError if there is one."""
    connection.execute(insert(shares).values(poll=poll, trustee=trustee, share=share))


def share_rows(connection: Connection, poll: str) -> dict[int, bytes]:
    """The shares so far, by trustee's number from 1."""
    query = select(shares.c.trustee, shares.c.share).where(shares.c.poll == poll)
    return {row.trustee: row.share for row in connection.execute(query.order_by(shares.c.trustee))}


def add_witness(connection: Connection, *, name: str, key: str) -> None:
    """List a witness; IntegrityError if name or key is listed."""
    connection.execute(insert(witnesses).values(name=name, key=key))


def remove_witness(connection: Connection, name: str) -> bool:
    """Take a witness off the list; whether there was one."""
    return connection.execute(witnesses.delete().where(witnesses.c.name == name)).rowcount == 1


def witness_rows(connection: Connection) -> list[tuple[str, str]]:
    """(name, verifier key) of all witnesses, by name."""
    query = select(witnesses.c.name, witnesses.c.key).order_by(witnesses.c.name)
    return [(row.name, row.key) for row in connection.execute(query)]
