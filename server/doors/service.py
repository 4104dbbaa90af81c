"""What a door does: judge a code, record the entry once, and hand over what an offline door needs.

The constraint on (scope, pseudonym, movement) decides who was first; nothing is looked up before it
is written. Whoever loses reads, in a new transaction, what won.
"""

import hashlib
import secrets
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from credentials.door_words import explain
from credentials.doors import (
    MEMBERS_ONLY,
    PASSING,
    RE_ENTRY,
    Judged,
    Verdict,
    door_policy,
    judge_code,
)
from credentials.formats.metadata import Door, Metadata, SignedMetadata
from credentials.formats.policy import Policy
from credentials.scope import SLOT_SECONDS
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.doors import recent, store
from server.doors.movements import Direction, Scan, judge_movement
from server.event_log import event_log
from server.problems import DoorUnknown, RequestMalformed, TokenRefused
from server.registry.service import RegistryService

ANSWER_SECONDS = 600
"""How long an answer is remembered for a door that did not receive it."""

PURGE_SECONDS = 10
"""How often a process clears away what is not remembered any more; nothing that ended counts."""

CODE_SECONDS = 120
"""How long a members-only door remembers a code: longer than any code is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """The entry that stands against a scan: when (Unix seconds), and the door's id."""

    at: int
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """The verdict on one scan; `first` says which entry refused it, where one did.

    `explanation` says what the code is, where the verdict alone would mislead; empty otherwise.
    """

    verdict: Verdict
    first: First | None = None
    explanation: str = ""
    disclosed: dict[str, str | int] = field(default_factory=dict, repr=False)


