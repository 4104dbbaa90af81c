"""Card, deal and result of a key ceremony, read."""

from dataclasses import replace

from tests.vectors.objects.fixed_ceremony import Ceremony, ceremony, inside
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    element,
    of_objects,
    spoilt,
)


def files(held: Ceremony) -> dict[str, ObjectFile]:
    return {
        "trustee-card": _card(held),
        "trustee-deal": _deal(held),
        "ceremony-result": _result(held),
    }


def _card(held: Ceremony) -> ObjectFile:
    own = inside(held.cards[0])
    change = Changes(own, "trustee-card")
    return ObjectFile(
        about="a trustee's name and keys, read",
        rule="trustee-card",
        form="cbor",
        accepted=[
            Accepted(name=one.name, value=inside(card))
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
    own = inside(held.deals[0])
    change = Changes(own, "trustee-deal")
    points, shares = (element(own, "trustee-deal", one) for one in ("commitments", "shares"))
    return ObjectFile(
        about="a trustee's deal, read; signature, points and proof are asked in its file",
        rule="trustee-deal",
        form="cbor",
        accepted=[
            Accepted(name=f"of {one.name}", value=inside(deal))
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
