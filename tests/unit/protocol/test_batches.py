"""Many presentations in one product of pairings: the bad ones are found, and only they."""

import secrets
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.curve import curve
from credentials.errors import PresentationRefused
from credentials.formats.policy import Policy
from credentials.formats.requirement import Requirement
from credentials.holder import Credential
from credentials.presentation import (
    PendingPresentation,
    VerifiedPresentation,
    VerifierKeys,
    check_presentation,
    composition,
    present,
    settle,
)
from credentials.registry.digits import DigitTable
from credentials.scope import app_scope
from tests.community import Community, Member

SCOPE = app_scope("visit", "https://cafe.example/answer")
PLAIN = Policy(purpose="visit", disclose=("reissued", "pass"))
RANGED = replace(PLAIN, require=(Requirement.parse("points >= 100"),))


def pend(credential: Credential, verifier: VerifierKeys, *, policy: Policy = PLAIN) -> Any:
    """A presentation of which everything but the pairings was checked."""
    freshness = secrets.token_bytes(32)
    made = {"policy": policy, "scope": SCOPE, "freshness": freshness}
    return check_presentation(present(credential, **made), verifier=verifier, **made)


def unsigned(credential: Credential) -> Credential:
    """A dishonest wallet's credential with one point more than was signed."""
    scalars = list(credential.scalars)
    scalars[6] += 1
    generator = credential.keys.generators[6]
    return replace(
        credential,
        scalars=tuple(scalars),
        point_b=credential.point_b + generator,
        difference=credential.difference + generator,
    )


def unwitnessed(credential: Credential) -> Credential:
    assert credential.witness is not None
    point = credential.witness.point + credential.witness.point
    value = credential.keys.head.value.point
    difference = value + -curve.multiply_g1(point, credential.handle)
    witness = replace(credential.witness, point=point, difference=difference)
    return replace(credential, witness=witness)


def undigited(credential: Credential) -> Credential:
    assert credential.digits is not None
    points = credential.digits.points
    return credential.with_digits(
        DigitTable(points=(*points[1:], points[0]), key=credential.keys.digit_key.point)
    )


def culprits(outcomes: list[VerifiedPresentation | PresentationRefused]) -> list[int]:
    return [at for at, one in enumerate(outcomes) if isinstance(one, PresentationRefused)]


@pytest.fixture(scope="module")
def good(community: Community, ana: Member, bo: Member) -> list[PendingPresentation]:
    """Forty good ones, each third with a range."""
    members = (ana, bo)
    return [
        pend(members[at % 2].credential, community.verifier, policy=PLAIN if at % 3 else RANGED)
        for at in range(40)
    ]


@pytest.fixture(scope="module")
def bad(community: Community, ana: Member) -> list[PendingPresentation]:
    """Bad ones of each kind, whose challenges are right."""
    return [
        pend(unsigned(ana.credential), community.verifier),
        pend(unwitnessed(ana.credential), community.verifier),
        pend(undigited(ana.credential), community.verifier, policy=RANGED),
    ]


@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize("position", [0, 1, 19, 20, 39])
def test_one_bad_among_many_is_named_and_no_other(
    good: list[PendingPresentation], bad: list[PendingPresentation], kind: int, position: int
):
    batch = [*good[:position], bad[kind], *good[position + 1 :]]
    outcomes = settle(batch)
    assert culprits(outcomes) == [position]
    others = [one.content for at, one in enumerate(batch) if at != position]
    assert [one for at, one in enumerate(outcomes) if at != position] == others


@settings(max_examples=25, deadline=None)
@given(places=st.dictionaries(st.integers(0, 11), st.integers(0, 2), max_size=12))
def test_any_number_of_bad_ones_is_found(
    good: list[PendingPresentation], bad: list[PendingPresentation], places: dict[int, int]
):
    batch = [bad[places[at]] if at in places else good[at] for at in range(12)]
    assert culprits(settle(batch)) == sorted(places)


def test_a_batch_of_good_ones_is_one_product(good: list[PendingPresentation]):
    calls: list[int] = []
    pairing_check = curve.pairing_check

    def counted(pairs: Any) -> bool:
        calls.append(len(pairs))
        return pairing_check(pairs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composition.curve, "pairing_check", counted)
        assert culprits(settle(good)) == []
        # One for BP2 and one each for W, Q~ and X~, however many presentations there are.
        assert calls == [4]
        assert settle([]) == []


def test_communities_and_heads_meet_in_one_batch(
    community: Community, other_community: Community, ana: Member
):
    moving = Community(name="Moving")
    cy, dan = moving.enrol(), moving.enrol()
    before = pend(cy.credential, moving.verifier)
    moving.publish(dan.credential.handle)
    after = pend(moving.current(cy.credential), moving.verifier, policy=RANGED)
    stranger = other_community.enrol()
    batch = [
        pend(ana.credential, community.verifier, policy=RANGED),
        before,
        pend(stranger.credential, other_community.verifier),
        after,
    ]
    assert culprits(settle(batch)) == []
    # The equations of one under the keys of another do not hold.
    keys = [equation.key for equation in batch[2].equations]
    crossed = [
        replace(equation, key=key) for equation, key in zip(batch[1].equations, keys, strict=True)
    ]
    batch[1] = replace(batch[1], equations=crossed)
    assert culprits(settle(batch)) == [1]


def test_what_fails_in_two_presentations_does_not_cancel(good: list[PendingPresentation]):
    """One equation is too large and another too small by the same: with equal weights both pass."""
    error = curve.g1_generator
    pair = []
    for pending, added in zip(good[1:3], (error, -error), strict=True):
        first, *others = pending.equations
        shifted = replace(first, right=first.right + added)
        pair.append(replace(pending, equations=[shifted, *others]))
    for _ in range(10):
        assert culprits(settle([good[0], *pair, good[3]])) == [1, 2]


def test_what_is_pending_shows_nothing(good: list[PendingPresentation]):
    assert "resident" not in repr(good[0])
