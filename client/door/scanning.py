"""One scan at a door: online where the server answers, otherwise by the door's own record.

Offline the door judges the code itself (`credentials.doors`), decides by a UNIQUE constraint in its
file, and queues every scan with which it let a person pass. What was queued goes to the server
before the next online scan; whom the server could not record yet, the door's own record decides
on. So nobody is let in twice by door and server. Once there is a verdict it is given, whatever
fails afterwards: that is told beside it.
"""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from secrets import token_bytes

from client.answers import CheckIn
from client.door.attempts import SCAN_ID_LENGTH, Attempt
from client.door.clocks import FARTHEST_SECONDS, own_clock, whose_clock
from client.door.handing_in import RETRY_SECONDS, HandedIn, hand_in
from client.door.record import DoorRecord
from client.door.store import DoorIdentity, DoorStore
from client.door.sync import door_chain, refresh_heads
from client.doors import DoorClient
from client.errors import DoorError, ServerRefused, ServerUnreachable
from credentials.door_words import explain
from credentials.doors import PASSING, RE_ENTRY, Judged, Verdict, judge_code
from credentials.errors import EncodingError, SymbolonError
from credentials.formats.metadata import Door, Metadata, SignedMetadata
from credentials.formats.presentation import Presentation
from credentials.formats.qr import from_qr_text
from credentials.formats.scanned import code_in
from credentials.keys import VerifierKeys
from credentials.registry.chain import HeadChain
from credentials.scope import SLOT_SECONDS, time_slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What the volunteer is told. `first_*` name the earlier scan that stands against this one.

    explanation: what the code is, where the verdict alone would mislead. again: the verdict of a
    scan that was decided before, and not shown. notes: what else is to be known, a sentence each.
    """

    verdict: Verdict
    online: bool
    first_at: int | None = None
    first_door: str | None = None
    disclosed: dict[str, str | int] = field(default_factory=dict, repr=False)
    explanation: str = ""
    again: bool = False
    notes: tuple[str, ...] = ()


class DoorDesk:
    """A prepared door. Not for several threads; several processes may share its file."""

    def __init__(self, store: DoorStore) -> None:
        self._store = store
        self.identity: DoorIdentity = store.identity()
        signed = SignedMetadata(octets=self.identity.metadata, signature=self.identity.signature)
        self.metadata: Metadata = signed.open(fingerprint=self.identity.fingerprint)
        door = self.metadata.door(self.identity.id)
        if door is None:
            raise DoorError("The community has no such door any more; prepare it anew.")
        self.door: Door = door
        self._record = DoorRecord(store, door=door)
        self._keys: VerifierKeys | None = None
        self._chain: HeadChain | None = None

    @property
    def heads(self) -> HeadChain:
        """The registry heads that the door file holds now. Raises DoorError, HeadRefused."""
        # Another process may have fetched newer ones into the file.
        if self._chain is None or self._store.heads() != self._chain.signed:
            self._chain = door_chain(self._store, metadata=self.metadata)
        if self._chain is None:
            raise DoorError("This door knows no registry head; prepare it anew.")
        return self._chain

    @contextmanager
    def attempt(self, code: str, *, direction: str, now: int | None = None) -> Iterator[Attempt]:
        """One scan from the code to the verdict on the screen; see `client.door.attempts`.

        Scan with its scan_id, and show the verdict inside. Raises ClientError.
        """
        within = code_in(code)
        if within is None:
            yield Attempt(scan_id=token_bytes(SCAN_ID_LENGTH), again=False)
            return
        with self._store.attempts.of(
            hashlib.sha256(from_qr_text(within)).digest(),
            direction=direction,
            now=int(time.time()) if now is None else now,
            path=self._store.path.with_name(self._store.path.name + ".lock"),
        ) as attempt:
            yield attempt

    def scan_offline(
        self, code: str, *, direction: str, scan_id: bytes | None = None, now: int | None = None
    ) -> Scanned:
        """Decide alone, and queue the scan if it lets somebody pass."""
        self._check_direction(direction)
        now = int(time.time()) if now is None else now
        typed, code = code, code_in(code) or code
        judged = self._judge(code, now=now)
        if judged.verdict is not None:
            return Scanned(
                verdict=judged.verdict,
                online=False,
                disclosed=judged.disclosed,
                explanation=self._explain(typed, judged.verdict, now=now),
            )
        self._store.clocks.good()
        verdict, last = self._record.admit(
            judged,
            code=code,
            direction=direction,
            now=now,
            scan_id=scan_id or token_bytes(SCAN_ID_LENGTH),
        )
        return Scanned(
            verdict=verdict,
            online=False,
            first_at=None if last is None else last.at,
            first_door=None if last is None else last.door,
            disclosed=judged.disclosed,
        )

    def scan_online(
        self, code: str, *, direction: str, service: DoorClient, scan_id: bytes | None = None
    ) -> Scanned:
        """Let the server decide, after handing in what is queued.

        A lost response is asked for once more under the same scan id. Raises NotJudged with that
        id if no answer comes, so that the scan can be decided here and merged as one.
        """
        self._check_direction(direction)
        now = int(time.time())
        typed, code = code, code_in(code) or code
        if _removals_of(code) is None:
            return Scanned(
                verdict=Verdict.INVALID,
                online=False,
                explanation=self._explain(typed, Verdict.INVALID, now=now),
            )
        scan_id = scan_id or token_bytes(SCAN_ID_LENGTH)
        try:
            handed = hand_in(
                self._store,
                identity=self.identity,
                service=service,
                tried_before=now - RETRY_SECONDS,
            )
            if self._is_ahead(code, now=now):
                alone = self.scan_offline(code, direction=direction, scan_id=scan_id)
                why = "The server has not recorded an earlier scan of this member yet."
                return replace(alone, notes=(why, *_notes(handed)))
            try:
                answer = self._ask(code, direction=direction, scan_id=scan_id, service=service)
            except ServerUnreachable:
                answer = self._ask(code, direction=direction, scan_id=scan_id, service=service)
        except ServerUnreachable as error:
            raise NotJudged(str(error), scan_id=scan_id) from None
        except ServerRefused as refused:
            if refused.status < 500:
                raise
            raise NotJudged(str(refused), scan_id=scan_id) from None
        verdict = Verdict(answer.verdict)
        notes = _notes(handed)
        try:
            self._store.clocks.note(service.clock)
            if verdict in PASSING:
                self._store.clocks.good()
            self._learn_heads(code, verdict=verdict, handed=handed, service=service)
            self._record.remember(
                self._judge(code, now=int(time.time())),
                verdict=verdict,
                answer=answer,
                scan_id=scan_id,
            )
        except (SymbolonError, sqlite3.Error) as error:
            # The server has decided already: this door only remembers less.
            notes = (*notes, f"This door could not note what the server decided: {error}")
        return Scanned(
            verdict=verdict,
            online=True,
            first_at=answer.first_at,
            first_door=answer.first_door,
            disclosed=answer.disclosed,
            explanation=self._explain(code, verdict, now=now),
            notes=notes,
        )

    @property
    def zone(self) -> str:
        """The time zone of this door's event."""
        event = self.metadata.event(self.door.event)
        return "UTC" if event is None else event.timezone

    def own_clock(self, *, now: int) -> str:
        """What is wrong with this door's own clock, as far as is known; empty if nothing is."""
        return own_clock(self._store.clocks.reading(), now=now, published=self._published)

    @property
    def _published(self) -> int:
        return max(self.metadata.published_at, self.heads.newest.published_at)

    def _explain(self, text: str, verdict: Verdict, *, now: int) -> str:
        said = explain(text, verdict, metadata=self.metadata, door=self.door, now=now)
        if verdict not in (Verdict.CLOCK_WRONG, Verdict.CODE_TOO_OLD):
            return said
        return f"{said} {self._whose_clock(code_in(text) or text, now=now)}".strip()

    def _whose_clock(self, code: str, *, now: int) -> str:
        """Whose clock is wrong, where a code was refused for its time."""
        shown = _shown(code)
        slot = None if shown is None else shown.freshness
        if not isinstance(slot, int) or abs(slot * SLOT_SECONDS - now) > FARTHEST_SECONDS:
            return ""
        then = slot * SLOT_SECONDS
        judged = self._judge(code, now=then)
        alike = 0
        if judged.scope is not None and judged.code_hash is not None:
            who = judged.pseudonym or judged.code_hash
            with suppress(sqlite3.Error):  # a verdict is given, whatever can be noted beside it
                alike = self._store.clocks.odd(who, ahead=then - now, now=now)
        return whose_clock(
            ahead=then - time_slot(now) * SLOT_SECONDS,
            alike=alike,
            reading=self._store.clocks.reading(),
            now=now,
            published=self._published,
        )

    def _is_ahead(self, code: str, *, now: int) -> bool:
        """Whether this door let the member pass, and the server does not know of it."""
        if self._store.queue.counts() == (0, 0):
            return False
        judged = self._judge(code, now=now)
        if judged.pseudonym is None or judged.scope is None:
            return False
        return self._store.queue.holds(judged.scope.context_id, pseudonym=judged.pseudonym)

    def _ask(self, code: str, *, direction: str, scan_id: bytes, service: DoorClient) -> CheckIn:
        return service.check_in(
            code,
            door=self.identity.id,
            token=self.identity.token,
            direction=direction,
            scan_id=scan_id,
        )

    def _check_direction(self, direction: str) -> None:
        if direction == "out" and self.door.mode != RE_ENTRY:
            raise DoorError("This door does not count people out; its mode is not re_entry.")

    def _judge(self, code: str, *, now: int) -> Judged:
        if self._keys is None:
            self._keys = VerifierKeys.from_metadata(self.metadata)
        return judge_code(
            code,
            metadata=self.metadata,
            verifier=self._keys,
            heads=self.heads,
            door=self.door,
            now=now,
            up_to_date=False,
        )

    def _learn_heads(
        self, code: str, *, verdict: Verdict, handed: HandedIn, service: DoorClient
    ) -> None:
        """Take the newest registry heads where they came with the queue, or the scan shows some.

        A code names a value that this door does not know, or the server no longer accepts one
        that it does. Raises HeadRefused, ServerUnreachable, ServerRefused.
        """
        removals = _removals_of(code)
        known = removals is not None and self.heads.at(removals) is not None
        if handed.heads is None and known and verdict is not Verdict.NOT_CURRENT:
            return
        refresh_heads(self._store, metadata=self.metadata, service=service, heads=handed.heads)


class NotJudged(ServerUnreachable):
    """The server gave no answer to this scan; `scan_id` names it for a later merge."""

    def __init__(self, message: str, *, scan_id: bytes) -> None:
        super().__init__(message)
        self.scan_id = scan_id


def _notes(handed: HandedIn) -> tuple[str, ...]:
    """What to say of scans that were handed in and not recorded."""
    return tuple(
        f"{count} earlier scan{'s' if count > 1 else ''} not recorded by the server, and kept: "
        f"{reason}"
        for reason, count in {**handed.later, **handed.refused}.items()
    )


def _shown(code: str) -> Presentation | None:
    """What a code holds, of which nothing is checked; None if it is no code at all."""
    try:
        return Presentation.from_cbor(from_qr_text(code))
    except EncodingError:
        return None


def _removals_of(code: str) -> int | None:
    """By how many removals a code names its registry value; None if it is no code at all."""
    shown = _shown(code)
    return None if shown is None else shown.removals
