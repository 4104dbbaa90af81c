"""A second opinion on sealed ballots, over py_ecc and the standard library's HMAC.

Written from docs/protocol.md alone; nothing of the product is used.
py_ecc leaves out the sign of the curve's parameter and the factor 3 in the final exponent, so its
pairing is brought into the protocol's form: the inverse of its cube.
"""

import hashlib
import hmac
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import compress_G1, compress_G2, decompress_G2

from credentials.curve.py_ecc import ecc  # py_ecc itself, with Python's recursion limit put back

POINT_TAG = b"SYMBOLON_SEALING_1_BLS12381G1_XMD:SHA-256_SSWU_RO_"
INFO = b"symbolon/sealed-ballot/1"


def g2_octets(point: Any) -> bytes:
    first, second = compress_G2(point)
    return first.to_bytes(48, "big") + second.to_bytes(48, "big")


def g1_octets(point: Any) -> bytes:
    return compress_G1(point).to_bytes(48, "big")


def read_g2(octets: bytes) -> Any:
    return decompress_G2((int.from_bytes(octets[:48], "big"), int.from_bytes(octets[48:], "big")))


def sealing_point(digest: bytes) -> Any:
    return hash_to_G1(digest, POINT_TAG, hashlib.sha256)


def pairing(point_g1: Any, point_g2: Any) -> bytes:
    """The 576 octets of the protocol."""
    return octets_of(ecc.pairing(point_g2, point_g1).inv() ** 3)


def octets_of(element: Any) -> bytes:
    """An element of py_ecc, a polynomial in w, in the tower u^2 = -1, v^3 = 1 + u, w^2 = v.

    As w^6 = 1 + u, the coefficients a of w^k and b of w^(k+6) stand for (a + b) + b*u before w^k.
    """
    flat = [int(coefficient) for coefficient in element.coeffs]
    parts = []
    for k in (0, 2, 4, 1, 3, 5):
        parts += [(flat[k] + flat[k + 6]) % ecc.field_modulus, flat[k + 6]]
    return b"".join(part.to_bytes(48, "big") for part in parts)


def hkdf(secret: bytes, info: bytes) -> bytes:
    """HKDF-SHA-256 (RFC 5869) without a salt, 32 octets."""
    pseudorandom = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(pseudorandom, info + b"\x01", hashlib.sha256).digest()


def key_of(shared: bytes, point_u: bytes, context: bytes) -> bytes:
    return hkdf(shared + point_u + context, INFO)


def seal(plaintext: bytes, *, key: bytes, rho: int, context: bytes) -> tuple[bytes, bytes, bytes]:
    """(GT octets, K, sealed octets); context is digest || Nym || I2OSP(seq, 8)."""
    point_u = g2_octets(ecc.multiply(ecc.G2, rho))
    shared = pairing(sealing_point(context[:32]), ecc.multiply(read_g2(key), rho))
    sealing_key = key_of(shared, point_u, context)
    sealed = AESGCM(sealing_key).encrypt(bytes(12), plaintext, context)
    return shared, sealing_key, point_u + sealed
