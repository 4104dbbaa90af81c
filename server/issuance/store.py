"""Entitlements, claim codes, issued credentials, handles to be removed, and nonces.

An entitlement knows its attendee and the commitment of its credential, as the organiser must. It
holds nothing that a presentation shows, beyond the disclosed attributes. No row has a time of
issuance, which could be laid beside the time of a visit.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
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
    delete,
    false,
    func,
    insert,
    select,
    update,
)

from server.database import tables

entitlements = Table(
    "entitlements",
    tables,
    Column("id", String(16), primary_key=True),
    # SHA-256 of what names the row in its source (a ticket's position, or address and name).
    Column("source", LargeBinary(32), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, index=True),
    Column("attributes", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("reissued", Boolean, nullable=False),
)

claim_codes = Table(
    "claim_codes",
    tables,
    Column("code_hash", LargeBinary(32), primary_key=True),
    Column("entitlement_id", ForeignKey("entitlements.id"), nullable=False),
    Column("generation", Integer, nullable=False),
    # The one commitment that this code signed; null until then.
    Column("commitment", LargeBinary(48), nullable=True, unique=True),
    Column("retired", Boolean, nullable=False),
    UniqueConstraint("entitlement_id", "generation"),
)

credentials = Table(
    "credentials",
    tables,
    Column("commitment", LargeBinary(48), primary_key=True),
    Column("entitlement_id", ForeignKey("entitlements.id"), nullable=False),
    Column("handle", LargeBinary(32), nullable=False, unique=True),
    Column("serial", Integer, nullable=False, unique=True),
    Column("issued", LargeBinary, nullable=False),
    Column("retired", Boolean, nullable=False),
)

# An entitlement has at most one commitment that is not retired.
Index(
    "uq_credentials_current",
    credentials.c.entitlement_id,
    unique=True,
    sqlite_where=credentials.c.retired == false(),
    postgresql_where=credentials.c.retired == false(),
)

pending_removals = Table(
    "pending_removals",
    tables,
    Column("handle", LargeBinary(32), primary_key=True),
)

issuance_nonces = Table(
    "issuance_nonces",
    tables,
    Column("nonce", LargeBinary(32), primary_key=True),
    Column("expires_at", Integer, nullable=False, index=True),
)

UNCLAIMED = "invited"
CLAIMED = "claimed"
REISSUED = "reissued"


# --- nonces


def add_nonce(connection: Connection, nonce: bytes, *, expires_at: int, now: int) -> None:
    """Keep a nonce until `expires_at`, and drop those whose time has passed."""
    connection.execute(delete(issuance_nonces).where(issuance_nonces.c.expires_at <= now))
    connection.execute(insert(issuance_nonces).values(nonce=nonce, expires_at=expires_at))


def consume_nonce(connection: Connection, nonce: bytes, *, now: int) -> bool:
    """Use a nonce up; False if it is unknown, used or expired. Of several callers one wins."""
    used = connection.execute(
        delete(issuance_nonces).where(
            issuance_nonces.c.nonce == nonce, issuance_nonces.c.expires_at > now
        )
    )
    return used.rowcount == 1


# --- entitlements


def entitlements_by_source(connection: Connection) -> dict[bytes, tuple[str, str, str]]:
    """Name, e-mail address and attributes of every entitlement, by its source."""
    rows = connection.execute(
        select(
            entitlements.c.source,
            entitlements.c.name,
            entitlements.c.email,
            entitlements.c.attributes,
        )
    )
    return {source: (name, email, attributes) for source, name, email, attributes in rows}


def add_entitlements(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert new entitlements; IntegrityError if one of their sources is there already."""
    if rows:
        connection.execute(insert(entitlements), list(rows))


def add_codes(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert claim codes, as code hash, entitlement and generation."""
    if rows:
        unused = ({**row, "commitment": None, "retired": False} for row in rows)
        connection.execute(insert(claim_codes), list(unused))


def entitlement(connection: Connection, entitlement_id: str) -> Row[Any] | None:
    """One entitlement, all columns."""
    return connection.execute(
        select(entitlements).where(entitlements.c.id == entitlement_id)
    ).one_or_none()


def entitlement_ids_by_email(connection: Connection, email: str) -> list[str]:
    """The entitlements of one e-mail address (in lower case)."""
    found = connection.execute(select(entitlements.c.id).where(entitlements.c.email == email))
    return list(found.scalars())


def all_entitlements(connection: Connection) -> Iterable[Row[Any]]:
    """Every entitlement with `claimed`: whether its current link has been used; by name."""
    claimed = (
        select(credentials.c.commitment)
        .where(credentials.c.entitlement_id == entitlements.c.id, credentials.c.retired == false())
        .exists()
    )
    return connection.execute(
        select(entitlements, claimed.label("claimed")).order_by(
            entitlements.c.name, entitlements.c.id
        )
    )


def start_generation(
    connection: Connection, entitlement_id: str, *, generation: int, reissued: bool
) -> None:
    """Retire the codes and the credential of an entitlement, and set its new generation."""
    connection.execute(
        update(claim_codes)
        .where(claim_codes.c.entitlement_id == entitlement_id)
        .values(retired=True)
    )
    connection.execute(
        update(credentials)
        .where(credentials.c.entitlement_id == entitlement_id)
        .values(retired=True)
    )
    connection.execute(
        update(entitlements)
        .where(entitlements.c.id == entitlement_id)
        .values(generation=generation, reissued=reissued)
    )


def current_handle(connection: Connection, entitlement_id: str) -> bytes | None:
    """The handle of the entitlement's credential that is not retired."""
    return connection.execute(
        select(credentials.c.handle).where(
            credentials.c.entitlement_id == entitlement_id, credentials.c.retired == false()
        )
    ).scalar_one_or_none()


def note_removal(connection: Connection, handle: bytes) -> None:
    """Note a handle for removal at the next registry head; IntegrityError the second time."""
    connection.execute(insert(pending_removals).values(handle=handle))


# --- credentials


def claim_code(connection: Connection, code_hash: bytes) -> Row[Any] | None:
    """One claim code by the SHA-256 of its text."""
    return connection.execute(
        select(claim_codes).where(claim_codes.c.code_hash == code_hash)
    ).one_or_none()


def credential(connection: Connection, commitment: bytes) -> Row[Any, Any] | None:
    """The credential (`issued`, `retired`) of a commitment point."""
    row: Row[Any, Any] | None = connection.execute(
        select(credentials.c.issued, credentials.c.retired).where(
            credentials.c.commitment == commitment
        )
    ).one_or_none()
    return row


def next_serial(connection: Connection) -> int:
    """One more than the highest serial so far; only meaningful in a writing transaction."""
    return (connection.execute(select(func.max(credentials.c.serial))).scalar() or 0) + 1


def bind_code(connection: Connection, code_hash: bytes, *, commitment: bytes) -> bool:
    """Bind an unused code to the commitment that it signs; False if it is used or retired."""
    bound = connection.execute(
        update(claim_codes)
        .where(
            claim_codes.c.code_hash == code_hash,
            claim_codes.c.commitment.is_(None),
            claim_codes.c.retired == false(),
        )
        .values(commitment=commitment)
    )
    return bound.rowcount == 1


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
