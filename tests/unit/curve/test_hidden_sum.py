"""Sums of secrets that may be zero or small, against one product after the other."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.curve import G1, Backend
from credentials.curve.blst import Blst
from credentials.curve.hidden_sum import HiddenSum
from credentials.curve.multi_scalar import small_multiple
from credentials.curve.scalars import ORDER

BLST = Blst()
POINTS = [BLST.multiply_g1(BLST.g1_generator, 3**at % ORDER) for at in range(6)]
SCALARS = st.one_of(st.sampled_from((0, 1, 255, 2**24 - 1, ORDER - 1)), st.integers(0, ORDER - 1))


@settings(max_examples=60, deadline=None)
@given(scalars=st.lists(SCALARS, max_size=6))
def test_a_hidden_sum_is_that_of_its_products(scalars: list[int]) -> None:
    points = POINTS[: len(scalars)]
    hidden = HiddenSum(points, backend=BLST)
    expected: G1 = BLST.g1_identity
    for point, scalar in zip(points, scalars, strict=True):
        expected = expected + BLST.multiply_g1(point, scalar)
    assert hidden(scalars) == expected
    assert hidden(scalars) == expected  # it serves again and again


def test_a_hidden_sum_takes_one_scalar_for_each_point_and_is_not_pickled() -> None:
    hidden = HiddenSum(POINTS, backend=BLST)
    for count in (0, 5, 7):
        with pytest.raises(ValueError, match="zip"):
            hidden([1] * count)
    with pytest.raises(TypeError):
        pickle.dumps(hidden)


def test_small_multiples_are_those_of_the_library(backend: Backend) -> None:
    point = backend.multiply_g1(backend.g1_generator, 4711)
    for number in (0, 1, 2, 3, 127, 128, 254, 255):
        assert small_multiple(point, number, backend=backend) == backend.multiply_g1(point, number)
