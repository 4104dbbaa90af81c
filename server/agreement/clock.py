"""Whether the clock can be right, by what is known of the time otherwise.

A process that has once believed its clock compares it with the one that only runs on, which nobody
can set. One that has just started compares it with the last time that was believed, and with what
was published.
"""

import time
from dataclasses import dataclass

from server.agreement.finding import Finding, Part
from server.agreement.words import duration, in_words

TOLERANCE = 5 * 60
"""By how many seconds a clock may be set without a question."""

WHILE_SERVED = 10 * 60
"""How long nobody may have believed the clock while the service runs, which looks all the time."""

WHILE_AWAY = 86_400
"""How long a service may have been off without a question."""

CONFIRM = "If it is right: symbolon-server clock confirm"


def elapsed_seconds() -> float:
    """Seconds since some moment, by the clock that nobody sets; time asleep counts."""
    for name in ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"):  # the second counts sleep on macOS
        number = getattr(time, name, None)
        if number is not None:
            return time.clock_gettime(number)
    return time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the time, in Unix seconds.

    believed_at: the last time that somebody here believed; None where there is no memory of it.
    published_at: the newest time that was published; next_at: when the next head is due.
    disregard: a time of publishing that was found to be wrong, with all before it; 0 for none.
    """

    believed_at: int | None
    published_at: int
    next_at: int
    disregard: int = 0

    @property
    def newest(self) -> int:
        """The latest of all times that have passed."""
        published = self.published_at if self.published_at > self.disregard else 0
        return max(self.believed_at or 0, published)

    @property
    def latest_quiet(self) -> int:
        """Up to when it is plain that nobody did anything."""
        if self.believed_at is not None:
            return self.newest
        return max(self.newest, self.next_at)


def doubt_at_start(now: int, *, known: Known, served: bool) -> Finding | None:
    """Judge a clock that this process has not believed yet; `served`: a service runs meanwhile."""
    behind, ahead = known.newest - now, now - known.latest_quiet
    if behind > TOLERANCE:
        return _finding(
            -behind,
            f"The clock says {in_words(now)}, {duration(behind)} before {in_words(known.newest)}, "
            "which has passed already. Set the clock.",
        )
    if ahead > (WHILE_SERVED if served and known.believed_at is not None else WHILE_AWAY):
        return _finding(
            ahead,
            f"The clock says {in_words(now)}, {duration(ahead)} after the last time that is known "
            f"here ({in_words(known.latest_quiet)}). Set the clock if it is wrong.",
        )
    return None


def doubt_since(now: int, *, expected: int) -> Finding | None:
    """Judge a clock that was believed before; `expected` is where it should be by now."""
    jump = now - expected
    if abs(jump) <= TOLERANCE:
        return None
    where = "ahead" if jump > 0 else "back"
    return _finding(
        jump,
        f"The clock jumped {where} by {duration(abs(jump))}, to {in_words(now)}; by the time that "
        f"has passed it is {in_words(expected)}. Set the clock if it is wrong.",
    )


def _finding(seconds: int, words: str) -> Finding:
    return Finding(part=Part.CLOCK, words=f"{words} {CONFIRM}", seconds=seconds)
