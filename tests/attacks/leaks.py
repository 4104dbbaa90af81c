"""Searching for what P8 forbids: in text that the service wrote, and in its database.

The searches know nothing of the service's code; a planted leak shows that each of them finds
what it looks for.
"""

import base64
import binascii
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from credentials import domain_tags
from credentials.formats import cbor
from credentials.formats.metadata import Metadata

WINDOW = 8
PIECE = 12

# --- in text


def spellings(octets: bytes) -> Iterator[bytes]:
    """Every way in which octets may stand inside a text: raw, escaped, hex, base64, base64url."""
    yield octets
    yield repr(octets)[2:-1].encode()
    yield octets.hex().encode()
    yield octets.hex().upper().encode()
    yield str(int.from_bytes(octets, "big")).encode()
    yield b", ".join(str(octet).encode() for octet in octets)
    for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
        # Octets in the midst of others begin at any of three places of a group.
        for before in range(3):
            text = alphabet(bytes(before) + octets)
            yield text[(0, 2, 3)[before] : len(text) - 4]


def pieces(octets: bytes) -> list[bytes]:
    """Parts of 12 octets, so that a cut-off or a wrapped copy is found as well."""
    step = max(PIECE, len(octets) // 4)
    return [octets[at : at + PIECE] for at in range(0, len(octets) - PIECE + 1, step)]


def found_in(text: bytes, *, texts: Iterable[str] = (), octets: Iterable[bytes] = ()) -> list[str]:
    """Which of the secret texts (in any case) and octet strings `text` holds."""
    lower = text.lower()
    found = [secret for secret in texts if secret.lower().encode() in lower]
    found += [
        piece.hex()
        for secret in octets
        for piece in pieces(secret)
        if any(spelled in text for spelled in spellings(piece))
    ]
    return found


# --- in the database

ISSUANCE = frozenset(
    {
        *("entitlements", "claim_codes", "credentials", "registry_removals", "issuance_nonces"),
        "imported_lists",
        "member_count",
    }
)
"""Tables that know who somebody is."""

SHOWN = {
    "door_scans": {
        *("scan_id", "context_id", "pseudonym", "n", "verdict", "against"),
        *("door", "mode", "direction", "at", "code_hash"),
    },
    "door_answers": {
        *("scan_id", "door", "direction", "code_hash"),
        *("verdict", "first_at", "first_door", "expires_at"),
    },
    "door_codes_seen": {"code_hash", "expires_at"},
    "ballots": {"leaf_hash", "poll", "pseudonym", "sequence", "octets", "log_index"},
    "presentation_requests": {
        *("id", "app", "request", "status", "pseudonym", "disclosed", "reason", "expires_at"),
    },
    "presentation_nonces": {"app", "nonce", "expires_at"},
}
"""Tables that know what somebody did, with the columns that they may have."""

PUBLIC = frozenset(
    {
        *("community_metadata", "registry_heads", "registry_schedule", "alembic_version"),
        *("polls", "poll_events", "poll_checkpoints", "poll_shares", "witnesses"),
    }
)
TOKENS = frozenset({"door_tokens", "app_tokens", "organiser_tokens"})

ORDERLESS = ("ballots", "door_scans", "door_answers", "door_codes_seen", "presentation_nonces")
"""Tables that must not keep the order in which rows came."""

Value = bytes | str | int | float | None


def joins(file: Path) -> list[str]:
    """Every trace in a SQLite file that may tie what somebody did to who somebody is."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return [
            *_unknown_tables_and_columns(connection),
            *_key_paths(connection),
            *_orders_of_arrival(connection),
            *_shared_values(connection),
            *_derived_values(connection),
        ]
    finally:
        connection.close()


def _tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    return {name for (name,) in rows if not name.startswith("sqlite_")}


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    rows = connection.execute("SELECT name, type FROM pragma_table_xinfo(?)", (table,))
    return dict(rows.fetchall())


def _unknown_tables_and_columns(connection: sqlite3.Connection) -> Iterator[str]:
    for table in sorted(_tables(connection) - ISSUANCE - set(SHOWN) - PUBLIC - TOKENS):
        yield f"table {table} is neither of issuance nor of what is shown"
    for table, known in SHOWN.items():
        for column in sorted(set(_columns(connection, table)) - known):
            yield f"column {table}.{column} is not known to be harmless"
    for table in sorted(ISSUANCE - {"issuance_nonces"}):
        for column in _columns(connection, table):
            if column.endswith(("_at", "_time", "date")) or column in ("at", "time"):
                yield f"column {table}.{column} tells when somebody enrolled"


def _key_paths(connection: sqlite3.Connection) -> Iterator[str]:
    """Foreign keys in either direction, followed from issuance as far as they lead."""
    beside: dict[str, set[str]] = {table: set() for table in _tables(connection)}
    for table in list(beside):
        rows = connection.execute('SELECT "table" FROM pragma_foreign_key_list(?)', (table,))
        for (target,) in rows:
            beside[table].add(target)
            beside[target].add(table)
    reached, ahead = set(ISSUANCE), list(ISSUANCE)
    while ahead:
        for table in beside.get(ahead.pop(), set()) - reached:
            reached.add(table)
            ahead.append(table)
    for table in sorted(reached & set(SHOWN)):
        yield f"foreign keys lead from issuance to {table}"


def _orders_of_arrival(connection: sqlite3.Connection) -> Iterator[str]:
    for table in ORDERLESS:
        try:
            connection.execute(f"SELECT rowid FROM {table} LIMIT 1")  # noqa: S608
        except sqlite3.OperationalError:
            continue
        yield f"table {table} keeps the order of arrival in its rowid"
    for column, kind in _columns(connection, "ballots").items():
        if column not in ("sequence", "log_index") and not kind.startswith(
            ("BLOB", "VARCHAR", "TEXT")
        ):
            yield f"column ballots.{column} may hold a time or an order"
    stored = [octets for (octets,) in connection.execute("SELECT leaf_hash FROM ballots")]
    if stored != sorted(stored):
        yield "ballots are not stored in the order of their hashes"
    placed: dict[tuple[str, int], bytes] = {}
    rows = connection.execute(
        "SELECT poll, log_index, leaf_hash FROM ballots WHERE log_index IS NOT NULL"
    )
    for poll, index, leaf in rows:
        placed[poll, index] = leaf
    ends = {
        (poll, size) for poll, size in connection.execute("SELECT poll, size FROM poll_checkpoints")
    }
    for (poll, index), leaf in placed.items():
        after = placed.get((poll, index + 1))
        if after is not None and after < leaf and (poll, index + 1) not in ends:
            yield "a batch of ballots is not in the log in the order of their hashes"


def _values(connection: sqlite3.Connection, tables: Iterable[str]) -> Iterator[Value]:
    for table in sorted(tables):
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608
            yield from row


def _octets_of(value: Value) -> Iterator[bytes]:
    """The octets of a value, also those that a text spells."""
    if isinstance(value, bytes):
        yield value
    elif isinstance(value, str):
        yield value.encode()
        for decode in (bytes.fromhex, _base64):
            try:
                yield decode(value)
            except (ValueError, binascii.Error):
                continue


def _base64(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _windows(values: Iterable[Value]) -> set[bytes]:
    return {
        octets[at : at + WINDOW]
        for value in values
        for octets in _octets_of(value)
        for at in range(len(octets) - WINDOW + 1)
    }


def _shared_values(connection: sqlite3.Connection) -> Iterator[str]:
    """Strings of 8 octets that stand on both sides, and are not of the published schema."""
    public = _windows(_values(connection, PUBLIC)) | _windows(_disclosable(connection))
    public |= _windows(_labels())
    shown = _windows(_values(connection, SHOWN))
    for window in sorted((_windows(_values(connection, ISSUANCE)) & shown) - public):
        yield f"octets {window!r} stand both at issuance and in what was shown"


def _disclosable(connection: sqlite3.Connection) -> Iterator[str]:
    """What attributes look like as JSON, if they may be disclosed: choices and the flag."""
    query = "SELECT octets FROM community_metadata ORDER BY version DESC LIMIT 1"
    (octets,) = connection.execute(query).fetchone()
    for attribute in Metadata.from_cbor(octets).schema.attributes:
        for value in attribute.values:
            yield json.dumps({attribute.name: value})
            yield json.dumps({attribute.name: value, "": ""})[:-6]


def _labels() -> Iterator[bytes]:
    """How wire objects begin: the head of their array, and their label."""
    for label in vars(domain_tags).values():
        if isinstance(label, str) and label.startswith("symbolon/"):
            yield from (bytes([0x80 | fields]) + cbor.encode(label) for fields in range(24))


def _derived_values(connection: sqlite3.Connection) -> Iterator[str]:
    """Hashes of what one side knows on the other side: SHA-256 and SHA-512 of each value."""
    for one, other in ((ISSUANCE, SHOWN), (SHOWN, ISSUANCE)):
        derived = {
            digest
            for value in _values(connection, one)
            for octets in (*_octets_of(value), *_numbers(value))
            for name in ("sha256", "sha512")
            for digest in (hashlib.new(name, octets).digest(),)
        }
        starts = {digest[:WINDOW] for digest in derived}
        if starts & _windows(_values(connection, other)):
            yield "a hash of a value on one side stands on the other"


def _numbers(value: Value) -> Iterator[bytes]:
    if isinstance(value, int):
        yield str(value).encode()
        yield value.to_bytes(8, "big", signed=True)
