"""The doors' tables and queries: tokens, scans that let somebody pass, and what is soon forgotten.

No table keeps the order in which rows came. A scan's row holds a pseudonym that means nothing
outside its scope, and nothing that leads to a person or an issuance.
"""

from collections.abc import Sequence

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)

from credentials.doors import Verdict
from server.database import tables
from server.doors.movements import Lost, Merged, Scan

door_tokens = Table(
    "door_tokens",
    tables,
    Column("door", String(32), primary_key=True),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
)

door_scans = Table(
    "door_scans",
    tables,
    Column("scan_id", LargeBinary(16), primary_key=True),
    Column("context_id", LargeBinary(32), nullable=False),
    Column("pseudonym", LargeBinary(48), nullable=False),
    # The number of the movement; null for a scan that lost against an earlier one in a merge.
    Column("n", Integer),
    Column("verdict", String(16), nullable=False),
    Column("against", LargeBinary(16), ForeignKey("door_scans.scan_id")),
    Column("door", String(32), nullable=False),
    Column("mode", String(16), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("at", Integer, nullable=False),
    Column("code_hash", LargeBinary(32), nullable=False),
    UniqueConstraint("context_id", "pseudonym", "n"),
    Index(None, "door", "at"),
    sqlite_with_rowid=False,
)

door_answers = Table(
    "door_answers",
    tables,
    Column("scan_id", LargeBinary(16), primary_key=True),
    Column("door", String(32), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("code_hash", LargeBinary(32), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("first_at", Integer),
    Column("first_door", String(32)),
    Column("expires_at", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)

door_codes_seen = Table(
    "door_codes_seen",
    tables,
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("expires_at", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)


# --- tokens


def set_token(connection: Connection, *, door: str, token_hash: bytes) -> None:
    """Give a door its token; an earlier one ends."""
    connection.execute(delete(door_tokens).where(door_tokens.c.door == door))
    connection.execute(insert(door_tokens).values(door=door, token_hash=token_hash))


def end_token(connection: Connection, *, door: str) -> None:
    """Take a door's token away."""
    connection.execute(delete(door_tokens).where(door_tokens.c.door == door))


def door_of_token(connection: Connection, token_hash: bytes) -> str | None:
    """The door that a token opens, or None."""
    return connection.execute(
        select(door_tokens.c.door).where(door_tokens.c.token_hash == token_hash)
    ).scalar()


# --- scans


_SCAN_COLUMNS = (
    door_scans.c.scan_id,
    door_scans.c.door,
    door_scans.c.mode,
    door_scans.c.direction,
    door_scans.c.at,
    door_scans.c.code_hash,
)


def add_movement(
    connection: Connection,
    scan: Scan,
    *,
    context_id: bytes,
    pseudonym: bytes,
    n: int | None,
    verdict: Verdict,
) -> None:
    """Record a scan as movement `n`; IntegrityError if that movement is taken."""
    connection.execute(
        insert(door_scans).values(
            scan_id=scan.scan_id,
            context_id=context_id,
            pseudonym=pseudonym,
            n=n,
            verdict=verdict.value,
            door=scan.door,
            mode=scan.mode,
            direction=scan.direction,
            at=scan.at,
            code_hash=scan.code_hash,
        )
    )


def movements(connection: Connection, *, context_id: bytes, pseudonym: bytes) -> list[Scan]:
    """The scans of a pseudonym that count, in the order of their number."""
    rows = connection.execute(
        select(*_SCAN_COLUMNS)
        .where(
            door_scans.c.context_id == context_id,
            door_scans.c.pseudonym == pseudonym,
            door_scans.c.n.is_not(None),
        )
        .order_by(door_scans.c.n)
    )
    return [Scan(**row._mapping) for row in rows]


def all_scans(connection: Connection, *, context_id: bytes, pseudonym: bytes) -> list[Scan]:
    """Every recorded scan of a pseudonym, counting or not."""
    rows = connection.execute(
        select(*_SCAN_COLUMNS).where(
            door_scans.c.context_id == context_id, door_scans.c.pseudonym == pseudonym
        )
    )
    return [Scan(**row._mapping) for row in rows]


def scan_by_id(connection: Connection, scan_id: bytes) -> Scan | None:
    """A recorded scan, or None."""
    row = connection.execute(
        select(*_SCAN_COLUMNS).where(door_scans.c.scan_id == scan_id)
    ).one_or_none()
    return None if row is None else Scan(**row._mapping)


def write_merged(
    connection: Connection, merged: Merged, *, context_id: bytes, pseudonym: bytes
) -> None:
    """Renumber all scans of a pseudonym as `merged` says."""
    connection.execute(
        update(door_scans)
        .where(door_scans.c.context_id == context_id, door_scans.c.pseudonym == pseudonym)
        .values(n=None)
    )
    for n, scan in enumerate(merged.movements):
        verdict = Verdict.CHECKED_OUT if scan.direction == "out" else Verdict.ADMITTED
        _decide(connection, scan, n=n, verdict=verdict, against=None)
    for lost in merged.lost:
        _decide(connection, lost.scan, n=None, verdict=lost.verdict, against=lost.against)


def _decide(
    connection: Connection, scan: Scan, *, n: int | None, verdict: Verdict, against: Scan | None
) -> None:
    connection.execute(
        update(door_scans)
        .where(door_scans.c.scan_id == scan.scan_id)
        .values(n=n, verdict=verdict.value, against=None if against is None else against.scan_id)
    )


def outcome(connection: Connection, scan_id: bytes) -> tuple[Verdict, Scan | None]:
    """How a recorded scan stands after all merges, and the scan that stands against it."""
    row = connection.execute(
        select(door_scans.c.verdict, door_scans.c.against).where(door_scans.c.scan_id == scan_id)
    ).one()
    against = None if row.against is None else scan_by_id(connection, row.against)
    return Verdict(row.verdict), against


def last_movements(
    connection: Connection, *, doors: Sequence[str], since: int
) -> list[dict[str, bytes | int | str]]:
    """For each scope and pseudonym at `doors` its last movement, if it is not before `since`."""
    last = (
        select(
            door_scans.c.context_id,
            door_scans.c.pseudonym,
            func.max(door_scans.c.n).label("n"),
        )
        .where(door_scans.c.door.in_(doors), door_scans.c.n.is_not(None))
        .group_by(door_scans.c.context_id, door_scans.c.pseudonym)
        .subquery()
    )
    rows = connection.execute(
        select(
            door_scans.c.context_id,
            door_scans.c.pseudonym,
            door_scans.c.n,
            door_scans.c.at,
            door_scans.c.door,
        )
        .join(
            last,
            (door_scans.c.context_id == last.c.context_id)
            & (door_scans.c.pseudonym == last.c.pseudonym)
            & (door_scans.c.n == last.c.n),
        )
        .where(door_scans.c.at >= since)
        .order_by(door_scans.c.context_id, door_scans.c.pseudonym)
    )
    return [dict(row._mapping) for row in rows]


def count_entries(connection: Connection, door: str) -> int:
    """How many scans of a door let somebody in."""
    return connection.execute(
        select(func.count()).where(
            door_scans.c.door == door, door_scans.c.n.is_not(None), door_scans.c.direction == "in"
        )
    ).scalar_one()


def has_scans(connection: Connection, door: str) -> bool:
    """Whether a scan of this door was ever recorded."""
    query = select(door_scans.c.scan_id).where(door_scans.c.door == door).limit(1)
    return connection.execute(query).first() is not None


def conflicts(connection: Connection) -> list[Lost]:
    """All scans that let somebody pass and lost in a merge, earliest first."""
    rows = connection.execute(
        select(*_SCAN_COLUMNS, door_scans.c.verdict, door_scans.c.against)
        .where(door_scans.c.n.is_(None))
        .order_by(door_scans.c.at, door_scans.c.scan_id)
    ).all()
    return [
        Lost(
            scan=Scan(
                scan_id=row.scan_id,
                door=row.door,
                mode=row.mode,
                direction=row.direction,
                at=row.at,
                code_hash=row.code_hash,
            ),
            verdict=Verdict(row.verdict),
            against=None if row.against is None else scan_by_id(connection, row.against),
        )
        for row in rows
    ]
