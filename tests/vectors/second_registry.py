"""The registry by its plain definitions, over arkworks: for whoever holds the secrets, and not.

V' = V / (y + alpha), C = V / (handle + alpha), sigma_d = BP1 / (d + xi), each computed anew from
the secret with nothing carried over; the Merkle root by the recursive definition of RFC 6962.
"""

import hashlib
from collections.abc import Sequence

from py_arkworks_bls12381 import G1Point, G2Point, Scalar

from credentials.formats import cbor
from credentials.formats.head import Head
from tests.vectors.second_curve import BP1, BP2, R, equal, octets, octets32, times


def divided(point: G1Point, *sums: int) -> G1Point:
    """point / product of the sums."""
    product = 1
    for one in sums:
        product = product * one % R
    return times(point, pow(product, -1, R))


def value_after(u: int, handles: Sequence[int], *, alpha: int) -> G1Point:
    """V = u * BP1 / product of (y + alpha) over all removed handles."""
    return divided(times(BP1, u), *(handle + alpha for handle in handles))


def witness_of(u: int, handles: Sequence[int], *, handle: int, alpha: int) -> G1Point:
    """C = V / (handle + alpha), after the removal of `handles`."""
    return divided(value_after(u, handles, alpha=alpha), handle + alpha)


def holds(witness: G1Point, *, handle: int, value: G1Point, registry_key: G2Point) -> bool:
    """e(C, Q~) = e(V - handle * C, BP2), and C is not the identity."""
    right = value + -times(witness, handle)
    return witness != G1Point.identity() and equal(witness, registry_key, right)


def log_entry(handle: int, value: G1Point) -> bytes:
    return octets32(handle) + octets(value)


def merkle_root(entries: Sequence[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + merkle_root(entries[:k]) + merkle_root(entries[k:])).digest()


def head_hash(head: Head) -> bytes:
    fields = (
        "symbolon/head/1",
        head.registry_id,
        head.epoch,
        head.value,
        head.removals,
        head.root,
        head.highest_serial,
        head.previous,
        head.published_at,
        head.next_at,
        head.grace,
    )
    return hashlib.sha256(cbor.encode(fields)).digest()


def digit_table(xi: int) -> bytes:
    return b"".join(octets(divided(BP1, digit + xi)) for digit in range(256))


def is_digit(encoded: bytes, digit: int, *, digit_key: G2Point) -> bool:
    """e(sigma_d, X~) = e(BP1 - d * sigma_d, BP2)."""
    point = G1Point.from_compressed_bytes(encoded)
    return equal(point, digit_key, BP1 + -times(point, digit))


def in_g2(scalar: int) -> bytes:
    return bytes((BP2 * Scalar.from_be_bytes(octets32(scalar))).to_compressed_bytes())
