"""Sums of products against one product after the other."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.curve import G1, Backend
from credentials.curve.blst import Blst
from credentials.curve.multi_scalar import sum_of_products
from credentials.curve.scalars import ORDER

BLST = Blst()
POINTS = [BLST.multiply_g1(BLST.g1_generator, 3**at % ORDER) for at in range(150)]


def one_by_one(points: list[G1], scalars: list[int], *, backend: Backend = BLST) -> G1:
    total = backend.g1_identity
    for point, scalar in zip(points, scalars, strict=True):
        total = total + backend.multiply_g1(point, scalar)
    return total


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(0, 150),
    bits=st.sampled_from([1, 2, 3, 5, 8, 64, 128, 129, 137, 254, 255]),
    seed=st.integers(0, 2**32),
)
def test_any_sum_is_that_of_its_products(count: int, bits: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    scalars = [chance.getrandbits(bits) % ORDER for _ in range(count)]
    points = [chance.choice(POINTS) for _ in range(count)]
    total = sum_of_products(points, scalars, backend=BLST, bits=bits)
    assert total == one_by_one(points, scalars)


@pytest.mark.parametrize("count", [*range(20), 39, 40, 41, 42, 64, 65, 130])
def test_the_largest_and_smallest_scalars_count_at_every_size(count: int) -> None:
    points = POINTS[:count]
    for scalars, bits in (
        ([2**128] * count, 129),
        ([2**129 - 1] * count, 129),
        ([ORDER - 1] * count, 255),
        ([0] * count, 255),
        ([1] * count, 255),
        ([at % 3 for at in range(count)], 2),
        ([2**bits for bits in range(count)], 255),
    ):
        total = sum_of_products(points, scalars, backend=BLST, bits=bits)
        assert total == one_by_one(points, scalars)


def test_points_that_cancel_and_the_identity_are_summed_too() -> None:
    point = POINTS[7]
    for count in (1, 8, 30):
        points = [point, -point, BLST.g1_identity] * count
        scalars = [5, 5, 7] * count
        assert sum_of_products(points, scalars, backend=BLST, bits=3) == BLST.g1_identity


def test_lists_of_different_lengths_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        sum_of_products(POINTS[:2], [1], backend=BLST, bits=8)


def test_the_slow_curve_sums_the_same(py_ecc: Backend) -> None:
    scalars = [2**40 - 1 - at for at in range(45)]
    octets = [BLST.encode_g1(point) for point in POINTS[:45]]
    points = [py_ecc.decode_g1(one) for one in octets[:6]] * 7 + [py_ecc.g1_generator] * 3
    fast = [BLST.decode_g1(one) for one in octets[:6]] * 7 + [BLST.g1_generator] * 3
    total = sum_of_products(points, scalars, backend=py_ecc, bits=40)
    expected = sum_of_products(fast, scalars, backend=BLST, bits=40)
    assert py_ecc.encode_g1(total) == BLST.encode_g1(expected)
