"""A poll's log, read from its first entry on: what may follow what, and which ballot counts.

Ballots stand in batches, each in ascending order of leaf hash and of ten or more, unless an
extension, a withdrawal, a cancellation or the closing ends it: so their order tells nothing, and
nobody chose it.

Nothing is verified here but the rules of the poll: proofs, roots and signatures are the caller's.
Source: docs/protocol.md, "Polls".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from credentials.errors import PollLogRefused
from credentials.formats.lot import Beacon
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.vote import MIN_OPTIONS


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


def may_withdraw(option: int, *, manifest: Manifest, withdrawn: Sequence[int]) -> None:
    """Raise PollLogRefused unless the option stands, and two others do."""
    standing = set(range(1, len(manifest.options) + 1)) - set(withdrawn)
    if option not in standing:
        raise PollLogRefused("an option is withdrawn that does not stand")
    if len(standing) <= MIN_OPTIONS:
        raise PollLogRefused("fewer than two options would remain")


_ENDED = (State.CERTIFIED, State.CANCELLED)

BATCH_SIZE: Final = 10
"""The fewest ballots that enter the log together while voting goes on."""


@dataclass(slots=True)
class Replay:
    """Where a poll stands after some of its entries.

    closes_at: Unix seconds, as the manifest and the extensions say. closed_at: when the closing
    says that voting ended. beacon: the round that is the lot, by the manifest and the extensions.
    opening: the value that opens sealed votes, 48 octets. signature: that of the beacon's round, 48
    octets, which only `tie_seed` checks. withdrawn: options, in the order in which they were
    withdrawn. result: CBOR of the certified result. events: all but the
    ends of batches. highest: for each pseudonym the ballot that counts, as (sequence number,
    content).
    """

    manifest: Manifest
    state: State = State.OPEN
    closes_at: int = 0
    closed_at: int | None = None
    beacon: Beacon | None = None
    opening: bytes | None = None
    signature: bytes | None = None
    withdrawn: tuple[int, ...] = ()
    result: bytes | None = None
    ballots: int = 0
    events: list[PollEvent] = field(default_factory=list)
    highest: dict[bytes, tuple[int, bytes]] = field(default_factory=dict, repr=False)
    _numbers: set[tuple[bytes, int]] = field(default_factory=set, repr=False)
    _seen: dict[bytes, int] = field(default_factory=dict, repr=False)
    _batch: int = 0
    _last_leaf: bytes = b""

    def __post_init__(self) -> None:
        self.closes_at = self.manifest.closes_at
        self.beacon = self.manifest.beacon

    def take_ballot(
        self, *, leaf_hash: bytes, pseudonym: bytes, sequence: int, content: bytes
    ) -> None:
        """Take the next entry, a ballot with this leaf hash (32 octets); raises PollLogRefused.

        One that stands in the wrong place counts nevertheless: it is a voter's.
        """
        self._need_open()
        if (pseudonym, sequence) in self._numbers:
            raise PollLogRefused("two ballots of one member have the same sequence number")
        self._numbers.add((pseudonym, sequence))
        self._seen[pseudonym] = self._seen.get(pseudonym, 0) + 1
        before = self.highest.get(pseudonym)
        if before is None or before[0] < sequence:
            self.highest[pseudonym] = (sequence, content)
        self.ballots += 1
        self._place(leaf_hash)

    def pass_over(self, leaf_hash: bytes) -> None:
        """Take the next entry, a ballot that counts for nothing; raises PollLogRefused."""
        self._need_open()
        self._place(leaf_hash)

    def _need_open(self) -> None:
        if self.state is not State.OPEN:
            raise PollLogRefused("a ballot stands after the poll's closing")

    def _place(self, leaf_hash: bytes) -> None:
        last, self._last_leaf = self._last_leaf, leaf_hash
        self._batch += 1
        if leaf_hash <= last:
            raise PollLogRefused("the ballots of a batch are not in the order of their leaf hashes")

    def take_event(self, event: PollEvent) -> None:
        """Take the next entry, an event; raises PollLogRefused."""
        if self.state in _ENDED:
            raise PollLogRefused(f"the log goes on after the poll was {self.state}")
        if event.kind is Kind.BATCH:
            self._end_batch(event)
            return
        if self.events and event.at < self.events[-1].at:
            raise PollLogRefused("an event is said to be earlier than the one before it")
        match event.kind:
            case Kind.EXTENSION:
                self._extend(event)
            case Kind.WITHDRAWAL:
                self._withdraw(event)
            case Kind.CANCELLATION:
                self._cancel(event)
            case Kind.OBJECTION if not self.result_is_out:
                raise PollLogRefused("an objection comes before there is a result")
            case Kind.CLOSING:
                self._close(event)
            case Kind.OPENING:
                self._open(event)
            case Kind.BEACON:
                self._draw(event)
            case Kind.CERTIFICATION:
                self._certify(event)
        self.events.append(event)

    def _end_batch(self, event: PollEvent) -> None:
        self._need(event, state=State.OPEN)
        if self._batch < BATCH_SIZE:
            raise PollLogRefused(f"a batch has {self._batch} ballots, and not {BATCH_SIZE} or more")
        self._batch, self._last_leaf = 0, b""

    def _extend(self, event: PollEvent) -> None:
        self._need(event, state=State.OPEN)
        if event.at >= self.closes_at:
            raise PollLogRefused("an extension comes after the closing time")
        if event.closes_at <= self.closes_at:
            raise PollLogRefused("an extension does not move the closing time forward")
        if self.beacon is not None:
            self.beacon = self.manifest.beacon_at(event.closes_at)
        if event.beacon_round != (None if self.beacon is None else self.beacon.number):
            raise PollLogRefused("an extension does not name the beacon's round as it has to")
        self.closes_at = event.closes_at
        self._batch, self._last_leaf = 0, b""

    def _withdraw(self, event: PollEvent) -> None:
        may_withdraw(event.option, manifest=self.manifest, withdrawn=self.withdrawn)
        self.withdrawn += (event.option,)
        self._batch, self._last_leaf = 0, b""

    def _cancel(self, event: PollEvent) -> None:
        if self.result_is_out:
            raise PollLogRefused("the poll is cancelled after its result could be seen")
        if self.beacon is not None and event.at >= self.beacon.due_at:
            raise PollLogRefused("the poll is cancelled when its lot is known")
        self.state = State.CANCELLED

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

    def _open(self, event: PollEvent) -> None:
        self._need(event, state=State.CLOSED)
        if self.manifest.sealing is None:
            raise PollLogRefused("a poll that was never sealed is opened")
        self.state, self.opening = State.UNSEALED, event.value

    def _draw(self, event: PollEvent) -> None:
        self._need(event, state=self._countable)
        if self.beacon is None or self.signature is not None:
            raise PollLogRefused("no round of the beacon is asked for here")
        if event.at < self.beacon.due_at:
            raise PollLogRefused("the beacon's round comes before it is due")
        self.signature = event.value

    def _certify(self, event: PollEvent) -> None:
        self._need(event, state=self._countable)
        if self.beacon is not None and self.signature is None:
            raise PollLogRefused("the certification comes before the beacon's round")
        self.state, self.result = State.CERTIFIED, event.value

    @property
    def _countable(self) -> State:
        """The state in which all that is left to know is the lot."""
        return State.CLOSED if self.manifest.sealing is None else State.UNSEALED

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
