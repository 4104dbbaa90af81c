"""BLS12-381 over blst (the Python package pyblst): the default backend.

Scalar multiplication is constant-time. Decoding refuses non-canonical octets and points outside
the curve or the subgroup; pyblst accepts the canonical identity, so it is refused here, by value.
"""

from collections.abc import Sequence
from typing import Any

from pyblst import BlstP1Element, BlstP2Element, final_verify, miller_loop

from credentials.curve.scalars import ORDER
from credentials.errors import InvalidPoint

# The standard generators BP1 and BP2 (draft-irtf-cfrg-pairing-friendly-curves, section 4.2.1).
_BP1 = (
    "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905"
    "a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
)
_BP2 = (
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)


class Blst:
    """The backend interface over pyblst."""

    name = "blst"

    def __init__(self) -> None:
        self.g1_identity: Any = BlstP1Element()
        self._g2_identity = BlstP2Element()
        self.g1_generator: Any = BlstP1Element.uncompress(bytes.fromhex(_BP1))
        self.g2_generator: Any = BlstP2Element.uncompress(bytes.fromhex(_BP2))

    def decode_g1(self, octets: bytes) -> Any:
        try:
            point = BlstP1Element.uncompress(octets)
        except ValueError:
            raise InvalidPoint("octets are not a point of G1") from None
        if point == self.g1_identity:
            raise InvalidPoint("the identity of G1 is not accepted")
        return point

    def encode_g1(self, point: Any) -> bytes:
        return bytes(point.compress())

    def decode_g2(self, octets: bytes) -> Any:
        try:
            point = BlstP2Element.uncompress(octets)
        except ValueError:
            raise InvalidPoint("octets are not a point of G2") from None
        if point == self._g2_identity:
            raise InvalidPoint("the identity of G2 is not accepted")
        return point

    def encode_g2(self, point: Any) -> bytes:
        return bytes(point.compress())

    def multiply_g1(self, point: Any, scalar: int) -> Any:
        return point.scalar_mul(scalar % ORDER)

    def multiply_g2(self, point: Any, scalar: int) -> Any:
        return point.scalar_mul(scalar % ORDER)

    def hash_to_g1(self, message: bytes, *, dst: bytes) -> Any:
        return BlstP1Element.hash_to_group(message, dst)

    def pairing_check(self, pairs: Sequence[tuple[Any, Any]]) -> bool:
        if not pairs:
            return True
        # final_verify compares two Miller products, so the last pair goes, negated, to the right.
        *left, (last_g1, last_g2) = pairs
        if not left:
            return bool(last_g1 == self.g1_identity or last_g2 == self._g2_identity)
        right = miller_loop(-last_g1, last_g2)
        product = miller_loop(*left[0])
        for point_g1, point_g2 in left[1:]:
            product = product * miller_loop(point_g1, point_g2)
        return bool(final_verify(product, right))
