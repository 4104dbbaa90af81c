"""The product and a verifier written from docs/protocol.md alone say the same of every input."""

from dataclasses import replace
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.curve import G1, curve
from credentials.errors import SymbolonError
from credentials.formats.metadata import Metadata
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.requirement import Requirement
from credentials.holder import Credential, Witness
from credentials.keys import VerifierKeys
from credentials.presentation import check_presentation, verify_presentation
from credentials.registry.digits import DigitTable, open_digits
from credentials.scope import app_scope, poll_scope
from tests.community import Community, Member
from tests.vectors.presentation_changes import asked_otherwise, heads_of_one_value, mutated
from tests.vectors.presentation_kinds import ACTION, CAFE, KINDS, NONCE, Case, cases, make
from tests.vectors.second_curve import P1, Refused
from tests.vectors.second_opinion import opinion


@lru_cache(maxsize=8)
def keys_of(metadata: Metadata) -> VerifierKeys:
    return VerifierKeys.from_metadata(metadata)


def both(octets: bytes, case: Case):
    """What the product and the second opinion say: (pseudonym, disclosed), or None for no."""
    try:
        verified = verify_presentation(
            Presentation.from_cbor(octets),
            verifier=keys_of(case.metadata).at(case.head),
            policy=case.policy,
            scope=case.scope,
            freshness=case.freshness,
            today=case.today,
            action=case.action,
        )
        product = (verified.pseudonym or b"", dict(verified.disclosed))
    except SymbolonError:
        product = None
    try:
        second = opinion(octets, case.expected())
    except Refused:
        second = None
    return product, second


def test_the_second_verifier_derives_the_ciphersuites_constant():
    assert bytes(P1.to_compressed_bytes()).hex().startswith("a8ce256102840821a3e94ea9025e4662")


@pytest.mark.parametrize("kind", KINDS)
def test_both_accept_honest_presentations_of_every_kind_and_read_the_same(
    community: Community, ana: Member, bo: Member, kind: str
):
    case = cases(community)[kind]
    for member in (ana, bo):
        made = make(member.credential, case)
        product, second = both(made.to_cbor(), case)
        assert product == second == (made.pseudonym, product[1])
        assert list(product[1]) == list(case.policy.disclose)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_both_accept_whatever_a_policy_can_ask_and_a_wallet_prove(
    community: Community, ana: Member, data: st.DataObject
):
    types = {one.name: one.type for one in community.schema.attributes}
    shown = data.draw(st.lists(st.sampled_from(sorted(types)), unique=True))
    purpose = data.draw(st.sampled_from(["login", "visit", "poll"]))
    values = {"points": 70_000, "valid_until": 22_280, "serial": ana.credential.serial}
    require = []
    for name, value in values.items():
        for operator, side in ((">=", -1), ("<=", 1)):
            asked = purpose == "poll" if name == "serial" else name not in shown
            if asked and data.draw(st.booleans()):
                largest = 2**16 - 1 if name == "valid_until" else 2**24 - 1
                far = data.draw(st.one_of(st.integers(0, 300), st.integers(0, largest)))
                bound = min(max(value + side * far, 0), largest)
                require.append(Requirement(attribute=name, operator=operator, bound=bound))
    policy = Policy(
        purpose=purpose,
        pseudonym=purpose == "poll" or data.draw(st.booleans()),
        disclose=tuple(shown),
        identifying=True,
        require=tuple(data.draw(st.permutations(require))),
    )
    city = community.metadata.community_id
    case = Case(
        metadata=community.metadata,
        head=community.heads.newest,
        policy=policy,
        scope=poll_scope(city, NONCE) if purpose == "poll" else app_scope(purpose, CAFE),
        freshness=NONCE,
        action=data.draw(st.sampled_from([b"", ACTION])),
    )
    made = make(ana.credential, case)
    product, second = both(made.to_cbor(), case)
    assert product == second == (made.pseudonym, dict(product[1]))
    assert set(product[1]) == set(shown)


def test_both_refuse_what_was_made_for_anything_else(community: Community, ana: Member):
    every = cases(community)
    assert tuple(every) == KINDS
    for made_for in every.values():
        octets = make(ana.credential, made_for).to_cbor()
        for case in every.values():
            product, second = both(octets, case)
            assert (product is None) == (second is None) == (case is not made_for)


