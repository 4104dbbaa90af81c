"""A community's database with very many members, written in bulk.

The rows are those that import, issuance and revocation write, of the same lengths and under the
same constraints. Filler is what only a member or an auditor could check: commitments, signatures,
and the values of old removals. One member of ten was removed.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection, insert

from credentials.curve.scalars import encode_scalar
from credentials.formats.head import Head, SignedHead
from credentials.issuance import draw_handle
from credentials.merkle import Frontier
from server.commands.session import Session
from server.database import Database
from server.issuance import credential_store
from server.issuance import store as issuance
from server.registry import store as registry

REMOVED_OF = 10
CHUNK = 50_000
LAST_DAY = 22_280  # 2031-01-01
ISSUED_LENGTH = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One member of the filling."""

    entitlement: str
    serial: int
    removed: bool
    handle: bytes = field(default_factory=lambda: encode_scalar(draw_handle()), repr=False)
    commitment: bytes = field(default_factory=lambda: secrets.token_bytes(48), repr=False)


def fill(session: Session, *, members: int) -> list[Person]:
    """Add members until there are so many; the last of them, at most CHUNK."""
    # A database of its own: what is set or cached here must not help what is measured.
    database = Database(session.settings.database_url)
    people: list[Person] = []
    try:
        with database.read() as connection:
            known = credential_store.highest_serial(connection)
        for start in range(known + 1, members + 1, CHUNK):
            people = [
                Person(
                    entitlement=f"filled{serial:07}",
                    serial=serial,
                    removed=serial % REMOVED_OF == 0,
                )
                for serial in range(start, min(start + CHUNK, members + 1))
            ]
            with database.write() as connection:
                connection.exec_driver_sql("PRAGMA cache_size = -1000000")  # in KB
                _add_members(connection, people)
                _add_removals(connection, people, session=session)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        database.close()
    return people


def _add_members(connection: Connection, people: Sequence[Person]) -> None:
    connection.execute(
        insert(issuance.entitlements),
        [
            {
                "id": one.entitlement,
                "source": secrets.token_bytes(32),
                "name": f"Attendee {one.serial}",
                "email": f"attendee{one.serial}@city.example",
                "attributes": json.dumps(attributes_of(one.serial), sort_keys=True),
                "generation": 1,
                "reissued": False,
                "standing": issuance.REMOVED if one.removed else issuance.CURRENT,
                "valid_until": LAST_DAY,
            }
            for one in people
        ],
    )
    connection.execute(
        insert(issuance.claim_codes),
        [
            {
                "code_hash": secrets.token_bytes(32),
                "entitlement_id": one.entitlement,
                "generation": 1,
                "commitment": one.commitment,
                "retired": one.removed,
            }
            for one in people
        ],
    )
    connection.execute(
        insert(credential_store.credentials),
        [
            {
                "commitment": one.commitment,
                "entitlement_id": one.entitlement,
                "handle": one.handle,
                "serial": one.serial,
                "issued": secrets.token_bytes(ISSUED_LENGTH),
                "retired": one.removed,
                "removed": one.removed,
            }
            for one in people
        ],
    )


def _add_removals(connection: Connection, people: Sequence[Person], *, session: Session) -> None:
    """The removals' rows, and the head after them: signed, chained, with the log's real root."""
    newest = registry.newest_head(connection)
    assert newest is not None
    before = Head.from_cbor(newest.signed.octets)
    entries = [one.handle + secrets.token_bytes(48) for one in people if one.removed]
    connection.execute(
        insert(registry.registry_removals),
        [
            {"handle": entry[:32], "position": position, "value": entry[32:]}
            for position, entry in enumerate(entries, start=before.removals)
        ],
    )
    frontier = Frontier.from_octets(newest.frontier, size=before.removals).grown(entries)
    head = replace(
        before,
        epoch=before.epoch + 1,
        removals=frontier.size,
        root=frontier.root,
        highest_serial=people[-1].serial,
        previous=before.hash,
    )
    registry.add_head(
        connection,
        epoch=head.epoch,
        signed=SignedHead.sign(head, private_key=session.keystore.metadata_key),
        head_hash=head.hash,
        frontier=frontier.to_octets(),
    )


def attributes_of(serial: int) -> dict[str, str | int]:
    """What an attendee's row in the organiser's list says; every tenth is a volunteer."""
    return {
        "pass": ("resident", "week", "day")[serial % 3],
        "volunteer": int(serial % 10 == 1),
        "nickname": f"owl {serial}",
        "points": serial % 10_000,
        "valid_until": LAST_DAY,
    }
