"""P3: a range holds for the member's own number, the verifier's bound and the registry's digits."""

from dataclasses import replace

import pytest

from credentials.errors import PolicyError, PresentationRefused, RequirementNotMet
from credentials.formats.policy import Policy
from credentials.formats.requirement import AT_LEAST, AT_MOST, Bound, Requirement
from credentials.presentation import present
from credentials.presentation.range import RangeStatement
from tests.attacks.forger import (
    CAFE,
    NONCE,
    TODAY,
    OfOther,
    OtherDigits,
    check_at_cafe,
    digits_of,
    forge,
    put,
    statements_of,
    verify_at_cafe,
)
from tests.community import Community, Member

EXPIRED = 21_000
LARGEST = {"points": 2**24 - 1, "valid_until": 2**16 - 1}


def policy_of(*texts: str) -> Policy:
    return Policy(purpose="visit", require=tuple(Requirement.parse(text) for text in texts))


VALID = policy_of("valid_until >= today")


@pytest.fixture(scope="module")
def late(community: Community) -> Member:
    """A member whose pass has ended, but who was not removed yet, and who has many points."""
    return community.enrol(valid_until=EXPIRED, points=2_000_000)


def shown(member: Member, policy: Policy):
    return present(member.credential, policy=policy, scope=CAFE, freshness=NONCE, today=TODAY)


def is_refused(community: Community, presentation, policy: Policy = VALID) -> None:
    with pytest.raises(PresentationRefused):
        verify_at_cafe(presentation, keys=community.verifier, policy=policy)


def only_the_pairing_refuses(community: Community, presentation, policy: Policy = VALID) -> None:
    assert check_at_cafe(presentation, keys=community.verifier, policy=policy).equations
    is_refused(community, presentation, policy)


def bound_of(community: Community, policy: Policy) -> Bound:
    return policy.bounds(community.schema, today=TODAY)[0]


def forged(community: Community, member: Member, policy: Policy, digits, signatures, **arguments):
    """The member's presentation with these digits in its first range."""
    other = OtherDigits(
        keys=community.verifier,
        bound=bound_of(community, policy),
        digits=digits,
        signatures=signatures,
        **arguments,
    )
    statements = put(statements_of(policy, keys=community.verifier), other)
    return forge(member.credential, statements, keys=community.verifier, policy=policy)


@pytest.mark.parametrize("attribute", ["points", "valid_until"])
@pytest.mark.parametrize("value", ["0", "1", "255", "256", "65535", "largest"])
def test_p3_a_bound_holds_exactly_from_its_edge_on(
    community: Community, attribute: str, value: str
):
    number = LARGEST[attribute] if value == "largest" else int(value)
    member = community.enrol(**{attribute: number})
    for operator, sign in ((AT_LEAST, 1), (AT_MOST, -1)):
        for distance in (0, 1, 255, 256, 65_535):
            bound = number - sign * distance
            if not 0 <= bound <= LARGEST[attribute]:
                continue
            one = Requirement(attribute=attribute, operator=operator, bound=bound)
            policy = Policy(purpose="visit", require=(one,))
            made = shown(member, policy)
            assert verify_at_cafe(made, keys=community.verifier, policy=policy) == {}
            beyond = number + sign
            if 0 <= beyond <= LARGEST[attribute]:
                one = replace(one, bound=beyond)
                moved = replace(policy, require=(one,))
                is_refused(community, made, moved)
                with pytest.raises(RequirementNotMet):
                    shown(member, moved)


def test_p3_an_expired_pass_does_not_pass(community: Community, late: Member):
    with pytest.raises(RequirementNotMet):
        shown(late, VALID)
    yesterday = present(late.credential, policy=VALID, scope=CAFE, freshness=NONCE, today=EXPIRED)
    is_refused(community, yesterday)


def test_p3_a_bound_moved_by_one_is_refused(community: Community, ana: Member):
    for distance in (-1, 1):
        policy = policy_of("points >= 60000")
        made = shown(ana, policy)
        is_refused(community, made, policy_of(f"points >= {60000 + distance}"))


def test_p3_another_operator_is_refused(community: Community, ana: Member):
    """Also at the value itself, where both hold."""
    for bound in (70_000, 60_000):
        made = shown(ana, policy_of(f"points >= {bound}"))
        is_refused(community, made, policy_of(f"points <= {bound}"))


