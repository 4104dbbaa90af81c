"""Checking proofs and opening votes on all cores, a few hundred at a time.

Each worker gets the community's keys once. What waits is bounded, so that a bundle of any size
fits in memory. Few entries are checked in this process: starting others would take longer.
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from credentials.errors import BallotRefused, SymbolonError
from credentials.formats.head import SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import SignedMetadata
from credentials.formats.poll import Ballot
from credentials.formats.vote import Marks
from credentials.keys import VerifierKeys
from credentials.polls import read_vote, verify_ballots

CHUNK: Final = 256
"""Ballots that are checked together, in one product of pairings."""

Proven: TypeAlias = tuple[bytes, int, bytes]
"""Pseudonym (48 octets), sequence number and content of a ballot whose proof holds."""

SealedVote: TypeAlias = tuple[bytes, int, bytes]
"""The same three of a ballot that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """All that a worker is given: octets, which it opens itself."""

    metadata: SignedMetadata
    fingerprint: bytes
    head: SignedHead
    manifest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The community's keys at the poll's head, and the manifest."""

    keys: VerifierKeys
    manifest: Manifest

    @classmethod
    def of(cls, source: Source) -> "Material":
        """Raises MetadataRefused, HeadRefused, EncodingError, PolicyError."""
        metadata = source.metadata.open(fingerprint=source.fingerprint)
        head = source.head.open(metadata_key=metadata.metadata_key)
        return cls(
            keys=VerifierKeys.from_metadata(metadata).at(head),
            manifest=Manifest.from_cbor(source.manifest),
        )


class Workers:
    """Use as a context manager. `expected` is about how many ballots there will be."""

    def __init__(self, source: Source, *, expected: int, processes: int | None = None) -> None:
        self._source = source
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        self.processes = processes or cores or 1
        # Another process takes about half a second to start, in which one checks a few hundred.
        self._alone = self.processes == 1 or expected <= 2 * CHUNK
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        if self._alone:
            _begin(self._source)
        else:
            self._pool = ProcessPoolExecutor(
                self.processes,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self._source,),
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    @property
    def at_once(self) -> int:
        """How many chunks may wait."""
        return 1 if self._alone else 3 * self.processes

    def verify(self, ballots: Sequence[bytes]) -> "Future[list[Proven | str]]":
        """For each ballot's octets what they prove, or why they are refused."""
        return self._do(verify_chunk, ballots)

    def open(
        self, votes: Sequence[SealedVote], *, opening: bytes | None
    ) -> "Future[Counter[Marks | None]]":
        """How often each vote was cast; None stands for those that are invalid."""
        return self._do(open_chunk, votes, opening)

    def _do(self, work: Callable[..., Any], *args: Any) -> "Future[Any]":
        if self._pool is not None:
            return self._pool.submit(work, *args)
        done: Future[Any] = Future()
        done.set_result(work(*args))
        return done


_material: Material | None = None


def _begin(source: Source) -> None:
    global _material  # noqa: PLW0603 - what a process has of its own, given once
    _material = Material.of(source)


def _have() -> Material:
    if _material is None:
        raise RuntimeError("this process was given no keys")
    return _material


def verify_chunk(ballots: Sequence[bytes]) -> list[Proven | str]:
    """See Workers.verify."""
    have = _have()
    read = [_read(octets) for octets in ballots]
    parsed = [ballot for ballot in read if isinstance(ballot, Ballot)]
    verdicts = iter(verify_ballots(parsed, manifest=have.manifest, verifier=have.keys))
    found: list[Proven | str] = []
    for ballot in read:
        verdict = next(verdicts) if isinstance(ballot, Ballot) else ballot
        if isinstance(verdict, str):
            found.append(verdict)
        elif isinstance(verdict, BallotRefused):
            found.append(str(verdict))
        else:
            found.append((verdict.pseudonym, verdict.sequence, verdict.content))
    return found


def open_chunk(votes: Sequence[SealedVote], opening: bytes | None) -> Counter[Marks | None]:
    """See Workers.open."""
    manifest = _have().manifest
    return Counter(
        read_vote(
            content,
            manifest=manifest,
            pseudonym=pseudonym,
            sequence=sequence,
            opening=opening,
        )
        for pseudonym, sequence, content in votes
    )


def _read(octets: bytes) -> Ballot | str:
    try:
        return Ballot.from_cbor(octets)
    except SymbolonError as error:
        return f"it is no ballot: {error}"
