"""A poll's log as anyone can see it: the newest checkpoint with every leaf hash under it.

All leaf hashes are fetched, so that nobody learns which leaf a wallet looks for. Source:
docs/protocol.md, "Log, checkpoints and receipts".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from client.errors import ClientError
from client.polls import PollsClient
from credentials.errors import LogRefused, SymbolonError
from credentials.formats.poll_event import Kind, PollEvent
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.receipt import Receipt
from credentials.merkle import HASH_LENGTH, Tree, leaf_hash, root_of_leaves

ENDINGS = (Kind.CLOSING, Kind.CANCELLATION)


def split_leaves(leaves: bytes) -> list[bytes]:
    """Leaf hashes of 32 octets each, one after the other."""
    return [leaves[at : at + HASH_LENGTH] for at in range(0, len(leaves), HASH_LENGTH)]


def place_of(leaf: bytes, leaves: bytes) -> int | None:
    """The index of a leaf hash among others, None if it is not there."""
    at = leaves.find(leaf)
    while at % HASH_LENGTH and at > 0:
        at = leaves.find(leaf, at + 1)
    return None if at < 0 else at // HASH_LENGTH


def folder_name(origin: str) -> str:
    """An origin as the name of a file or folder."""
    # Neither hosts nor ids of polls hold a "_", so different origins have different names.
    return origin.replace("/", "_").replace(":", "_")


def root_of_first(size: int, leaves: bytes) -> bytes:
    """The root over the first of these leaf hashes."""
    return root_of_leaves(split_leaves(leaves[: size * HASH_LENGTH]))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """A checkpoint whose signature verifies, and the leaf hashes (32 octets each) of its root."""

    signed: SignedCheckpoint = field(repr=False)
    checkpoint: Checkpoint
    leaves: bytes = field(repr=False)

    def begins_with(self, entry: bytes) -> bool:
        """Whether these octets are the log's first entry."""
        return self.leaves[:HASH_LENGTH] == leaf_hash(entry)

    def place_of(self, leaf: bytes) -> int | None:
        """The index of a leaf hash, None if it is not there."""
        return place_of(leaf, self.leaves)

    def receipt(self, index: int) -> Receipt:
        """The receipt of an entry, made here so that nobody is told which one is wanted."""
        return Receipt.make(Tree.over(split_leaves(self.leaves)), index=index, signed=self.signed)


def view_of(note: str, leaves: bytes, *, origin: str, key: bytes) -> LogView:
    """A checkpoint's note and the leaf hashes under it, checked; `key` has 32 octets.

    Leaf hashes of later entries are left out. Raises LogRefused.
    """
    signed = SignedCheckpoint.parse(note)
    checkpoint = signed.open(origin=origin, key=key)
    leaves = leaves[: checkpoint.size * HASH_LENGTH]
    view = LogView(signed=signed, checkpoint=checkpoint, leaves=leaves)
    if len(leaves) != checkpoint.size * HASH_LENGTH:
        raise LogRefused("there are fewer leaf hashes than the checkpoint says")
    if root_of_first(checkpoint.size, leaves) != checkpoint.root:
        raise LogRefused("the leaf hashes do not lead to the checkpoint's root")
    return view


def read_log(poll: str, *, polls: PollsClient, origin: str, key: bytes) -> LogView:
    """What the server shows of a poll's log now. Raises LogRefused, ClientError."""
    note = polls.checkpoint(poll)
    return view_of(note, polls.leaves(poll), origin=origin, key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedEvent:
    """An event at its place in a log, from 0."""

    place: int
    event: PollEvent
    octets: bytes = field(repr=False)


def events_of(view: LogView, *, poll: str, polls: PollsClient) -> list[PlacedEvent]:
    """The events that the server tells of and that are in the log, in its order.

    It may leave some out: leaf hashes do not tell what is an event. Raises ClientError.
    """
    return events_among(polls.events(poll), view=view)


def events_among(events: Sequence[bytes], *, view: LogView) -> list[PlacedEvent]:
    """The same among a poll's events, which were fetched."""
    found = []
    for octets in events:
        try:
            event = PollEvent.from_cbor(octets)
        except SymbolonError:
            raise ClientError("The server sent an event that is none.") from None
        place = view.place_of(leaf_hash(octets))
        if place is not None:
            found.append(PlacedEvent(place=place, event=event, octets=octets))
    return sorted(found, key=lambda one: one.place)


def ending_among(events: Sequence[bytes], *, view: LogView) -> bytes:
    """The octets of the event in the log after which no ballot can follow; empty without one."""
    placed = events_among(events, view=view)
    return next((one.octets for one in placed if one.event.kind in ENDINGS), b"")


def fork(first: LogView, second: LogView) -> tuple[LogView, LogView] | None:
    """Two states of a log that cannot be of one, the one with fewer entries first; None if they
    can. A later state with fewer entries is none of the same log either, and comes second.
    """
    smaller, larger = sorted((first, second), key=lambda view: view.checkpoint.size)
    if contradiction(smaller.checkpoint, larger):
        return smaller, larger
    if contradiction(larger.checkpoint, smaller):
        return larger, smaller
    return None


def contradiction(before: Checkpoint, view: LogView) -> str:
    """How a log contradicts a checkpoint that it signed before; empty where it does not.

    A log that is smaller is none, unless it is said to be the later one: a server may show an old
    state.
    """
    now = view.checkpoint
    if now.size < before.size:
        later = now.time > before.time
        return "the log has fewer entries than it had before" if later else ""
    if root_of_first(before.size, view.leaves) != before.root:
        return "the log's first entries are not those that it had before"
    return ""
