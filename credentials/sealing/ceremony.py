"""The key ceremony's end: from all deals the polls' key, one share for each trustee, one result.

Source: docs/protocol.md, "The trustees' key". There is no dealer: the secret is the sum of the
constant terms of all deals, which nobody ever adds up. Each trustee computes the result alone, from
all deals, and signs it; that all signed the same octets shows that all saw the same deals.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import NoReturn

from credentials import domain_tags
from credentials.curve import G2, curve
from credentials.curve.scalars import ORDER
from credentials.errors import CeremonyRefused, DealRefused, EncodingError, InvalidPoint
from credentials.formats import cbor
from credentials.formats.ceremony_result import MAX_TRUSTEES, CeremonyResult, Trustee
from credentials.sealing.cards import TrusteeKeys
from credentials.sealing.deals import CheckedDeal, committed_value, open_share, read_deal
from credentials.sealing.opening import check_trustee_keys
from credentials.sealing.participants import Participants
from credentials.sealing.signed_files import (
    is_signed,
    read_file,
    read_file_of_all,
    write_file,
    write_file_of_all,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrusteeShare:
    """What a trustee keeps: the own number, from 1, and the share s_i of the polls' secret."""

    number: int
    secret: int = field(repr=False)

    def __post_init__(self) -> None:
        cbor.take_uint(self.number, min=1, max=MAX_TRUSTEES, name="a trustee's number")
        if type(self.secret) is not int or not 0 < self.secret < ORDER:
            raise EncodingError("a share is not a scalar")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a trustee's share is not pickled")


def finish(
    deals: Iterable[str], *, participants: Participants, keys: TrusteeKeys
) -> tuple[TrusteeShare, CeremonyResult]:
    """A trustee's share and the public result, from the files of all deals, the own among them.

    Raises DealRefused, which names a dealer who dealt badly; the ceremony then starts again without
    that trustee. Raises CeremonyRefused where deals are missing or belong elsewhere.
    """
    number = participants.number_of(keys.card)
    checked = _one_of_each(
        [read_deal(text, participants=participants) for text in deals], participants=participants
    )
    values = [open_share(one, participants=participants, keys=keys) for one in checked]
    # The sum of all polynomials, as committed to.
    points = tuple(
        reduce(add, (one.points[k] for one in checked)) for k in range(participants.threshold)
    )
    result = CeremonyResult(
        ceremony=participants.id,
        deals=hashlib.sha256(
            cbor.encode_labelled(
                domain_tags.DEALS, [hashlib.sha256(one.octets).digest() for one in checked]
            )
        ).digest(),
        threshold=participants.threshold,
        key=_encoded(points[0]),
        trustees=tuple(
            Trustee(
                name=card.name,
                verification_key=card.verification_key,
                key=_encoded(committed_value(points, at)),
            )
            for at, card in enumerate(participants.cards, start=1)
        ),
    )
    return TrusteeShare(number=number, secret=sum(values) % ORDER), result


def part_file(result: CeremonyResult, *, keys: TrusteeKeys) -> str:
    """The text of a trustee's part: the result, signed."""
    octets = result.to_cbor()
    signature = keys.sign(octets, tag=domain_tags.CEREMONY_SIGNATURE)
    return write_file("ceremony-part", octets, signature=signature)


def read_part(text: str) -> tuple[CeremonyResult, Trustee, bytes]:
    """The result in a part's file, who of its trustees signed it, and the signature.

    Raises CeremonyRefused.
    """
    octets, signature = read_file(text, kind="ceremony-part")
    result = _result(octets)
    for trustee in result.trustees:
        if _signed(octets, signature=signature, trustee=trustee):
            return result, trustee, signature
    raise CeremonyRefused("the part is signed by none of the trustees that it names")


def merge(parts: Sequence[str]) -> str:
    """The text of the whole ceremony's file, from the parts of all trustees.

    Raises CeremonyRefused where the trustees did not all come to the same result, or some are
    missing.
    """
    if not parts:
        raise CeremonyRefused("no part of a ceremony is given")
    read = [read_part(text) for text in parts]
    result, first, _ = read[0]
    signatures: dict[bytes, bytes] = {}
    for other, trustee, signature in read:
        if other != result:
            raise CeremonyRefused(
                f"{first.name} and {trustee.name} signed different results: "
                "they did not see the same cards or deals"
            )
        signatures[trustee.verification_key] = signature
    missing = [
        trustee.name for trustee in result.trustees if trustee.verification_key not in signatures
    ]
    if missing:
        raise CeremonyRefused(f"the part of {', '.join(missing)} is missing")
    return write_file_of_all(
        "ceremony",
        result.to_cbor(),
        signatures=[signatures[trustee.verification_key] for trustee in result.trustees],
    )


def read_ceremony(text: str) -> tuple[CeremonyResult, tuple[bytes, ...]]:
    """The result in a whole ceremony's file, and the signature of each of its trustees.

    That these keys are those of the people named, whoever uses the file makes sure of by comparing
    fingerprints. Raises CeremonyRefused.
    """
    octets, signatures = read_file_of_all(text, kind="ceremony")
    result = _result(octets)
    check_signed(result, signatures=signatures)
    return result, signatures


def check_signed(result: CeremonyResult, *, signatures: Sequence[bytes]) -> None:
    """Raise CeremonyRefused unless each trustee signed, in their order (64 octets each)."""
    octets = result.to_cbor()
    if len(signatures) != len(result.trustees):
        raise CeremonyRefused("the ceremony is not signed by each of its trustees")
    for trustee, signature in zip(result.trustees, signatures, strict=True):
        if not _signed(octets, signature=signature, trustee=trustee):
            raise CeremonyRefused(f"the ceremony is not signed by {trustee.name}")


def _one_of_each(
    read: Sequence[CheckedDeal], *, participants: Participants
) -> tuple[CheckedDeal, ...]:
    by_dealer: dict[int, CheckedDeal] = {}
    for one in read:
        known = by_dealer.setdefault(one.deal.dealer, one)
        if known.octets != one.octets:
            raise DealRefused(f"{one.name} signed two different deals", dealer=one.name)
    numbers = range(1, len(participants.cards) + 1)
    missing = [participants.cards[at - 1].name for at in numbers if at not in by_dealer]
    if missing:
        raise CeremonyRefused(f"the deal of {', '.join(missing)} is missing")
    return tuple(by_dealer[at] for at in numbers)


def _result(octets: bytes) -> CeremonyResult:
    try:
        result = CeremonyResult.from_cbor(octets)
        check_trustee_keys(
            result.key, keys=[one.key for one in result.trustees], threshold=result.threshold
        )
    except EncodingError as error:
        raise CeremonyRefused(f"the result of the ceremony is not valid: {error}") from None
    return result


def _signed(octets: bytes, *, signature: bytes, trustee: Trustee) -> bool:
    return is_signed(
        octets,
        signature=signature,
        key=trustee.verification_key,
        tag=domain_tags.CEREMONY_SIGNATURE,
    )


def _encoded(point: G2) -> bytes:
    """96 octets; a key that is the identity would seal nothing. Raises CeremonyRefused."""
    octets = curve.encode_g2(point)
    try:
        curve.decode_g2(octets)
    except InvalidPoint:
        raise CeremonyRefused("the deals cancel each other; start again") from None
    return octets