def test_p3_another_attributes_response_is_refused(community: Community, late: Member):
    """The late member's points, which are enough, in the place of the date, which is over."""
    keys, bound = community.verifier, bound_of(community, VALID)
    points = community.schema.index_of("points")

    class OfPoints(RangeStatement):
        """Digits of the points, in the transcript of the date."""

        def commit(self, credential, blindings):
            scalars = list(credential.scalars)
            scalars[bound.index] = scalars[points]
            moved = {**blindings, bound.index: blindings[points]}
            return super().commit(replace(credential, scalars=tuple(scalars)), moved)

    for wide in (replace(bound, digits=3), bound):
        low = community.enrol(valid_until=EXPIRED, points=TODAY + 3)
        lying = put(statements_of(VALID, keys=keys), OfPoints(keys=keys, bound=wide))
        is_refused(community, forge(low.credential, lying, keys=keys, policy=VALID))
    other = replace(bound, index=points, digits=3)
    honest_elsewhere = put(statements_of(VALID, keys=keys), RangeStatement(keys=keys, bound=other))
    is_refused(community, forge(late.credential, honest_elsewhere, keys=keys, policy=VALID))


def test_p3_another_members_range_is_refused(community: Community, ana: Member, late: Member):
    keys = community.verifier
    honest = RangeStatement(keys=keys, bound=bound_of(community, VALID))
    statements = statements_of(VALID, keys=keys)
    mixed = [
        OfOther(statement=one, credential=ana.credential) if one == honest else one
        for one in statements
    ]
    assert mixed != statements
    is_refused(community, forge(late.credential, mixed, keys=keys, policy=VALID))


def test_p3_numbers_that_are_no_digits_are_refused(community: Community, late: Member):
    """Digits that add up to the negative distance modulo r: nobody signed the first of them."""
    signed = late.credential.digits.points
    digits = digits_of(EXPIRED - TODAY, count=2)
    for at in (0, 7, 255):
        made = forged(community, late, VALID, digits, (signed[at], signed[digits[1]]))
        only_the_pairing_refuses(community, made)


def test_p3_digits_beyond_255_are_refused(community: Community, ana: Member):
    """The right sum, with digits as of another base: only 0 to 255 are signed."""
    signed = ana.credential.digits.points
    distance = 22_280 - TODAY
    for digits in ([distance, 0], [distance - 256, 1], [distance - 512, 2]):
        signatures = [signed[digit % 256] for digit in digits]
        made = forged(community, ana, VALID, digits, signatures)
        if all(0 <= digit < 256 for digit in digits):
            assert verify_at_cafe(made, keys=community.verifier, policy=VALID) == {}
        else:
            only_the_pairing_refuses(community, made)


def test_p3_digits_of_another_base_are_refused(community: Community, ana: Member):
    signed = ana.credential.digits.points
    distance = 22_280 - TODAY
    for base in (10, 16, 255, 257):
        digits = [distance % base, distance // base]
        if digits[0] + 256 * digits[1] != distance:
            signatures = [signed[digit] for digit in digits]
            is_refused(community, forged(community, ana, VALID, digits, signatures))


def test_p3_permuted_digits_are_refused(community: Community, ana: Member, late: Member):
    signed = ana.credential.digits.points
    digits = [(22_280 - TODAY) % 256, (22_280 - TODAY) // 256]
    swapped = digits[::-1]
    made = forged(community, ana, VALID, swapped, [signed[digit] for digit in swapped])
    is_refused(community, made)
    true = shown(ana, VALID)
    first, second = true.proof[240:336], true.proof[336:432]
    permuted = true.proof[:240] + second + first + true.proof[432:]
    is_refused(community, replace(true, proof=permuted))


def test_p3_the_first_digit_is_not_free(community: Community, late: Member):
    """d_0^ is computed from the message's response: digits that are signed but do not add up to
    the distance have no first move that fits, whatever d_0~ is."""
    signed = late.credential.digits.points
    for untied in (False, True):
        for digits in ((0, 0), (24, 1), (255, 255)):
            signatures = [signed[digit] for digit in digits]
            made = forged(community, late, VALID, digits, signatures, untied=untied)
            with pytest.raises(PresentationRefused):
                check_at_cafe(made, keys=community.verifier, policy=VALID)


def test_p3_what_cannot_be_ranged_is_no_policy(community: Community):
    for text in ("nickname >= 3", "pass >= 1", "volunteer >= 1", "handle >= 1", "height >= 1"):
        with pytest.raises(PolicyError):
            policy_of(text).check(community.schema)
    for texts in (("serial <= 3",), ("points >= 1", "points >= 2")):
        with pytest.raises(PolicyError):
            policy_of(*texts)
    with pytest.raises(PolicyError):
        replace(policy_of("points >= 1"), disclose=("points",), identifying=True)
    with pytest.raises(PolicyError):
        policy_of("valid_until >= 65536").check(community.schema)
    with pytest.raises(PolicyError):
        VALID.bounds(community.schema, today=None)
