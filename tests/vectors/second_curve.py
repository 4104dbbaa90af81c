"""Arithmetic and hashing of the second opinion, over arkworks; nothing of the product is used.

Plain and slow. Arkworks decodes second spellings of the identity, so points are compared by value
and their octets must return.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

R = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
CIPHERSUITE = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_"
API_ID = CIPHERSUITE + b"SYMBOLON_1_H2G_TM2S_"
BP1 = G1Point()
BP2 = G2Point()


class Refused(Exception):
    """The second opinion is no."""


def expand(message: bytes, dst: bytes) -> bytes:
    """expand_message_xmd of RFC 9380, section 5.3.1, with SHA-256, for 48 octets."""
    dst_prime = dst + bytes([len(dst)])
    b_0 = hashlib.sha256(bytes(64) + message + b"\x00\x30" + b"\x00" + dst_prime).digest()
    b_1 = hashlib.sha256(b_0 + b"\x01" + dst_prime).digest()
    mixed = (int.from_bytes(b_0, "big") ^ int.from_bytes(b_1, "big")).to_bytes(32, "big")
    return (b_1 + hashlib.sha256(mixed + b"\x02" + dst_prime).digest())[:48]


def hash_to_scalar(message: bytes, dst: bytes) -> int:
    return int.from_bytes(expand(message, dst), "big") % R


@lru_cache(maxsize=32)
def generators(
    count: int, api_id: bytes, *, seed: bytes = b"MESSAGE_GENERATOR_SEED"
) -> tuple[G1Point, ...]:
    """create_generators of the core draft, section 4.1.1."""
    v = expand(api_id + seed, api_id + b"SIG_GENERATOR_SEED_")
    points = []
    for i in range(1, count + 1):
        v = expand(v + i.to_bytes(8, "big"), api_id + b"SIG_GENERATOR_SEED_")
        points.append(G1Point.hash_to_curve(v, api_id + b"SIG_GENERATOR_DST_"))
    return tuple(points)


# The core draft makes P1 as the one generator of another seed, under the first interface's id.
(P1,) = generators(1, CIPHERSUITE + b"H2G_HM2S_", seed=b"BP_MESSAGE_GENERATOR_SEED")


def octets8(number: int) -> bytes:
    return number.to_bytes(8, "big")


def octets32(scalar: int) -> bytes:
    return (scalar % R).to_bytes(32, "big")


def times(point: G1Point, scalar: int) -> G1Point:
    return point * Scalar.from_be_bytes(octets32(scalar))


def total(points: Sequence[G1Point]) -> G1Point:
    added = G1Point.identity()
    for point in points:
        added = added + point
    return added


def octets(*points: G1Point) -> bytes:
    return b"".join(bytes(point.to_compressed_bytes()) for point in points)


def read_point(encoded: bytes) -> G1Point:
    """48 octets; in the subgroup, not the identity, and in their one spelling."""
    try:
        point = G1Point.from_compressed_bytes(encoded)
    except ValueError:
        raise Refused("not a point") from None
    if not point.is_in_subgroup() or point == G1Point.identity():
        raise Refused("a point outside the subgroup, or the identity")
    if octets(point) != encoded:
        raise Refused("a second spelling of a point")
    return point


def read_scalar(encoded: bytes) -> int:
    scalar = int.from_bytes(encoded, "big")
    if not 0 < scalar < R:
        raise Refused("a scalar out of range")
    return scalar


def key(encoded: bytes) -> G2Point:
    """A public key that the metadata holds, 96 octets."""
    return G2Point.from_compressed_bytes(encoded)


def equal(left: G1Point, under: G2Point, right: G1Point) -> bool:
    """e(left, under) = e(right, BP2)."""
    return bool(GT.pairing_check([left, -right], [under, BP2]))