class DoorService:
    """Check-ins with the network; scans that waited without it are merged by `SyncService`."""

    def __init__(
        self,
        database: Database,
        community: CommunityService,
        registry: RegistryService,
        *,
        clock: Clock = unix_seconds,
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._clock = clock
        self._purge_at = 0

    def door(self, door_id: str) -> tuple[Door, SignedMetadata]:
        """A door, and the metadata that lists it; raises DoorUnknown."""
        signed = self._community.signed()
        door = self._community.metadata().door(door_id)
        if door is None:
            raise DoorUnknown
        return door, signed

    def policy(self, door: Door) -> Policy:
        """What the door asks of a wallet."""
        return door_policy(door, schema=self._community.metadata().schema)

    def now(self) -> int:
        """The service's time, with which an offline door compares its own."""
        return self._clock()

    def authorise(self, door_id: str, *, token_hash: bytes) -> tuple[Door, Metadata]:
        """The door that this token opens; raises DoorUnknown and TokenRefused."""
        with self._database.read() as connection:
            metadata = self._community.metadata(connection=connection)
            owner = store.door_of_token(connection, token_hash)
        door = metadata.door(door_id)
        if door is None:
            raise DoorUnknown
        if owner != door_id:
            raise TokenRefused
        return door, metadata

    def check_in(
        self,
        door_id: str,
        *,
        token_hash: bytes,
        code: str,
        direction: Direction = "in",
        scan_id: bytes | None = None,
    ) -> CheckIn:
        """Judge one code now and record it; `scan_id` (16 octets) repeats a lost answer.

        Raises DoorUnknown, TokenRefused, and RequestMalformed for a way out that the door does not
        have or a scan_id that stood for another code.
        """
        door, metadata = self.authorise(door_id, token_hash=token_hash)
        if direction == "out" and door.mode != RE_ENTRY:
            raise RequestMalformed("This door does not let people out and in again.")
        now = self._clock()
        judged = self._judge(code, door=door, metadata=metadata, now=now)
        scan = Scan(
            scan_id=scan_id or secrets.token_bytes(16),
            door=door.id,
            mode=door.mode,
            direction=direction,
            at=now,
            code_hash=judged.code_hash or hashlib.sha256(code.encode()).digest(),
        )
        given = self._given(scan) if scan_id else None
        given = given or self._decide(scan, judged=judged, repeatable=bool(scan_id))
        if judged.verdict is Verdict.CODE_TOO_OLD and given.verdict is not judged.verdict:
            # A lost answer, asked for again after the code's slot: judge it as it was then.
            then = (judged.slot or 0) * SLOT_SECONDS
            judged = self._judge(code, door=door, metadata=metadata, now=then)
        event_log.record("checkin", verdict=given.verdict.value, mode=door.mode)
        return CheckIn(
            verdict=given.verdict,
            first=_first(given),
            explanation=explain(code, given.verdict, metadata=metadata, door=door, now=now),
            disclosed=judged.disclosed,
        )

    def _judge(self, code: str, *, door: Door, metadata: Metadata, now: int) -> Judged:
        return judge_code(
            code,
            metadata=metadata,
            verifier=self._community.verifier(metadata),
            heads=self._registry.chain(),
            door=door,
            now=now,
            up_to_date=True,
        )

    def _given(self, scan: Scan) -> recent.Answer | None:
        """The answer that this very scan got before, if it did."""
        with self._database.read() as connection:
            given = recent.answer(connection, scan.scan_id, now=scan.at)
            earlier = None if given else store.scan_by_id(connection, scan.scan_id)
            if earlier is not None:
                verdict, against = store.outcome(connection, scan.scan_id)
                given = _answer(earlier, verdict=verdict, against=against)
        if given is not None and (given.door, given.direction, given.code_hash) != (
            scan.door,
            scan.direction,
            scan.code_hash,
        ):
            raise RequestMalformed("This scan_id already stands for another scan.")
        return given

    def _decide(self, scan: Scan, *, judged: Judged, repeatable: bool) -> recent.Answer:
        try:
            with self._database.write() as connection:
                if scan.at >= self._purge_at:
                    recent.purge(connection, now=scan.at)
                    self._purge_at = scan.at + PURGE_SECONDS
                verdict, against = self._record(connection, scan, judged=judged)
                given = _answer(scan, verdict=verdict, against=against)
                if repeatable:
                    _remember(connection, given, scan=scan)
                return given
        except IntegrityError:
            pass  # another scan was first; what it was is read in a transaction that sees it
        given_before = self._given(scan) if repeatable else None
        if given_before is not None:
            return given_before
        verdict, against = self._beaten(scan, judged=judged)
        given = _answer(scan, verdict=verdict, against=against)
        if repeatable:
            try:
                with self._database.write() as connection:
                    _remember(connection, given, scan=scan)
            except IntegrityError:
                return self._given(scan) or given
        return given

    def _record(
        self, connection: Connection, scan: Scan, *, judged: Judged
    ) -> tuple[Verdict, Scan | None]:
        """Write down a scan that its code does not refuse; IntegrityError if another was first."""
        if judged.verdict is not None:
            return judged.verdict, None
        if scan.mode == MEMBERS_ONLY:
            recent.add_code(connection, scan.code_hash, expires_at=scan.at + CODE_SECONDS)
            return Verdict.ADMITTED, None
        context_id, pseudonym = _place(judged)
        n, at, verdict = 0, scan.at, Verdict.ADMITTED
        if scan.mode == RE_ENTRY:
            history = store.movements(connection, context_id=context_id, pseudonym=pseudonym)
            verdict, against = judge_movement(history, scan)
            if verdict not in PASSING:
                return verdict, against
            n = len(history)
            # Two movements of one pseudonym never share a second, so that their order is their
            # time's also when scans of offline doors are merged in later.
            at = max(scan.at, history[-1].at + 1) if history else scan.at
        store.add_movement(
            connection,
            replace(scan, at=at),
            context_id=context_id,
            pseudonym=pseudonym,
            n=n,
            verdict=verdict,
        )
        return verdict, None

    def _beaten(self, scan: Scan, *, judged: Judged) -> tuple[Verdict, Scan | None]:
        """The verdict on a scan against which a constraint decided."""
        if scan.mode == MEMBERS_ONLY:
            return Verdict.REPLAYED, None
        context_id, pseudonym = _place(judged)
        with self._database.read() as connection:
            history = store.movements(connection, context_id=context_id, pseudonym=pseudonym)
        verdict, against = judge_movement(history, scan)
        # In and out again within this moment: the code may be good, but not this attempt.
        return (Verdict.REPLAYED, against) if verdict in PASSING else (verdict, against)


def _place(judged: Judged) -> tuple[bytes, bytes]:
    """Where a code that verified is recorded: (context_id, pseudonym)."""
    if judged.scope is None or judged.pseudonym is None:
        raise AssertionError("only a code that verified is recorded")
    return judged.scope.context_id, judged.pseudonym


def _answer(scan: Scan, *, verdict: Verdict, against: Scan | None) -> recent.Answer:
    return recent.Answer(
        scan_id=scan.scan_id,
        door=scan.door,
        direction=scan.direction,
        code_hash=scan.code_hash,
        verdict=verdict,
        first_at=None if against is None else against.at,
        first_door=None if against is None else against.door,
    )


def _remember(connection: Connection, given: recent.Answer, *, scan: Scan) -> None:
    kept = CODE_SECONDS if scan.mode == MEMBERS_ONLY else ANSWER_SECONDS
    recent.add_answer(connection, given, expires_at=scan.at + kept)


def _first(given: recent.Answer) -> First | None:
    if given.first_at is None or given.first_door is None:
        return None
    return First(at=given.first_at, door=given.first_door)
