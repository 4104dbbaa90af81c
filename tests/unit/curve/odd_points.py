"""Points that a decoder has to refuse, built with py_ecc's plain curve arithmetic.

All are on the curve; none is in the subgroup of order r. Octets come from the backend's encoder,
which looks at coordinates only.
"""

from functools import cache
from itertools import count
from typing import Any

import py_ecc.optimized_bls12_381
from py_ecc.bls.point_compression import modular_squareroot_in_FQ2

from credentials.curve.py_ecc import PointG1, PointG2, PyEcc
from credentials.curve.scalars import ORDER

ecc: Any = py_ecc.optimized_bls12_381
FIELD: int = ecc.field_modulus

# The cofactors: the groups E1 and E2 have COFACTOR * r points.
G1_COFACTOR = 0x396C8C005555E1568C00AAAB0000AAAB
G2_COFACTOR = int(
    "5d543a95414e7f1091d50792876a202cd91de4547085abaa68a205b2e5a7ddfa"
    "628f1cb4d9e82ef21537e293a6691ae1616ec6e786f0c70cf1c38e31c7238e5",
    16,
)
G1_SMALL_ORDERS = (3, 11, 10177, 859267)
G2_SMALL_ORDERS = (13, 23, 2713)


def on_g1_curve(x: int) -> Any | None:
    """The point of E1 at x, or None where the curve has none."""
    square = (pow(x, 3, FIELD) + 4) % FIELD
    y = pow(square, (FIELD + 1) // 4, FIELD)
    return (ecc.FQ(x), ecc.FQ(y), ecc.FQ(1)) if y * y % FIELD == square else None


def on_g2_curve(x: int) -> Any | None:
    """The point of E2 at x, which here has no imaginary part, or None."""
    element = ecc.FQ2([x, 1])
    y = modular_squareroot_in_FQ2(element * element * element + ecc.b2)
    return None if y is None else (element, y, ecc.FQ2.one())


def _of_order(prime: int, *, cofactor: int, at: Any) -> Any:
    """A point of exactly this prime order, from the first x whose point has such a part."""
    rest = cofactor * ORDER
    while rest % prime == 0:
        rest //= prime
    for x in count(1):
        point = at(x)
        if point is None:
            continue
        point = ecc.multiply(point, rest)
        while not ecc.is_inf(point):
            smaller = ecc.multiply(point, prime)
            if ecc.is_inf(smaller):
                return point
            point = smaller
    raise AssertionError


@cache
def g1_of_order(prime: int) -> PointG1:
    """A point of E1 whose order is this prime factor of the cofactor."""
    return PointG1(_of_order(prime, cofactor=G1_COFACTOR, at=on_g1_curve))


@cache
def g2_of_order(prime: int) -> PointG2:
    """A point of E2 whose order is this prime factor of the cofactor."""
    return PointG2(_of_order(prime, cofactor=G2_COFACTOR, at=on_g2_curve))


@cache
def g1_of_full_order() -> PointG1:
    """A point of E1 with parts in the subgroup and outside it."""
    return PointG1(next(point for x in count(1) if (point := on_g1_curve(x))))


@cache
def g2_of_full_order() -> PointG2:
    """A point of E2 with parts in the subgroup and outside it."""
    return PointG2(next(point for x in count(1) if (point := on_g2_curve(x))))


def g1_octets(point: PointG1) -> bytes:
    return PyEcc().encode_g1(point)


def g2_octets(point: PointG2) -> bytes:
    return PyEcc().encode_g2(point)


def small_order_points_g1(*, beside: bytes) -> list[bytes]:
    """Octets of points of small order in E1, and of the point `beside` plus each of them."""
    backend = PyEcc()
    point = backend.decode_g1(beside)
    strays = [g1_of_order(prime) for prime in G1_SMALL_ORDERS]
    return [backend.encode_g1(each) for stray in strays for each in (stray, point + stray)]
