"""What a door's own record decides: who is in, and which codes were used, without a network.

A UNIQUE constraint in the door file decides who was first. What the server decided is noted here
too, so that the door knows it when the network goes.
"""

import time

from client.answers import CheckIn, Entry, QueuedScan
from client.door.store import DoorStore
from client.door.sync import CLOCK_TOLERANCE_SECONDS
from credentials.doors import MEMBERS_ONLY, PASSING, RE_ENTRY, Judged, Verdict
from credentials.formats.metadata import Door


class DoorRecord:
    """The entries in a door file, for one door."""

    def __init__(self, store: DoorStore, *, door: Door) -> None:
        self._store = store
        self.door = door

    def admit(
        self, judged: Judged, *, code: str, direction: str, now: int, scan_id: bytes
    ) -> tuple[Verdict, Entry | None]:
        """Decide on a code that is good, and queue the scan if it lets somebody pass.

        The entry that stands against it comes with the verdict. A scan that passed before under
        this id passes again, and counts once.
        """
        with self._store.transaction():
            if self._store.movement_of(scan_id) is not None:
                return self._passed(direction), None
            at = self._moment(judged, now=now)
            verdict, last = self._decide(judged, direction=direction, at=at, scan_id=scan_id)
            if verdict in PASSING and self.door.mode != MEMBERS_ONLY:
                self._store.queue.add(
                    QueuedScan(scan_id=scan_id, code=code, direction=direction, scanned_at=at)
                )
            return verdict, last

    def _moment(self, judged: Judged, *, now: int) -> int:
        """When a movement is said to happen, Unix seconds; called inside a transaction.

        Two movements of one pseudonym never share a second, nor change places because two clocks
        differ a little: the server's merge puts them in order of time.
        """
        if self.door.mode != RE_ENTRY or judged.scope is None or judged.pseudonym is None:
            return now
        last = self._store.last_movement(judged.scope.context_id, pseudonym=judged.pseudonym)
        close = last is not None and 0 <= last.at - now < CLOCK_TOLERANCE_SECONDS
        return last.at + 1 if last is not None and close else now

    def _decide(
        self, judged: Judged, *, direction: str, at: int, scan_id: bytes
    ) -> tuple[Verdict, Entry | None]:
        """The record's part of the decision, inside a transaction."""
        if judged.code_hash is None or judged.scope is None:
            return Verdict.INVALID, None
        if judged.pseudonym is None:
            fresh = self._store.see_code(judged.code_hash, now=at, scan_id=scan_id)
            return (Verdict.ADMITTED if fresh else Verdict.REPLAYED), None
        context_id = judged.scope.context_id
        last = self._store.last_movement(context_id, pseudonym=judged.pseudonym)
        refused = self._refused_by_record(last, direction=direction)
        if refused is None and self.door.mode == RE_ENTRY:
            fresh = self._store.see_code(judged.code_hash, now=at, scan_id=scan_id)
            refused = None if fresh else Verdict.REPLAYED
        if refused is not None:
            return refused, last
        movement = Entry(
            context_id=context_id,
            pseudonym=judged.pseudonym,
            n=0 if last is None else last.n + 1,
            at=at,
            door=self.door.id,
        )
        if not self._store.add_movement(movement, scan_id=scan_id):
            return Verdict.ALREADY_IN, last
        return self._passed(direction), None

    def _passed(self, direction: str) -> Verdict:
        return Verdict.CHECKED_OUT if direction == "out" else Verdict.ADMITTED

    def _refused_by_record(self, last: Entry | None, *, direction: str) -> Verdict | None:
        if self.door.mode != RE_ENTRY:
            return None if last is None else Verdict.ALREADY_IN
        inside = last is not None and last.n % 2 == 0
        if direction == "in":
            return Verdict.ALREADY_IN if inside else None
        return None if inside else Verdict.NOT_INSIDE

    def remember(
        self, judged: Judged, *, verdict: Verdict, answer: CheckIn, scan_id: bytes
    ) -> None:
        """Keep what the server decided on a code."""
        if verdict not in (*PASSING, Verdict.ALREADY_IN) or judged.code_hash is None:
            return
        now = int(time.time())
        if self.door.mode == MEMBERS_ONLY:
            with self._store.transaction():
                self._store.see_code(judged.code_hash, now=now, scan_id=scan_id)
            return
        if judged.pseudonym is None or judged.scope is None:
            return
        context_id, pseudonym = judged.scope.context_id, judged.pseudonym
        with self._store.transaction():
            if self._store.movement_of(scan_id) is not None:
                return
            last = self._store.last_movement(context_id, pseudonym=pseudonym)
            n = 0 if last is None else last.n + 1
            goes_in = verdict in (Verdict.ADMITTED, Verdict.ALREADY_IN)
            if (n % 2 == 0) != goes_in:
                return
            if verdict in PASSING:
                self._store.see_code(judged.code_hash, now=now, scan_id=scan_id)
            self._store.add_movement(
                Entry(
                    context_id=context_id,
                    pseudonym=pseudonym,
                    n=n,
                    at=answer.first_at if answer.first_at is not None else now,
                    door=answer.first_door or self.door.id,
                ),
                scan_id=scan_id if verdict in PASSING else None,
            )
