"""What a curve backend offers: BLS12-381 points, strict decoding, hashing to G1, pairings.

Source: draft-irtf-cfrg-bbs-signatures-09, section 5; RFC 9380 (BLS12381G1_XMD:SHA-256_SSWU_RO_).
Points are the backend's own values: add them, negate them, compare them; nothing else.
"""

from collections.abc import Sequence
from typing import Protocol, Self

OCTET_POINT_LENGTH = 48
OCTET_G2_LENGTH = 96


class Point(Protocol):
    """A point of G1 or G2."""

    def __add__(self, other: Self, /) -> Self: ...
    def __neg__(self) -> Self: ...


class G1(Point, Protocol):
    """A point of the subgroup of order r of E1."""


class G2(Point, Protocol):
    """A point of the subgroup of order r of E2."""


class Backend(Protocol):
    """BLS12-381 over one library."""

    name: str
    g1_identity: G1
    g1_generator: G1
    g2_generator: G2

    def decode_g1(self, octets: bytes) -> G1:
        """48 octets, compressed; raises InvalidPoint, also for the identity."""
        ...

    def encode_g1(self, point: G1) -> bytes:
        """48 octets, compressed."""
        ...

    def decode_g2(self, octets: bytes) -> G2:
        """96 octets, compressed; raises InvalidPoint, also for the identity."""
        ...

    def encode_g2(self, point: G2) -> bytes:
        """96 octets, compressed."""
        ...

    def multiply_g1(self, point: G1, scalar: int) -> G1:
        """scalar * point; the scalar is taken modulo r."""
        ...

    def multiply_g2(self, point: G2, scalar: int) -> G2:
        """scalar * point; the scalar is taken modulo r."""
        ...

    def hash_to_g1(self, message: bytes, *, dst: bytes) -> G1:
        """hash_to_curve of RFC 9380 with at most 255 octets of DST."""
        ...

    def pairing_check(self, pairs: Sequence[tuple[G1, G2]]) -> bool:
        """Whether the product of e(P, Q) over all pairs is one."""
        ...
