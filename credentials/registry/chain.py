"""Heads that follow each other, and at which of the registry's values a verifier accepts proofs.

Source: docs/protocol.md, "Registry". A wallet or verifier keeps one chain for each community: what
was verified once is never taken back, and a second head for a known epoch is a fork.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from credentials.days import SECONDS_PER_DAY
from credentials.errors import HeadNotAccepted, HeadRefused
from credentials.formats.head import Head, SignedHead
from credentials.formats.metadata import Metadata

SEGMENT_HEADS: Final = 256
"""How many heads a static segment has, as the log's segments have their entries."""

SHORTEST_SCHEDULE: Final = 3600
"""Seconds between two heads of a schedule, at least; what comes sooner is outside of it."""


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

    def at(self, removals: int) -> Head | None:
        """The newest head with this number of removals, accepted or not: all of them have one V."""
        return next((head for head in reversed(self.heads) if head.removals == removals), None)

    def knows(self, value: bytes) -> bool:
        """Whether the registry has, or had, this value V (48 octets)."""
        return any(head.value == value for head in self.heads)

    def accepted(self, *, now: int) -> tuple[Head, ...]:
        """The heads of the at most two values V that are accepted outside polls at `now`.

        The newest value; and the one before it, for the grace counted from when it was superseded.
        Never more, however many heads were published: a presentation says which value it was made
        at, and several would tell its maker from others. Every head since the value changed has to
        grant the grace, so that an emergency head ends it. A head dated further ahead than its own
        grace ends it too: neither a clock that is behind nor one head with a wrong date keeps a
        removed member's value alive.
        """
        change = next(
            (at for at, head in enumerate(self.heads) if head.removals == self.newest.removals)
        )
        since = self.heads[change:]
        if change == 0 or any(abs(now - head.published_at) >= head.grace for head in since):
            return (self.newest,)
        return (self.newest, self.heads[change - 1])

    def accept(self, removals: int, *, now: int, max_age: int | None = None) -> Head:
        """The head of the value at which a presentation outside polls was made, if accepted now.

        `removals` is the number by which the presentation names the value. `max_age` is a policy's
        `max_head_age` in seconds, held against the newest head that has this value. Raises
        HeadNotAccepted.
        """
        head = next((one for one in self.accepted(now=now) if one.removals == removals), None)
        if head is None:
            raise HeadNotAccepted(
                "the presentation was made at a value of the registry that is not accepted here: "
                "the membership was removed, or the wallet or this verifier needs an update"
            )
        if max_age is not None and now - head.published_at > max_age:
            raise HeadNotAccepted("the registry head is older than the policy allows")
        return head

    def unscheduled(self, *, now: int) -> int:
        """How many heads of the last day removed somebody outside the published schedule.

        A head is on the schedule if it came when the head before it had announced, an hour at least
        after the last one that did: more often is no schedule. Each removal divides wallets into
        those that have heard of it and those that have not.
        """
        count, on_schedule = 0, None
        for older, newer in zip(self.heads, self.heads[1:], strict=False):
            announced = newer.published_at >= older.next_at
            if announced and (
                on_schedule is None or newer.published_at - on_schedule >= SHORTEST_SCHEDULE
            ):
                on_schedule = newer.published_at
            elif newer.removals > older.removals and newer.published_at > now - SECONDS_PER_DAY:
                count += 1
        return count

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
