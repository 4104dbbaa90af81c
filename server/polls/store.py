"""The polls' tables and queries.

A ballot's row holds no time and no order of arrival: its primary key is its hash. The constraint on
(poll, pseudonym, sequence) is what makes a vote count once.
"""

from collections.abc import Iterator

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)

from server.database import tables

polls = Table(
    "polls",
    tables,
    Column("id", String(32), primary_key=True),
    # What the organiser prepared: question, options and rules; the manifest is made from it.
    Column("draft", JSON, nullable=False),
    # Octets of the manifest, from the opening on; never changed after.
    Column("manifest", LargeBinary),
    Column("manifest_hash", LargeBinary(32), unique=True),
    # Set once no further ballot can be counted.
    Column("closed_at", Integer),
    Column("created_at", Integer, nullable=False),
)

ballots = Table(
    "ballots",
    tables,
    Column("ballot_hash", LargeBinary(32), primary_key=True),
    Column("poll", String(32), ForeignKey("polls.id"), nullable=False),
    Column("pseudonym", LargeBinary(48), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("octets", LargeBinary, nullable=False),
    UniqueConstraint("poll", "pseudonym", "sequence"),
    sqlite_with_rowid=False,
)


def add_draft(
    connection: Connection, *, poll: str, draft: dict[str, object], created_at: int
) -> None:
    """Keep a prepared poll; IntegrityError if its id is taken."""
    connection.execute(insert(polls).values(id=poll, draft=draft, created_at=created_at))


def poll_row(connection: Connection, poll: str, *, locked: bool = False) -> Row[tuple[object, ...]]:
    """A poll's row, or None; `locked` keeps others from closing it before this transaction ends."""
    query = select(polls).where(polls.c.id == poll)
    if locked:
        query = query.with_for_update(read=True)
    return connection.execute(query).one_or_none()  # type: ignore[return-value]


def poll_rows(connection: Connection) -> list[Row[tuple[object, ...]]]:
    """All polls, the oldest first."""
    return list(connection.execute(select(polls).order_by(polls.c.created_at, polls.c.id)))


def open_poll(connection: Connection, poll: str, *, manifest: bytes, manifest_hash: bytes) -> bool:
    """Freeze the manifest of a poll that has none; whether this call did it."""
    changed = connection.execute(
        update(polls)
        .where(polls.c.id == poll, polls.c.manifest.is_(None))
        .values(manifest=manifest, manifest_hash=manifest_hash)
    )
    return changed.rowcount == 1


def close_poll(connection: Connection, poll: str, *, closed_at: int) -> bool:
    """Close a poll that was opened and not closed; whether this call did it."""
    changed = connection.execute(
        update(polls)
        .where(polls.c.id == poll, polls.c.manifest.is_not(None), polls.c.closed_at.is_(None))
        .values(closed_at=closed_at)
    )
    return changed.rowcount == 1


def add_ballot(
    connection: Connection,
    *,
    ballot_hash: bytes,
    poll: str,
    pseudonym: bytes,
    sequence: int,
    octets: bytes,
) -> None:
    """Count a ballot; IntegrityError if it, or another of its pseudonym and number, is there."""
    connection.execute(
        insert(ballots).values(
            ballot_hash=ballot_hash,
            poll=poll,
            pseudonym=pseudonym,
            sequence=sequence,
            octets=octets,
        )
    )


def has_ballot(connection: Connection, *, poll: str, ballot_hash: bytes) -> bool:
    """Whether exactly this ballot is counted."""
    query = select(ballots.c.poll).where(
        ballots.c.poll == poll, ballots.c.ballot_hash == ballot_hash
    )
    return connection.execute(query).one_or_none() is not None


def count_ballots(connection: Connection, poll: str) -> int:
    """How many ballots are counted."""
    query = select(func.count()).where(ballots.c.poll == poll)
    return connection.execute(query).scalar_one()


def ballot_octets(connection: Connection, poll: str) -> Iterator[bytes]:
    """All ballots of a poll in ascending order of their hash."""
    query = select(ballots.c.octets).where(ballots.c.poll == poll).order_by(ballots.c.ballot_hash)
    return (row.octets for row in connection.execute(query))
