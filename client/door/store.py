"""The door file: one SQLite database with what a door needs to work without a network.

Holds the community's signed metadata and registry heads, the door's token, who is in (pseudonyms in
a scope), the hashes of codes just seen, scans whose verdict was not shown yet (`attempts`), and the
queue of scans for the server (`queue`). Exactly-once is a UNIQUE constraint decided in one
transaction, so any number of processes may scan with one file. The file is 0600; it holds no name,
and no secret but the door's own token.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from client.answers import Entry
from client.door.attempts import Attempts
from client.door.clocks import TABLES as CLOCK_TABLES
from client.door.clocks import DoorClocks
from client.door.queue import ScanQueue
from client.errors import DoorError
from credentials.formats.head import SignedHead

SCHEMA_VERSION = 4
BUSY_SECONDS = 30.0
SEEN_SECONDS = 120
"""How long the hash of a code is kept: longer than a code is good for."""

_TABLES = """
CREATE TABLE door (
    id TEXT NOT NULL, address TEXT NOT NULL, fingerprint BLOB NOT NULL, token TEXT NOT NULL,
    metadata BLOB NOT NULL, signature BLOB NOT NULL, prepared_at INTEGER NOT NULL,
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1)
) WITHOUT ROWID;
CREATE TABLE heads (
    place INTEGER PRIMARY KEY, octets BLOB NOT NULL, signature BLOB NOT NULL
);
CREATE TABLE entries (
    context_id BLOB NOT NULL, pseudonym BLOB NOT NULL, n INTEGER NOT NULL,
    at INTEGER NOT NULL, door TEXT NOT NULL, scan_id BLOB,
    PRIMARY KEY (context_id, pseudonym, n)
) WITHOUT ROWID;
CREATE TABLE seen_codes (
    code_hash BLOB PRIMARY KEY, at INTEGER NOT NULL, scan_id BLOB
) WITHOUT ROWID;
CREATE TABLE attempts (
    code_hash BLOB NOT NULL, direction TEXT NOT NULL, scan_id BLOB NOT NULL,
    begun_at INTEGER NOT NULL, PRIMARY KEY (code_hash, direction)
) WITHOUT ROWID;
CREATE TABLE queue (
    scan_id BLOB PRIMARY KEY, code TEXT NOT NULL, direction TEXT NOT NULL,
    scanned_at INTEGER NOT NULL, refused INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '', since INTEGER, tried_at INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorIdentity:
    """Which door this file is for, and what it trusts."""

    id: str
    address: str
    fingerprint: bytes
    token: str = field(repr=False)
    metadata: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    prepared_at: int


class DoorStore:
    """An opened door file."""

    def __init__(self, connection: sqlite3.Connection, *, path: Path) -> None:
        self._connection = connection
        self.path = path
        self.queue = ScanQueue(connection)
        self.attempts = Attempts(connection)
        self.clocks = DoorClocks(connection)

    @classmethod
    def open(cls, path: Path, *, create: bool = False) -> "DoorStore":
        """Open a door file, or make an empty one. Raises DoorError."""
        path = path.expanduser()
        if not path.exists():
            if not create:
                raise DoorError(
                    f"There is no door file at {path}; `symbolon door prepare` makes one."
                )
            try:
                path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            except OSError as error:
                raise DoorError(f"{path} cannot be made: {error.strerror}.") from None
        try:
            connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            # FULL: an entry said aloud as "admitted" must survive a flat battery.
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            store = cls(connection, path=path)
            store._make_tables()
        except sqlite3.DatabaseError:
            raise DoorError(f"{path} is not a door file, or it is damaged.") from None
        return store

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock: what is read inside cannot change before what is written."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def identity(self) -> DoorIdentity:
        """Which door this is. Raises DoorError if the file was never prepared."""
        row = self._connection.execute(
            "SELECT id, address, fingerprint, token, metadata, signature, prepared_at FROM door"
        ).fetchone()
        if row is None:
            raise DoorError("This door file is empty; run `symbolon door prepare` first.")
        return DoorIdentity(
            id=row[0],
            address=row[1],
            fingerprint=row[2],
            token=row[3],
            metadata=row[4],
            signature=row[5],
            prepared_at=row[6],
        )

    def identity_if_any(self) -> DoorIdentity | None:
        """The same, or None for a new file."""
        try:
            return self.identity()
        except DoorError:
            return None

    def save_identity(self, identity: DoorIdentity) -> None:
        """Write or renew which door this is."""
        self._connection.execute(
            "INSERT OR REPLACE INTO door VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
            (
                identity.id,
                identity.address,
                identity.fingerprint,
                identity.token,
                identity.metadata,
                identity.signature,
                identity.prepared_at,
            ),
        )

    def heads(self) -> tuple[SignedHead, ...]:
        """The registry heads that this door knows, ascending."""
        rows = self._connection.execute("SELECT octets, signature FROM heads ORDER BY place")
        return tuple(SignedHead(octets=row[0], signature=row[1]) for row in rows)

    def save_heads(self, heads: tuple[SignedHead, ...]) -> None:
        """Replace them, inside a transaction."""
        self._connection.execute("DELETE FROM heads")
        self._connection.executemany(
            "INSERT INTO heads (octets, signature) VALUES (?, ?)",
            [head.to_fields() for head in heads],
        )

    def last_movement(self, context_id: bytes, *, pseudonym: bytes) -> Entry | None:
        """The newest movement of a pseudonym in a scope."""
        row = self._connection.execute(
            "SELECT n, at, door FROM entries WHERE context_id = ? AND pseudonym = ? "
            "ORDER BY n DESC LIMIT 1",
            (context_id, pseudonym),
        ).fetchone()
        if row is None:
            return None
        return Entry(context_id=context_id, pseudonym=pseudonym, n=row[0], at=row[1], door=row[2])

    def add_movement(self, entry: Entry, *, scan_id: bytes | None) -> bool:
        """Record a movement; False if exactly this one is there already."""
        return (
            self._connection.execute(
                "INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?, ?, ?)",
                (entry.context_id, entry.pseudonym, entry.n, entry.at, entry.door, scan_id),
            ).rowcount
            == 1
        )

    def movement_of(self, scan_id: bytes) -> Entry | None:
        """The movement that this very scan made."""
        row = self._connection.execute(
            "SELECT context_id, pseudonym, n, at, door FROM entries WHERE scan_id = ?", (scan_id,)
        ).fetchone()
        if row is None:
            return None
        return Entry(context_id=row[0], pseudonym=row[1], n=row[2], at=row[3], door=row[4])

    def merge_entries(self, entries: tuple[Entry, ...]) -> None:
        """Take over the last movements that the server knows, inside a transaction.

        The server's word replaces what is here, except for whom a scan still waits in the queue.
        """
        for entry in entries:
            who = (entry.context_id, entry.pseudonym)
            if self.queue.holds(entry.context_id, pseudonym=entry.pseudonym):
                continue
            # By its own scan a door knows later that it was the one who let this person pass.
            mine = self._connection.execute(
                "SELECT scan_id FROM entries WHERE context_id = ? AND pseudonym = ? AND n = ?",
                (*who, entry.n),
            ).fetchone()
            self._connection.execute(
                "DELETE FROM entries WHERE context_id = ? AND pseudonym = ?", who
            )
            self.add_movement(entry, scan_id=None if mine is None else mine[0])

    def see_code(self, code_hash: bytes, *, now: int, scan_id: bytes) -> bool:
        """Note a code as seen; False if another scan saw it within the last two minutes."""
        self._connection.execute("DELETE FROM seen_codes WHERE at < ?", (now - SEEN_SECONDS,))
        self._connection.execute(
            "INSERT OR IGNORE INTO seen_codes VALUES (?, ?, ?)", (code_hash, now, scan_id)
        )
        by = self._connection.execute(
            "SELECT scan_id FROM seen_codes WHERE code_hash = ?", (code_hash,)
        ).fetchone()
        return bool(by[0] == scan_id)

    def movements(self) -> int:
        """How many movements this door knows of."""
        return int(self._connection.execute("SELECT count(*) FROM entries").fetchone()[0])

    def _make_tables(self) -> None:
        with self.transaction():
            version = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in (*_TABLES.split(";"), *CLOCK_TABLES.split(";")):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if version not in (0, SCHEMA_VERSION):
            raise DoorError(
                "This door file was written by another version of Symbolon. Hand in with that one "
                "what waits in it; then remove it and prepare the door anew."
            )
