"""Presentations among Symbolon's own vectors that must be refused, with the class and the reason.

Some are spoilt octets; some are made by a dishonest wallet; some are honest, and the verifier knows
or asks something else.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from credentials.curve.scalars import ORDER
from credentials.domain_tags import PRESENTATION
from credentials.formats.presentation import Presentation
from tests.unit.curve.odd_points import small_order_points_g1
from tests.vectors.changes import IDENTITY
from tests.vectors.dishonest_presentations import Rejection, dishonest_presentations, refused
from tests.vectors.vector_community import Holder, VectorCommunity
from tests.vectors.vector_presentations import Asked, asked
from tests.vectors.vector_randomness import randomness


def rejected_presentations(community: VectorCommunity, holder: Holder) -> list[Rejection]:
    every = asked(community)
    current = community.at(holder.credential, 4)
    return [
        *_spoilt(every, community, holder),
        *dishonest_presentations(every, community, holder, current),
        *_asked_otherwise(every, community, holder),
    ]


def _honest(
    every: dict[str, Asked], community: VectorCommunity, holder: Holder, case: str
) -> Presentation:
    one = every[case]
    with randomness(f"presentation/{case}"):
        return one.present(community.at(holder.credential, one.epoch))


def _spoilt(
    every: dict[str, Asked], community: VectorCommunity, holder: Holder
) -> Iterator[Rejection]:
    honest = _honest(every, community, holder, "date")
    octets, proof = honest.to_cbor(), honest.proof
    yield refused(
        "an octet too many",
        "nothing stands after the object",
        like="date",
        octets=octets + b"\0",
        refusal="EncodingError",
    )
    yield refused(
        "a shortened object",
        "the octets end too early",
        like="date",
        octets=octets[:-1],
        refusal="EncodingError",
    )
    label = PRESENTATION.encode()
    longer = octets.replace(b"\x72" + label, b"\x78\x12" + label, 1)
    yield refused(
        "a length that is not in its shortest form",
        "every object has one encoding",
        like="date",
        octets=longer,
        refusal="EncodingError",
    )
    named = {"Abar": 0, "Bbar": 48, "D": 96, "C'": 144, "Cbar": 192, "S_0": 240, "Sbar_1": 384}
    for name, at in named.items():
        own = proof[at : at + 48]
        for what, why, other in (
            ("the identity", "no point of a proof is the identity", IDENTITY),
            (
                "the identity spelt otherwise",
                "a second spelling of the identity, which some libraries decode",
                b"\xe0" + bytes(47),
            ),
            ("its negative", "the challenge differs", bytes([own[0] ^ 0x20]) + own[1:]),
            (
                "of small order",
                "a point of order 3 is on the curve and not in the group",
                small_order_points_g1(beside=own)[0],
            ),
            (
                "beside the group",
                "a point of order 3 was added",
                small_order_points_g1(beside=own)[1],
            ),
        ):
            changed = replace(honest, proof=proof[:at] + other + proof[at + 48 :])
            yield refused(f"{name} is {what}", why, like="date", octets=changed.to_cbor())
    scalars = {"e^": 432, "rho^": 432 + 32 * 11, "d_1^": len(proof) - 64, "c": len(proof) - 32}
    for name, at in scalars.items():
        number = int.from_bytes(proof[at : at + 32], "big")
        others = {
            "one more": ((number + 1) % ORDER, "the challenge differs"),
            "zero": (0, "a scalar is not zero"),
            "r": (ORDER, "a scalar is below the order"),
        }
        if number + ORDER < 2**256:
            others["itself plus r"] = (number + ORDER, "a scalar is below the order")
        for what, (other, why) in others.items():
            changed = replace(
                honest, proof=proof[:at] + other.to_bytes(32, "big") + proof[at + 32 :]
            )
            yield refused(f"{name} is {what}", why, like="date", octets=changed.to_cbor())
    digits = proof[240 : 240 + 96], proof[336 : 336 + 96]
    swapped = proof[:240] + digits[1] + digits[0] + proof[432:]
    shown = {
        "two digits change places": {"proof": swapped},
        "a scalar is missing": {"proof": proof[:-32]},
        "a scalar too many": {"proof": proof + proof[-32:]},
        "a disclosed value is another": {"disclosed": ((2, 0), (3, "week"))},
        "a disclosed value is outside its domain": {"disclosed": ((2, 0), (3, "king"))},
        "a disclosed value is missing": {"disclosed": ((2, 0),)},
        "a disclosed value too many": {"disclosed": (*honest.disclosed, (4, 1))},
        "a disclosed value stands at another index": {"disclosed": ((2, 0), (4, 1))},
        "the pseudonym is missing": {"pseudonym": b""},
        "the pseudonym is the identity": {"pseudonym": IDENTITY},
        "the pseudonym is another point": {"pseudonym": proof[:48]},
        "it says another nonce": {"freshness": bytes(32)},
        "it says another value of the registry": {"removals": community.heads[2].removals},
        "it says another purpose": {"purpose": "login"},
    }
    for name, change in shown.items():
        changed = replace(honest, **change)
        yield refused(
            name, "the octets are not those that were proven", like="date", octets=changed.to_cbor()
        )


def _asked_otherwise(
    every: dict[str, Asked], community: VectorCommunity, holder: Holder
) -> Iterator[Rejection]:
    def honest(
        name: str, why: str, *, like: str, octets: bytes | None = None, **instead: Any
    ) -> Rejection:
        made = octets or _honest(every, community, holder, like).to_cbor()
        return refused(name, why, like=like, octets=made, **instead)

    visit = {"purpose": "visit"}
    yield honest(
        "the day after the pass ended",
        "the bound is higher by one",
        like="date",
        today=every["date"].today + 1,
    )  # type: ignore[operator]
    yield honest(
        "the day before",
        "the bound is another, though the pass is good",
        like="date",
        today=every["date"].today - 1,
    )  # type: ignore[operator]
    integer = every["integer"].policy.to_json()
    for name, require in (
        ("a lower bound that is one more", ["points >= 101", "points <= 70000"]),
        ("an upper bound that is one less", ["points >= 100", "points <= 69999"]),
        ("one bound only", ["points >= 100"]),
        ("no bound", []),
    ):
        yield honest(
            name,
            "the statements are those of the verifier's policy",
            like="integer",
            policy={**integer, "require": require},
        )
    yield honest(
        "a range that was not proven",
        "the statements are those of the verifier's policy",
        like="registry",
        policy={**visit, "pseudonym": False, "require": ["points >= 1"]},
    )
    yield honest(
        "no pseudonym asked",
        "the statements are those of the verifier's policy",
        like="pseudonym",
        policy={**visit, "pseudonym": False, "disclose": ["reissued", "pass"]},
    )
    yield honest(
        "a verifier at the value before",
        "the value is the verifier's own",
        like="registry",
        epoch=2,
    )
    renamed = replace(
        _honest(every, community, holder, "registry"), removals=community.heads[2].removals
    ).to_cbor()
    yield honest(
        "a verifier at the value before, which it names",
        "V is in the challenge",
        like="registry",
        octets=renamed,
        epoch=2,
    )
    yield honest(
        "another action", "a ballot authorises one choice", like="poll", action=bytes(32).hex()
    )
    yield honest("no action", "a ballot authorises one choice", like="poll", action="")
    yield honest(
        "another verifier",
        "the audience is in the header and in the scope",
        like="pseudonym",
        scope={
            "verifier": {"text": "https://forum.example"},
            "purpose": "visit",
            "instance": {"octets": ""},
        },
    )
    yield honest(
        "the next time slot",
        "a code is good for its own slot",
        like="door",
        freshness={"slot": every["door"].freshness + 1},
    )  # type: ignore[operator]
    yield honest(
        "another nonce",
        "an answer is good for its own nonce",
        like="pseudonym",
        freshness={"nonce": bytes(32).hex()},
    )
