"""Merkle trees over append-only lists: roots, a frontier that grows them, and proofs.

Source: RFC 6962, section 2.1 (SHA-256; leaves and nodes hashed under different first octets; PATH
and PROOF in 2.1.1 and 2.1.2), and for checking RFC 9162, sections 2.1.3.2 and 2.1.4.2.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from credentials.errors import LogRefused

HASH_LENGTH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry), 32 octets."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right), 32 octets."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(entries: Iterable[bytes]) -> bytes:
    """The root over all entries, 32 octets; that of an empty list is SHA-256 of nothing."""
    return Frontier().grown(entries).root


def root_of_leaves(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over entries of which the leaf hashes are known, 32 octets."""
    return Frontier().grown_by_leaves(leaf_hashes).root


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """All that must be kept of a tree to append to it: the roots of its complete subtrees.

    `size` is the number of entries; `peaks` are the roots of the complete subtrees, largest first,
    one for each bit that is set in `size`: at most 64 hashes of 32 octets.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def grown(self, entries: Iterable[bytes]) -> "Frontier":
        """The frontier after appending `entries`: a few hashes each, whatever the size."""
        return self.grown_by_leaves(leaf_hash(entry) for entry in entries)

    def grown_by_leaves(self, leaf_hashes: Iterable[bytes]) -> "Frontier":
        """The frontier after appending the entries with these leaf hashes, 32 octets each."""
        size, peaks = self.size, list(self.peaks)
        for top in leaf_hashes:
            rest = size
            while rest & 1:
                top = node_hash(peaks.pop(), top)  # noqa: PLW2901 - it climbs to its peak
                rest >>= 1
            peaks.append(top)
            size += 1
        return Frontier(size=size, peaks=tuple(peaks))

    @property
    def root(self) -> bytes:
        """The root of the whole tree, 32 octets."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_octets(self) -> bytes:
        """The peaks, one after the other; the size says how many there are."""
        return b"".join(self.peaks)

    @classmethod
    def from_octets(cls, octets: bytes, *, size: int) -> "Frontier":
        """The inverse of to_octets; raises ValueError for another number of peaks."""
        peaks: Sequence[bytes] = [
            octets[at : at + HASH_LENGTH] for at in range(0, len(octets), HASH_LENGTH)
        ]
        if len(octets) != HASH_LENGTH * size.bit_count():
            raise ValueError("a frontier has one hash for each bit that is set in its size")
        return cls(size=size, peaks=tuple(peaks))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A whole tree, hashed once, for many proofs: each takes a few hashes more.

    `levels[k][i]` is the root of the complete subtree over the leaves from i * 2^k on, 2^k of them.
    """

    levels: tuple[tuple[bytes, ...], ...] = field(repr=False)

    @classmethod
    def over(cls, leaf_hashes: Iterable[bytes]) -> "Tree":
        """The tree over entries with these leaf hashes, 32 octets each."""
        levels = [tuple(leaf_hashes)]
        while len(levels[-1]) > 1:
            below = levels[-1]
            pairs = range(0, len(below) - 1, 2)
            levels.append(tuple(node_hash(below[at], below[at + 1]) for at in pairs))
        return cls(levels=tuple(levels))

    @property
    def size(self) -> int:
        """The number of entries."""
        return len(self.levels[0])

    def root(self, size: int | None = None) -> bytes:
        """The root, 32 octets, over the first `size` entries or all; raises LogRefused."""
        size = self._within(self.size if size is None else size)
        return self._root(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, *, size: int | None = None) -> tuple[bytes, ...]:
        """PATH(index, D[size]): the siblings of 32 octets from the leaf up to the root.

        `index` counts from 0; `size` is that of the tree under whose root the proof shall lead, all
        entries by default. Raises LogRefused for an entry that is not in that tree.
        """
        size = self._within(self.size if size is None else size)
        if not 0 <= index < size:
            raise LogRefused("the tree has no entry with that index")
        path: list[bytes] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._root(middle, end))
                end = middle
            else:
                path.append(self._root(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency_proof(self, first: int, second: int | None = None) -> tuple[bytes, ...]:
        """PROOF(first, D[second]): that the tree of size `first` is the beginning of the other.

        Nothing where the sizes are the same, or `first` is 0, which is the beginning of every tree.
        Raises LogRefused for sizes that are not in order.
        """
        second = self._within(self.size if second is None else second)
        if not 0 <= first <= second:
            raise LogRefused("a tree cannot be the beginning of a smaller one")
        if first in (0, second):
            return ()
        path: list[bytes] = []
        start, end, whole = 0, second, True
        while end != first:
            middle = start + _split(end - start)
            if first <= middle:
                path.append(self._root(middle, end))
                end = middle
            else:
                path.append(self._root(start, middle))
                start, whole = middle, False
        if not whole:
            path.append(self._root(start, end))
        return tuple(reversed(path))

    def _within(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise LogRefused("the tree is smaller than that")
        return size

    def _root(self, start: int, end: int) -> bytes:
        """MTH(D[start:end]); `start` is a multiple of the largest complete subtree that fits."""
        length = end - start
        if length & (length - 1) == 0:
            level = length.bit_length() - 1
            return self.levels[level][start >> level]
        middle = start + _split(length)
        return node_hash(self._root(start, middle), self._root(middle, end))


def inclusion_proof(leaf_hashes: Iterable[bytes], index: int) -> tuple[bytes, ...]:
    """The path of one entry (see Tree, which serves many); hashes each leaf once."""
    return Tree.over(leaf_hashes).inclusion_proof(index)


def consistency_proof(leaf_hashes: Iterable[bytes], first: int, second: int) -> tuple[bytes, ...]:
    """The proof between two sizes (see Tree, which serves many); hashes each leaf once."""
    return Tree.over(leaf_hashes).consistency_proof(first, second)


def check_inclusion(
    leaf: bytes, *, index: int, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the entry with the leaf hash `leaf` stands at `index` in the tree of that root.

    Hashes have 32 octets. Raises LogRefused, whatever is wrong. Source: RFC 9162, 2.1.3.2.
    """
    _take_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise LogRefused("the tree has no entry with that index")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise LogRefused("the inclusion proof is too long")
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise LogRefused("the inclusion proof is too short")
    if r != root:
        raise LogRefused("the inclusion proof does not lead to the root")


