"""A poll with a server's key, and one sealed ballot of it, for the tests here."""

import secrets
from dataclasses import dataclass, field

from credentials.curve import curve
from credentials.curve.scalars import random_scalar
from credentials.sealing import ServerOpener, open_sealed, seal

PLAINTEXT = b"\x02\x01\x03\x00\x00"


def a_point() -> bytes:
    """A pseudonym, or any other point of G1."""
    return curve.encode_g1(curve.multiply_g1(curve.g1_generator, random_scalar()))


@dataclass(frozen=True)
class SealedPoll:
    """All that one sealed ballot depends on."""

    opener: ServerOpener = field(default_factory=ServerOpener.generate)
    digest: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    pseudonym: bytes = field(default_factory=a_point)
    sequence: int = 1

    def seal(self, plaintext: bytes = PLAINTEXT) -> bytes:
        return seal(
            plaintext,
            key=self.opener.key,
            digest=self.digest,
            pseudonym=self.pseudonym,
            sequence=self.sequence,
        )

    @property
    def opening(self) -> bytes:
        return self.opener.opening(self.digest)

    def open(self, sealed: bytes, *, opening: bytes | None = None) -> bytes:
        return open_sealed(
            sealed,
            opening=self.opening if opening is None else opening,
            digest=self.digest,
            pseudonym=self.pseudonym,
            sequence=self.sequence,
        )
