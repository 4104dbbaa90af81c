"""Issued credentials and their handles: one that is good for each entitlement, at the most.

No row has a time of issuance, which could be laid beside the time of a visit.
"""

from collections.abc import Sequence
from typing import TypeAlias

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Select,
    Table,
    false,
    func,
    insert,
    select,
    true,
    update,
)

from server.database import tables

credentials = Table(
    "credentials",
    tables,
    Column("commitment", LargeBinary(48), primary_key=True),
    Column("entitlement_id", ForeignKey("entitlements.id"), nullable=False, index=True),
    Column("handle", LargeBinary(32), nullable=False, unique=True),
    Column("serial", Integer, nullable=False, unique=True),
    Column("issued", LargeBinary, nullable=False),
    # Replaced or revoked: nothing is ever signed again for this commitment.
    Column("retired", Boolean, nullable=False),
    # The handle was given to the registry for removal; so `issued` is not handed out any more.
    Column("removed", Boolean, nullable=False, server_default=false()),
    # It is in the count from which the crowd table is made, or was until it was removed.
    Column("counted", Boolean, nullable=False, server_default=false()),
)

# An entitlement has at most one commitment that is not retired.
Index(
    "uq_credentials_current",
    credentials.c.entitlement_id,
    unique=True,
    sqlite_where=credentials.c.retired == false(),
    postgresql_where=credentials.c.retired == false(),
)

# Newcomers are few, and are looked for while others wait to write.
Index(
    "ix_credentials_uncounted",
    credentials.c.serial,
    sqlite_where=credentials.c.counted == false(),
    postgresql_where=credentials.c.counted == false(),
)

Chosen: TypeAlias = Sequence[str] | Select[tuple[str]]
"""Entitlements, by their ids or by a query for these."""


def highest_serial(connection: Connection) -> int:
    """The highest serial so far, 0 before the first."""
    return connection.execute(select(func.max(credentials.c.serial))).scalar() or 0


def add_credential(
    connection: Connection,
    *,
    commitment: bytes,
    entitlement_id: str,
    handle: bytes,
    serial: int,
    issued: bytes,
) -> None:
    """Store a new credential; IntegrityError if commitment, handle or serial are taken."""
    connection.execute(
        insert(credentials).values(
            commitment=commitment,
            entitlement_id=entitlement_id,
            handle=handle,
            serial=serial,
            issued=issued,
            retired=False,
        )
    )


def renew_credential(
    connection: Connection, commitment: bytes, *, handle: bytes, issued: bytes
) -> None:
    """Put a credential with a new handle in the place of one whose handle was taken."""
    connection.execute(
        update(credentials)
        .where(credentials.c.commitment == commitment)
        .values(handle=handle, issued=issued, removed=False, counted=False)
    )


def take_handles(connection: Connection, chosen: Chosen) -> list[bytes]:
    """The handles of entitlements' credentials, which are good no longer from now on.

    Each handle is taken once: what was taken before does not come again.
    """
    live = (
        credentials.c.entitlement_id.in_(chosen),
        credentials.c.retired == false(),
        credentials.c.removed == false(),
    )
    handles = list(connection.execute(select(credentials.c.handle).where(*live)).scalars())
    connection.execute(update(credentials).where(*live).values(removed=True))
    return handles


def mark_removed(connection: Connection, handles: Sequence[bytes]) -> list[str]:
    """Mark good credentials as removed whose handles are in the log; whose they were."""
    live = (
        credentials.c.handle.in_(handles),
        credentials.c.retired == false(),
        credentials.c.removed == false(),
    )
    owners = list(connection.execute(select(credentials.c.entitlement_id).where(*live)).scalars())
    connection.execute(update(credentials).where(*live).values(removed=True))
    return owners


def taken_handles(connection: Connection, entitlement_id: str) -> list[bytes]:
    """The handles of an entitlement that were taken, and not replaced by a new signature since."""
    query = select(credentials.c.handle).where(
        credentials.c.entitlement_id == entitlement_id, credentials.c.removed == true()
    )
    return list(connection.execute(query).scalars())


def erase_issued(connection: Connection, entitlement_id: str) -> None:
    """Empty what was signed for an entitlement; commitment, handle and serial stay."""
    connection.execute(
        update(credentials)
        .where(credentials.c.entitlement_id == entitlement_id)
        .values(issued=b"", retired=True)
    )
