"""Handing in what a door queued: what the server recorded leaves the queue, and nothing else.

May be repeated at any time: the server answers a scan id the same way every time.
"""

import time
from dataclasses import dataclass, field

from client.answers import QueuedScan, Synced, SyncResult
from client.clocks import ClockReading
from client.door.store import DoorIdentity, DoorStore
from client.doors import DoorClient
from client.errors import ServerRefused
from credentials.formats.head import SignedHead

BATCH = 500
"""Scans handed in with one request."""

RETRY_SECONDS = 60
"""A scan that the server could not place is sent again with other scans so often."""

_CONTENT_REFUSED = frozenset({400, 413, 422})
_SETTLED = frozenset({"recorded", "conflict"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """What became of the queue: what was recorded, and how many scans were kept, by their reasons.

    `conflicts` were recorded and lost against an earlier scan. `clock_difference` is this clock
    minus the server's, in seconds; None where nothing was asked.
    """

    recorded: int = 0
    conflicts: tuple[SyncResult, ...] = ()
    later: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    heads: tuple[SignedHead, ...] | None = None
    clock_difference: int | None = None

    @property
    def kept(self) -> int:
        """How many scans were handed in and not recorded."""
        return sum(self.later.values()) + sum(self.refused.values())


def hand_in(
    store: DoorStore,
    *,
    identity: DoorIdentity,
    service: DoorClient,
    tried_before: int | None = None,
) -> HandedIn:
    """Send the queue, batch by batch, and take over what the server knows of entries.

    `tried_before` leaves out the scans that were tried since then (Unix seconds), and asks nothing
    if none is left. Raises ServerUnreachable, ServerRefused; what was not answered stays queued.
    """
    done = HandedIn()
    waiting = store.queue.waiting(tried_before=tried_before)
    if not waiting and tried_before is None:
        return _send((), done, store, identity=identity, to=service)
    for start in range(0, len(waiting), BATCH):
        done = _send(waiting[start : start + BATCH], done, store, identity=identity, to=service)
    return done


def _send(
    batch: tuple[QueuedScan, ...],
    done: HandedIn,
    store: DoorStore,
    *,
    identity: DoorIdentity,
    to: DoorClient,
) -> HandedIn:
    try:
        synced = to.sync(batch, door=identity.id, token=identity.token)
    except ServerRefused as refused:
        if refused.status not in _CONTENT_REFUSED or not batch:
            _keep_all(store, store.queue.waiting(), reason=str(refused))
            raise
        if len(batch) == 1:
            _keep_all(store, batch, reason=str(refused))
            return _counted(done, later={str(refused): 1})
        # One scan that the server cannot read must not keep the others out.
        half = len(batch) // 2
        for part in (batch[:half], batch[half:]):
            done = _send(part, done, store, identity=identity, to=to)
        return done
    return _take(synced, batch, done, store)


def _take(
    synced: Synced, batch: tuple[QueuedScan, ...], done: HandedIn, store: DoorStore
) -> HandedIn:
    answers = {result.scan_id: result for result in synced.results}
    now = int(time.time())
    later: dict[str, int] = {}
    refused: dict[str, int] = {}
    settled: list[SyncResult] = []
    with store.transaction():
        for scan in batch:
            answer = answers.get(scan.scan_id)
            if answer is not None and answer.outcome in _SETTLED:
                settled.append(answer)
                continue
            reason = _reason(answer)
            for_good = answer is not None and answer.outcome == "refused"
            store.queue.keep(scan.scan_id, reason=reason, refused=for_good, now=now)
            counts = refused if for_good else later
            counts[reason] = counts.get(reason, 0) + 1
        store.queue.settle(tuple(answer.scan_id for answer in settled))
        store.merge_entries(synced.entries)
        store.clocks.note(ClockReading(own=now, server=synced.now))
    return _counted(
        done,
        recorded=len(settled),
        conflicts=tuple(answer for answer in settled if answer.outcome == "conflict"),
        later=later,
        refused=refused,
        heads=synced.heads,
        clock_difference=now - synced.now,
    )


def _reason(answer: SyncResult | None) -> str:
    if answer is None:
        return "The server did not answer this scan."
    return answer.reason or f"The server says: {answer.verdict.replace('_', ' ')}."


def _keep_all(store: DoorStore, scans: tuple[QueuedScan, ...], *, reason: str) -> None:
    with store.transaction():
        for scan in scans:
            store.queue.keep(scan.scan_id, reason=reason, refused=False, now=int(time.time()))


def _counted(
    done: HandedIn,
    *,
    recorded: int = 0,
    conflicts: tuple[SyncResult, ...] = (),
    later: dict[str, int],
    refused: dict[str, int] | None = None,
    heads: tuple[SignedHead, ...] | None = None,
    clock_difference: int | None = None,
) -> HandedIn:
    return HandedIn(
        recorded=done.recorded + recorded,
        conflicts=(*done.conflicts, *conflicts),
        later=_sum(done.later, later),
        refused=_sum(done.refused, refused or {}),
        heads=done.heads if heads is None else heads,
        clock_difference=done.clock_difference if clock_difference is None else clock_difference,
    )


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {reason: one.get(reason, 0) + other.get(reason, 0) for reason in {**one, **other}}
