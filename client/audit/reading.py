"""Reading a bundle's entries once, in order: leaf hashes, proofs, and the rules of the poll.

Kept are 32 octets of each entry, and of each pseudonym the ballot that counts.
"""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeAlias

from client.audit.workers import CHUNK, Proven, Workers
from credentials import domain_tags
from credentials.errors import PollLogRefused, SymbolonError
from credentials.formats.manifest import Manifest
from credentials.formats.poll import BALLOT_LIMIT
from credentials.formats.poll_event import Kind, PollEvent
from credentials.merkle import HASH_LENGTH, leaf_hash
from credentials.polls import Replay
from credentials.polls.in_time import Decided

Progress: TypeAlias = Callable[[int, int], None]

_DECIDING = (Kind.EXTENSION, Kind.CANCELLATION, Kind.CLOSING)
_EVENT_LABEL = domain_tags.POLL_EVENT.encode()


def is_event(entry: bytes) -> bool:
    """Whether an entry says that it is an event; everything else must be a ballot."""
    # The array's head and the text's head take two octets.
    return entry[2 : 2 + len(_EVENT_LABEL)] == _EVENT_LABEL


@dataclass(slots=True)
class Entries:
    """What the entries came to.

    refused: reasons that name the entry, from 0, for ballots whose proof does not hold. misplaced:
    for entries that break the poll's rules. cut_off: why the file could not be read to its end.
    decided: what had to be public before a beacon's round was. closing_size: how many entries there
    are up to and including the closing, 0 without one.
    """

    replay: Replay
    leaves: bytearray = field(default_factory=bytearray, repr=False)
    refused: list[str] = field(default_factory=list)
    misplaced: list[str] = field(default_factory=list)
    cut_off: str = ""
    decided: list[Decided] = field(default_factory=list)
    closing_size: int = 0
    count: int = 0


class Reader:
    """Takes entries one by one; few chunks wait at a time."""

    def __init__(self, manifest: Manifest, *, workers: Workers) -> None:
        self.found = Entries(Replay(manifest))
        self._workers = workers
        self._chunk: list[bytes] = []
        self._waiting: deque[tuple[int, bytes | Future[list[Proven | str]]]] = deque()
        self._stopped = False

    def read(self, entries: Iterable[bytes], *, total: int, progress: Progress) -> Entries:
        """Read all entries after the manifest, which is the first leaf already."""
        found = self.found
        try:
            for entry in entries:
                if is_event(entry):
                    self._send()
                    self._waiting.append((found.count, entry))
                else:
                    # What is too long for a ballot is none, and must not fill the memory.
                    self._chunk.append(entry if len(entry) <= BALLOT_LIMIT else b"")
                self._note(entry)
                if len(self._chunk) == CHUNK:
                    self._send()
                self._settle(down_to=self._workers.at_once)
                if found.count % CHUNK == 0:
                    progress(self._done, total)
        except SymbolonError as error:
            found.cut_off = str(error)
        self._send()
        while self._waiting:
            self._settle(down_to=len(self._waiting) - 1)
            progress(self._done, total)
        progress(found.count, total)
        return found

    def start(self, manifest: bytes) -> None:
        """Take the first entry."""
        self._note(manifest)

    @property
    def _done(self) -> int:
        return self._waiting[0][0] if self._waiting else self.found.count

    def _note(self, entry: bytes) -> None:
        self.found.leaves += leaf_hash(entry)
        self.found.count += 1

    def _send(self) -> None:
        """Have the ballots that were collected checked."""
        if self._chunk:
            first = self.found.count - len(self._chunk)
            self._waiting.append((first, self._workers.verify(self._chunk)))
            self._chunk = []

    def _settle(self, *, down_to: int) -> None:
        while len(self._waiting) > down_to:
            first, each = self._waiting.popleft()
            if isinstance(each, bytes):
                self._take_event(first, each)
            else:
                for index, verdict in enumerate(each.result(), start=first):
                    self._take_ballot(index, verdict)

    def _take_ballot(self, index: int, verdict: Proven | str) -> None:
        leaf = bytes(self.found.leaves[index * HASH_LENGTH : (index + 1) * HASH_LENGTH])
        replay = self.found.replay
        try:
            if isinstance(verdict, str):
                self.found.refused.append(f"entry {index}: {verdict}")
                replay.pass_over(leaf)
            else:
                pseudonym, sequence, content = verdict
                replay.take_ballot(
                    leaf_hash=leaf, pseudonym=pseudonym, sequence=sequence, content=content
                )
        except PollLogRefused as error:
            self.found.misplaced.append(f"entry {index}: {error}")

    def _take_event(self, index: int, octets: bytes) -> None:
        # After one event that may not stand where it does, nothing more can be said of the others.
        if self._stopped:
            return
        beacon = self.found.replay.beacon
        try:
            event = PollEvent.from_cbor(octets)
            self.found.replay.take_event(event)
        except SymbolonError as error:
            self.found.misplaced.append(f"entry {index}: {error}")
            self._stopped = True
            return
        if beacon is not None and event.kind in _DECIDING:
            self.found.decided.append(Decided(size=index + 1, before=beacon.due_at))
        if event.kind is Kind.CLOSING:
            self.found.closing_size = index + 1
