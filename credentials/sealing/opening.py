"""The value that opens a poll, from one secret key or from the shares of several trustees.

With the key z, Z = z*BP2, the poll's opening value is D = z*H1(digest): everybody can check it by
e(D, BP2) = e(H1(digest), Z), and it opens this poll and no other. A trustee's share is the same
with the trustee's own key. Source: docs/protocol.md, "Sealed ballots".
"""

from collections.abc import Mapping
from functools import lru_cache

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER
from credentials.domain_tags import SEALING_POINT
from credentials.errors import InvalidPoint, OpeningRefused, ShareRefused


@lru_cache(maxsize=32)
def poll_point(digest: bytes) -> G1:
    """H1(digest): the poll as a point of G1."""
    return curve.hash_to_g1(digest, dst=SEALING_POINT)


def key_of(secret: int) -> bytes:
    """Z = secret*BP2, 96 octets."""
    return curve.encode_g2(curve.multiply_g2(curve.g2_generator, secret))


def opening_of(secret: int, *, digest: bytes) -> bytes:
    """secret*H1(digest), 48 octets: a poll's opening value, or a trustee's share of it."""
    return curve.encode_g1(curve.multiply_g1(poll_point(digest), secret))


def check_opening(opening: bytes, *, key: bytes, digest: bytes) -> None:
    """Raise OpeningRefused unless `opening` (48 octets) is the poll's under the key Z (96)."""
    if not _belongs(opening, key=key, digest=digest):
        raise OpeningRefused("the opening value is not the poll's")


def check_share(share: bytes, *, key: bytes, digest: bytes, trustee: int) -> None:
    """Raise ShareRefused unless `share` (48 octets) is that of the trustee with the key Z_i (96).

    `trustee` is the number, from 1, that the error names.
    """
    if not _belongs(share, key=key, digest=digest):
        raise ShareRefused(trustee)


def _belongs(value: bytes, *, key: bytes, digest: bytes) -> bool:
    try:
        point, checked_by = curve.decode_g1(value), curve.decode_g2(key)
    except InvalidPoint:
        return False
    return curve.pairing_check([(point, curve.g2_generator), (-poll_point(digest), checked_by)])


def combine(shares: Mapping[int, bytes]) -> bytes:
    """The opening value from exactly as many checked shares as are needed, by trustee's number.

    Interpolation at 0: D = sum of lambda_i*d_i, lambda_i = prod of j/(j - i). Raises OpeningRefused
    for no shares. Whether the value is the poll's, check_opening says.
    """
    if not shares:
        raise OpeningRefused("there are no shares")
    total = None
    for i, share in shares.items():
        part = curve.multiply_g1(curve.decode_g1(share), lagrange_at_zero(i, among=shares))
        total = part if total is None else total + part
    return curve.encode_g1(total)  # type: ignore[arg-type]


def lagrange_at_zero(number: int, *, among: Mapping[int, object]) -> int:
    """The factor of the value at `number` in the interpolation of the value at 0."""
    factor = 1
    for other in among:
        if other != number:
            factor = factor * other * pow(other - number, -1, ORDER) % ORDER
    return factor
