"""Heads that follow each other, and which of them a verifier accepts now.

Source: docs/protocol.md, "Registry". A wallet or verifier keeps one chain for each community: what
was verified once is never taken back, and a second head for a known epoch is a fork.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credentials.errors import HeadNotAccepted, HeadRefused
from credentials.formats.head import Head, SignedHead
from credentials.formats.metadata import Metadata

SEGMENT_HEADS: Final = 256
"""How many heads a static segment has, as the log's segments have their entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadChain:
    """Consecutive verified heads of one registry, the newest last; never empty."""

    signed: tuple[SignedHead, ...]
    heads: tuple[Head, ...]

    @classmethod
    def start(cls, signed: Sequence[SignedHead], *, metadata: Metadata) -> "HeadChain":
        """A chain where none is known yet; raises HeadRefused unless each follows the last."""
        if not signed:
            raise HeadRefused("the community has not published any registry head")
        heads: list[Head] = []
        for one in signed:
            head = one.open(metadata_key=metadata.metadata_key)
            if head.registry_id != metadata.keys.registry_id:
                raise HeadRefused("the registry head belongs to other keys")
            if heads:
                _check_follows(heads[-1], head)
            heads.append(head)
        return cls(signed=tuple(signed), heads=tuple(heads))

    def extended(self, signed: Sequence[SignedHead], *, metadata: Metadata) -> "HeadChain":
        """The chain with newer heads; those that are known already must be the same.

        Raises HeadRefused for a fork, for a gap, and where the newest head is older than the one
        that is known: a step back. Heads from before the beginning of this chain are taken in too,
        where they lead up to it.
        """
        other = HeadChain.start(signed, metadata=metadata)
        if other.newest.epoch < self.newest.epoch:
            raise HeadRefused("the registry head is older than one that is already known")
        if other.first.epoch > self.newest.epoch + 1:
            raise HeadRefused("there are registry heads missing between the known and the new one")
        known = {head.epoch: head for head in self.heads}
        for head in other.heads:
            if head.epoch in known and known[head.epoch].hash != head.hash:
                raise HeadRefused("the community published two different heads for one epoch")
        older = [at for at, head in enumerate(other.heads) if head.epoch < self.first.epoch]
        newer = [at for at, head in enumerate(other.heads) if head.epoch > self.newest.epoch]
        if older:
            _check_follows(other.heads[older[-1]], self.first)
        if newer:
            _check_follows(self.newest, other.heads[newer[0]])
        return HeadChain(
            signed=(
                *(other.signed[at] for at in older),
                *self.signed,
                *(other.signed[at] for at in newer),
            ),
            heads=(
                *(other.heads[at] for at in older),
                *self.heads,
                *(other.heads[at] for at in newer),
            ),
        )

    def shortened(self, length: int) -> "HeadChain":
        """The newest `length` heads only."""
        return HeadChain(signed=self.signed[-length:], heads=self.heads[-length:])

    @property
    def first(self) -> Head:
        """The oldest head that is known."""
        return self.heads[0]

    @property
    def newest(self) -> Head:
        """The newest head that is known."""
        return self.heads[-1]

    def find(self, head_hash: bytes) -> Head | None:
        """The head with this hash, accepted or not."""
        return next((head for head in self.heads if head.hash == head_hash), None)

    def accepted(self, *, now: int) -> tuple[Head, ...]:
        """The heads at which a presentation outside polls is accepted at `now`, newest first.

        The newest; and the one before it while the grace of its successor lasts, counted from when
        it was superseded. Where several heads came within their graces, each of them. A head dated
        further ahead than its own grace ends the older ones too, so that neither a clock that is
        behind nor one head with a wrong date keeps a removed member's head alive.
        """
        accepted = [self.newest]
        for older, newer in zip(reversed(self.heads[:-1]), reversed(self.heads), strict=False):
            if abs(now - newer.published_at) >= newer.grace:
                break
            accepted.append(older)
        return tuple(accepted)

    def accept(self, head_hash: bytes, *, now: int, max_age: int | None = None) -> Head:
        """The head at which a presentation outside polls was made, if it is accepted at `now`.

        `max_age` is a policy's `max_head_age` in seconds. Raises HeadNotAccepted.
        """
        head = self.find(head_hash)
        if head is None or head not in self.accepted(now=now):
            raise HeadNotAccepted(
                "the presentation was made at a registry head that is not accepted here: the "
                "membership was removed, or the wallet or this verifier needs an update"
            )
        if max_age is not None and now - head.published_at > max_age:
            raise HeadNotAccepted("the registry head is older than the policy allows")
        return head

    def is_due(self, *, now: int) -> bool:
        """Whether a newer head should have been published by `now`."""
        return now >= self.newest.next_at


def _check_follows(older: Head, newer: Head) -> None:
    if newer.epoch != older.epoch + 1:
        raise HeadRefused("registry heads do not follow each other")
    if newer.previous != hashlib.sha256(older.to_cbor()).digest():
        raise HeadRefused("a registry head does not name the hash of the one before it")
    shrunk = newer.removals < older.removals or newer.highest_serial < older.highest_serial
    if shrunk or newer.published_at < older.published_at:
        raise HeadRefused("a registry head takes something back that the one before it said")
    if newer.removals == older.removals and (newer.value, newer.root) != (older.value, older.root):
        raise HeadRefused("a registry head changes the value without a removal")
