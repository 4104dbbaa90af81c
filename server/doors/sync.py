"""Merging the scans of doors that had no network.

Every scan is judged at the time at which it was made, whatever the service's own clock says: the
code proves its slot, the door's clock agreed with it, and a third clock that differs is the wrong
one. Then all scans of a pseudonym are put in order of time, so that the rows at the end are the
same in whatever order doors hand them over. What is not recorded stays with the door (`settled`).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from credentials.doors import MEMBERS_ONLY, PASSING, Judged, Verdict, judge_codes
from credentials.formats.metadata import Door, Metadata
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.doors import recent, store
from server.doors.movements import Scan, merge
from server.doors.service import CODE_SECONDS, DoorService, First
from server.doors.settled import Outcome, QueuedScan, Settled, not_recorded, recorded, taken_id
from server.event_log import event_log
from server.registry.service import RegistryService

MOVED_SECONDS = 15
"""By how much a door moves a scan behind the last movement of its pseudonym at most."""

RECENT_SECONDS = 2 * 86_400
"""How far back an offline door at a once-per-day event is told of entries."""


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

    def now(self) -> int:
        """The service's time, with which a door compares its own."""
        return self._clock()

    def sync(
        self, door_id: str, *, token_hash: bytes, scans: Sequence[QueuedScan]
    ) -> list[Settled]:
        """Take over scans with which a door let people pass; one answer for each, in their order.

        A scan known by its scan_id changes nothing, so a whole queue may be sent again.
        """
        door, metadata = self._doors.authorise(door_id, token_hash=token_hash)
        judged = self._judge(scans, door=door, metadata=metadata)
        refused = [
            not_recorded(scan, code, door=door, metadata=metadata)
            for scan, code in zip(scans, judged, strict=True)
        ]
        try:
            results = self._merge(door, scans, judged, refused)
        except IntegrityError:
            # The same queue came in twice at once; now that one of them stands, this one sees it.
            results = self._merge(door, scans, judged, refused)
        counts = Counter(result.outcome for result in results)
        event_log.record(
            "sync",
            mode=door.mode,
            scans=len(scans),
            conflicts=counts[Outcome.CONFLICT],
            later=counts[Outcome.LATER],
            refused=counts[Outcome.REFUSED],
        )
        return results

    def _judge(
        self, scans: Sequence[QueuedScan], *, door: Door, metadata: Metadata
    ) -> list[Judged]:
        """Judge each scan at its own time, and all their proofs together."""

        def judge(codes: list[tuple[str | bytes, int]]) -> list[Judged]:
            return judge_codes(
                codes,
                metadata=metadata,
                verifier=self._community.verifier(metadata),
                heads=self._registry.chain(),
                door=door,
                up_to_date=True,
                at_any_head=True,
            )

        judged = judge([(scan.code, scan.scanned_at) for scan in scans])
        # A door puts two movements of one pseudonym into an order by moving the second one on.
        moved = [at for at, code in enumerate(judged) if code.verdict is Verdict.CODE_TOO_OLD]
        again = judge([(scans[at].code, scans[at].scanned_at - MOVED_SECONDS) for at in moved])
        for at, code in zip(moved, again, strict=True):
            judged[at] = code
        return judged

    def _merge(
        self,
        door: Door,
        queued: Sequence[QueuedScan],
        judged: Sequence[Judged],
        refused: Sequence[Settled | None],
    ) -> list[Settled]:
        now = self._clock()
        with self._database.write() as connection:
            recent.purge(connection, now=now)
            settled = [
                self._take_over(connection, scan, judged=code, refused=why, door=door, now=now)
                for scan, code, why in zip(queued, judged, refused, strict=True)
            ]
            for context_id, pseudonym in sorted(_places(judged, settled)):
                scans = store.all_scans(connection, context_id=context_id, pseudonym=pseudonym)
                store.write_merged(
                    connection, merge(scans), context_id=context_id, pseudonym=pseudonym
                )
            return [
                answer or _standing(connection, scan.scan_id)
                for scan, answer in zip(queued, settled, strict=True)
            ]

    def _take_over(
        self,
        connection: Connection,
        queued: QueuedScan,
        *,
        judged: Judged,
        refused: Settled | None,
        door: Door,
        now: int,
    ) -> Settled | None:
        """Record a scan for the merge, and None; or the answer where there is nothing to merge."""
        known = store.scan_by_id(connection, queued.scan_id)
        if known is not None:
            # Settled before, whatever became of the door since.
            same = (known.door, known.direction, known.code_hash)
            again = same == (door.id, queued.direction, judged.code_hash)
            return None if again else taken_id()
        if refused is not None:
            return refused
        if judged.code_hash is None or judged.scope is None:
            raise AssertionError("a code that verified has a hash and a scope")
        if door.mode == MEMBERS_ONLY:
            # Nothing is kept of it but, while the code still works, that it was seen.
            expires_at = min(queued.scanned_at, now) + CODE_SECONDS
            if expires_at > now:
                recent.note_code(connection, judged.code_hash, expires_at=expires_at)
            return recorded(Verdict.ADMITTED, first=None, passing=True)
        scan = Scan(
            scan_id=queued.scan_id,
            door=door.id,
            mode=door.mode,
            direction=queued.direction,
            at=queued.scanned_at,
            code_hash=judged.code_hash,
        )
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


def _places(
    judged: Sequence[Judged], settled: Sequence[Settled | None]
) -> set[tuple[bytes, bytes]]:
    """Each (context_id, pseudonym) that the queue touches."""
    return {
        (code.scope.context_id, code.pseudonym)
        for code, answer in zip(judged, settled, strict=True)
        if answer is None and code.scope is not None and code.pseudonym is not None
    }


def _standing(connection: Connection, scan_id: bytes) -> Settled:
    verdict, against = store.outcome(connection, scan_id)
    first = None if against is None else First(at=against.at, door=against.door)
    return recorded(verdict, first=first, passing=verdict in PASSING)
