"""Pairings as octets, over arkworks (the Python package py_arkworks_bls12381): for sealing only.

pyblst compares pairings and gives none out. Here a pairing is 576 octets, in the form that
docs/protocol.md fixes under "Sealed ballots". Points are arkworks's own values; they come from
octets and serve nothing but `pairing_octets`. Nothing is multiplied here: arkworks is not
constant-time, so whoever holds a secret scalar multiplies on `curve` and brings the octets.
"""

from functools import cache
from typing import Any

from py_arkworks_bls12381 import GT, G1Point, G2Point

from credentials.errors import InvalidPoint

OCTET_GT_LENGTH = 576
_COEFFICIENT = 48

# How e(BP1, BP2) begins and ends in the octets that the protocol fixes.
_GENERATORS_BEGIN = bytes.fromhex("1250ebd871fc0a92a7b2d83168d0d727")
_GENERATORS_END = bytes.fromhex("d48eaa24afe47e1efde449383b676631")


def decode_g1(octets: bytes) -> Any:
    """48 octets, compressed; raises InvalidPoint, also for the identity."""
    return _decode(octets, group=G1Point, length=48)


def decode_g2(octets: bytes) -> Any:
    """96 octets, compressed; raises InvalidPoint, also for the identity."""
    return _decode(octets, group=G2Point, length=96)


def pairing_octets(point_g1: Any, point_g2: Any) -> bytes:
    """e(point_g1, point_g2), 576 octets: twelve coefficients of 48, big-endian, lowest first."""
    _check_library()
    return _pairing_octets(point_g1, point_g2)


def _decode(octets: bytes, *, group: Any, length: int) -> Any:
    if type(octets) is not bytes or len(octets) != length:
        raise InvalidPoint(f"a point does not have {length} octets")
    try:
        point = group.from_compressed_bytes(octets)  # checks curve and subgroup
    except ValueError:
        raise InvalidPoint("octets are not a point of the group") from None
    # By value: arkworks decodes second spellings of the identity.
    if point == group.identity():
        raise InvalidPoint("the identity is not accepted")
    return point


def _pairing_octets(point_g1: Any, point_g2: Any) -> bytes:
    # The library's text is the hexadecimal of its own octets, where coefficients are little-endian.
    octets = bytes.fromhex(str(GT.pairing(point_g1, point_g2)))
    return b"".join(
        octets[at : at + _COEFFICIENT][::-1] for at in range(0, len(octets), _COEFFICIENT)
    )


@cache
def _check_library() -> None:
    """Another version could print, or exponentiate, in another way: then nothing is sealed."""
    known = _pairing_octets(G1Point(), G2Point())
    if (
        len(known) != OCTET_GT_LENGTH
        or not known.startswith(_GENERATORS_BEGIN)
        or not known.endswith(_GENERATORS_END)
    ):
        raise RuntimeError("this py_arkworks_bls12381 writes pairings in a form that is not known")
