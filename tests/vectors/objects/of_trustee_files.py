"""The files of a key ceremony: signed, and checked against each other."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from credentials import domain_tags
from credentials.formats import base64url
from credentials.sealing.cards import TrusteeKeys
from credentials.sealing.deals import Deal
from tests.vectors.changes import IDENTITY
from tests.vectors.objects.fixed_ceremony import (
    THRESHOLD,
    Ceremony,
    alone,
    ceremony,
    inside,
    keys_of,
)
from tests.vectors.objects.object_file import (
    Accepted,
    ObjectFile,
    Refused,
)


def files(held: Ceremony) -> dict[str, ObjectFile]:
    return {
        "trustee-card-file": _card_json(held),
        "trustee-deal-file": _deal_json(held),
        "ceremony-part-file": _part_json(held),
        "ceremony-file": _ceremony_json(held),
    }


def _file_refusals(text: str, *, kind: str, other: str) -> Iterator[Refused]:
    honest = json.loads(text)
    signed = "signatures" if "signatures" in honest else "signature"
    without = {name: value for name, value in honest.items() if name != signed}
    for name, why, value in (
        ("another kind of file", "it says what it is", json.loads(other)),
        ("no signature", "it is there", without),
        ("something besides", "nothing else is there", {**honest, "note": "hello"}),
        ("a list", "it is an object", [honest]),
        ("octets that are a number", "they are base64url", {**honest, "octets": 7}),
        (
            "padded base64url",
            "octets have one spelling",
            {**honest, "octets": honest["octets"] + "="},
        ),
        (
            "an octet more inside",
            f"the {kind} is read strictly",
            {**honest, "octets": base64url.encode(inside(text) + b"\0")},
        ),
    ):
        yield Refused(name=name, why=why, value=value, refusal="CeremonyRefused")


def _signed_by(kind: str, octets: bytes, *, by: TrusteeKeys, tag: bytes) -> dict[str, str]:
    return {
        "symbolon": kind,
        "octets": base64url.encode(octets),
        "signature": base64url.encode(by.sign(octets, tag=tag)),
    }


def _card_json(held: Ceremony) -> ObjectFile:
    tag = domain_tags.CARD_SIGNATURE
    octets = inside(held.cards[0])
    return ObjectFile(
        about="the file of a card, signed by its own key; `gives` its fingerprint",
        rule="trustee-card-json",
        form="json",
        accepted=[
            Accepted(
                name=f"of {one.name}",
                value=json.loads(card),
                gives={"fingerprint": one.card.fingerprint.hex()},
            )
            for one, card in zip(held.trustees, held.cards, strict=True)
        ],
        refused=[
            *_file_refusals(held.cards[0], kind="card", other=held.deals[0]),
            Refused(
                name="signed by another",
                why="a card is signed by its own key",
                value=_signed_by("trustee-card", octets, by=held.trustees[1], tag=tag),
                refusal="CeremonyRefused",
            ),
            Refused(
                name="signed without the label",
                why="a label is in front",
                value=_signed_by("trustee-card", octets, by=held.trustees[0], tag=b""),
                refusal="CeremonyRefused",
            ),
        ],
    )


def _deal_json(held: Ceremony) -> ObjectFile:
    dealer = held.trustees[0]
    own = Deal.from_cbor(inside(held.deals[0]))
    g2 = own.commitments

    def refused(name: str, why: str, *, by: TrusteeKeys = dealer, **changes: Any) -> Refused:
        octets = replace(own, **changes).to_cbor()
        value = _signed_by("trustee-deal", octets, by=by, tag=domain_tags.DEAL_SIGNATURE)
        return Refused(name=name, why=why, value=value, refusal="DealRefused")

    def foreign(name: str, why: str, **changes: Any) -> Refused:
        return replace(refused(name, why, **changes), refusal="CeremonyRefused")

    return ObjectFile(
        about="the file of a deal, checked by another trustee but for the sealed shares",
        rule="trustee-deal-json",
        form="json",
        given={"threshold": THRESHOLD, "cards": [json.loads(card) for card in held.cards]},
        accepted=[
            Accepted(name=f"of {one.name}", value=json.loads(deal), gives={"dealer": number})
            for number, (one, deal) in enumerate(
                zip(held.trustees, held.deals, strict=True), start=1
            )
        ],
        refused=[
            *_file_refusals(held.deals[0], kind="deal", other=held.cards[0]),
            foreign("of another ceremony", "it names this one", ceremony=bytes(32)),
            foreign("of a dealer 4", "there are three", dealer=4),
            foreign("signed by another", "its dealer signs", by=held.trustees[1]),
            refused("a commitment too few", "as many as the threshold", commitments=g2[:1]),
            refused("a share too few", "one for each trustee", shares=own.shares[:2]),
            refused(
                "a commitment that is the identity",
                "no point is",
                commitments=(b"\xc0" + bytes(95), g2[1]),
            ),
            refused("a possession that is the identity", "no point is", possession=IDENTITY),
            refused(
                "the possession of another",
                "it is over dealer and constant",
                possession=Deal.from_cbor(inside(held.deals[1])).possession,
            ),
            refused("the constants of another", "its own proof", commitments=(g2[1], g2[0])),
        ],
    )


def _part_json(held: Ceremony) -> ObjectFile:
    tag = domain_tags.CEREMONY_SIGNATURE
    octets = held.result.to_cbor()
    spoilt_key = replace(held.result, key=held.result.trustees[0].key)
    stranger = keys_of("Stranger")
    return ObjectFile(
        about="one trustee's part: the result, signed; `gives` who signed it",
        rule="ceremony-part-json",
        form="json",
        accepted=[
            Accepted(name=f"of {one.name}", value=json.loads(part), gives={"trustee": one.name})
            for one, part in zip(held.trustees, held.parts, strict=True)
        ],
        refused=[
            *_file_refusals(held.parts[0], kind="result", other=held.whole),
            Refused(
                name="signed by a stranger",
                why="one of the trustees named in it signs",
                value=_signed_by("ceremony-part", octets, by=stranger, tag=tag),
                refusal="CeremonyRefused",
            ),
            Refused(
                name="a key that is not the trustees'",
                why="all keys lie on one polynomial",
                value=_signed_by(
                    "ceremony-part", spoilt_key.to_cbor(), by=held.trustees[0], tag=tag
                ),
                refusal="CeremonyRefused",
            ),
        ],
    )


def _ceremony_json(held: Ceremony) -> ObjectFile:
    honest = json.loads(held.whole)
    signatures = honest["signatures"]

    def refused(name: str, why: str, others: list[str]) -> Refused:
        value = {**honest, "signatures": others}
        return Refused(name=name, why=why, value=value, refusal="CeremonyRefused")

    again = ceremony(name="again")
    single = alone()
    return ObjectFile(
        about="a whole ceremony, signed by all trustees; `gives` its fingerprint",
        rule="ceremony-json",
        form="json",
        accepted=[
            Accepted(
                name=name,
                value=json.loads(one.whole),
                gives={"fingerprint": one.result.fingerprint.hex()},
            )
            for name, one in (
                ("the vectors' own", held),
                ("of the same people, again", again),
                ("of one trustee", single),
            )
        ],
        refused=[
            *_file_refusals(held.whole, kind="result", other=held.parts[0]),
            refused("a signature too few", "one of each trustee", signatures[:2]),
            refused("a signature too many", "one of each trustee", [*signatures, signatures[0]]),
            refused("in another order", "in the trustees' order", signatures[::-1]),
            refused("none", "one of each trustee", []),
            refused(
                "those of another ceremony",
                "they are over this result",
                json.loads(again.whole)["signatures"],
            ),
        ],
    )
