"""Merging the scans of doors that had no network.

Every scan is judged at the time at which it was made; then all scans of its pseudonym are put in
order of time, so that the rows at the end are the same in whatever order doors hand them over.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from credentials.doors import MEMBERS_ONLY, RE_ENTRY, Judged, Verdict, judge_codes
from credentials.formats.metadata import Door, Metadata
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.doors import recent, store
from server.doors.movements import Direction, Scan, merge
from server.doors.service import CODE_SECONDS, CheckIn, DoorService, First
from server.event_log import event_log
from server.registry.service import RegistryService

FUTURE_SECONDS = 120
"""How far a door's clock may be ahead of the service's."""

RECENT_SECONDS = 2 * 86_400
"""How far back an offline door at a once-per-day event is told of entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedScan:
    """A scan as the door made it: scan_id 16 octets, the code's text, Unix seconds."""

    scan_id: bytes
    code: str
    direction: Direction
    scanned_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The last movement of one pseudonym in one scope; even `n` is inside, odd is outside."""

    context_id: bytes
    pseudonym: bytes
    n: int
    at: int
    door: str


class SyncService:
    """What doors hand over, and what they take along."""

    def __init__(
        self,
        database: Database,
        community: CommunityService,
        registry: RegistryService,
        doors: DoorService,
        *,
        clock: Clock = unix_seconds,
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._doors = doors
        self._clock = clock

    def entries(self, door_id: str, *, token_hash: bytes) -> list[Entry]:
        """Who is in, as pseudonyms, at all doors of this door's event."""
        door, metadata = self._doors.authorise(door_id, token_hash=token_hash)
        same_event = [other.id for other in metadata.doors if other.event == door.event]
        since = self._clock() - RECENT_SECONDS if door.mode == "once_per_day" else 0
        with self._database.read() as connection:
            rows = store.last_movements(connection, doors=same_event, since=since)
        return [Entry(**row) for row in rows]  # type: ignore[arg-type]

    def sync(
        self, door_id: str, *, token_hash: bytes, scans: Sequence[QueuedScan]
    ) -> list[CheckIn]:
        """Take over scans with which a door let people pass; one result for each, in their order.

        A scan known by its scan_id changes nothing, so a whole queue may be sent again.
        """
        door, metadata = self._doors.authorise(door_id, token_hash=token_hash)
        now = self._clock()
        judged = self._judge(scans, door=door, metadata=metadata, now=now)
        try:
            results = self._merge(door, scans, judged, now=now)
        except IntegrityError:
            # The same queue came in twice at once; now that one of them stands, this one sees it.
            results = self._merge(door, scans, judged, now=now)
        lost = sum(result.first is not None for result in results)
        event_log.record("sync", mode=door.mode, scans=len(scans), conflicts=lost)
        return results

    def _judge(
        self, scans: Sequence[QueuedScan], *, door: Door, metadata: Metadata, now: int
    ) -> list[Judged]:
        """Judge each scan at its own time, and all their proofs together."""
        outright = [_refused_outright(scan, door=door, now=now) for scan in scans]
        judged = iter(
            judge_codes(
                [
                    (scan.code, scan.scanned_at)
                    for scan, refused in zip(scans, outright, strict=True)
                    if refused is None
                ],
                metadata=metadata,
                verifier=self._community.verifier(metadata),
                heads=self._registry.chain(),
                door=door,
                up_to_date=True,
                at_any_head=True,
            )
        )
        return [Judged(verdict=refused) if refused else next(judged) for refused in outright]

    def _merge(
        self, door: Door, queued: Sequence[QueuedScan], judged: Sequence[Judged], *, now: int
    ) -> list[CheckIn]:
        with self._database.write() as connection:
            recent.purge(connection, now=now)
            refused = [
                self._take_over(connection, scan, judged=code, door=door, now=now)
                for scan, code in zip(queued, judged, strict=True)
            ]
            for context_id, pseudonym in sorted(_places(judged, refused)):
                scans = store.all_scans(connection, context_id=context_id, pseudonym=pseudonym)
                store.write_merged(
                    connection, merge(scans), context_id=context_id, pseudonym=pseudonym
                )
            return [
                CheckIn(verdict=verdict) if verdict else _standing(connection, scan.scan_id)
                for scan, verdict in zip(queued, refused, strict=True)
            ]

    def _take_over(
        self,
        connection: Connection,
        queued: QueuedScan,
        *,
        judged: Judged,
        door: Door,
        now: int,
    ) -> Verdict | None:
        """Record a scan for the merge, and None; or the verdict where there is nothing to merge."""
        if judged.verdict is not None:
            return judged.verdict
        if judged.code_hash is None or judged.scope is None:
            raise AssertionError("a code that verified has a hash and a scope")
        if door.mode == MEMBERS_ONLY:
            # Nothing is kept of it but, while the code still works, that it was seen.
            expires_at = queued.scanned_at + CODE_SECONDS
            if expires_at > now:
                recent.note_code(connection, judged.code_hash, expires_at=expires_at)
            return Verdict.ADMITTED
        scan = Scan(
            scan_id=queued.scan_id,
            door=door.id,
            mode=door.mode,
            direction=queued.direction,
            at=queued.scanned_at,
            code_hash=judged.code_hash,
        )
        known = store.scan_by_id(connection, queued.scan_id)
        if known is not None:
            same = (known.door, known.direction, known.code_hash)
            return None if same == (scan.door, scan.direction, scan.code_hash) else Verdict.INVALID
        if judged.pseudonym is None:
            raise AssertionError("a code that is recorded has a pseudonym")
        store.add_movement(
            connection,
            scan,
            context_id=judged.scope.context_id,
            pseudonym=judged.pseudonym,
            n=None,
            verdict=Verdict.ALREADY_IN,
        )
        return None


def _refused_outright(scan: QueuedScan, *, door: Door, now: int) -> Verdict | None:
    if scan.scanned_at > now + FUTURE_SECONDS:
        return Verdict.CLOCK_WRONG
    if scan.direction == "out" and door.mode != RE_ENTRY:
        return Verdict.INVALID
    return None


def _places(
    judged: Sequence[Judged], refused: Sequence[Verdict | None]
) -> set[tuple[bytes, bytes]]:
    """Each (context_id, pseudonym) that the queue touches."""
    return {
        (code.scope.context_id, code.pseudonym)
        for code, verdict in zip(judged, refused, strict=True)
        if verdict is None and code.scope is not None and code.pseudonym is not None
    }


def _standing(connection: Connection, scan_id: bytes) -> CheckIn:
    verdict, against = store.outcome(connection, scan_id)
    first = None if against is None else First(at=against.at, door=against.door)
    return CheckIn(verdict=verdict, first=first)
