"""The beacon's round of polls whose lot is one: taken from the organiser, or fetched.

A round proves itself, so it does not matter where it comes from: what is wrong is refused and
changes nothing.
"""

import time
from collections.abc import Callable

from credentials.beacon import verify
from credentials.errors import BeaconRefused as WrongSignature
from credentials.formats.lot import Beacon
from credentials.formats.poll_event import Kind, PollEvent
from credentials.polls import State
from server.clock import Clock, unix_seconds
from server.database import Database
from server.event_log import event_log
from server.polls import store
from server.polls.beacon_source import BeaconSource, BeaconUnreachable
from server.polls.life import PollLife
from server.polls.log import PollLogs
from server.polls.poll import Poll, poll_of
from server.problems import BeaconRefused

RETRY_SECONDS = 30
"""How long a round that could not be had is left alone."""


class Lots:
    """Gives polls the round that their lot is drawn from."""

    def __init__(
        self, database: Database, *, logs: PollLogs, life: PollLife, clock: Clock = unix_seconds
    ) -> None:
        self._database = database
        self._logs = logs
        self._life = life
        self._clock = clock
        self._not_before: dict[str, float] = {}

    def awaited(self, poll: Poll) -> Beacon | None:
        """The round that a poll needs before it can be certified; None if it needs none (more)."""
        if poll.has_ended:
            return None
        with self._database.read() as connection:
            there = self._logs.signature(connection, poll)
        return None if there else poll.beacon

    def take(self, poll_id: str, signature: bytes) -> Poll:
        """Write the round's signature (48 octets) into the poll's log, once it is checked.

        Raises PollUnknown, BeaconRefused: also for a poll that is not so far, or needs none.
        """
        poll = self._life.current(poll_id)
        with self._database.write() as connection:
            poll = self._life.hold(connection, poll_id)
            if poll.beacon is None:
                raise BeaconRefused("This poll draws no lot from a beacon.")
            if poll.has_ended or self._logs.signature(connection, poll):
                raise BeaconRefused("The poll has its round, or has ended without.")
            if not poll.is_countable:
                raise BeaconRefused(f"The poll is {poll.state}; its round comes after that.")
            try:
                verify(poll.beacon.number, signature)
            except WrongSignature:
                raise BeaconRefused(
                    f"That is not the signature of the beacon's round {poll.beacon.number}."
                ) from None
            at = max(self._life.event_time(connection, poll), poll.beacon.due_at)
            event = PollEvent(kind=Kind.BEACON, at=at, value=signature)
            poll = self._logs.append_event(connection, poll, event, now=self._clock())
            event_log.count("poll", outcome="lot_drawn")
        return poll

    def fetch_due(
        self, source: BeaconSource, *, elapsed: Callable[[], float] = time.monotonic
    ) -> int:
        """Fetch the rounds of all polls that wait for one; how many were had.

        What cannot be had, or is wrong, is noted in the log and tried again later.
        """
        with self._database.read() as connection:
            ids = store.polls_in(connection, (State.CLOSED.value, State.UNSEALED.value))
            rows = [store.poll_row(connection, poll_id) for poll_id in ids]
        had = 0
        for poll in [poll_of(row) for row in rows if row]:
            beacon = self.awaited(poll) if poll.is_countable else None
            if beacon is None or self._clock() < beacon.due_at:
                continue
            if elapsed() < self._not_before.get(poll.id, 0):
                continue
            self._not_before[poll.id] = elapsed() + RETRY_SECONDS
            try:
                self.take(poll.id, source.fetch(beacon))
                had += 1
            except (BeaconUnreachable, BeaconRefused) as error:
                if self.awaited(self._life.current(poll.id)):  # and no other worker was faster
                    event_log.record("fault", kind=type(error).__name__, place="beacon")
        return had
