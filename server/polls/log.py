"""A poll's log as the server keeps it: batches, events, checkpoints, and cosignatures.

Everything that appends runs in a writing transaction that holds the poll's row, and ends with a
signed checkpoint of what it appended. Source: docs/protocol.md, "Polls" and "Log, checkpoints and
receipts".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from credentials.errors import LogRefused
from credentials.errors import WitnessUnknown as NoneKnown
from credentials.formats.poll_bundle import MAX_EARLIER
from credentials.formats.poll_event import BATCH_END, Kind, PollEvent
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.note import VerifierKey, read_signatures
from credentials.log.receipt import Receipt
from credentials.merkle import Frontier, Tree, leaf_hash
from credentials.polls import closing_seen_by, is_closing_seen
from server.database import Database
from server.polls import store
from server.polls.poll import Poll
from server.problems import CosignatureRefused, LeafUnknown, RequestMalformed, WitnessUnknown

_DECIDED = (Kind.EXTENSION, Kind.CANCELLATION, Kind.CLOSING)
_LOOKED = 64  # checkpoints after each of these that are searched for cosignatures
_SHOWN = 4  # of those, how many are shown

PAGE = 256
"""How many entries are read at a time when the whole log is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """An entry of a log that is no ballot."""

    index: int
    event: PollEvent
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenWitness:
    """A witness of a poll: when it cosigned the newest checkpoint, and whether the poll pins it."""

    name: str
    at: int | None
    pinned: bool


