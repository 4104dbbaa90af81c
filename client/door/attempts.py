"""Scans whose verdict nobody has seen yet: shown again, rather than lost.

A scan is noted before anything is decided and crossed out once its verdict was shown. If the
program ends in between (a closed pipe, a terminal that cannot show a sign, Ctrl-C, a flat battery),
the next scan of the same code on this device, in the same direction and within the code's time, is
the same scan: it has the same id, so that it gets the same verdict and counts once. Until then
nobody was let in with it, so whoever shows the code again is let in once; after that the scan is
crossed out, and the next one is another scan. Two processes never work on one code at once.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_bytes

from client.file_lock import locked_part

SCAN_ID_LENGTH = 16
ATTEMPT_SECONDS = 90
"""How long an unshown verdict is remembered: as long as a code may be good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A scan under way; `again` says that one before did not come to its end."""

    scan_id: bytes
    again: bool


class Attempts:
    """The table `attempts` of a door file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin(self, code_hash: bytes, *, direction: str, now: int) -> Attempt:
        """Note a scan before it is decided, or find the one that was not shown."""
        # One from later than now was made before the clock was set back, and is over as well.
        self._connection.execute(
            "DELETE FROM attempts WHERE NOT begun_at BETWEEN ? AND ?", (now - ATTEMPT_SECONDS, now)
        )
        row = self._connection.execute(
            "SELECT scan_id FROM attempts WHERE code_hash = ? AND direction = ?",
            (code_hash, direction),
        ).fetchone()
        if row is not None:
            return Attempt(scan_id=row[0], again=True)
        scan_id = token_bytes(SCAN_ID_LENGTH)
        self._connection.execute(
            "INSERT INTO attempts VALUES (?, ?, ?, ?)", (code_hash, direction, scan_id, now)
        )
        return Attempt(scan_id=scan_id, again=False)

    def end(self, scan_id: bytes) -> None:
        """Cross a scan out: its verdict was shown."""
        self._connection.execute("DELETE FROM attempts WHERE scan_id = ?", (scan_id,))

    @contextmanager
    def of(self, code_hash: bytes, *, direction: str, now: int, path: Path) -> Iterator[Attempt]:
        """Begin a scan; what happens inside is deciding and showing. Raises ClientError."""
        with locked_part(path, int.from_bytes(code_hash[:4]) >> 1):
            attempt = self.begin(code_hash, direction=direction, now=now)
            yield attempt
            self.end(attempt.scan_id)
