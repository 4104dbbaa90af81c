"""Single transferable vote with a rounded quota, as stv/1 has it: surpluses, order and digits."""

from collections import Counter
from fractions import Fraction
from math import factorial

import pytest

from credentials.tally import MAX_SEATS, MAX_SEATS_WITH_EQUAL_RANKS, tally
from credentials.tally.lot import Lot
from credentials.tally.profile import Count, Rules, Vote
from credentials.tally.result import MAX_BALLOTS, MAX_DIGITS
from credentials.tally.stv import stv_with_rounded_quota
from tests.unit.tally.profiles import SEED, ranked, scores, strict


def count(ballots: list[Vote], *, seats: int, order: tuple[int, ...]) -> Count:
    rules = Rules(options=len(order), lot=Lot(order), seats=seats)
    return stv_with_rounded_quota(Counter(ballots), rules=rules)


def test_the_quota_is_the_whole_number_above_votes_over_seats_and_one() -> None:
    # 11 votes and 2 seats: 11/3 rounded down is 3, so 4 are needed.
    result = tally("stv/1", ranked("4 A, 3 B, 3 C, 1 DC"), options=4, seats=2, seed=SEED)
    assert result.rounds[0].elected == (1,)
    assert scores(result)[1] == (4, 3, 4, None)
    assert result.winners == (1, 3)


def test_the_largest_surplus_goes_first_and_one_in_each_round() -> None:
    # Quota 5: B has 3 to spare and A 1, all for C.
    result = count(ranked("6 AC, 8 BC, 1 C, 1 D"), seats=3, order=(1, 2, 3, 4))
    assert [one.title for one in result.rounds] == ["round", "surplus", "surplus"]
    assert result.rounds[0].elected == (2, 1)
    assert [one.scores for one in result.rounds[1:]] == [(6, 5, 4, 1), (5, 5, 5, 1)]
    assert result.winners == (2, 1, 3)


def test_equals_are_elected_by_lot_and_hand_on_equal_surpluses_together() -> None:
    ballots = ranked("5 AC, 5 BD, 1 C, 1 D")
    for order in ((1, 2, 3, 4), (2, 1, 3, 4)):
        result = count(ballots, seats=3, order=order)
        assert result.winners[:2] == order[:2]
        assert result.rounds[0].by_lot == order[:2]
        assert result.rounds[1].scores == (4, 4, 2, 2)


def test_of_equal_surpluses_that_of_who_was_ahead_before_goes_first() -> None:
    # Quota 5. A's surplus lifts B to 7, where C was before: C's surplus goes to D, ahead of B's.
    result = count(ranked("8 ABE, 7 CD, 4 B, 2 D, 2 E"), seats=4, order=(2, 1, 3, 4, 5))
    assert result.rounds[1].scores == (5, 7, 7, 2, 2)
    assert result.rounds[2].scores == (5, 7, 5, 4, 2)
    assert result.winners[:3] == (1, 3, 2)


def test_of_equals_the_later_in_the_lot_is_eliminated() -> None:
    result = count(ranked("3 A, 2 B, 2 C"), seats=1, order=(1, 3, 2))
    assert result.rounds[0].eliminated == (2,)
    assert result.rounds[0].by_lot == (3, 2)


def test_when_as_many_are_running_as_seats_are_free_all_are_elected() -> None:
    result = tally("stv/1", ranked("4 A, 1 B"), options=3, seats=3, seed=SEED)
    assert result.winners == (1, 2, 3)
    assert len(result.rounds) == 1
    more = tally("stv/1", ranked("4 A, 1 B"), options=3, seats=5, seed=SEED)
    assert more.winners == (1, 2, 3)


def test_a_surplus_without_next_choices_is_exhausted() -> None:
    result = tally("stv/1", ranked("6 A, 2 AB, 3 B, 2 C"), options=3, seats=2, seed=SEED)
    # Quota 5, A has 8: each ballot keeps 5/8, and 3/8 of six go nowhere.
    assert scores(result)[1] == (5, 3 + Fraction(2 * 3, 8), 2)
    assert result.rounds[1].exhausted == Fraction(6 * 3, 8)


def test_a_ballot_passes_over_options_that_are_elected() -> None:
    # Quota 4: A's surplus of 2 goes past B to C; B's of 1 has nowhere to go.
    result = tally("stv/1", ranked("6 ABC, 5 B, 1 C, 1 D"), options=4, seats=3, seed=SEED)
    assert scores(result)[1:3] == [(4, 5, 3, 1), (4, 4, 3, 1)]
    assert [one.exhausted for one in result.rounds] == [0, 0, 1, 2]
    assert result.winners == (1, 2, 3)


def test_thirds_make_a_tie_that_floating_point_does_not_see() -> None:
    # D hands on a third of each of 12 votes: 5/3 and 7/3 to A, which with its own 3 ties with C.
    ballots = ranked("7 C, 5 DA, 7 DAB, 3 ADC")
    assert 3 + 5 * (4 / 12) + 7 * (4 / 12) < 7
    for order in ((1, 2, 3, 4), (3, 2, 1, 4)):  # C was ahead before: no lot is needed
        result = count(ballots, seats=2, order=order)
        assert result.rounds[1].scores == (7, 0, 7, 8)
        assert result.winners == (4, 3)


@pytest.mark.parametrize(
    ("seats", "denominator"), [(2, 1), (MAX_SEATS, 1), (MAX_SEATS_WITH_EQUAL_RANKS, factorial(64))]
)
def test_no_number_of_a_count_has_more_digits_than_a_result_admits(
    seats: int, denominator: int
) -> None:
    # The bound of the module: ((seats + 1) * votes)^(2^k - 1) after k surpluses, with whole votes
    # at first, and with those of equal ranks in parts of 1/64!. The last seat needs no surplus.
    doublings = 2 ** (seats - 1)
    largest = ((seats + 1) * MAX_BALLOTS) ** (doublings - 1) * denominator**doublings
    assert largest * MAX_BALLOTS < 10**MAX_DIGITS


@pytest.mark.parametrize("method", ["stv/1", "stv/2"])
def test_denominators_stay_within_the_bound_where_they_grow_fast(method: str) -> None:
    # Rotations of one ranking, in unequal numbers: each surplus meets all values made before.
    options = 12
    ring = list(range(1, options + 1))
    ballots = [
        strict(ring[start:] + ring[:start])
        for start, times in zip(
            range(options), (97, 89, 83, 79, 73, 71, 67, 61, 59, 53, 3, 2), strict=True
        )
        for _ in range(times)
    ]
    result = tally(method, ballots, options=options, seats=MAX_SEATS, seed=SEED)
    most = (MAX_SEATS + 1) * len(ballots)
    surpluses = 0
    for one in result.rounds:
        surpluses += one.title == "surplus"
        for score in one.scores:
            assert score is None or score.denominator <= most ** (2**surpluses - 1) * (
                MAX_SEATS + 1
            )
    assert surpluses > 3
