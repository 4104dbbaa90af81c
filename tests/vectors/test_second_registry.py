"""The product's registry and one by plain definition say the same at every step."""

import random

import pytest

from credentials.curve import curve
from credentials.curve.scalars import ORDER
from credentials.merkle import root_of
from credentials.registry.accumulator import (
    Removal,
    make_witness,
    remove,
    rewind_witness,
    update_witness,
)
from credentials.registry.digits import make_digits
from credentials.registry.log import entry_of
from tests.community import Community
from tests.vectors.second_curve import key, octets, read_point
from tests.vectors.second_registry import (
    digit_table,
    head_hash,
    holds,
    in_g2,
    is_digit,
    log_entry,
    merkle_root,
    value_after,
    witness_of,
)

U, ALPHA = 123_456_789, ORDER - 987_654_321
REMOVED = [random.Random(at).randrange(1, ORDER) for at in range(40)]  # noqa: S311


@pytest.fixture(scope="module")
def removals() -> list[Removal]:
    """Forty removals, each after the other, by the product."""
    value = curve.multiply_g1(curve.g1_generator, U)
    made = []
    for handle in REMOVED:
        value = remove(value, handle=handle, alpha=ALPHA)
        made.append(Removal(handle=handle, value=value))
    return made


def test_values_and_log_entries_are_those_of_the_definition(removals: list[Removal]) -> None:
    for count, removal in enumerate(removals, start=1):
        value = value_after(U, REMOVED[:count], alpha=ALPHA)
        assert curve.encode_g1(removal.value) == octets(value)
        assert entry_of(removal) == log_entry(removal.handle, value)


@pytest.mark.parametrize("handle", [1, 2, ORDER - 1, 7**90 % ORDER])
def test_witnesses_forward_and_back_are_those_of_the_definition(
    removals: list[Removal], handle: int
) -> None:
    start = curve.multiply_g1(curve.g1_generator, U)
    first = make_witness(start, handle=handle, alpha=ALPHA)
    key_octets = in_g2(ALPHA)
    for count in (0, 1, 2, 15, 16, 17, 18, 40):
        expected = witness_of(U, REMOVED[:count], handle=handle, alpha=ALPHA)
        forward = update_witness(first, handle=handle, removals=removals[:count])
        assert curve.encode_g1(forward) == octets(expected)
        value = value_after(U, REMOVED[:count], alpha=ALPHA)
        assert holds(expected, handle=handle, value=value, registry_key=key(key_octets))
        assert not holds(expected, handle=handle + 1, value=value, registry_key=key(key_octets))
        back = rewind_witness(forward, handle=handle, removals=removals[:count])
        assert curve.encode_g1(back) == curve.encode_g1(first)


def test_the_digit_table_is_that_of_the_definition(community: Community) -> None:
    for xi in (1, 300, ORDER - 256, community.secret.xi):
        table = make_digits(xi)
        assert table == digit_table(xi)
        digit_key = key(in_g2(xi))
        for digit in (0, 1, 254, 255):
            assert is_digit(table[48 * digit :][:48], digit, digit_key=digit_key)
            assert not is_digit(table[48 * digit :][:48], digit ^ 1, digit_key=digit_key)


def test_heads_and_roots_hash_as_they_are_defined() -> None:
    community = Community()
    for removed in ((), (5,), (), (6, 7, 8), (9,)):
        head = community.publish(*removed)
        assert head.hash == head_hash(head)
        assert head.root == root_of(community.entries) == merkle_root(community.entries)
        assert head.removals == len(community.entries)
        assert read_point(head.value) is not None
    for head, before in zip(community.heads.heads[1:], community.heads.heads, strict=False):
        assert head.previous == head_hash(before)
