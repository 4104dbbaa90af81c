"""The guard of one process: it looks whether everything agrees, and stands before the keys.

It is also the clock of the process. While a clock that was believed is somewhere else, it tells the
time by the one that only runs on: so doors go on as before, and nothing ends too early.
"""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from server.agreement.anchor import Anchor, AnchorFile, check_anchor, check_reach
from server.agreement.clock import (
    TOLERANCE,
    Known,
    doubt_at_start,
    doubt_since,
    elapsed_seconds,
)
from server.agreement.finding import Finding
from server.agreement.published import PublishedFile
from server.agreement.standing import Standing
from server.clock import Clock, unix_seconds
from server.files import FileLock
from server.hold import Hold
from server.settings import Settings

BELIEF_SECONDS = 60
"""How old the remembered time may become while the service runs."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A moment at which the clock was believed, on both clocks."""

    wall: int
    elapsed: float


class Role(Enum):
    """Whose guard it is: a command's, that of the process that starts a service, or a worker's."""

    COMMAND = auto()
    STARTER = auto()
    WORKER = auto()


class Guard(Hold):
    """Looks at clock and database; `standing` reads facts, `record` keeps what was published."""

    def __init__(
        self,
        settings: Settings,
        *,
        standing: Callable[[], Standing],
        record: Callable[[PublishedFile], None] = lambda file: None,
        role: Role = Role.COMMAND,
        wall: Clock = unix_seconds,
        elapsed: Callable[[], float] = elapsed_seconds,
    ) -> None:
        self._settings = settings
        self._standing = standing
        self._record = record
        self._role = role
        self._serve_lock = FileLock(settings.serve_lock)
        self._wall = wall
        self._elapsed = elapsed
        self._line: _Line | None = None
        self._confirmations: int | None = None
        self._finding: Finding | None = None
        self._looked = False
        self._signed = threading.local()
        self.anchor = AnchorFile(settings.anchor_file)
        self.published = PublishedFile(settings.published_file)

    # --- the time

    def clock(self) -> int:
        """The time: the wall clock's, unless that has jumped since it was believed."""
        wall, line = self._wall(), self._line
        if line is None:
            return wall
        expected = self._expected(line)
        return wall if abs(wall - expected) <= TOLERANCE else expected

    def wall(self) -> int:
        """What the wall clock says, believed or not."""
        return self._wall()

    def _expected(self, line: _Line) -> int:
        return line.wall + int(self._elapsed() - line.elapsed)

    # --- looking

    def look(self, *, remember: bool = True) -> Finding | None:
        """Look anew at everything; what is in the way, or None.

        What was signed is remembered, and the time where it is believed, unless this is only to
        look.
        """
        standing, anchor = self._standing(), self.anchor.read()
        found = self.compare(standing)
        if found is None:
            found = self._doubt(standing, anchor)
            if remember:
                believed = self.clock() if found is None else None
                self._remember(standing, anchor, believed=believed)
        self._finding, self._looked = found, True
        return found

    def compare(self, standing: Standing) -> Finding | None:
        """Compare a database with what was signed: with the anchor, or what was published."""
        anchor, database = self.anchor.read(), str(self._settings.database_file)
        if anchor is not None:
            return check_anchor(anchor, standing=standing, database=database)
        known = self.published.position()
        return check_reach(
            standing, version=known.version, epoch=known.epoch, lost={}, database=database
        )

    def _doubt(self, standing: Standing, anchor: Anchor | None) -> Finding | None:
        wall = self._wall()
        confirmations = 0 if anchor is None else anchor.confirmations
        if self._confirmations != confirmations:
            self._line = None  # the organiser said something new about the clock
            self._confirmations = confirmations
        if self._line is not None:
            return doubt_since(wall, expected=self._expected(self._line))
        doubt = doubt_at_start(wall, known=known_of(standing, anchor), served=self._is_served())
        if doubt is None:
            self._line = _Line(wall, self._elapsed())
        return doubt

    def _is_served(self) -> bool:
        """Whether there is a service that has looked at the clock before this process."""
        if self._role is Role.COMMAND:
            return self._serve_lock.is_held()
        return self._role is Role.WORKER

    def _remember(
        self, standing: Standing, anchor: Anchor | None, *, believed: int | None = None
    ) -> None:
        """Keep what was signed; and the time, where a service does not keep it already."""
        if anchor is not None and anchor.moved(standing) == anchor:
            fresh = believed is None or believed < (anchor.believed_at or 0) + BELIEF_SECONDS
            if fresh or (self._role is Role.COMMAND and self._is_served()):
                return
        self._record(self.published)

        def remember(before: Anchor | None) -> Anchor:
            if before is None:
                return Anchor.at(standing, believed_at=believed)
            if check_anchor(before, standing=standing, database="") is not None:
                return before  # another process was faster, and is further
            after = before.moved(standing)
            if believed is None or (self._role is Role.COMMAND and self._is_served()):
                return after
            return replace(after, believed_at=max(believed, before.believed_at or 0))

        self.anchor.change(remember)

    # --- before the keys

    def reason(self) -> str | None:
        """What is in the way by the last look; the first call looks."""
        if not self._looked:
            self.look()
        if self._finding is None and self._line is not None:
            self._finding = doubt_since(self._wall(), expected=self._expected(self._line))
        return None if self._finding is None else self._finding.words

    def require(self) -> None:
        """Raise OnHold while something is in the way; else what is signed now is remembered."""
        super().require()
        self._signed.here = True

    def after_write(self) -> None:
        """Remember what was signed in the transaction that this thread has just committed."""
        if getattr(self._signed, "here", False):
            self._signed.here = False
            with contextlib.suppress(OSError):  # the next look tries again
                self._remember(self._standing(), self.anchor.read())

    # --- what the organiser says

    def confirm(self) -> Anchor:
        """Believe the wall clock, whatever was known; all processes hear of it when they look."""
        standing, wall = self._standing(), self._wall()

        def confirmed(before: Anchor | None) -> Anchor:
            before = before or Anchor.at(standing)
            wrong = standing.published_at if standing.published_at > wall + TOLERANCE else 0
            return replace(
                before,
                believed_at=wall,
                disregard=wrong,
                confirmations=before.confirmations + 1,
            )

        return self.anchor.change(confirmed)


def known_of(standing: Standing, anchor: Anchor | None) -> Known:
    """What is known of the time."""
    return Known(
        believed_at=None if anchor is None else anchor.believed_at,
        published_at=standing.published_at,
        next_at=standing.next_at,
        disregard=0 if anchor is None else anchor.disregard,
    )
