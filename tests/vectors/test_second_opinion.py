"""The product and a verifier written from docs/protocol.md alone say the same of every input."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from credentials.errors import SymbolonError
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.presentation import present, verify_presentation
from credentials.scope import Scope, app_scope, door_scope, poll_scope
from tests.community import EVENT, Community, Member
from tests.unit.curve.odd_points import small_order_points_g1
from tests.vectors.second_opinion import P1, Expected, R, Refused, opinion

NONCE = bytes(range(32))
ACTION = bytes(range(32, 64))
SLOT = 59_666_666
RANDOM_FLIPS = 60


def cases(community: Community) -> list[tuple[Policy, Scope, bytes | int, bytes]]:
    """Policy, scope, freshness and action of a presentation of each kind."""
    city = community.metadata.community_id
    cafe = "https://cafe.example/answer"
    shown = ("reissued", "pass")
    everything = tuple(attribute.name for attribute in community.schema.attributes)
    identifying = Policy(purpose="login", disclose=everything, identifying=True)
    day = door_scope(city, EVENT, "once_per_day", SLOT)
    return [
        (Policy(purpose="visit", disclose=shown), app_scope("visit", cafe), NONCE, b""),
        (Policy(purpose="visit", pseudonym=False), app_scope("visit", cafe), NONCE, b""),
        (identifying, app_scope("login", cafe), NONCE, b""),
        (Policy(purpose="poll", disclose=("reissued",)), poll_scope(city, NONCE), NONCE, ACTION),
        (Policy(purpose="door", disclose=("reissued",)), day, SLOT, b""),
        (
            Policy(purpose="door", pseudonym=False),
            door_scope(city, EVENT, "members_only", SLOT),
            SLOT,
            b"",
        ),
    ]


def make(member: Member, case: tuple[Policy, Scope, bytes | int, bytes]) -> Presentation:
    policy, scope, freshness, action = case
    return present(
        member.credential, policy=policy, scope=scope, freshness=freshness, action=action
    )


def both(community: Community, octets: bytes, case: tuple[Policy, Scope, bytes | int, bytes]):
    """What the product and the second opinion say: (pseudonym, disclosed), or None for no."""
    policy, scope, freshness, action = case
    try:
        verified = verify_presentation(
            Presentation.from_cbor(octets),
            verifier=community.verifier,
            policy=policy,
            scope=scope,
            freshness=freshness,
            action=action,
        )
        product = (verified.pseudonym or b"", dict(verified.disclosed))
    except SymbolonError:
        product = None
    expected = Expected(
        metadata=community.metadata,
        purpose=scope.purpose,
        verifier=scope.verifier,
        instance=scope.instance,
        freshness=freshness,
        disclose=policy.disclose,
        pseudonym=policy.pseudonym,
        action=action,
    )
    try:
        second = opinion(octets, expected)
    except Refused:
        second = None
    return product, second


def mutated(honest: Presentation, other: Presentation) -> Iterator[tuple[str, bytes]]:
    """Octets that are near an honest presentation; `other` is another member's in its place."""
    proof = honest.proof
    parts = [(at, 48) for at in (0, 48, 96)] + [(at, 32) for at in range(144, len(proof), 32)]
    for at, length in parts:
        own, foreign = proof[at : at + length], other.proof[at : at + length]
        changes = {
            "another member's": foreign,
            "zero": bytes(length),
            "sign": bytes([own[0] ^ 0x20]) + own[1:],
        }
        if length == 32:
            scalar = int.from_bytes(own, "big")
            changes["plus one"] = ((scalar + 1) % R).to_bytes(32, "big")
            changes["negative"] = (R - scalar).to_bytes(32, "big")
            changes["r"] = R.to_bytes(32, "big")
            if scalar + R < 2**256:
                changes["plus r"] = (scalar + R).to_bytes(32, "big")
        else:
            changes["identity"] = b"\xc0" + bytes(47)
            changes["second identity"] = b"\xc0" + bytes(46) + b"\x01"
            changes["P1"] = bytes(P1.to_compressed_bytes())
            changes["beside the subgroup"] = small_order_points_g1(beside=own)[1]
            changes["of small order"] = small_order_points_g1(beside=own)[0]
        for name, octets in changes.items():
            changed = replace(honest, proof=proof[:at] + octets + proof[at + length :])
            yield f"{name} at {at}", changed.to_cbor()
    for name, change in {
        "another pseudonym": {"pseudonym": other.pseudonym},
        "no pseudonym": {"pseudonym": b""},
        "a pseudonym of small order": {"pseudonym": small_order_points_g1(beside=proof[:48])[0]},
        "identity as pseudonym": {"pseudonym": b"\xc0" + bytes(47)},
        "another's proof": {"proof": other.proof},
        "longer": {"proof": proof + proof[-32:]},
        "shorter": {"proof": proof[:-32]},
        "nothing disclosed": {"disclosed": ()},
        "reissued": {"disclosed": ((2, 1), *honest.disclosed[1:])},
        "another pass": {"disclosed": ((2, 0), (3, "week"))},
        "an unknown pass": {"disclosed": ((2, 0), (3, "king"))},
        "a number for a pass": {"disclosed": ((2, 0), (3, 0))},
        "another index": {"disclosed": ((2, 0), (4, 0))},
        "another purpose": {"purpose": "login"},
        "another instance": {"instance": bytes(32)},
        "another nonce": {"freshness": bytes(32)},
        "a time slot": {"freshness": SLOT},
        "a head": {"head": bytes(32)},
    }.items():
        yield name, replace(honest, **change).to_cbor()
    octets = honest.to_cbor()
    chance = random.Random(20)  # noqa: S311
    for _ in range(RANDOM_FLIPS):
        at, bit = chance.randrange(len(octets)), 1 << chance.randrange(8)
        yield f"bit {bit} at {at}", octets[:at] + bytes([octets[at] ^ bit]) + octets[at + 1 :]
    yield "an octet more", octets + b"\x00"
    yield "an octet less", octets[:-1]


