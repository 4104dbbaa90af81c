"""The digit table: a signature of the registry on each digit, from which range proofs are made.

Source: docs/protocol.md, "Range". sigma_d = BP1 / (d + xi) for d = 0 … 255, with X~ = xi * BP2. A
member proves that a number consists of digits that were signed, without saying which. The table is
the same for everyone and fixed by X~; a wallet checks it once.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from credentials.curve import G1, G2, OCTET_POINT_LENGTH, curve
from credentials.curve.multi_scalar import WEIGHT_BITS, small_multiple, sum_of_products
from credentials.curve.scalars import ORDER, invert
from credentials.errors import DigitsRefused, EncodingError

BASE: Final = 256
TABLE_LENGTH: Final = BASE * OCTET_POINT_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitTable:
    """256 signed digits that were checked under `key`, a registry's digit key X~.

    `points` are sigma_d, and `differences` BP1 - d * sigma_d: with both, a prover multiplies by no
    digit, and once less for each. All of them are computed, so that none tells which is used.
    """

    points: tuple[G1, ...] = field(repr=False)
    key: G2 = field(repr=False)
    differences: tuple[G1, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        differences = tuple(
            curve.g1_generator + -small_multiple(point, digit, backend=curve)
            for digit, point in enumerate(self.points)
        )
        object.__setattr__(self, "differences", differences)


def make_digits(xi: int) -> bytes:
    """The table of a registry in 12,288 octets: sigma_0, …, sigma_255."""
    return b"".join(
        curve.encode_g1(curve.multiply_g1(curve.g1_generator, invert((digit + xi) % ORDER)))
        for digit in range(BASE)
    )


@lru_cache(maxsize=8)
def open_digits(octets: bytes, *, digit_key: bytes) -> DigitTable:
    """The table in 12,288 octets, checked under X~ (96 octets); raises DigitsRefused.

    An unchecked table could hold another signature for one digit than everybody else has, and tag
    whoever uses it. All 256 equations e(sigma_d, d * BP2 + X~) = e(BP1, BP2) are checked in one
    product, each under its own random weight.
    """
    if len(octets) != TABLE_LENGTH:
        raise DigitsRefused(f"a digit table has {TABLE_LENGTH} octets")
    try:
        key = curve.decode_g2(digit_key)
        points = tuple(
            curve.decode_g1(octets[at : at + OCTET_POINT_LENGTH])
            for at in range(0, TABLE_LENGTH, OCTET_POINT_LENGTH)
        )
    except EncodingError as error:
        raise DigitsRefused(f"a digit table is malformed: {error}") from None
    if not _are_signed(points, key=key):
        raise DigitsRefused("the digit table does not belong to this community's registry")
    return DigitTable(points=points, key=key)


def _are_signed(points: Sequence[G1], *, key: G2) -> bool:
    weights = [1 + secrets.randbelow(2**WEIGHT_BITS) for _ in points]
    weighted = sum_of_products(points, weights, backend=curve, bits=WEIGHT_BITS + 1)
    shifted = sum_of_products(
        points,
        [digit * weight for digit, weight in enumerate(weights)],
        backend=curve,
        bits=WEIGHT_BITS + 9,
    )
    base = curve.multiply_g1(curve.g1_generator, sum(weights))
    return curve.pairing_check([(weighted, key), (shifted + -base, curve.g2_generator)])
