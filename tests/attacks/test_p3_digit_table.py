"""P3: digits are the registry's own; a table with one wrong signature is no table."""

from dataclasses import replace

import pytest

from credentials.curve import FixedBase, curve
from credentials.curve.scalars import ORDER, invert, random_scalar
from credentials.errors import DigitsRefused, PresentationRefused
from credentials.formats.policy import Policy
from credentials.formats.requirement import Requirement
from credentials.presentation import present
from credentials.registry.digits import make_digits, open_digits
from tests.attacks.forger import (
    CAFE,
    NONCE,
    TODAY,
    OtherDigits,
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


def only_the_pairing_refuses(community: Community, presentation) -> None:
    assert check_at_cafe(presentation, keys=community.verifier, policy=VALID).equations
    with pytest.raises(PresentationRefused):
        verify_at_cafe(presentation, keys=community.verifier, policy=VALID)


def test_p3_the_digit_table_of_another_community_is_refused(
    community: Community, other_community: Community, ana: Member
):
    key = other_community.metadata.keys.digit_key
    strange = open_digits(other_community.digits, digit_key=key)
    with pytest.raises(DigitsRefused):
        open_digits(other_community.digits, digit_key=community.metadata.keys.digit_key)
    with pytest.raises(DigitsRefused):
        ana.credential.with_digits(strange)
    lying = replace(ana.credential, digits=strange)
    made = present(lying, policy=VALID, scope=CAFE, freshness=NONCE, today=TODAY)
    only_the_pairing_refuses(community, made)


def test_p3_a_digit_table_of_ones_own_is_refused(community: Community):
    """With a digit key of one's own, every number is a digit."""
    late = community.enrol(valid_until=EXPIRED)
    xi = random_scalar()
    digits = digits_of(EXPIRED - TODAY, count=2)
    signatures = [scaled(curve.g1_generator, invert((digit + xi) % ORDER)) for digit in digits]
    other = OtherDigits(
        keys=community.verifier,
        bound=VALID.bounds(community.schema, today=TODAY)[0],
        digits=digits,
        signatures=signatures,
    )
    statements = put(statements_of(VALID, keys=community.verifier), other)
    made = forge(late.credential, statements, keys=community.verifier, policy=VALID)
    only_the_pairing_refuses(community, made)
    own_key = curve.multiply_g2(curve.g2_generator, xi)
    fooled = replace(community.verifier, digit_key=FixedBase(own_key, multiply=curve.multiply_g2))
    assert verify_at_cafe(made, keys=fooled, policy=VALID) == {}


def test_p3_one_wrong_signature_in_a_digit_table_is_found(community: Community):
    """Two swapped, one of another digit, one scaled: whoever used it would be tagged."""
    key = community.metadata.keys.digit_key
    true = community.digits
    parts = [true[at : at + 48] for at in range(0, len(true), 48)]
    scaled_one = curve.encode_g1(scaled(curve.decode_g1(parts[9]), 2))
    negative = curve.encode_g1(-curve.decode_g1(parts[255]))
    for changes in (
        {3: parts[4], 4: parts[3]},
        {0: parts[1]},
        {9: scaled_one},
        {255: negative},
    ):
        octets = b"".join(changes.get(at, part) for at, part in enumerate(parts))
        with pytest.raises(DigitsRefused):
            open_digits(octets, digit_key=key)
    for octets in (true[:-48], true + parts[0], true[:-1], b"", make_digits(random_scalar())):
        with pytest.raises(DigitsRefused):
            open_digits(octets, digit_key=key)


def test_p3_errors_of_a_digit_table_do_not_cancel(community: Community):
    """sigma_a + E and sigma_b - E * (a + xi) / (b + xi): with equal weights the sum would hold."""
    xi, true = community.secret.xi, community.digits
    points = [curve.decode_g1(true[at : at + 48]) for at in range(0, len(true), 48)]
    error = scaled(curve.g1_generator, random_scalar())
    points[65] = points[65] + error
    points[97] = points[97] + -scaled(error, (65 + xi) * invert((97 + xi) % ORDER))
    octets = b"".join(map(curve.encode_g1, points))
    for _ in range(3):
        with pytest.raises(DigitsRefused):
            open_digits(octets, digit_key=community.metadata.keys.digit_key)
