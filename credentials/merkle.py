"""Merkle trees over append-only lists, and a frontier that grows them without the old entries.

Source: RFC 6962, section 2.1 (SHA-256; leaves and nodes hashed under different first octets).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
        size, peaks = self.size, list(self.peaks)
        for entry in entries:
            top = leaf_hash(entry)
            rest = size
            while rest & 1:
                top = node_hash(peaks.pop(), top)
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
