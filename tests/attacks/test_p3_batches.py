"""P3: equations of many presentations in one product: errors do not cancel, culprits are named."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from credentials.curve import curve
from credentials.curve.scalars import ORDER, invert, random_scalar
from credentials.errors import PresentationRefused
from credentials.formats.policy import Policy
from credentials.formats.requirement import Requirement
from credentials.presentation import PendingPresentation, composition, present, settle
from credentials.presentation.composition import culprits, hold
from tests.attacks.forger import (
    CAFE,
    NONCE,
    TODAY,
    VISIT,
    OtherDigits,
    OtherWitness,
    check_at_cafe,
    digits_of,
    forge,
    put,
    scaled,
    statements_of,
    verify_at_cafe,
)
from tests.community import Community, Member

VALID = Policy(purpose="visit", require=(Requirement.parse("valid_until >= today"),))
EXPIRED = 21_000
KNOWN = 1_000_003


@pytest.fixture
def predictable(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[int]], None]:
    """The defence taken out: weights that the prover knows, given in the order of equations."""

    def let(weights: list[int]) -> None:
        draws = iter(weights[1:])
        drawer = SimpleNamespace(randbelow=lambda _: next(draws, 1) - 1)
        monkeypatch.setattr(composition, "secrets", drawer)

    return let


def expired_date(community: Community, member: Member, *, weights: tuple[int, int]):
    """An expired pass whose two digit equations are wrong by amounts that cancel under `weights`.

    With S_i = a_i * sigma_d for one signed digit d, equation i is wrong by a_i * (d - d_i) *
    sigma_d: so w_0 * a_0 * (d - d_0) + w_1 * a_1 * (d - d_1) = 0 is all that it takes.
    """
    keys = community.verifier
    digits = digits_of(EXPIRED - TODAY, count=2)
    signed, first = 3, random_scalar()
    errors = [(signed - digit) % ORDER for digit in digits]
    second = -first * weights[0] * errors[0] * invert(weights[1] * errors[1] % ORDER) % ORDER
    other = OtherDigits(
        keys=keys,
        bound=VALID.bounds(keys.schema, today=TODAY)[0],
        digits=digits,
        signatures=[member.credential.digits.points[signed]] * 2,
        rhos=[first, second],
    )
    statements = put(statements_of(VALID, keys=keys), other)
    return forge(member.credential, statements, keys=keys, policy=VALID)


@pytest.mark.parametrize("weights", [(1, 1), (KNOWN, 5)])
def test_p3_an_expired_date_would_pass_under_weights_that_are_known(
    community: Community, predictable, weights
):
    late = community.enrol(valid_until=EXPIRED)
    made = expired_date(community, late, weights=weights)
    for _ in range(5):
        with pytest.raises(PresentationRefused):
            verify_at_cafe(made, keys=community.verifier, policy=VALID)
    # Equations: signature, registry, then one for each digit.
    predictable([1, 1, *weights])
    assert verify_at_cafe(made, keys=community.verifier, policy=VALID) == {}


def test_p3_two_removed_members_would_cancel_each_other_under_equal_weights(predictable):
    """Opposite errors in two presentations of one batch; each of them alone is refused."""
    community = Community()
    rex, max_ = community.enrol(), community.enrol()
    community.publish(rex.issued.handle, max_.issued.handle)
    keys = community.verifier
    statements = statements_of(VISIT, keys=keys)
    rho, point = random_scalar(), scaled(curve.g1_generator, random_scalar())
    pending = []
    for member, sign in ((rex, 1), (rex, -1)):
        other = OtherWitness(keys=keys, witness=point, rho=sign * rho % ORDER)
        made = forge(member.credential, put(statements, other), keys=keys)
        pending.append(check_at_cafe(made, keys=keys))
    for _ in range(5):
        assert all(isinstance(one, PresentationRefused) for one in settle(pending))
    assert all(isinstance(settle([one])[0], PresentationRefused) for one in pending)
    predictable([1] * 100)
    assert not any(isinstance(one, PresentationRefused) for one in settle(pending))


def test_p3_every_equation_has_its_own_weight_drawn_at_each_check(
    community: Community, ana: Member, monkeypatch: pytest.MonkeyPatch
):
    shown = present(ana.credential, policy=VALID, scope=CAFE, freshness=NONCE, today=TODAY)
    pending = check_at_cafe(shown, keys=community.verifier, policy=VALID)
    true, drawn = composition.secrets.randbelow, []

    def recorded(limit: int) -> int:
        assert limit == 2**128
        drawn.append(true(limit))
        return drawn[-1]

    monkeypatch.setattr(composition, "secrets", SimpleNamespace(randbelow=recorded))
    for _ in range(3):
        assert hold(pending.equations * 5)
    # All but the first equation of a check; four equations each.
    assert len(set(drawn)) == len(drawn) == 3 * (5 * 4 - 1)


@pytest.fixture(scope="module")
def many(community: Community, other_community: Community) -> list[PendingPresentation]:
    """1,000 presentations of two communities, 72 of them different."""
    distinct = []
    for one in (community, other_community):
        for _ in range(6):
            member = one.enrol()
            for policy in (VISIT, VALID, Policy(purpose="visit", pseudonym=False)) * 2:
                shown = present(
                    member.credential, policy=policy, scope=CAFE, freshness=NONCE, today=TODAY
                )
                distinct.append(check_at_cafe(shown, keys=one.verifier, policy=policy))
    return (distinct * 20)[:1000]


@pytest.fixture(scope="module")
def bad(community: Community) -> PendingPresentation:
    """One whose challenge fits and whose witness is another member's."""
    member, other = community.enrol(), community.enrol()
    keys = community.verifier
    borrowed = OtherWitness(keys=keys, witness=other.credential.witness.point)
    statements = put(statements_of(VISIT, keys=keys), borrowed)
    return check_at_cafe(forge(member.credential, statements, keys=keys), keys=keys)


