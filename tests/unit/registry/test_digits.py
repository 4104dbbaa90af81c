"""The digit table: one for everybody, checked once and completely."""

import pytest

from credentials.curve import curve
from credentials.errors import DigitsRefused
from credentials.registry.digits import BASE, TABLE_LENGTH, make_digits, open_digits
from tests.community import Community
from tests.unit.curve.odd_points import small_order_points_g1


def digit_key(community: Community) -> bytes:
    return community.metadata.keys.digit_key


def with_point(octets: bytes, digit: int, point: bytes) -> bytes:
    return octets[: 48 * digit] + point + octets[48 * digit + 48 :]


def test_the_table_of_a_registry_opens_under_its_key(community: Community) -> None:
    table = open_digits(community.digits, digit_key=digit_key(community))
    assert len(table.points) == BASE
    assert b"".join(map(curve.encode_g1, table.points)) == community.digits
    assert len(community.digits) == TABLE_LENGTH == 12_288


def test_differences_save_the_multiplication_by_a_digit(community: Community) -> None:
    """BP1 - d * sigma_d, which is xi * sigma_d."""
    table = open_digits(community.digits, digit_key=digit_key(community))
    xi = community.secret.xi
    for digit in (0, 1, 127, 255):
        point, difference = table.points[digit], table.differences[digit]
        assert difference == curve.g1_generator + -curve.multiply_g1(point, digit)
        assert difference == curve.multiply_g1(point, xi)
    assert len(table.differences) == BASE


def test_a_table_of_another_registry_is_refused(
    community: Community, other_community: Community
) -> None:
    with pytest.raises(DigitsRefused):
        open_digits(other_community.digits, digit_key=digit_key(community))


@pytest.mark.parametrize("digit", [0, 1, 127, 255])
def test_one_tampered_digit_is_refused(
    community: Community, other_community: Community, digit: int
) -> None:
    """A digit of its own would tag whoever uses it."""
    table, own = community.digits, community.digits[48 * digit :][:48]
    next_one = community.digits[48 * ((digit + 1) % BASE) :][:48]
    for point in (
        next_one,
        other_community.digits[48 * digit :][:48],
        curve.encode_g1(-curve.decode_g1(own)),
        curve.encode_g1(curve.decode_g1(own) + curve.g1_generator),
        bytes.fromhex("c0") + bytes(47),
        bytes.fromhex("e0") + bytes(47),
        bytes(48),
        *small_order_points_g1(beside=own)[:2],
    ):
        with pytest.raises(DigitsRefused):
            open_digits(with_point(table, digit, point), digit_key=digit_key(community))


def test_errors_that_cancel_under_equal_weights_are_refused(community: Community) -> None:
    """sigma_3 + E and sigma_5 - E: their sum is as it should be."""
    error = curve.g1_generator
    table = community.digits
    for digit, added in ((3, error), (5, -error)):
        point = curve.decode_g1(table[48 * digit :][:48]) + added
        table = with_point(table, digit, curve.encode_g1(point))
    with pytest.raises(DigitsRefused):
        open_digits(table, digit_key=digit_key(community))


def test_every_digit_enters_the_check(community: Community) -> None:
    stray = curve.encode_g1(curve.g1_generator)
    for digit in range(0, BASE, 15):
        with pytest.raises(DigitsRefused):
            open_digits(with_point(community.digits, digit, stray), digit_key=digit_key(community))


def test_a_table_in_another_order_or_length_is_refused(community: Community) -> None:
    points = [community.digits[at : at + 48] for at in range(0, TABLE_LENGTH, 48)]
    for octets in (
        b"".join(reversed(points)),
        b"".join([*points[1:], points[0]]),
        community.digits[:-48],
        community.digits + points[0],
        community.digits[:-1],
        b"",
    ):
        with pytest.raises(DigitsRefused):
            open_digits(octets, digit_key=digit_key(community))


def test_a_key_that_is_no_point_is_refused(community: Community) -> None:
    for key in (bytes(96), bytes.fromhex("c0") + bytes(95), digit_key(community)[:-1]):
        with pytest.raises(DigitsRefused):
            open_digits(community.digits, digit_key=key)


def test_no_repr_shows_the_points(community: Community) -> None:
    assert "Blst" not in repr(open_digits(community.digits, digit_key=digit_key(community)))
    assert make_digits(community.secret.xi) == community.digits
