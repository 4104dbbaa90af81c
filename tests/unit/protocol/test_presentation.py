"""Presentations of one credential to one verifier."""

import secrets
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from credentials.curve import curve
from credentials.doors import door_policy, largest_code
from credentials.errors import (
    DigitsRefused,
    HeadRefused,
    PolicyError,
    PresentationRefused,
    WitnessRefused,
)
from credentials.formats.head import MAX_REMOVALS
from credentials.formats.metadata import Door
from credentials.formats.policy import Policy
from credentials.formats.qr import MAX_OCTETS
from credentials.formats.requirement import Requirement
from credentials.presentation import present, verify_presentation
from credentials.presentation.composition import hold
from credentials.presentation.statement import Equation
from credentials.scope import app_scope, door_scope
from tests.community import EVENT, Community, Member

NONCE = bytes(range(32))
SCOPE = app_scope("visit", "https://cafe.example/answer")
SHOWABLE = ["reissued", "pass", "volunteer"]
ALL = [*SHOWABLE, "nickname", "points", "valid_until"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    disclose=st.lists(st.sampled_from(ALL), unique=True),
    pseudonym=st.booleans(),
    slot=st.one_of(st.none(), st.integers(min_value=0, max_value=2**40)),
)
def test_what_a_policy_asks_is_what_the_verifier_gets(
    community: Community, ana: Member, disclose, pseudonym, slot
):
    policy = Policy(
        purpose="visit", disclose=tuple(disclose), pseudonym=pseudonym, identifying=True
    )
    freshness = NONCE if slot is None else slot
    shown = present(ana.credential, policy=policy, scope=SCOPE, freshness=freshness)
    verified = verify_presentation(
        shown, verifier=community.verifier, policy=policy, scope=SCOPE, freshness=freshness
    )
    assert dict(verified.disclosed) == {name: community.attributes()[name] for name in disclose}
    assert (verified.pseudonym is not None) == pseudonym
    hidden = 2 + len(ALL) - len(disclose) + 2
    assert len(shown.proof) == 272 + 32 * hidden + 2 * 48 + 32


@pytest.mark.parametrize(
    ("require", "octets"),
    [
        ((), 704),
        (("valid_until >= today",), 704 + 288),
        (("points >= 100",), 704 + 448),
        (("points >= 100", "points <= 70000"), 704 + 2 * 448),
        (("valid_until >= today", "points <= 70000"), 704 + 288 + 448),
    ],
)
def test_eight_messages_two_disclosed_take_the_octets_that_were_promised(
    community: Community, ana: Member, require: tuple[str, ...], octets: int
):
    policy = Policy(
        purpose="visit",
        disclose=("reissued", "pass"),
        require=tuple(map(Requirement.parse, require)),
    )
    made = {"policy": policy, "scope": SCOPE, "freshness": NONCE, "today": 20_000}
    shown = present(ana.credential, **made)
    assert len(shown.proof) + len(shown.pseudonym) == octets
    verified = verify_presentation(shown, verifier=community.verifier, **made)
    assert dict(verified.disclosed) == {"reissued": 0, "pass": "resident"}


def test_a_presentation_is_good_at_its_own_value_only():
    community = Community()
    ana, bo = community.enrol(), community.enrol()
    policy = Policy(purpose="visit")
    made = {"policy": policy, "scope": SCOPE, "freshness": NONCE}
    shown = present(ana.credential, **made)
    before = community.verifier
    community.publish(bo.credential.handle)
    assert verify_presentation(shown, verifier=before, **made).pseudonym == shown.pseudonym
    renamed = replace(shown, removals=community.heads.newest.removals)
    for one in (shown, renamed):
        with pytest.raises(PresentationRefused):
            verify_presentation(one, verifier=community.verifier, **made)
    updated = present(community.current(ana.credential), **made)
    assert updated.pseudonym == shown.pseudonym
    verify_presentation(updated, verifier=community.verifier, **made)


def test_keys_at_no_head_verify_nothing(community: Community, ana: Member):
    made = {"policy": Policy(purpose="visit"), "scope": SCOPE, "freshness": NONCE}
    shown = present(ana.credential, **made)
    with pytest.raises(HeadRefused):
        verify_presentation(shown, verifier=community.keys, **made)


