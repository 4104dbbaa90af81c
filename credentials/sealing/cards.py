"""A trustee before the ceremony: secret keys that stay with the trustee, and the public card.

Source: docs/protocol.md, "The trustees' key". A card says under which name and keys somebody takes
part. It is signed by itself, which shows that its keys belong together; that it is the card of the
person named on it, the others make sure of by comparing fingerprints.
"""

from dataclasses import dataclass, field
from typing import Final, NoReturn, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from credentials import domain_tags
from credentials.errors import CeremonyRefused, EncodingError
from credentials.formats import cbor
from credentials.formats.ceremony_result import (
    NAME_LIMIT,
    VERIFICATION_KEY_LENGTH,
    key_fingerprint,
)
from credentials.formats.names import take_shown_text
from credentials.sealing.signed_files import is_signed, read_file, write_file

KEY_LENGTH: Final = VERIFICATION_KEY_LENGTH  # that of X25519 is the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A trustee's name, Ed25519 verification key and X25519 share key, 32 octets each.

    Raises EncodingError.
    """

    name: str
    verification_key: bytes
    share_key: bytes

    def __post_init__(self) -> None:
        take_shown_text(self.name, max=NAME_LIMIT, name="a trustee's name")
        cbor.take_octets(self.verification_key, length=KEY_LENGTH, name="a verification key")
        cbor.take_octets(self.share_key, length=KEY_LENGTH, name="a share key")

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the verification key, which signs the card, for people to compare."""
        return key_fingerprint(self.verification_key)

    def to_cbor(self) -> bytes:
        """The octets that are signed."""
        return cbor.encode_labelled(
            domain_tags.TRUSTEE_CARD, self.name, self.verification_key, self.share_key
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> Self:
        """The card in `octets`; raises EncodingError."""
        fields = cbor.decode_labelled(octets, label=domain_tags.TRUSTEE_CARD, fields=3)
        name, verification_key, share_key = fields
        return cls(
            name=cbor.take_text(name, max=NAME_LIMIT, name="a trustee's name"),
            verification_key=cbor.take_octets(verification_key, name="a verification key"),
            share_key=cbor.take_octets(share_key, name="a share key"),
        )


def read_card(text: str) -> Card:
    """The card in a file, signed by its own verification key. Raises CeremonyRefused."""
    octets, signature = read_file(text, kind="trustee-card")
    try:
        card = Card.from_cbor(octets)
    except EncodingError as error:
        raise CeremonyRefused(f"the card is damaged: {error}") from None
    if not is_signed(
        octets, signature=signature, key=card.verification_key, tag=domain_tags.CARD_SIGNATURE
    ):
        raise CeremonyRefused(f"the card of {card.name} is not signed by its own key")
    return card


@dataclass(frozen=True, slots=True, kw_only=True)
class TrusteeKeys:
    """A trustee's own secrets: 32 octets of Ed25519 and 32 of X25519. Raises EncodingError."""

    name: str
    signing: bytes = field(repr=False)
    sharing: bytes = field(repr=False)

    def __post_init__(self) -> None:
        take_shown_text(self.name, max=NAME_LIMIT, name="a trustee's name")
        cbor.take_octets(self.signing, length=KEY_LENGTH, name="a signing key")
        cbor.take_octets(self.sharing, length=KEY_LENGTH, name="a sharing key")

    @classmethod
    def generate(cls, name: str) -> Self:
        """Fresh keys; raises EncodingError for a name that cannot be shown."""
        return cls(
            name=name,
            signing=Ed25519PrivateKey.generate().private_bytes_raw(),
            sharing=X25519PrivateKey.generate().private_bytes_raw(),
        )

    def __reduce__(self) -> NoReturn:
        raise TypeError("a trustee's keys are not pickled")

    @property
    def card(self) -> Card:
        """The public side."""
        return Card(
            name=self.name,
            verification_key=self._signing_key.public_key().public_bytes_raw(),
            share_key=self.share_key.public_key().public_bytes_raw(),
        )

    @property
    def share_key(self) -> X25519PrivateKey:
        """The key to which shares are sealed."""
        return X25519PrivateKey.from_private_bytes(self.sharing)

    @property
    def _signing_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.signing)

    def sign(self, octets: bytes, *, tag: bytes) -> bytes:
        """Ed25519 over tag || octets, 64 octets."""
        return self._signing_key.sign(tag + octets)

    def card_file(self) -> str:
        """The text of the card's file."""
        octets = self.card.to_cbor()
        signature = self.sign(octets, tag=domain_tags.CARD_SIGNATURE)
        return write_file("trustee-card", octets, signature=signature)
