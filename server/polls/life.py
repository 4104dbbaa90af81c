"""What happens to a poll in the course of time: batches, closing, opening, certification.

Nobody waits for a clock: whoever comes across a poll moves it to where it should be by now, in a
transaction that holds its row, and a thread of each worker looks at all polls every few seconds.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from credentials.errors import ShareRefused as WrongShare
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.sealing import SERVER, Sealing
from credentials.polls import BATCH_SIZE, State
from credentials.sealing import ServerOpener, check_opening, check_share, combine
from credentials.tally import TallyResult
from server.clock import Clock, unix_seconds
from server.database import Database
from server.event_log import event_log
from server.hold import FREE, Hold
from server.polls import store
from server.polls.log import PollLogs
from server.polls.poll import Poll, poll_of
from server.polls.results import Results
from server.problems import (
    BeaconMissing,
    PollCancelled,
    PollNotClosed,
    PollNotWitnessed,
    PollUnknown,
    ShareRefused,
)


class PollLife:
    """Moves polls on; `opening_secret` is the server's own key for polls that it opens alone."""

    def __init__(
        self,
        database: Database,
        logs: PollLogs,
        results: Results,
        *,
        opening_secret: Callable[[], int],
        clock: Clock = unix_seconds,
        guard: Hold = FREE,
    ) -> None:
        self._database = database
        self._logs = logs
        self._results = results
        self._opening_secret = opening_secret
        self._clock = clock
        self._guard = guard

    # --- in the course of time

    def current(self, poll_id: str) -> Poll:
        """A poll that was opened, moved to where it should be now; raises PollUnknown.

        While something is in the way it is told as it stands.
        """
        with self._database.read() as connection:
            row = store.poll_row(connection, poll_id)
        if row is None or row.manifest is None:
            raise PollUnknown
        poll = poll_of(row)
        if not self._is_due(poll, now=self._clock()) or self._guard.reason() is not None:
            return poll
        with self._database.write() as connection:
            return self.hold(connection, poll_id)

    def hold(self, connection: Connection, poll_id: str) -> Poll:
        """The same inside a writing transaction, with the poll's row held until its end.

        While something is in the way, batches and openings wait; raises OnHold where voting may
        have ended, so that no ballot is taken that came too late.
        """
        row = store.poll_row(connection, poll_id, locked=True)
        if row is None or row.manifest is None:
            raise PollUnknown
        poll, now = poll_of(row), self._clock()
        if poll.is_open and now >= poll.closes_at:
            self._guard.require()
            poll = self._close(connection, poll, at=poll.closes_at, reason="")
        elif self._guard.reason() is not None:
            return poll
        elif self._batch_is_due(poll, now=now):
            poll = self._logs.append_batch(connection, poll, now=now)
        if self._opens_alone(connection, poll):
            poll = self._open_alone(connection, poll)
        return poll

    def look_after_all(self) -> int:
        """Move all polls on; how many there were to move.

        One that cannot be moved does not keep the others from it; its error is raised at the end.
        None is moved while something is in the way.
        """
        if self._guard.reason() is not None:
            return 0
        with self._database.read() as connection:
            ids = store.polls_in(connection, (State.OPEN.value, State.CLOSED.value))
            rows = [store.poll_row(connection, poll_id) for poll_id in ids]
        now = self._clock()
        due = [poll for row in rows if row and self._is_due(poll := poll_of(row), now=now)]
        failed: Exception | None = None
        for poll in due:
            try:
                with self._database.write() as connection:
                    self.hold(connection, poll.id)
            except Exception as error:
                failed = error
        if failed is not None:
            raise failed
        return len(due)

    def _is_due(self, poll: Poll, *, now: int) -> bool:
        return (
            (poll.is_open and now >= poll.closes_at)
            or self._batch_is_due(poll, now=now)
            or self._is_to_be_opened(poll)
        )

    def _is_to_be_opened(self, poll: Poll) -> bool:
        if poll.state is not State.CLOSED or not _opened_by_server(poll):
            return False
        with self._database.read() as connection:
            return self._opens_alone(connection, poll)

    def _opens_alone(self, connection: Connection, poll: Poll) -> bool:
        """Whether the server is to open the votes now: closed, and seen by the witnesses."""
        closed = poll.state is State.CLOSED and _opened_by_server(poll)
        return closed and self._logs.is_witnessed(connection, poll)

    @staticmethod
    def _batch_is_due(poll: Poll, *, now: int) -> bool:
        waited = now - poll.batch_at >= poll.manifest.batch_seconds
        return poll.is_open and waited and poll.waiting >= BATCH_SIZE

    # --- closing, cancelling, extending

    def close(self, connection: Connection, poll: Poll, *, reason: str) -> Poll:
        """End voting now; the poll is open and may close early, its row held, a reason given."""
        at = min(self.event_time(connection, poll), poll.closes_at)
        poll = self._close(connection, poll, at=at, reason=reason)
        return self._open_alone(connection, poll) if self._opens_alone(connection, poll) else poll

    def _close(self, connection: Connection, poll: Poll, *, at: int, reason: str) -> Poll:
        event = PollEvent(kind=Kind.CLOSING, at=at, reason=reason)
        poll = self._logs.append_event(connection, poll, event, now=self._clock())
        event_log.count("poll", outcome="closed")
        return self._become(connection, poll, State.CLOSED, closed_at=at)

    def extend(self, connection: Connection, poll: Poll, *, closes_at: int, reason: str) -> Poll:
        """Let voting go on for longer; the poll is open and its row held."""
        # The row was held before the closing time, which may have come while it was.
        at = min(self.event_time(connection, poll), poll.closes_at - 1)
        beacon = poll.beacon and poll.manifest.beacon_at(closes_at)
        event = PollEvent.extension(at=at, reason=reason, closes_at=closes_at, beacon=beacon)
        poll = self._logs.append_event(connection, poll, event, now=self._clock())
        store.update_poll(connection, poll.id, closes_at=closes_at)
        return self.hold(connection, poll.id)

    def is_lot_known(self, connection: Connection, poll: Poll) -> bool:
        """Whether the beacon's round is out, so that a cancellation could be for its sake."""
        return poll.beacon is not None and self.event_time(connection, poll) >= poll.beacon.due_at

    def cancel(self, connection: Connection, poll: Poll, *, reason: str) -> Poll:
        """End the poll without a result; its row is held, and nobody knows its result or lot."""
        at = self.event_time(connection, poll)
        event = PollEvent(kind=Kind.CANCELLATION, at=at, reason=reason)
        ended = at if poll.closed_at is None else poll.closed_at
        poll = self._logs.append_event(connection, poll, event, now=self._clock())
        event_log.count("poll", outcome="cancelled")
        return self._become(connection, poll, State.CANCELLED, closed_at=ended)

    def object(self, connection: Connection, poll: Poll, *, reason: str) -> Poll:
        """Put an objection beside the result, which is out and not certified; its row is held."""
        at = self.event_time(connection, poll)
        event = PollEvent(kind=Kind.OBJECTION, at=at, reason=reason)
        event_log.count("poll", outcome="objected")
        return self._logs.append_event(connection, poll, event, now=self._clock())

    # --- opening

    def take_share(self, poll_id: str, *, trustee: int, share: bytes) -> tuple[Poll, int]:
        """A trustee's share (48 octets) of the opening value; the poll, and how many it has.

        With enough of them the poll is opened. The same share again changes nothing. Raises
        PollUnknown, PollNotClosed, PollNotWitnessed, PollCancelled, ShareRefused.
        """
        poll = self.current(poll_id)
        sealing = poll.manifest.sealing
        if sealing is None or not 1 <= trustee <= len(sealing.trustees):
            raise ShareRefused("This poll has no such trustee.")
        if poll.is_open:
            raise PollNotClosed
        try:
            check_share(
                share,
                key=sealing.trustees[trustee - 1].key,
                digest=poll.manifest.manifest_hash,
                trustee=trustee,
            )
        except WrongShare:
            name = sealing.trustees[trustee - 1].name
            raise ShareRefused(f"The share of {name} (trustee {trustee}) is wrong.") from None
        with self._database.write() as connection:
            poll = self.hold(connection, poll_id)
            if poll.state is State.CANCELLED:
                raise PollCancelled
            self._check_witnessed(connection, poll)
            shares = store.share_rows(connection, poll_id)
            if trustee not in shares:
                store.add_share(connection, poll=poll_id, trustee=trustee, share=share)
                shares[trustee] = share
            if poll.state is State.CLOSED and len(shares) >= sealing.threshold:
                opening = combine(shares, threshold=sealing.threshold)
                poll = self._unseal(connection, poll, opening=opening)
            return poll, len(shares)

    def shares(self, poll: Poll) -> set[int]:
        """Which trustees have handed in their share."""
        with self._database.read() as connection:
            return set(store.share_rows(connection, poll.id))

    def can_open(self, poll: Poll) -> bool:
        """Whether this server holds the key of a poll that it is to open alone."""
        sealing = poll.manifest.sealing
        if sealing is None or not _opened_by_server(poll):
            return True
        return sealing.key == self._opener.key

    def _open_alone(self, connection: Connection, poll: Poll) -> Poll:
        opening = self._opener.opening(poll.manifest.manifest_hash)
        return self._unseal(connection, poll, opening=opening)

    @property
    def _opener(self) -> ServerOpener:
        return ServerOpener(secret=self._opening_secret())

    def _unseal(self, connection: Connection, poll: Poll, *, opening: bytes) -> Poll:
        sealing = poll.manifest.sealing
        if sealing is None:
            raise AssertionError("only a sealed poll is opened")
        check_opening(opening, key=sealing.key, digest=poll.manifest.manifest_hash)
        at = self.event_time(connection, poll)
        event = PollEvent(kind=Kind.OPENING, at=at, value=opening)
        poll = self._logs.append_event(connection, poll, event, now=self._clock())
        event_log.count("poll", outcome="unsealed")
        return self._become(connection, poll, State.UNSEALED)

    # --- certification

    def certify(self, poll_id: str) -> tuple[Poll, TallyResult]:
        """Count, and state the result as the log's last entry.

        Raises PollNotWitnessed, and what Results.count does.
        """
        poll = self.current(poll_id)
        result = self._results.count(poll)
        with self._database.write() as connection:
            poll = self.hold(connection, poll_id)
            if poll.state is State.CANCELLED:
                raise PollCancelled
            if poll.beacon is not None and not self._logs.signature(connection, poll):
                raise BeaconMissing
            if not poll.has_ended:
                self._check_witnessed(connection, poll)
                event = PollEvent(
                    kind=Kind.CERTIFICATION,
                    at=self.event_time(connection, poll),
                    value=result.tally.to_cbor(),
                )
                poll = self._logs.append_event(connection, poll, event, now=self._clock())
                poll = self._become(connection, poll, State.CERTIFIED)
                event_log.count("poll", outcome="certified")
        return poll, result.tally

    def _check_witnessed(self, connection: Connection, poll: Poll) -> None:
        """Raise PollNotWitnessed while pinned witnesses are missing under the closing."""
        if not self._logs.is_witnessed(connection, poll):
            needed, count = poll.manifest.witnesses_needed, len(poll.manifest.witnesses)
            raise PollNotWitnessed(
                f"The poll pins {count} witness(es), {needed} of whom must have cosigned its "
                "closing first: symbolon witness follow."
            )

    def event_time(self, connection: Connection, poll: Poll) -> int:
        """Now, and never earlier than the event before: machines' clocks differ, and go back."""
        return max(self._clock(), self._logs.last_time(connection, poll))

    @staticmethod
    def _become(
        connection: Connection, poll: Poll, state: State, *, closed_at: int | None = None
    ) -> Poll:
        values: dict[str, object] = {"state": state.value}
        if closed_at is not None:
            values["closed_at"] = closed_at
        store.update_poll(connection, poll.id, **values)
        row = store.poll_row(connection, poll.id)
        if row is None:
            raise PollUnknown
        return poll_of(row)


def _opened_by_server(poll: Poll) -> bool:
    sealing: Sealing | None = poll.manifest.sealing
    return sealing is not None and sealing.opener == SERVER