@pytest.mark.parametrize("at", [0, 613, 999])
def test_p3_one_bad_proof_among_a_thousand_is_named(many, bad, at: int):
    batch = [*many[:at], bad, *many[at + 1 :]]
    verdicts = settle(batch)
    refused = [at for at, one in enumerate(verdicts) if isinstance(one, PresentationRefused)]
    assert len(verdicts) == 1000
    assert refused == [at]
    assert all(verdicts[i] is batch[i].content for i in range(1000) if i != at)


def test_p3_a_thousand_good_proofs_pass_together(many):
    assert settle(many) == [one.content for one in many]


def test_p3_exactly_the_bad_ones_are_named_wherever_they_stand(many, bad):
    for places in ({0, 1}, {0, 39}, {7, 8, 9, 30}, set(range(40)), set(range(0, 40, 2))):
        batch = [bad if at in places else one for at, one in enumerate(many[:40])]
        assert set(culprits([one.equations for one in batch])) == places


def test_p3_a_batch_of_none_and_of_one(many, bad):
    assert settle([]) == []
    assert settle(many[:1]) == [many[0].content]
    assert isinstance(settle([bad])[0], PresentationRefused)


def test_p3_equations_of_one_community_do_not_meet_the_keys_of_another(
    community: Community, other_community: Community, many
):
    """A presentation that verifies there is refused under the keys here, in any company."""
    keys = (community.verifier, other_community.verifier)
    stranger = other_community.enrol()
    shown = present(stranger.credential, policy=VISIT, scope=CAFE, freshness=NONCE)
    equations = check_at_cafe(shown, keys=keys[1]).equations
    own = {id(keys[0].issuer_key), id(keys[0].registry_key)}
    crossed = [
        type(one)(left=one.left, right=one.right, key=key)
        for one, key in zip(equations, (keys[0].issuer_key, keys[0].registry_key), strict=True)
    ]
    assert {id(one.key) for one in crossed} == own
    assert culprits([many[0].equations, crossed, many[999].equations]) == [1]
