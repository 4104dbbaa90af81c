"""Scalars modulo the group order, and hashing to them.

Source: draft-irtf-cfrg-bbs-signatures-09, sections 4.2.2 (hash_to_scalar) and 5 (ciphersuites);
RFC 9380, section 5.3.1 (expand_message_xmd). Scalars are Python integers, encoded in 32 octets,
big-endian. Python integers are not constant-time; only point multiplication is, on blst.
"""

import hashlib
import secrets

from credentials.errors import InvalidScalar

ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
OCTET_SCALAR_LENGTH = 32
EXPAND_LEN = 48


def i2osp(value: int, length: int) -> bytes:
    """`value` in `length` octets, big-endian (RFC 8017, section 4.1)."""
    return value.to_bytes(length, "big")


def encode_scalar(scalar: int) -> bytes:
    """A scalar in 32 octets."""
    return scalar.to_bytes(OCTET_SCALAR_LENGTH, "big")


def decode_scalar(octets: bytes) -> int:
    """The scalar in 32 octets; raises InvalidScalar unless 0 < scalar < r."""
    if len(octets) != OCTET_SCALAR_LENGTH:
        raise InvalidScalar("a scalar has 32 octets")
    scalar = int.from_bytes(octets, "big")
    if not 0 < scalar < ORDER:
        raise InvalidScalar("a scalar is zero or not below the group order")
    return scalar


def decode_scalars(octets: bytes) -> list[int]:
    """Scalars that stand one after the other, 32 octets each; raises InvalidScalar."""
    if len(octets) % OCTET_SCALAR_LENGTH:
        raise InvalidScalar("scalars have 32 octets each")
    return [
        decode_scalar(octets[at : at + OCTET_SCALAR_LENGTH])
        for at in range(0, len(octets), OCTET_SCALAR_LENGTH)
    ]


def random_scalar() -> int:
    """A uniform scalar in [1, r), from the operating system."""
    return secrets.randbelow(ORDER - 1) + 1


def invert(scalar: int) -> int:
    """1/scalar mod r, blinded, so that the inversion does not work on the scalar itself."""
    blind = random_scalar()
    return pow(scalar * blind % ORDER, -1, ORDER) * blind % ORDER


def expand_message_xmd(message: bytes, *, dst: bytes, length: int) -> bytes:
    """`length` (at most 255 * 32) uniform octets by SHA-256; RFC 9380, section 5.3.1."""
    blocks = -(-length // 32)
    if blocks > 255 or len(dst) > 255:
        raise ValueError("expand_message_xmd: output or DST too long")
    dst_prime = dst + i2osp(len(dst), 1)
    b_0 = hashlib.sha256(bytes(64) + message + i2osp(length, 2) + b"\x00" + dst_prime).digest()
    b_i = hashlib.sha256(b_0 + b"\x01" + dst_prime).digest()
    uniform = [b_i]
    for index in range(2, blocks + 1):
        mixed = bytes(x ^ y for x, y in zip(b_0, b_i, strict=True))
        b_i = hashlib.sha256(mixed + i2osp(index, 1) + dst_prime).digest()
        uniform.append(b_i)
    return b"".join(uniform)[:length]


def hash_to_scalar(message: bytes, *, dst: bytes) -> int:
    """A scalar modulo r; core draft, section 4.2.2."""
    return int.from_bytes(expand_message_xmd(message, dst=dst, length=EXPAND_LEN), "big") % ORDER