def test_the_second_verifier_derives_the_ciphersuites_constant():
    assert bytes(P1.to_compressed_bytes()).hex().startswith("a8ce256102840821a3e94ea9025e4662")


def test_both_accept_honest_presentations_of_every_kind_and_read_the_same(
    community: Community, ana: Member, bo: Member
):
    for case in cases(community):
        for member in (ana, bo):
            made = make(member, case)
            product, second = both(community, made.to_cbor(), case)
            assert product == second == (made.pseudonym, product[1])
            assert list(product[1]) == list(case[0].disclose)


def test_both_refuse_what_was_made_for_anything_else(community: Community, ana: Member):
    every = cases(community)
    for made_for in every:
        octets = make(ana, made_for).to_cbor()
        for case in every:
            product, second = both(community, octets, case)
            assert (product is None) == (second is None) == (case is not made_for)
    policy, scope, freshness, _ = every[3]
    for action in (b"", bytes(32)):
        case = (policy, scope, freshness, action)
        assert both(community, make(ana, every[3]).to_cbor(), case) == (None, None)


def test_both_refuse_members_of_another_community(community: Community, other_community: Community):
    stranger = other_community.enrol()
    for case in cases(community):
        assert both(community, make(stranger, case).to_cbor(), case) == (None, None)


def test_both_refuse_each_of_some_two_hundred_mutations(
    community: Community, ana: Member, bo: Member
):
    case = cases(community)[0]
    honest, other = make(ana, case), make(bo, case)
    tried = 0
    for name, octets in mutated(honest, other):
        assert octets != honest.to_cbor(), name
        assert both(community, octets, case) == (None, None), name
        tried += 1
    assert tried >= 150


@pytest.mark.parametrize("kind", range(6))
def test_both_refuse_flipped_bits_in_every_kind(community: Community, ana: Member, kind: int):
    case = cases(community)[kind]
    octets = make(ana, case).to_cbor()
    chance = random.Random(kind)  # noqa: S311
    for _ in range(10):
        at, bit = chance.randrange(len(octets)), 1 << chance.randrange(8)
        flipped = octets[:at] + bytes([octets[at] ^ bit]) + octets[at + 1 :]
        assert both(community, flipped, case) == (None, None), (at, bit)
