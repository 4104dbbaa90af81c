"""The scans of a door that its server has not recorded yet, and why.

A scan leaves only when the server has recorded it. What the server could not place waits, with the
reason and since when, and is sent again; what it refused for good stays in a list that a person
looks at and drops. Source: docs/operations.md, "Doors".
"""

import sqlite3
from dataclasses import dataclass

from client.answers import QueuedScan


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScan:
    """A scan that was handed in and not recorded: why, and since when (Unix seconds)."""

    scanned_at: int
    direction: str
    refused: bool
    reason: str
    since: int


class ScanQueue:
    """The table `queue` of a door file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, scan: QueuedScan) -> None:
        """Keep a scan for the server."""
        self._connection.execute(
            "INSERT OR IGNORE INTO queue (scan_id, code, direction, scanned_at) "
            "VALUES (?, ?, ?, ?)",
            (scan.scan_id, scan.code, scan.direction, scan.scanned_at),
        )

    def waiting(self, *, tried_before: int | None = None) -> tuple[QueuedScan, ...]:
        """The scans that wait for the server, the oldest first: all, or those not tried since."""
        rows = self._connection.execute(
            "SELECT scan_id, code, direction, scanned_at FROM queue "
            "WHERE refused = 0 AND (?1 IS NULL OR tried_at < ?1) ORDER BY scanned_at, scan_id",
            (tried_before,),
        ).fetchall()
        return tuple(
            QueuedScan(scan_id=row[0], code=row[1], direction=row[2], scanned_at=row[3])
            for row in rows
        )

    def settle(self, scan_ids: tuple[bytes, ...]) -> None:
        """Take scans off that the server has recorded."""
        self._connection.executemany(
            "DELETE FROM queue WHERE scan_id = ?", [(scan_id,) for scan_id in scan_ids]
        )

    def keep(self, scan_id: bytes, *, reason: str, refused: bool, now: int) -> None:
        """Note why the server did not record a scan, which stays."""
        self._connection.execute(
            "UPDATE queue SET refused = ?1, tried_at = ?2, reason = ?3, since = "
            "CASE WHEN reason = ?3 AND since IS NOT NULL THEN since ELSE ?2 END "
            "WHERE scan_id = ?4",
            (int(refused), now, reason, scan_id),
        )

    def kept(self) -> tuple[KeptScan, ...]:
        """The scans that were handed in and not recorded, the oldest first."""
        rows = self._connection.execute(
            "SELECT scanned_at, direction, refused, reason, since FROM queue "
            "WHERE since IS NOT NULL ORDER BY scanned_at, scan_id"
        )
        return tuple(
            KeptScan(
                scanned_at=row[0],
                direction=row[1],
                refused=bool(row[2]),
                reason=row[3],
                since=row[4],
            )
            for row in rows
        )

    def counts(self) -> tuple[int, int]:
        """(scans that wait for the server, scans that it refused)."""
        row = self._connection.execute(
            "SELECT count(*) - coalesce(sum(refused), 0), coalesce(sum(refused), 0) FROM queue"
        ).fetchone()
        return int(row[0]), int(row[1])

    def holds(self, context_id: bytes, *, pseudonym: bytes) -> bool:
        """Whether a scan of this pseudonym is here, of which the server knows nothing."""
        return (
            self._connection.execute(
                "SELECT 1 FROM entries JOIN queue USING (scan_id) "
                "WHERE context_id = ? AND pseudonym = ? LIMIT 1",
                (context_id, pseudonym),
            ).fetchone()
            is not None
        )

    def try_again(self) -> int:
        """Let refused scans wait for the server once more; how many there were."""
        return self._connection.execute("UPDATE queue SET refused = 0 WHERE refused = 1").rowcount

    def drop_refused(self) -> int:
        """Forget the refused scans; how many there were."""
        return self._connection.execute("DELETE FROM queue WHERE refused = 1").rowcount