def test_both_refuse_members_of_another_community(community: Community, other_community: Community):
    stranger = other_community.enrol()
    for case in cases(community).values():
        made = make(stranger.credential, case)
        posing = replace(made, removals=case.head.removals)
        for one in (made, posing):
            assert both(one.to_cbor(), case) == (None, None)


def dishonest(community: Community, other: Community, ana: Member, bo: Member):
    """Credentials whose proofs answer every challenge and fail in a pairing equation alone."""
    credential = ana.credential
    value = credential.keys.head.value.point

    def witness(point: G1, *, handle: int = credential.handle) -> Witness:
        return Witness(point=point, difference=value + -curve.multiply_g1(point, handle))

    own, foreign = credential.witness, bo.credential.witness
    assert own is not None
    assert foreign is not None
    yield "another member's witness", replace(credential, witness=witness(foreign.point))
    yield "an invented witness", replace(credential, witness=witness(own.point + own.point))
    point_a, e = bo.credential.point_a, bo.credential.e
    difference = credential.point_b + -curve.multiply_g1(point_a, e)
    stolen = replace(credential, point_a=point_a, e=e, difference=difference)
    yield "another credential's signature", stolen
    for index, name in ((0, "handle"), (1, "serial"), (3, "pass"), (6, "points"), (9, "nym")):
        scalars = list(credential.scalars)
        scalars[index] += 1
        generator = credential.keys.generators[index]
        changed = replace(
            credential,
            scalars=tuple(scalars),
            point_b=credential.point_b + generator,
            difference=credential.difference + generator,
            witness=witness(own.point, handle=scalars[0]),
        )
        yield f"another {name}", changed
    foreign_digits = open_digits(other.digits, digit_key=other.metadata.keys.digit_key)
    yield "digits of another community", replace(credential, digits=foreign_digits)
    points = own_digits(credential)
    shifted = DigitTable(points=(*points[1:], points[0]), key=credential.keys.digit_key.point)
    yield "another digit's signature", credential.with_digits(shifted)


def own_digits(credential: Credential) -> tuple:
    assert credential.digits is not None
    return credential.digits.points


def test_both_refuse_what_fails_in_a_pairing_equation_alone(
    community: Community, other_community: Community, ana: Member, bo: Member
):
    case = cases(community)["an integer at most"]
    case = replace(
        case, policy=replace(case.policy, require=(Requirement.parse("points <= 70001"),))
    )
    for name, credential in dishonest(community, other_community, ana, bo):
        made = make(credential, case)
        check_presentation(
            made,
            verifier=community.verifier,
            policy=case.policy,
            scope=case.scope,
            freshness=case.freshness,
        )
        assert both(made.to_cbor(), case) == (None, None), name


@pytest.mark.parametrize("kind", KINDS)
def test_both_take_a_presentation_at_every_head_of_its_value(
    community: Community, ana: Member, kind: str
):
    """Trap 19: what no presentation tells cannot tag its maker."""
    case = cases(community)[kind]
    octets = make(ana.credential, case).to_cbor()
    for name, changed in heads_of_one_value(case):
        product, second = both(octets, changed)
        assert product is not None, name
        assert product == second, name


@pytest.mark.parametrize("kind", KINDS)
def test_both_refuse_when_what_is_asked_differs(
    community: Community, other_community: Community, ana: Member, kind: str
):
    case = cases(community)[kind]
    made = make(ana.credential, case)
    for name, changed in asked_otherwise(case, other_community):
        posing = replace(made, removals=changed.head.removals)
        assert both(posing.to_cbor(), changed) == (None, None), name


@pytest.mark.parametrize("kind", KINDS)
def test_both_refuse_each_of_some_hundred_mutations_of_every_kind(
    community: Community, ana: Member, bo: Member, kind: str
):
    case = cases(community)[kind]
    honest, other = make(ana.credential, case), make(bo.credential, case)
    tried = 0
    for name, octets in mutated(honest, other, case):
        assert octets != honest.to_cbor(), name
        assert both(octets, case) == (None, None), name
        tried += 1
    assert tried >= 150
