"""The files of a key ceremony, what is in them, and a trustee's share of an opening value.

Three trustees, of whom two open, hold the ceremony; their keys and draws are fixed by names.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from client.trustee.sharing import PollShare
from credentials import domain_tags
from credentials.formats import base64url
from credentials.sealing import deals as dealing
from credentials.sealing import share_of
from credentials.sealing.cards import TrusteeKeys, read_card
from credentials.sealing.ceremony import TrusteeShare, finish, merge, part_file
from credentials.sealing.deals import Deal, make_deal
from credentials.sealing.participants import Participants
from credentials.sealing.result import CeremonyResult
from tests.vectors.changes import IDENTITY
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    element,
    of_objects,
    spoilt,
)
from tests.vectors.vector_randomness import fixed_octets, fixed_scalar

NAMES = ("Ana", "Bela", "Chlo\u00eb")
THRESHOLD = 2


@dataclass(frozen=True)
class Ceremony:
    """All that three trustees made."""

    trustees: tuple[TrusteeKeys, ...]
    cards: tuple[str, ...]
    deals: tuple[str, ...]
    parts: tuple[str, ...]
    whole: str
    shares: tuple[TrusteeShare, ...]
    result: CeremonyResult
    participants: Participants


def ceremony(*, name: str = "ceremony") -> Ceremony:
    """The vectors' ceremony; another name gives another one of the same people."""
    trustees = tuple(_keys(one) for one in NAMES)
    cards = tuple(one.card_file() for one in trustees)
    participants = Participants.of([read_card(one) for one in cards], threshold=THRESHOLD)
    made = []
    for one in trustees:
        with _fixed(f"{name}/{one.name}"):
            made.append(make_deal(participants, keys=one))
    outcomes = [finish(made, participants=participants, keys=one) for one in trustees]
    parts = tuple(
        part_file(result, keys=one) for (_, result), one in zip(outcomes, trustees, strict=True)
    )
    return Ceremony(
        trustees=trustees,
        cards=cards,
        deals=tuple(made),
        parts=parts,
        whole=merge(parts),
        shares=tuple(share for share, _ in outcomes),
        result=outcomes[0][1],
        participants=participants,
    )


def _keys(name: str) -> TrusteeKeys:
    return TrusteeKeys(
        name=name,
        signing=b"\0" + fixed_octets(f"trustee/{name}/signing", 31),
        sharing=b"\0" + fixed_octets(f"trustee/{name}/sharing", 31),
    )


@contextmanager
def _fixed(case: str) -> Iterator[None]:
    drawn = iter(range(1000))

    class FixedKey(X25519PrivateKey):  # only to be asked for a key; never one itself
        @classmethod
        def generate(cls) -> X25519PrivateKey:
            octets = b"\0" + fixed_octets(f"{case}/ephemeral", 31)
            return X25519PrivateKey.from_private_bytes(octets)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dealing, "random_scalar", lambda: fixed_scalar(f"{case}/{next(drawn)}"))
        patch.setattr(dealing, "X25519PrivateKey", FixedKey)
        yield


def files() -> dict[str, ObjectFile]:
    held = ceremony()
    return {
        "trustee-card": _card(held),
        "trustee-deal": _deal(held),
        "ceremony-result": _result(held),
        "trustee-card-json": _card_json(held),
        "trustee-deal-json": _deal_json(held),
        "ceremony-part-json": _part_json(held),
        "ceremony-json": _ceremony_json(held),
        "poll-share-json": _share_json(held),
        "opening-share": _share(held),
    }


def _inside(text: str) -> bytes:
    return base64url.decode(json.loads(text)["octets"])


def _card(held: Ceremony) -> ObjectFile:
    own = _inside(held.cards[0])
    change = Changes(own, "trustee-card")
    return ObjectFile(
        about="a trustee's name and keys, read",
        rule="trustee-card",
        form="cbor",
        accepted=[
            Accepted(name=one.name, value=_inside(card))
            for one, card in zip(held.trustees, held.cards, strict=True)
        ],
        refused=[
            *spoilt(own),
            change("no name", "name", "", why="shown text is not empty"),
            change("a name of 65", "name", "x" * 65, why="at most 64 characters"),
            change("a name on two lines", "name", "A\nB", why="shown text is on one line"),
            change("a short key", "verification-key", bytes(31), why="it has 32 octets"),
            change("a long key", "share-key", bytes(33), why="it has 32 octets"),
        ],
    )


def _deal(held: Ceremony) -> ObjectFile:
    own = _inside(held.deals[0])
    change = Changes(own, "trustee-deal")
    points, shares = (element(own, "trustee-deal", one) for one in ("commitments", "shares"))
    return ObjectFile(
        about="a trustee's deal, read; signature, points and proof are asked in its file",
        rule="trustee-deal",
        form="cbor",
        accepted=[
            Accepted(name=f"of {one.name}", value=_inside(deal))
            for one, deal in zip(held.trustees, held.deals, strict=True)
        ],
        refused=[
            *spoilt(own),
            change("the dealer 0", "dealer", 0, why="trustees count from 1"),
            change("no commitments", "commitments", (), why="as many as the threshold"),
            change("a commitment of G1", "commitments", (points[0][:48],), why="points of G2"),
            change("a possession of G2", "possession", points[0], why="a point of G1"),
            change("a short key", "ephemeral", bytes(31), why="it has 32 octets"),
            change("a share that is not sealed", "shares", (shares[0][:32],), why="48 octets"),
            change("no shares", "shares", (), why="one for each trustee"),
        ],
    )


