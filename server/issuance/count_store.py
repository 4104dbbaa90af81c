"""The exact count from which the crowd table is made: numbers of members, and nothing of anyone."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Integer,
    Table,
    Text,
    delete,
    false,
    func,
    insert,
    select,
    update,
)

from credentials.crowd import Cells
from server.database import tables
from server.issuance.credential_store import credentials

member_count = Table(
    "member_count",
    tables,
    Column("id", Integer, CheckConstraint("id = 1", name="one"), primary_key=True),
    Column("since", Integer, nullable=False),
    Column("removals", Integer, nullable=False),
    Column("highest_serial", Integer, nullable=False),
    # JSON: for each sheet a list of [values, members].
    Column("cells", Text, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Who was counted, as the fields of credentials.formats.crowd.Crowd say; `cells` by sheet.

    Who left since is still in it.
    """

    since: int = 0
    removals: int = 0
    highest_serial: int = 0
    cells: tuple[Cells, ...]

    @property
    def members(self) -> int:
        """How many were counted, exactly."""
        return sum(self.cells[0].values())


def read_count(connection: Connection) -> Count | None:
    """The count, or None before the first."""
    row = connection.execute(select(member_count)).one_or_none()
    if row is None:
        return None
    sheets: list[Any] = json.loads(row.cells)
    return Count(
        since=row.since,
        removals=row.removals,
        highest_serial=row.highest_serial,
        cells=tuple({tuple(values): members for values, members in sheet} for sheet in sheets),
    )


def save_count(connection: Connection, count: Count) -> None:
    """Put a count in the place of the one before."""
    connection.execute(delete(member_count))
    connection.execute(
        insert(member_count).values(
            id=1,
            since=count.since,
            removals=count.removals,
            highest_serial=count.highest_serial,
            cells=json.dumps([sorted(sheet.items()) for sheet in count.cells]),
        )
    )


def mark_counted(connection: Connection) -> int:
    """Note that all good credentials are in the count now; the highest serial among them."""
    newcomers = (
        credentials.c.counted == false(),
        credentials.c.retired == false(),
        credentials.c.removed == false(),
    )
    query = select(func.max(credentials.c.serial)).where(*newcomers)
    highest = connection.execute(query).scalar() or 0
    connection.execute(update(credentials).where(*newcomers).values(counted=True))
    return highest
