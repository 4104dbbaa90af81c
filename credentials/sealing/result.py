"""What a key ceremony makes public: the polls' key, and the key of each trustee.

Source: docs/protocol.md, "The trustees' key".
"""

import hashlib
from dataclasses import dataclass

from credentials import domain_tags
from credentials.curve import OCTET_G2_LENGTH
from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.formats.names import take_shown_text
from credentials.formats.sealing import MAX_TRUSTEES
from credentials.sealing.cards import KEY_LENGTH, NAME_LIMIT
from credentials.sealing.signed_files import OCTETS_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Trustee:
    """A trustee as all may know: name, verification key (32 octets), Z_i (96)."""

    name: str
    verification_key: bytes
    key: bytes


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
        cbor.take_octets(self.key, length=OCTET_G2_LENGTH, name="a sealing key")
        for trustee in self.trustees:
            take_shown_text(trustee.name, max=NAME_LIMIT, name="a trustee's name")
            cbor.take_octets(trustee.verification_key, length=KEY_LENGTH, name="a key")
            cbor.take_octets(trustee.key, length=OCTET_G2_LENGTH, name="a trustee's key")
        if not 1 <= len(self.trustees) <= MAX_TRUSTEES:
            raise EncodingError(f"a ceremony has 1 to {MAX_TRUSTEES} trustees")
        if len({trustee.verification_key for trustee in self.trustees}) != len(self.trustees):
            raise EncodingError("two trustees have one verification key")
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
            octets, label=domain_tags.CEREMONY_RESULT, fields=5, limit=OCTETS_LIMIT
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

    @property
    def keys(self) -> tuple[tuple[str, bytes], ...]:
        """(name, Z_i) of each trustee, as a poll's manifest holds them."""
        return tuple((trustee.name, trustee.key) for trustee in self.trustees)
