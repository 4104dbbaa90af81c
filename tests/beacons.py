"""A beacon whose secret key a test holds, in the place of drand's: it can sign any round."""

import hashlib

import pytest

from credentials import beacon, domain_tags
from credentials.curve import curve
from credentials.curve.scalars import random_scalar
from credentials.formats.lot import Beacon


class OwnBeacon:
    """Signs rounds as the network does."""

    def __init__(self, secret: int | None = None) -> None:
        self.secret = secret or random_scalar()

    def take_the_place_of_drand(self, monkeypatch: pytest.MonkeyPatch) -> "OwnBeacon":
        """From now on, and until the test ends, this is the key that rounds are checked under."""
        key = curve.encode_g2(curve.multiply_g2(curve.g2_generator, self.secret))
        monkeypatch.setattr(beacon, "PUBLIC_KEY", key)
        return self

    def signature(self, of: Beacon | int) -> bytes:
        """That of a round, 48 octets."""
        number = of if isinstance(of, int) else of.number
        message = hashlib.sha256(number.to_bytes(8, "big")).digest()
        point = curve.hash_to_g1(message, dst=domain_tags.BEACON)
        return curve.encode_g1(curve.multiply_g1(point, self.secret))
