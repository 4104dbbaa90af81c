"""Any `threshold` shares open a poll, fewer do not, and a lying trustee is named."""

import secrets
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.curve import curve
from credentials.curve.scalars import ORDER, random_scalar
from credentials.errors import OpeningRefused, ShareRefused
from credentials.sealing import ServerOpener, check_opening, check_share, combine, share_of
from tests.unit.curve import odd_points

DIGEST = secrets.token_bytes(32)


def split(secret: int, *, threshold: int, trustees: int) -> dict[int, int]:
    """Shares of a secret, as a dealer would make them (the product has none)."""
    coefficients = [secret, *(random_scalar() for _ in range(threshold - 1))]
    return {
        number: sum(a * number**k for k, a in enumerate(coefficients)) % ORDER
        for number in range(1, trustees + 1)
    }


@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_any_threshold_of_shares_make_the_same_opening(data: st.DataObject) -> None:
    trustees = data.draw(st.integers(1, 7))
    threshold = data.draw(st.integers(1, trustees))
    opener = ServerOpener.generate()
    values = split(opener.secret, threshold=threshold, trustees=trustees)
    chosen = data.draw(st.permutations(list(values)))[:threshold]
    shares = {number: share_of(values[number], digest=DIGEST) for number in chosen}
    opening = combine(shares, threshold=threshold)
    assert opening == opener.opening(DIGEST)
    check_opening(opening, key=opener.key, digest=DIGEST)


def test_fewer_than_the_threshold_do_not_open() -> None:
    opener = ServerOpener.generate()
    values = split(opener.secret, threshold=3, trustees=5)
    for pair in combinations(values, 2):
        shares = {number: share_of(values[number], digest=DIGEST) for number in pair}
        with pytest.raises(OpeningRefused):
            combine(shares, threshold=3)
        with pytest.raises(OpeningRefused):  # nor by calling two enough
            check_opening(combine(shares, threshold=2), key=opener.key, digest=DIGEST)


def test_a_lying_trustee_is_named() -> None:
    values = split(random_scalar(), threshold=2, trustees=3)
    keys = {number: ServerOpener(secret=value).key for number, value in values.items()}
    for number, value in values.items():
        check_share(share_of(value, digest=DIGEST), trustee=number, key=keys[number], digest=DIGEST)
    true = share_of(values[2], digest=DIGEST)
    lies = [
        share_of(values[1], digest=DIGEST),
        share_of(values[2], digest=secrets.token_bytes(32)),
        curve.encode_g1(-curve.decode_g1(true)),
        bytes([0xC0]) + bytes(47),
        *odd_points.small_order_points_g1(beside=true),
        b"",
    ]
    for lie in lies:
        with pytest.raises(ShareRefused, match="trustee 2") as refused:
            check_share(lie, trustee=2, key=keys[2], digest=DIGEST)
        assert refused.value.trustee == 2


def test_a_share_that_is_no_point_is_named_at_combining() -> None:
    values = split(random_scalar(), threshold=2, trustees=2)
    shares = {1: share_of(values[1], digest=DIGEST), 2: bytes(48)}
    with pytest.raises(ShareRefused) as refused:
        combine(shares, threshold=2)
    assert refused.value.trustee == 2


@pytest.mark.parametrize("numbers", [(0, 1), (-1, 1), (1, 65)])
def test_trustees_have_numbers_from_1(numbers: tuple[int, int]) -> None:
    share = share_of(random_scalar(), digest=DIGEST)
    with pytest.raises(OpeningRefused):
        combine(dict.fromkeys(numbers, share), threshold=2)


def test_shares_that_cancel_open_nothing() -> None:
    share = share_of(random_scalar(), digest=DIGEST)
    # On the line through (1, 2s) and (2, 4s) the value at 0 is nothing.
    doubled = curve.encode_g1(curve.multiply_g1(curve.decode_g1(share), 2))
    with pytest.raises(OpeningRefused):
        combine({1: share, 2: doubled}, threshold=2)


@pytest.mark.parametrize("threshold", [0, -1])
def test_a_threshold_is_at_least_one(threshold: int) -> None:
    share = share_of(random_scalar(), digest=DIGEST)
    with pytest.raises(OpeningRefused):
        combine({1: share}, threshold=threshold)
