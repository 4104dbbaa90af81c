"""A trustee's part of the polls' key: a random polynomial, committed to, its values dealt to all.

Source: docs/protocol.md, "The trustees' key"; verifiable sharing after Feldman, every trustee a
dealer after Pedersen. With the coefficients a_0 … a_(t-1), a deal holds C_k = a_k * BP2, a proof of
possession of a_0, and for each trustee j the value f(j), sealed to the share key on j's card.
"""

from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials import domain_tags
from credentials.curve import G1, G2, OCTET_G2_LENGTH, OCTET_POINT_LENGTH, curve
from credentials.curve.scalars import ORDER, decode_scalar, encode_scalar, i2osp, random_scalar
from credentials.errors import (
    CeremonyRefused,
    DealRefused,
    EncodingError,
    InvalidPoint,
    InvalidScalar,
)
from credentials.formats import cbor
from credentials.sealing.cards import KEY_LENGTH, TrusteeKeys
from credentials.sealing.participants import Participants
from credentials.sealing.signed_files import OCTETS_LIMIT, is_signed, read_file, write_file

SEALED_SHARE_LENGTH: Final = 48  # a scalar and a tag
_NONCE = bytes(12)  # a key seals one share, once


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """One trustee's deal; raises EncodingError for other sizes, and checks nothing else.

    ceremony: 32 octets. dealer: the number of who deals, from 1. commitments: C_0 … C_(t-1), 96
    octets each. possession: 48 octets. ephemeral: an X25519 key of this deal, 32 octets. shares:
    for each trustee in order 48 octets.
    """

    ceremony: bytes
    dealer: int
    commitments: tuple[bytes, ...]
    possession: bytes
    ephemeral: bytes
    shares: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        cbor.take_octets(self.ceremony, length=32, name="a ceremony's id")
        cbor.take_uint(self.dealer, min=1, name="a dealer's number")
        for commitment in self.commitments:
            cbor.take_octets(commitment, length=OCTET_G2_LENGTH, name="a commitment")
        cbor.take_octets(self.possession, length=OCTET_POINT_LENGTH, name="a proof of possession")
        cbor.take_octets(self.ephemeral, length=KEY_LENGTH, name="a deal's own key")
        for share in self.shares:
            cbor.take_octets(share, length=SEALED_SHARE_LENGTH, name="a sealed share")

    def to_cbor(self) -> bytes:
        """The octets that are signed."""
        return cbor.encode_labelled(
            domain_tags.TRUSTEE_DEAL,
            self.ceremony,
            self.dealer,
            self.commitments,
            self.possession,
            self.ephemeral,
            self.shares,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Deal":
        """The deal in `octets`; raises EncodingError."""
        fields = cbor.decode_labelled(
            octets, label=domain_tags.TRUSTEE_DEAL, fields=6, limit=OCTETS_LIMIT
        )
        ceremony, dealer, commitments, possession, ephemeral, shares = fields
        return cls(
            ceremony=cbor.take_octets(ceremony, name="a ceremony's id"),
            dealer=cbor.take_uint(dealer, name="a dealer's number"),
            commitments=_octet_strings(commitments, name="commitments"),
            possession=cbor.take_octets(possession, name="a proof of possession"),
            ephemeral=cbor.take_octets(ephemeral, name="a deal's own key"),
            shares=_octet_strings(shares, name="shares"),
        )


def make_deal(participants: Participants, *, keys: TrusteeKeys) -> str:
    """The text of a deal's file. The polynomial is forgotten: the dealer's own value is in it too.

    Raises CeremonyRefused where the dealer does not take part, or where a card's key is unusable.
    """
    dealer = participants.number_of(keys.card)
    coefficients = [random_scalar() for _ in range(participants.threshold)]
    commitments = tuple(
        curve.encode_g2(curve.multiply_g2(curve.g2_generator, a)) for a in coefficients
    )
    point = _possession_point(participants.id, dealer=dealer, constant=commitments[0])
    ephemeral = X25519PrivateKey.generate()
    deal = Deal(
        ceremony=participants.id,
        dealer=dealer,
        commitments=commitments,
        possession=curve.encode_g1(curve.multiply_g1(point, coefficients[0])),
        ephemeral=ephemeral.public_key().public_bytes_raw(),
        shares=tuple(
            _seal_share(
                value_at(coefficients, number),
                ephemeral=ephemeral,
                participants=participants,
                dealer=dealer,
                number=number,
            )
            for number in range(1, len(participants.cards) + 1)
        ),
    )
    octets = deal.to_cbor()
    signature = keys.sign(octets, tag=domain_tags.DEAL_SIGNATURE)
    return write_file("trustee-deal", octets, signature=signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDeal:
    """A deal whose signature, ceremony, sizes, points and proof of possession are right."""

    deal: Deal
    octets: bytes = field(repr=False)
    name: str
    points: tuple[G2, ...] = field(repr=False)


def read_deal(text: str, *, participants: Participants) -> CheckedDeal:
    """The deal in a file, all of it checked but the shares, which only their trustees can read.

    Raises DealRefused, which names the dealer, for what the dealer signed, and CeremonyRefused for
    what nobody of the ceremony signed.
    """
    octets, signature = read_file(text, kind="trustee-deal")
    try:
        deal = Deal.from_cbor(octets)
    except EncodingError as error:
        raise CeremonyRefused(f"the deal is damaged: {error}") from None
    if deal.ceremony != participants.id:
        raise CeremonyRefused(
            "the deal belongs to another ceremony: with other cards, or another threshold"
        )
    if deal.dealer > len(participants.cards):
        raise CeremonyRefused("the deal names a dealer who does not take part")
    card = participants.cards[deal.dealer - 1]
    if not is_signed(
        octets, signature=signature, key=card.verification_key, tag=domain_tags.DEAL_SIGNATURE
    ):
        raise CeremonyRefused(f"the deal in the name of {card.name} is not signed by {card.name}")
    return CheckedDeal(
        deal=deal,
        octets=octets,
        name=card.name,
        points=_points(deal, name=card.name, participants=participants),
    )


def open_share(checked: CheckedDeal, *, participants: Participants, keys: TrusteeKeys) -> int:
    """The value f(j) that was dealt to the trustee j with these keys.

    Raises DealRefused, which names the dealer, where f(j) * BP2 is not the sum of j^k * C_k.
    """
    deal, number = checked.deal, participants.number_of(keys.card)
    try:
        shared = keys.share_key.exchange(X25519PublicKey.from_public_bytes(deal.ephemeral))
        cipher = _share_cipher(
            shared,
            ephemeral=deal.ephemeral,
            participants=participants,
            dealer=deal.dealer,
            number=number,
        )
        value = decode_scalar(cipher.decrypt(_NONCE, deal.shares[number - 1], None))
    except (ValueError, InvalidTag, InvalidScalar):
        raise DealRefused(
            f"the share that {checked.name} dealt cannot be opened", dealer=checked.name
        ) from None
    if curve.multiply_g2(curve.g2_generator, value) != committed_value(checked.points, number):
        raise DealRefused(
            f"the share that {checked.name} dealt is not the one that the deal commits to",
            dealer=checked.name,
        )
    return value


def value_at(coefficients: list[int], number: int) -> int:
    """f(number), by Horner's rule."""
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * number + coefficient) % ORDER
    return value


def committed_value(points: tuple[G2, ...], number: int) -> G2:
    """f(number) * BP2, by Horner's rule over the commitments."""
    value = points[-1]
    for point in reversed(points[:-1]):
        value = curve.multiply_g2(value, number) + point
    return value


def _points(deal: Deal, *, name: str, participants: Participants) -> tuple[G2, ...]:
    """The commitments as points; raises DealRefused unless all of the public part is right."""
    sizes = (len(deal.commitments), len(deal.shares))
    if sizes != (participants.threshold, len(participants.cards)):
        raise DealRefused(f"the deal of {name} is for another number of trustees", dealer=name)
    try:
        points = tuple(curve.decode_g2(commitment) for commitment in deal.commitments)
        possession = curve.decode_g1(deal.possession)
    except InvalidPoint as error:
        raise DealRefused(f"the deal of {name} is not valid: {error}", dealer=name) from None
    point = _possession_point(deal.ceremony, dealer=deal.dealer, constant=deal.commitments[0])
    if not curve.pairing_check([(possession, curve.g2_generator), (-point, points[0])]):
        raise DealRefused(f"{name} does not prove to know what the deal commits to", dealer=name)
    return points


def _possession_point(ceremony: bytes, *, dealer: int, constant: bytes) -> G1:
    message = ceremony + i2osp(dealer, 2) + constant
    return curve.hash_to_g1(message, dst=domain_tags.TRUSTEE_POSSESSION)


def _seal_share(
    value: int,
    *,
    ephemeral: X25519PrivateKey,
    participants: Participants,
    dealer: int,
    number: int,
) -> bytes:
    card = participants.cards[number - 1]
    try:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(card.share_key))
    except ValueError:
        raise CeremonyRefused(f"the share key on the card of {card.name} is not usable") from None
    cipher = _share_cipher(
        shared,
        ephemeral=ephemeral.public_key().public_bytes_raw(),
        participants=participants,
        dealer=dealer,
        number=number,
    )
    return cipher.encrypt(_NONCE, encode_scalar(value), None)


def _share_cipher(
    shared: bytes, *, ephemeral: bytes, participants: Participants, dealer: int, number: int
) -> AESGCM:
    info = domain_tags.DEALT_SHARE + participants.id + i2osp(dealer, 2) + i2osp(number, 2)
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=info)
    return AESGCM(derivation.derive(shared + ephemeral + participants.cards[number - 1].share_key))


def _octet_strings(value: object, *, name: str) -> tuple[bytes, ...]:
    elements = cbor.take_array(value, min=1, max=64, name=name)
    return tuple(cbor.take_octets(element, name=name) for element in elements)
