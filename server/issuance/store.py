"""Entitlements, claim codes, and nonces; what was issued for them is in credential_store.

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
    true,
    update,
)

from server.database import tables
from server.issuance.credential_store import Chosen, credentials

entitlements = Table(
    "entitlements",
    tables,
    Column("id", String(16), primary_key=True),
    # The ticket's key where the list has ids; else SHA-256 of scope, address and name as compared.
    Column("source", LargeBinary(32), nullable=False, unique=True),
    Column("has_id", Boolean, nullable=False, server_default=true()),
    # Which list it came in with, and the order there; both empty for who was added by hand.
    Column("scope", Text, nullable=False, server_default=""),
    Column("order_code", Text, nullable=False, server_default=""),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, server_default="", index=True),
    Column("attributes", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("reissued", Boolean, nullable=False),
    # `current`, `removed` by the organiser, `ended` with its last day, or `deleted`.
    Column("standing", String(8), nullable=False, server_default="current"),
    # The attribute of that name, where the pass ends by itself: days since 1970-01-01.
    Column("valid_until", Integer, nullable=True, index=True),
    # What the newest list said, as attendee.Listed, and what the organiser decided against it.
    Column("listed", Text, nullable=True),
    Column("decision", String(8), nullable=False, server_default=""),
    # The last generation whose link was written into a file.
    Column("link_generation", Integer, nullable=True),
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

issuance_nonces = Table(
    "issuance_nonces",
    tables,
    Column("nonce", LargeBinary(32), primary_key=True),
    Column("expires_at", Integer, nullable=False, index=True),
)

CURRENT = "current"
REMOVED = "removed"
ENDED = "ended"
DELETED = "deleted"


_WITH_CLAIMED = select(
    entitlements,
    select(credentials.c.commitment)
    .where(credentials.c.entitlement_id == entitlements.c.id, credentials.c.retired == false())
    .exists()
    .label("claimed"),
)


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


def add_entitlements(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert new entitlements; IntegrityError if one of their sources is there already."""
    if rows:
        connection.execute(insert(entitlements), list(rows))


def add_codes(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert claim codes, as code hash, entitlement and generation."""
    if rows:
        unused = ({**row, "commitment": None, "retired": False} for row in rows)
        connection.execute(insert(claim_codes), list(unused))


def find_entitlement(connection: Connection, entitlement_id: str) -> Row[Any] | None:
    """An entitlement with `claimed`, or None: whether its current link has been used."""
    return connection.execute(
        _WITH_CLAIMED.where(entitlements.c.id == entitlement_id)
    ).one_or_none()


def entitlement(connection: Connection, entitlement_id: str) -> Row[Any]:
    """The entitlement that another row names, all columns."""
    return connection.execute(select(entitlements).where(entitlements.c.id == entitlement_id)).one()


def entitlement_ids_by_email(connection: Connection, email: str) -> list[str]:
    """The entitlements of one e-mail address, as it is compared."""
    if not email:  # of whom the data were erased
        return []
    found = connection.execute(select(entitlements.c.id).where(entitlements.c.email_key == email))
    return list(found.scalars())


def all_entitlements(connection: Connection) -> Iterable[Row[Any]]:
    """Every entitlement with `claimed`: whether its current link has been used; by name."""
    return connection.execute(_WITH_CLAIMED.order_by(entitlements.c.name, entitlements.c.id))


def start_generation(
    connection: Connection, entitlement_id: str, *, generation: int, reissued: bool
) -> None:
    """Retire the codes and the credential of an entitlement, and set its new generation."""
    retire(connection, [entitlement_id])
    connection.execute(
        update(entitlements)
        .where(entitlements.c.id == entitlement_id)
        .values(generation=generation, reissued=reissued, standing=CURRENT)
    )


def retire(connection: Connection, chosen: Chosen) -> None:
    """Retire the codes and credentials of entitlements, for ever."""
    for table in (claim_codes, credentials):
        connection.execute(
            update(table)
            .where(table.c.entitlement_id.in_(chosen), table.c.retired == false())
            .values(retired=True)
        )


def set_standing(connection: Connection, chosen: Chosen, standing: str) -> None:
    """Set what entitlements are: current, removed, ended or deleted."""
    connection.execute(
        update(entitlements).where(entitlements.c.id.in_(chosen)).values(standing=standing)
    )


def update_entitlement(connection: Connection, entitlement_id: str, **values: Any) -> None:
    """Set columns of an entitlement; IntegrityError if its source is another's."""
    connection.execute(
        update(entitlements).where(entitlements.c.id == entitlement_id).values(**values)
    )


def note_links(connection: Connection, generations: Mapping[str, int]) -> None:
    """Note that the links of these generations were written into a file, for each entitlement."""
    for entitlement_id, generation in generations.items():
        connection.execute(
            update(entitlements)
            .where(entitlements.c.id == entitlement_id)
            .values(link_generation=generation)
        )


def ended(*, today: int) -> Chosen:
    """The current entitlements whose last day was before `today`."""
    return select(entitlements.c.id).where(
        entitlements.c.valid_until < today, entitlements.c.standing == CURRENT
    )


def count_members(
    connection: Connection, *, counted: bool, last_day: int | None
) -> list[tuple[str, bool, int]]:
    """Attributes, `reissued`, and how many good credentials have both, counted before or not.

    Those whose pass ends before `last_day` are left out. What an entitlement says is what its
    credential says, as long as that is good.
    """
    goes_on = true() if last_day is None else entitlements.c.valid_until >= last_day
    rows = connection.execute(
        select(entitlements.c.attributes, entitlements.c.reissued, func.count())
        .join(credentials, credentials.c.entitlement_id == entitlements.c.id)
        .where(
            goes_on,
            credentials.c.counted == (true() if counted else false()),
            credentials.c.retired == false(),
            credentials.c.removed == false(),
        )
        .group_by(entitlements.c.attributes, entitlements.c.reissued)
    )
    return [(attributes, reissued, count) for attributes, reissued, count in rows]


def count_ending(connection: Connection, *, today: int) -> int:
    """How many good credentials are of a pass that ended before `today`."""
    query = select(func.count()).where(
        credentials.c.entitlement_id.in_(ended(today=today)),
        credentials.c.retired == false(),
        credentials.c.removed == false(),
    )
    return connection.execute(query).scalar_one()


# --- claims


def claim_code(connection: Connection, code_hash: bytes) -> Row[Any] | None:
    """One claim code by the SHA-256 of its text."""
    return connection.execute(
        select(claim_codes).where(claim_codes.c.code_hash == code_hash)
    ).one_or_none()


def credential(connection: Connection, commitment: bytes) -> Row[Any] | None:
    """The credential of a commitment point, all columns, and its entitlement's `standing`."""
    return connection.execute(
        select(credentials, entitlements.c.standing)
        .join(entitlements, credentials.c.entitlement_id == entitlements.c.id)
        .where(credentials.c.commitment == commitment)
    ).one_or_none()


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
