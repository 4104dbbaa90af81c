"""Whose clock is wrong, where a door refuses a code for its time: phone's, door's, server's.

A door remembers the last comparison with the server's clock. And it notes by how much the codes of
different members were off, one after the other: phones do not go wrong together, so a run of them
means the door's own clock. Only codes whose proof holds at their own time count. All of it is words
for the volunteer; no verdict depends on it.
"""

import sqlite3
from typing import Final

from client.clocks import TOLERANCE_SECONDS, ClockReading, beside, wrong_clock
from credentials.times import how_long

RUN: Final = 3
"""So many different members in a row, off by about the same, are no accident."""

RUN_SECONDS: Final = 900
ALIKE_SECONDS: Final = 90
BELIEVED_SECONDS: Final = 86_400
"""How long a comparison with the server counts for a door that has had no network since."""

FARTHEST_SECONDS: Final = 10 * 366 * 86_400
"""A code that is off by more says nothing of clocks."""

TABLES: Final = """
CREATE TABLE clock (
    own INTEGER NOT NULL, server INTEGER NOT NULL,
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1)
) WITHOUT ROWID;
CREATE TABLE odd_codes (
    who BLOB PRIMARY KEY, ahead INTEGER NOT NULL, at INTEGER NOT NULL
) WITHOUT ROWID
"""


class DoorClocks:
    """The part of a door file that remembers clocks."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def note(self, reading: ClockReading | None) -> None:
        """Remember a comparison with the server's clock."""
        if reading is not None:
            self._connection.execute(
                "INSERT OR REPLACE INTO clock VALUES (?, ?, 1)", (reading.own, reading.server)
            )

    def reading(self) -> ClockReading | None:
        """The last comparison."""
        row = self._connection.execute("SELECT own, server FROM clock").fetchone()
        return None if row is None else ClockReading(own=row[0], server=row[1])

    def good(self) -> None:
        """A code was in time: a run of odd ones ends."""
        self._connection.execute("DELETE FROM odd_codes")

    def odd(self, who: bytes, *, ahead: int, now: int) -> int:
        """A code that verified was so many seconds ahead; how many members in a row were alike."""
        self._connection.execute("DELETE FROM odd_codes WHERE abs(at - ?) > ?", (now, RUN_SECONDS))
        self._connection.execute(
            "INSERT OR REPLACE INTO odd_codes VALUES (?, ?, ?)", (who, ahead, now)
        )
        row = self._connection.execute(
            "SELECT count(*) FROM odd_codes WHERE abs(ahead - ?) <= ?", (ahead, ALIKE_SECONDS)
        ).fetchone()
        return int(row[0])


def own_clock(reading: ClockReading | None, *, now: int, published: int) -> str:
    """What is wrong with the door's own clock, and what to do; empty if nothing is known."""
    wrong = wrong_clock(reading, now=now, published=published, device="door")
    if not wrong or wrong.startswith("The server"):
        return wrong
    return f"{wrong} Good codes will be refused: set it, then scan again."


def whose_clock(
    *, ahead: int, alike: int, reading: ClockReading | None, now: int, published: int
) -> str:
    """Whose clock makes a code come `ahead` seconds early (below 0: late), as far as is known.

    `alike` is how many different members' codes in a row were off by about as much.
    """
    if reading is not None and not reading.agree and abs(ahead) <= 2 * TOLERANCE_SECONDS:
        return (
            f"The phone and this door agree, and the server is {how_long(reading.ahead)} "
            f"{'behind' if reading.ahead > 0 else 'ahead'}: the server's clock is wrong."
        )
    own = own_clock(reading, now=now, published=published)
    if own:
        return own
    if alike >= RUN:
        return (
            f"The codes of {alike} members in a row are about {beside(ahead)} this door: it is "
            "this door's own clock that is wrong. Set it; do not send these people away."
        )
    if reading is not None and 0 <= now - reading.own <= BELIEVED_SECONDS:
        return (
            "This door's clock agreed with the server's when they were last compared, so it is "
            "the phone's, or the code is not live."
        )
    return "Whose clock is wrong is not known: this door has not compared its own for a day."