def _result(held: Ceremony) -> ObjectFile:
    own = held.result.to_cbor()
    change = Changes(own, "ceremony-result")
    trustees = element(own, "ceremony-result", "trustees")
    alone = replace(held.result, threshold=1, trustees=held.result.trustees[:1])
    return ObjectFile(
        about="what a ceremony makes public, read; that the keys fit is asked in its file",
        rule="ceremony-result",
        form="cbor",
        accepted=of_objects(
            the_vectors_own=held.result,
            of_another_ceremony=ceremony(name="again").result,
            one_trustee=alone,
        ),
        refused=[
            *spoilt(own),
            change("a threshold of 0", "threshold", 0, why="one at least"),
            change("a threshold above their number", "threshold", 4, why="at most all"),
            change("no trustees", "trustees", (), why="one at least"),
            change(
                "a verification key twice",
                "trustees",
                trustees[0][1],
                1,
                1,
                why="keys differ",
            ),
            change("a key of G1", "key", bytes(48), why="Z is a point of G2"),
            change("33 trustees", "trustees", tuple(trustees[:1] * 33), why="at most 32"),
        ],
    )


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
            {**honest, "octets": base64url.encode(_inside(text) + b"\0")},
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
    octets = _inside(held.cards[0])
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
    own = Deal.from_cbor(_inside(held.deals[0]))
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
                possession=Deal.from_cbor(_inside(held.deals[1])).possession,
            ),
            refused("the constants of another", "its own proof", commitments=(g2[1], g2[0])),
        ],
    )


def _part_json(held: Ceremony) -> ObjectFile:
    tag = domain_tags.CEREMONY_SIGNATURE
    octets = held.result.to_cbor()
    spoilt_key = replace(held.result, key=held.result.trustees[0].key)
    stranger = _keys("Stranger")
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
    alone = _alone()
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
                ("of one trustee", alone),
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


def _alone() -> Ceremony:
    keys = _keys("Ana")
    card = keys.card_file()
    participants = Participants.of([read_card(card)], threshold=1)
    with _fixed("alone"):
        deal = make_deal(participants, keys=keys)
    share, result = finish([deal], participants=participants, keys=keys)
    part = part_file(result, keys=keys)
    return Ceremony(
        trustees=(keys,),
        cards=(card,),
        deals=(deal,),
        parts=(part,),
        whole=merge([part]),
        shares=(share,),
        result=result,
        participants=participants,
    )


DIGEST = b"\0" + fixed_octets("a poll that trustees open", 31)


def _shares(held: Ceremony) -> list[bytes]:
    return [share_of(one.secret, digest=DIGEST) for one in held.shares]


def _share_json(held: Ceremony) -> ObjectFile:
    files = [
        json.loads(
            PollShare(poll="budget", manifest_hash=DIGEST, trustee=number, share=share).to_text()
        )
        for number, share in enumerate(_shares(held), start=1)
    ]
    honest = files[0]

    def refused(name: str, why: str, value: Any) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="TrusteeError")

    return ObjectFile(
        about="the file of a trustee's share of a poll's opening value, read",
        rule="poll-share-json",
        form="json",
        accepted=[
            Accepted(name=f"of trustee {one['trustee']}", value=one, gives={"share": share.hex()})
            for one, share in zip(files, _shares(held), strict=True)
        ],
        refused=[
            refused("another kind of file", "it says what it is", {**honest, "symbolon": "share"}),
            refused("the trustee 0", "trustees count from 1", {**honest, "trustee": 0}),
            refused("the trustee 33", "at most 32", {**honest, "trustee": 33}),
            refused("a share of 47 octets", "a point of G1", {**honest, "share": "A" * 63}),
            refused("a poll's name", "an id", {**honest, "poll": "The budget"}),
            refused("something besides", "nothing else is there", {**honest, "key": ""}),
            refused("no poll", "all members are there", {"symbolon": "poll-share"}),
        ],
    )


def _share(held: Ceremony) -> ObjectFile:
    shares = _shares(held)
    keys = [one.key.hex() for one in held.result.trustees]

    def refused(name: str, why: str, value: bytes) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="ShareRefused")

    return ObjectFile(
        about="d_i, checked under the trustee's key Z_i for a manifest's hash",
        rule="point-g1",
        form="octets",
        given={"digest": DIGEST.hex(), "trustee": 1, "key": keys[0]},
        accepted=[
            Accepted(
                name=f"of trustee {number}",
                value=share,
                given={"trustee": number, "key": key},
            )
            for number, (share, key) in enumerate(zip(shares, keys, strict=True), start=1)
        ],
        refused=[
            refused("of another trustee", "it is checked under the own key", shares[1]),
            refused(
                "for another poll",
                "it is over the manifest's hash",
                share_of(held.shares[0].secret, digest=bytes(32)),
            ),
            refused("the identity", "no point is", IDENTITY),
            refused("a point of order 3", "every point is in the group", b"\x80" + bytes(47)),
            refused("too short", "a point has 48 octets", shares[0][:-1]),
        ],
    )