def check_consistency(
    *, first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that the tree of size `first` is the beginning of the tree of size `second`.

    Hashes have 32 octets. Raises LogRefused, whatever is wrong. Source: RFC 9162, 2.1.4.2; a first
    tree that is empty, and sizes that are the same, go with an empty proof (C2SP tlog-witness).
    """
    _take_hashes(first_root, second_root, *proof)
    if not 0 <= first <= second:
        raise LogRefused("a tree cannot be the beginning of a smaller one")
    if (first == 0 and first_root != EMPTY_ROOT) or (second == 0 and second_root != EMPTY_ROOT):
        raise LogRefused("an empty tree has another root")
    if first not in (0, second):
        _check_growth(first, first_root, second, second_root, proof)
    elif proof:
        raise LogRefused("the consistency proof is too long")
    elif first and first_root != second_root:
        raise LogRefused("two trees of one size have different roots")


def _check_growth(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162, 2.1.4.2, for 0 < first < second."""
    if not proof:
        raise LogRefused("the consistency proof is too short")
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise LogRefused("the consistency proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise LogRefused("the consistency proof is too short")
    if fr != first_root or sr != second_root:
        raise LogRefused("the consistency proof does not lead to the two roots")


def _split(length: int) -> int:
    """The largest power of two below `length`, which is at least 2."""
    return 1 << ((length - 1).bit_length() - 1)


def _take_hashes(*hashes: bytes) -> None:
    if any(type(value) is not bytes or len(value) != HASH_LENGTH for value in hashes):
        raise LogRefused(f"a hash does not have {HASH_LENGTH} octets")
