"""BLS12-381 over py_ecc, in pure Python: the fallback and an independent oracle.

Not constant-time, and some 750 times slower than blst: nobody should issue credentials with it.
Source: RFC 9380 (BLS12381G1_XMD:SHA-256_SSWU_RO_); encodings as in
draft-irtf-cfrg-pairing-friendly-curves, appendix C. Decoding is our own, because py_ecc does not
look at the subgroup.
"""

import hashlib
import sys
from collections.abc import Sequence
from typing import Any, Self

import py_ecc.optimized_bls12_381
from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import modular_squareroot_in_FQ2

from credentials.curve.scalars import ORDER
from credentials.errors import InvalidPoint

# py_ecc raises Python's recursion limit to 100,000 when it is imported; a text of so many brackets,
# read as JSON anywhere in the process, then overflows the stack and ends it. Multiplying recurses
# once a bit, at most some 640 times.
sys.setrecursionlimit(3000)

# py_ecc does not declare what it exports, so its types are of no use here.
ecc: Any = py_ecc.optimized_bls12_381

_FIELD: int = ecc.field_modulus
_COMPRESSED, _INFINITY, _SIGN = 0x80, 0x40, 0x20
_FLAGS = _COMPRESSED | _INFINITY | _SIGN


class _Point:
    """A point in py_ecc's projective coordinates, every identity in the one form (1, 1, 0).

    Doubling the identity twice with py_ecc gives (0, 0, 0), which its `eq` calls equal to every
    point; so the identity is put right after each operation.
    """

    __slots__ = ("coordinates",)
    identity: Any

    def __init__(self, coordinates: Any) -> None:
        self.coordinates = self.identity if ecc.is_inf(coordinates) else coordinates

    @property
    def is_identity(self) -> bool:
        return bool(ecc.is_inf(self.coordinates))

    def __add__(self, other: Self) -> Self:
        return type(self)(ecc.add(self.coordinates, other.coordinates))

    def __neg__(self) -> Self:
        return type(self)(ecc.neg(self.coordinates))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return bool(ecc.eq(self.coordinates, other.coordinates))

    __hash__ = None  # type: ignore[assignment]  # one point has many projective coordinates

    def times(self, scalar: int) -> Self:
        return type(self)(ecc.multiply(self.coordinates, scalar))


class PointG1(_Point):
    """A point of E1 over the prime field."""

    __slots__ = ()
    identity = ecc.Z1


class PointG2(_Point):
    """A point of E2 over the quadratic extension."""

    __slots__ = ()
    identity = ecc.Z2


class PyEcc:
    """The backend interface over py_ecc."""

    name = "py_ecc"

    def __init__(self) -> None:
        self.g1_identity: Any = PointG1(ecc.Z1)
        self.g1_generator: Any = PointG1(ecc.G1)
        self.g2_generator: Any = PointG2(ecc.G2)

    def decode_g1(self, octets: bytes) -> Any:
        flags, (x,) = _read(octets, coordinates=1)
        if flags & _INFINITY:
            point = PointG1(ecc.Z1)
        else:
            square = (pow(x, 3, _FIELD) + 4) % _FIELD
            y = pow(square, (_FIELD + 1) // 4, _FIELD)
            if y * y % _FIELD != square:
                raise InvalidPoint("octets are not a point of G1")
            if _is_larger(y) != bool(flags & _SIGN):
                y = -y % _FIELD
            point = PointG1((ecc.FQ(x), ecc.FQ(y), ecc.FQ(1)))
        return _check(point, group="G1")

    def encode_g1(self, point: Any) -> bytes:
        if point.is_identity:
            return bytes([_COMPRESSED | _INFINITY]) + bytes(47)
        x, y = ecc.normalize(point.coordinates)
        return _write(_is_larger(int(y)), int(x))

    def decode_g2(self, octets: bytes) -> Any:
        flags, (x1, x0) = _read(octets, coordinates=2)
        if flags & _INFINITY:
            point = PointG2(ecc.Z2)
        else:
            x = ecc.FQ2([x0, x1])
            square = x * x * x + ecc.b2
            y = modular_squareroot_in_FQ2(square)
            if y is None or y * y != square:
                raise InvalidPoint("octets are not a point of G2")
            if _is_larger(*_parts(y)) != bool(flags & _SIGN):
                y = -y
            point = PointG2((x, y, ecc.FQ2.one()))
        return _check(point, group="G2")

    def encode_g2(self, point: Any) -> bytes:
        if point.is_identity:
            return bytes([_COMPRESSED | _INFINITY]) + bytes(95)
        x, y = ecc.normalize(point.coordinates)
        return _write(_is_larger(*_parts(y)), *_parts(x))

    def multiply_g1(self, point: Any, scalar: int) -> Any:
        return point.times(scalar % ORDER)

    def multiply_g2(self, point: Any, scalar: int) -> Any:
        return point.times(scalar % ORDER)

    def hash_to_g1(self, message: bytes, *, dst: bytes) -> Any:
        return PointG1(hash_to_G1(message, dst, hashlib.sha256))  # type: ignore[arg-type]

    def pairing_check(self, pairs: Sequence[tuple[Any, Any]]) -> bool:
        # One final exponentiation, over the product of the Miller loops.
        product = ecc.FQ12.one()
        for point_g1, point_g2 in pairs:
            product = product * ecc.pairing(
                point_g2.coordinates, point_g1.coordinates, final_exponentiate=False
            )
        return bool(ecc.final_exponentiate(product) == ecc.FQ12.one())


def _read(octets: bytes, *, coordinates: int) -> tuple[int, list[int]]:
    """The flags and the parts of x, highest first; everything but the curve is checked."""
    if len(octets) != 48 * coordinates or not octets[0] & _COMPRESSED:
        raise InvalidPoint("octets are not a compressed point")
    flags = octets[0] & _FLAGS
    body = bytes([octets[0] & ~_FLAGS & 0xFF]) + octets[1:]
    parts = [int.from_bytes(body[at : at + 48], "big") for at in range(0, len(body), 48)]
    if flags & _INFINITY and (flags & _SIGN or any(parts)):
        raise InvalidPoint("octets are a non-canonical form of the identity")
    if any(part >= _FIELD for part in parts):
        raise InvalidPoint("a coordinate is not below the field modulus")
    return flags, parts


def _write(sign: bool, *parts: int) -> bytes:
    octets = b"".join(part.to_bytes(48, "big") for part in parts)
    return bytes([octets[0] | _COMPRESSED | (_SIGN if sign else 0)]) + octets[1:]


def _parts(element: Any) -> tuple[int, int]:
    """An element c0 + c1*u of the quadratic extension as (c1, c0), the order of the encoding."""
    c0, c1 = element.coeffs
    return int(c1), int(c0)


def _is_larger(*parts: int) -> bool:
    """Whether y is the larger of y and -y, compared from the highest part that is not zero."""
    return next((2 * part > _FIELD for part in parts if part), False)


def _check(point: _Point, *, group: str) -> _Point:
    """`point`, unless it is the identity or outside the subgroup: compared by value, not octets."""
    if point.is_identity:
        raise InvalidPoint(f"the identity of {group} is not accepted")
    if not point.times(ORDER).is_identity:
        raise InvalidPoint(f"the point is outside the subgroup {group}")
    return point