def test_without_witness_or_digits_nothing_is_proven(ana: Member):
    policy = Policy(purpose="visit", require=(Requirement.parse("points >= 1"),))
    made = {"scope": SCOPE, "freshness": NONCE}
    with pytest.raises(WitnessRefused):
        present(replace(ana.credential, witness=None), policy=Policy(purpose="visit"), **made)
    with pytest.raises(DigitsRefused):
        present(replace(ana.credential, digits=None), policy=policy, **made)


def test_one_member_has_one_pseudonym_in_a_scope(ana: Member, bo: Member):
    policy = Policy(purpose="visit")

    def pseudonym(member: Member, address: str) -> bytes:
        scope = app_scope("visit", address)
        return present(member.credential, policy=policy, scope=scope, freshness=NONCE).pseudonym

    cafe, forum = "https://cafe.example/answer", "https://forum.example/answer"
    assert pseudonym(ana, cafe) == pseudonym(ana, cafe)
    assert len({pseudonym(m, a) for m in (ana, bo) for a in (cafe, forum)}) == 4


def test_a_policy_that_the_schema_cannot_meet_is_refused_by_both_sides(
    community: Community, ana: Member
):
    shown = present(ana.credential, policy=Policy(purpose="visit"), scope=SCOPE, freshness=NONCE)
    for policy in (
        Policy(purpose="visit", disclose=("height",)),
        Policy(purpose="visit", disclose=("nickname",)),
    ):
        with pytest.raises(PolicyError):
            present(ana.credential, policy=policy, scope=SCOPE, freshness=NONCE)
        with pytest.raises(PolicyError):
            verify_presentation(
                shown, verifier=community.verifier, policy=policy, scope=SCOPE, freshness=NONCE
            )


def test_a_policy_of_another_purpose_than_the_scope_is_refused(ana: Member):
    with pytest.raises(PresentationRefused):
        present(ana.credential, policy=Policy(purpose="login"), scope=SCOPE, freshness=NONCE)


def test_equations_do_not_cancel_each_other(community: Community):
    """Two wrong equations whose errors are opposite pass with equal weights, and must not here."""
    key = community.verifier.issuer_key
    point = curve.multiply_g1(curve.g1_generator, secrets.randbits(200))
    right = curve.multiply_g1(point, community.secret.x)
    error = curve.g1_generator
    good = Equation(left=point, key=key, right=right)
    above = Equation(left=point, key=key, right=right + error)
    below = Equation(left=point, key=key, right=right + -error)
    assert hold([good, good])
    assert not hold([above])
    for _ in range(20):
        assert not hold([above, below])
        assert not hold([good, above, below])


def test_equations_under_several_keys_are_checked_together(
    community: Community, other_community: Community
):
    def equation(of: Community, factor: int) -> Equation:
        left = curve.multiply_g1(curve.g1_generator, factor)
        return Equation(
            left=left,
            key=of.verifier.issuer_key,
            right=curve.multiply_g1(left, of.secret.x),
        )

    good = [equation(community, 5), equation(other_community, 7), equation(community, 11)]
    assert hold(good)
    crossed = Equation(left=good[0].left, key=good[1].key, right=good[0].right)
    assert not hold([*good, crossed])


def test_the_largest_code_of_a_door_is_foreseen(community: Community, ana: Member):
    for door in community.metadata.doors:
        foreseen = largest_code(door, event=EVENT, schema=community.schema)
        slot = 59_000_000
        shown = present(
            ana.credential,
            policy=door_policy(door, schema=community.schema),
            scope=door_scope(community.metadata.community_id, EVENT, door.mode, slot),
            freshness=slot,
        )
        shown = replace(shown, removals=MAX_REMOVALS)
        assert len(shown.to_cbor()) == foreseen
        assert foreseen <= MAX_OCTETS


def test_a_door_that_shows_a_text_has_codes_too_large_for_a_camera(community: Community):
    door = Door(
        id="vip",
        name="VIP",
        event=EVENT.id,
        mode="once",
        disclose=("reissued", "nickname"),
        expires_by="",
    )
    assert largest_code(door, event=EVENT, schema=community.schema) > MAX_OCTETS
