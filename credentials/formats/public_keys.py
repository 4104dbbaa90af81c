"""The public keys of a community's issuer, as published in its metadata."""

import hashlib
from dataclasses import dataclass, field

from credentials.formats import cbor


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeys:
    """Encoded points; raises EncodingError for a wrong length, and checks nothing else.

    issuer_key: W = x*BP2, 96 octets. registry_key: Q~ = alpha*BP2, 96. registry_key_g1: alpha*BP1,
    48. digit_key: X~ = xi*BP2, 96. issuer_id = SHA-256(W), registry_id = SHA-256(Q~ || X~).
    """

    issuer_key: bytes
    registry_key: bytes
    registry_key_g1: bytes
    digit_key: bytes
    issuer_id: bytes = field(init=False, repr=False, compare=False)
    registry_id: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        cbor.take_octets(self.issuer_key, length=96, name="an issuer key")
        cbor.take_octets(self.registry_key, length=96, name="a registry key")
        cbor.take_octets(self.registry_key_g1, length=48, name="a registry key in G1")
        cbor.take_octets(self.digit_key, length=96, name="a digit key")
        registry_keys = self.registry_key + self.digit_key
        object.__setattr__(self, "issuer_id", hashlib.sha256(self.issuer_key).digest())
        object.__setattr__(self, "registry_id", hashlib.sha256(registry_keys).digest())

    def to_fields(self) -> tuple[bytes, ...]:
        """The elements of its CBOR array inside metadata."""
        return (self.issuer_key, self.registry_key, self.registry_key_g1, self.digit_key)

    @classmethod
    def from_fields(cls, fields: object) -> "PublicKeys":
        """From the elements of its CBOR array; raises EncodingError."""
        issuer_key, registry_key, registry_key_g1, digit_key = (
            cbor.take_octets(key, max=96, name="a public key")
            for key in cbor.take_array(fields, length=4, name="public keys")
        )
        return cls(
            issuer_key=issuer_key,
            registry_key=registry_key,
            registry_key_g1=registry_key_g1,
            digit_key=digit_key,
        )
