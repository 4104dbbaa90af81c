"""The value that opens a poll: made by the server alone, or from the shares of enough trustees.

Source: docs/protocol.md, "Sealed ballots". With the polls' key Z = s * BP2 the opening value is
D = s * H1(digest), in effect a BLS signature on the poll under Z, so anyone can check it. A trustee
with the share s_i of s contributes d_i = s_i * H1(digest), checked in the same way under
Z_i = s_i * BP2; any `threshold` of them give D by Lagrange's formula at 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import NoReturn

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER, random_scalar
from credentials.errors import EncodingError, InvalidPoint, OpeningRefused, ShareRefused
from credentials.formats.ceremony_result import MAX_TRUSTEES
from credentials.sealing.ballot import sealing_point


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOpener:
    """A server that opens polls alone: whoever runs it could read ballots before the end."""

    secret: int = field(repr=False)

    @classmethod
    def generate(cls) -> "ServerOpener":
        """With a fresh secret."""
        return cls(secret=random_scalar())

    def __post_init__(self) -> None:
        if type(self.secret) is not int or not 0 < self.secret < ORDER:
            raise EncodingError("an opening key is not a scalar")

    def __reduce__(self) -> NoReturn:
        raise TypeError("an opening key is not pickled")

    @property
    def key(self) -> bytes:
        """Z, 96 octets, to which ballots are sealed."""
        return curve.encode_g2(curve.multiply_g2(curve.g2_generator, self.secret))

    def opening(self, digest: bytes) -> bytes:
        """D of one poll, 48 octets."""
        return share_of(self.secret, digest=digest)


def share_of(secret: int, *, digest: bytes) -> bytes:
    """d_i = s_i * H1(digest), 48 octets, for a share s_i of the secret (or D for all of it)."""
    return curve.encode_g1(curve.multiply_g1(sealing_point(digest), secret))


def check_opening(opening: bytes, *, key: bytes, digest: bytes) -> None:
    """Whether D (48 octets) opens the polls of Z (96 octets): e(D, BP2) = e(H1(digest), Z).

    Raises OpeningRefused; also for the identity, and for points outside the subgroup.
    """
    try:
        _check(opening, key=key, digest=digest)
    except InvalidPoint as error:
        raise OpeningRefused(f"the opening value does not belong to the poll: {error}") from None


def check_share(share: bytes, *, trustee: int, key: bytes, digest: bytes) -> None:
    """Whether d_i (48 octets) is the share of a trustee with the key Z_i (96 octets).

    e(d_i, BP2) = e(H1(digest), Z_i). Raises ShareRefused, which names the trustee (from 1).
    """
    try:
        _check(share, key=key, digest=digest)
    except InvalidPoint as error:
        raise ShareRefused(
            f"the share of trustee {trustee} does not belong to that trustee's key: {error}",
            trustee=trustee,
        ) from None


def combine(shares: Mapping[int, bytes], *, threshold: int) -> bytes:
    """D, 48 octets, from shares by the trustees' numbers, each of which was checked.

    Takes the first `threshold` of them. Raises OpeningRefused if there are fewer, and ShareRefused
    for one that is no point. The result is right if the shares are; check_opening tells.
    """
    chosen = sorted(shares)[:threshold]
    if threshold < 1 or len(chosen) < threshold:
        raise OpeningRefused(f"{len(shares)} shares are there, and {threshold} are needed")
    if not 1 <= chosen[0] <= chosen[-1] <= MAX_TRUSTEES:
        raise OpeningRefused(f"trustees are numbered from 1 to {MAX_TRUSTEES}")
    total = curve.g1_identity
    for number in chosen:
        try:
            point = curve.decode_g1(shares[number])
        except InvalidPoint as error:
            raise ShareRefused(
                f"the share of trustee {number} is not valid: {error}", trustee=number
            ) from None
        total = total + curve.multiply_g1(point, lagrange(number, chosen, at=0))
    if total == curve.g1_identity:
        raise OpeningRefused("the shares add up to nothing")
    return curve.encode_g1(total)


def lagrange(number: int, numbers: Sequence[int], *, at: int) -> int:
    """The weight of the value at `number` in the value at `at` of the polynomial through all."""
    above, below = 1, 1
    for other in numbers:
        if other != number:
            above = above * (at - other) % ORDER
            below = below * (number - other) % ORDER
    return above * pow(below, -1, ORDER) % ORDER


def _check(value: bytes, *, key: bytes, digest: bytes) -> None:
    point: G1 = curve.decode_g1(value)
    under = curve.decode_g2(key)
    pairs = [(point, curve.g2_generator), (-sealing_point(digest), under)]
    if not curve.pairing_check(pairs):
        raise InvalidPoint("the pairing says no")


def check_trustee_keys(key: bytes, *, keys: Sequence[bytes], threshold: int) -> None:
    """Whether any `threshold` of the trustees' keys Z_1 … Z_n (96 octets each) make up Z.

    All Z_i, and Z as the value at 0, must lie on one polynomial of degree threshold - 1. Raises
    EncodingError, and InvalidPoint for a key that is no point.
    """
    if not 1 <= threshold <= len(keys) <= MAX_TRUSTEES:
        raise EncodingError(f"of 1 to {MAX_TRUSTEES} trustees, at least one opens a poll")
    points = [curve.decode_g2(one) for one in keys]
    first = list(range(1, threshold + 1))
    claimed = [(0, curve.decode_g2(key)), *enumerate(points, start=1)]
    for at, point in claimed:
        if at in first:
            continue
        terms = [
            curve.multiply_g2(points[number - 1], lagrange(number, first, at=at))
            for number in first
        ]
        if reduce(add, terms) != point:
            raise EncodingError("the trustees' keys do not make up the polls' key")
