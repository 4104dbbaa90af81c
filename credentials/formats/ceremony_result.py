"""What a key ceremony makes public: the polls' key, and the key of each trustee.

A trustee is known by an Ed25519 key, which signs the result; the fingerprint of that key is what
people compare. Source: docs/protocol.md, "The trustees' key".
"""

import hashlib
from base64 import b32encode
from dataclasses import dataclass
from typing import Final

from credentials import domain_tags
from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.formats.names import take_shown_text

MAX_TRUSTEES: Final = 32
NAME_LIMIT: Final = 64  # characters
VERIFICATION_KEY_LENGTH: Final = 32  # octets, Ed25519
SEALING_KEY_LENGTH: Final = 96  # octets, a compressed point of G2
RESULT_LIMIT: Final = 32768  # octets

_GROUPS, _IN_GROUP = 5, 4


def key_fingerprint(verification_key: bytes) -> str:
    """100 bits of a hash of a trustee's Ed25519 key, in base32, as people compare them.

    Enough against who searches for another key with the same fingerprint. Raises EncodingError.
    """
    cbor.take_octets(verification_key, length=VERIFICATION_KEY_LENGTH, name="a verification key")
    hashed = hashlib.sha256(domain_tags.TRUSTEE_FINGERPRINT + verification_key).digest()
    text = b32encode(hashed).decode()
    return "-".join(text[_IN_GROUP * at : _IN_GROUP * (at + 1)] for at in range(_GROUPS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trustee:
    """A trustee as all may know: name, verification key (32 octets), Z_i (96)."""

    name: str
    verification_key: bytes
    key: bytes

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the verification key: see key_fingerprint."""
        return key_fingerprint(self.verification_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class CeremonyResult:
    """What a ceremony makes public; raises EncodingError.

    ceremony, deals: hashes of the cards with the threshold, and of all deals, 32 octets each.
    threshold: how many trustees open a poll. key: Z, 96 octets. trustees: in order of their
    numbers. That the keys lie on one polynomial is checked by the functions that read results.
    """

    ceremony: bytes
    deals: bytes
    threshold: int
    key: bytes
    trustees: tuple[Trustee, ...]

    def __post_init__(self) -> None:
        cbor.take_octets(self.ceremony, length=32, name="a ceremony's id")
        cbor.take_octets(self.deals, length=32, name="the hash of the deals")
        cbor.take_octets(self.key, length=SEALING_KEY_LENGTH, name="a sealing key")
        for trustee in self.trustees:
            take_shown_text(trustee.name, max=NAME_LIMIT, name="a trustee's name")
            cbor.take_octets(trustee.verification_key, length=VERIFICATION_KEY_LENGTH, name="a key")
            cbor.take_octets(trustee.key, length=SEALING_KEY_LENGTH, name="a trustee's key")
        if not 1 <= len(self.trustees) <= MAX_TRUSTEES:
            raise EncodingError(f"a ceremony has 1 to {MAX_TRUSTEES} trustees")
        if len({trustee.verification_key for trustee in self.trustees}) != len(self.trustees):
            raise EncodingError("two trustees have one verification key")
        if len({trustee.name for trustee in self.trustees}) != len(self.trustees):
            raise EncodingError("two trustees have the same name")
        cbor.take_uint(self.threshold, min=1, max=len(self.trustees), name="a threshold")

    def to_cbor(self) -> bytes:
        """The octets that every trustee signs."""
        return cbor.encode_labelled(
            domain_tags.CEREMONY_RESULT,
            self.ceremony,
            self.deals,
            self.threshold,
            self.key,
            [(one.name, one.verification_key, one.key) for one in self.trustees],
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "CeremonyResult":
        """The result in `octets`; raises EncodingError."""
        fields = cbor.decode_labelled(
            octets, label=domain_tags.CEREMONY_RESULT, fields=5, limit=RESULT_LIMIT
        )
        ceremony, deals, threshold, key, trustees = fields
        found = []
        for trustee in cbor.take_array(trustees, max=MAX_TRUSTEES, name="trustees"):
            name, verification_key, own = cbor.take_array(trustee, length=3, name="a trustee")
            found.append(
                Trustee(
                    name=cbor.take_text(name, max=NAME_LIMIT, name="a trustee's name"),
                    verification_key=cbor.take_octets(verification_key, name="a key"),
                    key=cbor.take_octets(own, name="a trustee's key"),
                )
            )
        return cls(
            ceremony=cbor.take_octets(ceremony, name="a ceremony's id"),
            deals=cbor.take_octets(deals, name="the hash of the deals"),
            threshold=cbor.take_uint(threshold, name="a threshold"),
            key=cbor.take_octets(key, name="a sealing key"),
            trustees=tuple(found),
        )

    @property
    def fingerprint(self) -> bytes:
        """SHA-256 of the octets, for people to compare."""
        return hashlib.sha256(self.to_cbor()).digest()