class PollLogs:
    """The logs of all polls; `signing_key` is the community's metadata key."""

    def __init__(self, database: Database, *, signing_key: Callable[[], Ed25519PrivateKey]) -> None:
        self._database = database
        self._signing_key = signing_key

    # --- appending, inside a transaction that holds the poll's row

    def begin(self, connection: Connection, poll: Poll, *, now: int) -> Poll:
        """The first entry: the manifest."""
        return self._append(connection, poll, [], last=poll.octets, now=now)

    def append_batch(self, connection: Connection, poll: Poll, *, now: int) -> Poll:
        """All ballots that wait, ascending by leaf hash, and the end of their batch."""
        waiting = store.waiting_leaves(connection, poll.id)
        return self._append(connection, poll, waiting, last=BATCH_END.to_cbor(), now=now)

    def append_event(
        self, connection: Connection, poll: Poll, event: PollEvent, *, now: int
    ) -> Poll:
        """All ballots that wait, and then an event, which ends their batch."""
        waiting = store.waiting_leaves(connection, poll.id)
        return self._append(connection, poll, waiting, last=event.to_cbor(), now=now)

    def _append(
        self,
        connection: Connection,
        poll: Poll,
        waiting: list[bytes],
        *,
        last: bytes,
        now: int,
    ) -> Poll:
        store.place_ballots(connection, ((leaf, poll.size + n) for n, leaf in enumerate(waiting)))
        leaf = leaf_hash(last)
        index = poll.size + len(waiting)
        store.add_event(connection, poll=poll.id, index=index, leaf_hash=leaf, octets=last)
        frontier = Frontier.from_octets(poll.frontier, size=poll.size).grown_by_leaves(
            [*waiting, leaf]
        )
        note = SignedCheckpoint.sign(
            Checkpoint(
                origin=poll.manifest.origin, size=frontier.size, root=frontier.root, time=now
            ),
            private_key=self._signing_key(),
        )
        store.add_checkpoint(connection, poll=poll.id, size=frontier.size, note=note.to_text())
        grown = replace(
            poll,
            size=frontier.size,
            frontier=frontier.to_octets(),
            waiting=poll.waiting - len(waiting),
            batch_at=now if waiting or poll.size == 0 else poll.batch_at,
        )
        store.update_poll(
            connection,
            poll.id,
            size=grown.size,
            frontier=grown.frontier,
            waiting=grown.waiting,
            batch_at=grown.batch_at,
        )
        return grown

    # --- reading

    def checkpoint(self, poll: Poll) -> str:
        """The newest signed note, with its cosignatures."""
        with self._database.read() as connection:
            return self._newest(connection, poll)

    def closing(self, connection: Connection, poll: Poll) -> SignedCheckpoint | None:
        """The checkpoint whose last entry is the closing, with its cosignatures; None before."""
        for index, octets in store.event_rows(connection, poll.id)[1:]:
            if PollEvent.from_cbor(octets).kind is Kind.CLOSING:
                note = store.checkpoint(connection, poll.id, size=index + 1)
                if note is None:
                    raise AssertionError("every event has its checkpoint")
                return SignedCheckpoint.parse(note)
        return None

    def closing_note(self, poll: Poll) -> str:
        """The same as a signed note, empty before the closing."""
        with self._database.read() as connection:
            signed = self.closing(connection, poll)
        return "" if signed is None else signed.to_text()

    def closing_seen_by(self, poll: Poll) -> tuple[str, ...]:
        """The pinned witnesses who cosigned the closing, by the names of their keys."""
        with self._database.read() as connection:
            signed = self.closing(connection, poll)
        return () if signed is None else closing_seen_by(signed, manifest=poll.manifest)

    def is_witnessed(self, connection: Connection, poll: Poll) -> bool:
        """Whether the closing is in the log, and enough of the pinned witnesses cosigned it."""
        signed = self.closing(connection, poll)
        return signed is not None and is_closing_seen(signed, manifest=poll.manifest)

    @staticmethod
    def last_time(connection: Connection, poll: Poll) -> int:
        """When the newest event happened; the opening is the first."""
        index, octets = store.event_rows(connection, poll.id)[-1]
        return PollEvent.from_cbor(octets).at if index else poll.manifest.opens_at

    @staticmethod
    def signature(connection: Connection, poll: Poll) -> bytes:
        """That of the beacon's round, 48 octets; empty where it is not in the log."""
        for index, octets in reversed(store.event_rows(connection, poll.id)):
            if index and (event := PollEvent.from_cbor(octets)).kind is Kind.BEACON:
                return event.value
        return b""

    def ballots(self, poll: Poll) -> int:
        """How many ballots are in the log as `poll` knows it."""
        with self._database.read() as connection:
            return store.count_ballots(connection, poll.id, before=poll.size)

    def events(self, poll: Poll) -> list[LogEvent]:
        """All entries but the manifest, the ballots and the ends of their batches, of the log as
        `poll` knows it."""
        with self._database.read() as connection:
            rows = store.event_rows(connection, poll.id)
        return [
            LogEvent(index=index, event=PollEvent.from_cbor(octets), octets=octets)
            for index, octets in rows[1:]
            if index < poll.size
        ]

    def cosigned(self, poll: Poll) -> tuple[bytes, ...]:
        """Earlier checkpoints that show what witnesses had seen before the lot was known.

        Of the states after each extension, and after the end of voting, the first that were
        cosigned; none where the lot comes from no beacon.
        """
        if poll.beacon is None:
            return ()
        found: dict[int, bytes] = {}
        decided = [each for each in self.events(poll) if each.event.kind in _DECIDED]
        with self._database.read() as connection:
            for each in decided:
                notes = store.checkpoints_from(
                    connection, poll.id, first=each.index + 1, most=_LOOKED
                )
                cosigned = [
                    (size, note)
                    for size, note in notes
                    if size < poll.size and len(SignedCheckpoint.parse(note).note.signatures) > 1
                ]
                found.update((size, note.encode()) for size, note in cosigned[:_SHOWN])
        return tuple(note for _, note in sorted(found.items()))[-MAX_EARLIER:]

    def objections(self, poll: Poll) -> list[PollEvent]:
        """What stands beside the result."""
        return [one.event for one in self.events(poll) if one.event.kind is Kind.OBJECTION]

    def leaves(self, poll: Poll, *, start: int) -> bytes:
        """The leaf hashes from an index on, 32 octets each."""
        with self._database.read() as connection:
            return b"".join(store.leaves(connection, poll.id)[start:])

    def entries(self, poll: Poll) -> Iterator[bytes]:
        """The octets of all entries, in order, read as they are asked for.

        No connection is held in between: whoever downloads may be slow.
        """
        for first in range(0, poll.size, PAGE):
            with self._database.read() as connection:
                page = store.entries(
                    connection, poll.id, first=first, end=min(first + PAGE, poll.size)
                )
            yield from page

    def consistency(self, poll: Poll, *, first: int, second: int) -> tuple[bytes, ...]:
        """The proof between two sizes; raises RequestMalformed."""
        tree = self._tree(poll)
        try:
            return tree.consistency_proof(first, second)
        except LogRefused:
            raise RequestMalformed(
                f"The log has {tree.size} entries; ask for 0 < from <= to."
            ) from None

    def receipt(self, poll: Poll, leaf: bytes) -> str:
        """The tlog-proof of a leaf under the newest checkpoint; raises LeafUnknown."""
        with self._database.read() as connection:
            note = SignedCheckpoint.parse(self._newest(connection, poll))
        tree = _tree(self._database, poll.id, Checkpoint.parse(note.note.text).size)
        try:
            index = tree.levels[0].index(leaf)
        except ValueError:
            raise LeafUnknown from None
        return Receipt.make(tree, index=index, signed=note).to_text()

    def _tree(self, poll: Poll) -> Tree:
        return _tree(self._database, poll.id, poll.size)

    @staticmethod
    def _newest(connection: Connection, poll: Poll) -> str:
        note = store.checkpoint(connection, poll.id)
        if note is None:
            raise AssertionError("a poll that was opened has a checkpoint")
        return note

    # --- witnesses

    def witnesses(self, poll: Poll) -> list[SeenWitness]:
        """Each witness that is pinned or listed, with the time of its newest cosignature."""
        with self._database.read() as connection:
            listed = {key: name for name, key in store.witness_rows(connection)}
            note = SignedCheckpoint.parse(self._newest(connection, poll))
        pinned = poll.manifest.witnesses
        found = []
        for text in dict.fromkeys((*pinned, *listed)):
            key = VerifierKey.parse(text)
            at = max((at for _, at in note.cosigned_by([key])), default=None)
            name = listed.get(text, key.name)
            found.append(SeenWitness(name=name, at=at, pinned=text in pinned))
        return found

    def witness_keys(self) -> tuple[str, ...]:
        """The verifier keys of all listed witnesses."""
        with self._database.read() as connection:
            return tuple(key for _, key in store.witness_rows(connection))

    def cosign(self, poll: Poll, lines: str) -> tuple[int, int]:
        """Add cosignatures of pinned and of listed witnesses to the newest checkpoint.

        How many were taken, and how many are of nobody who is known. Raises WitnessUnknown and
        CosignatureRefused.
        """
        with self._database.write() as connection:
            listed = [VerifierKey.parse(key) for _, key in store.witness_rows(connection)]
            text = store.checkpoint(connection, poll.id)
            if text is None:
                raise LeafUnknown
            signed = SignedCheckpoint.parse(text)
            keys = tuple(dict.fromkeys((*poll.manifest.witness_keys, *listed)))
            try:
                taken = signed.with_cosignatures(lines, witnesses=keys)
                made = [any(key.made(line) for key in keys) for line in read_signatures(lines)]
            except NoneKnown:
                raise WitnessUnknown from None
            except LogRefused as error:
                raise CosignatureRefused(f"The cosignature does not hold: {error}.") from None
            # A witness that signs the same state again does not take back when it first saw it.
            note = taken.note.with_signatures(signed.note.signatures)
            size = Checkpoint.parse(note.text).size
            store.update_checkpoint(connection, poll=poll.id, size=size, note=note.to_text())
            return sum(made), len(made) - sum(made)


@lru_cache(maxsize=8)
def _tree(database: Database, poll: str, size: int) -> Tree:
    """The tree at a size; the log only grows, so it never changes."""
    with database.read() as connection:
        return Tree.over(store.leaves(connection, poll)[:size])
