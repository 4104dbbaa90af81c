"""A poll's log, read from its first entry on: what may follow what, and which ballot counts.

Nothing is verified here but the rules of the poll: proofs, roots and signatures are the caller's.
Source: docs/protocol.md, "Polls".
"""

from dataclasses import dataclass, field
from enum import StrEnum

from credentials.errors import PollLogRefused
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind, PollEvent


class State(StrEnum):
    """A poll goes through these in order and never back; a draft is in no log."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    UNSEALED = "unsealed"
    CERTIFIED = "certified"
    CANCELLED = "cancelled"


def result_is_out(state: State, *, manifest: Manifest) -> bool:
    """Whether a poll in this state shows its result to everybody, certified or not.

    From then on it can be certified and objected to, and no longer cancelled.
    """
    if state is State.CLOSED:
        return manifest.sealing is None
    return state in (State.UNSEALED, State.CERTIFIED)


_ENDED = (State.CERTIFIED, State.CANCELLED)


@dataclass(slots=True)
class Replay:
    """Where a poll stands after some of its entries.

    closes_at: Unix seconds, as the manifest and the extensions say. closed_at: when the closing
    says that voting ended. opening: the value that opens sealed votes, 48 octets. result: CBOR of
    the certified result. highest: for each pseudonym the ballot that counts, as (sequence number,
    content).
    """

    manifest: Manifest
    state: State = State.OPEN
    closes_at: int = 0
    closed_at: int | None = None
    opening: bytes | None = None
    result: bytes | None = None
    ballots: int = 0
    events: list[PollEvent] = field(default_factory=list)
    highest: dict[bytes, tuple[int, bytes]] = field(default_factory=dict, repr=False)
    _numbers: set[tuple[bytes, int]] = field(default_factory=set, repr=False)
    _seen: dict[bytes, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.closes_at = self.manifest.closes_at

    def take_ballot(self, *, pseudonym: bytes, sequence: int, content: bytes) -> None:
        """Take the next entry, a ballot; raises PollLogRefused."""
        if self.state is not State.OPEN:
            raise PollLogRefused("a ballot stands after the poll's closing")
        if (pseudonym, sequence) in self._numbers:
            raise PollLogRefused("two ballots of one member have the same sequence number")
        self._numbers.add((pseudonym, sequence))
        self._seen[pseudonym] = self._seen.get(pseudonym, 0) + 1
        before = self.highest.get(pseudonym)
        if before is None or before[0] < sequence:
            self.highest[pseudonym] = (sequence, content)
        self.ballots += 1

    def take_event(self, event: PollEvent) -> None:
        """Take the next entry, an event; raises PollLogRefused."""
        if self.state in _ENDED:
            raise PollLogRefused(f"the log goes on after the poll was {self.state}")
        if self.events and event.at < self.events[-1].at:
            raise PollLogRefused("an event is said to be earlier than the one before it")
        match event.kind:
            case Kind.EXTENSION:
                self._extend(event)
            case Kind.CANCELLATION if self.result_is_out:
                raise PollLogRefused("the poll is cancelled after its result could be seen")
            case Kind.CANCELLATION:
                self.state = State.CANCELLED
            case Kind.OBJECTION if not self.result_is_out:
                raise PollLogRefused("an objection comes before there is a result")
            case Kind.CLOSING:
                self._close(event)
            case Kind.OPENING:
                self._need(event, state=State.CLOSED)
                if self.manifest.sealing is None:
                    raise PollLogRefused("a poll that was never sealed is opened")
                self.state, self.opening = State.UNSEALED, event.value
            case Kind.CERTIFICATION:
                sealed = self.manifest.sealing is not None
                self._need(event, state=State.UNSEALED if sealed else State.CLOSED)
                self.state, self.result = State.CERTIFIED, event.value
        self.events.append(event)

    def _extend(self, event: PollEvent) -> None:
        self._need(event, state=State.OPEN)
        if event.at >= self.closes_at:
            raise PollLogRefused("an extension comes after the closing time")
        if event.closes_at <= self.closes_at:
            raise PollLogRefused("an extension does not move the closing time forward")
        self.closes_at = event.closes_at

    def _close(self, event: PollEvent) -> None:
        self._need(event, state=State.OPEN)
        if event.at > self.closes_at or (event.at < self.closes_at and not event.reason):
            raise PollLogRefused("the closing is not at its time, and gives no reason")
        if event.at < self.closes_at and not self.manifest.may_close_early:
            raise PollLogRefused(
                "the closing is before its time, in a poll that trustees open and that pins no "
                "witness"
            )
        self._check_gaps()
        self.state, self.closed_at = State.CLOSED, event.at

    @property
    def result_is_out(self) -> bool:
        """Whether everybody can see the result, so that it cannot be annulled any more."""
        return result_is_out(self.state, manifest=self.manifest)

    def _need(self, event: PollEvent, *, state: State) -> None:
        if self.state is not state:
            raise PollLogRefused(f"the {event.kind} comes when the poll is {self.state}")

    def _check_gaps(self) -> None:
        """The numbers of each pseudonym are 1, 2, … without a gap; raises PollLogRefused."""
        for pseudonym, (sequence, _) in self.highest.items():
            if self._seen[pseudonym] != sequence:
                raise PollLogRefused("the sequence numbers of a member's ballots have a gap")
