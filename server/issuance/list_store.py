"""Which lists were imported, so that one that is older than the newest is known again."""

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
)

from server.database import tables

imported_lists = Table(
    "imported_lists",
    tables,
    Column("scope", Text, primary_key=True),
    # SHA-256 of what the list said; `number` counts the lists of a scope as they came.
    Column("digest", LargeBinary(32), primary_key=True),
    Column("number", Integer, nullable=False),
    # Days since 1970-01-01.
    Column("imported_on", Integer, nullable=False),
    UniqueConstraint("scope", "number"),
)


def imported_before(connection: Connection, *, scope: str, digest: bytes) -> int | None:
    """The day on which this list was imported, if another of its scope came after it."""
    row = connection.execute(
        select(imported_lists).where(
            imported_lists.c.scope == scope, imported_lists.c.digest == digest
        )
    ).one_or_none()
    if row is None or row.number == _newest_list(connection, scope):
        return None
    day: int = row.imported_on
    return day


def note_list(connection: Connection, *, scope: str, digest: bytes, day: int) -> None:
    """Note that a list was imported, as the newest of its scope."""
    connection.execute(
        delete(imported_lists).where(
            imported_lists.c.scope == scope, imported_lists.c.digest == digest
        )
    )
    number = _newest_list(connection, scope) + 1
    connection.execute(
        insert(imported_lists).values(scope=scope, digest=digest, number=number, imported_on=day)
    )


def _newest_list(connection: Connection, scope: str) -> int:
    query = select(func.max(imported_lists.c.number)).where(imported_lists.c.scope == scope)
    return connection.execute(query).scalar() or 0
