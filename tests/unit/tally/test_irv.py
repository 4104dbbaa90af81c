"""Instant runoff: who drops out when, ties, exhausted ballots, and when the count ends."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations, product
from math import prod

from hypothesis import given
from hypothesis import strategies as st

from credentials.tally import Round, tally
from credentials.tally.irv import irv
from credentials.tally.lot import Lot
from credentials.tally.profile import Count, Rules, Vote
from tests.unit.tally.profiles import SEED, ranked, rankings, scores


def count(ballots: list[Vote], *, order: tuple[int, ...], threshold: str = "0") -> Count:
    rules = Rules(options=len(order), lot=Lot(order), threshold=Fraction(threshold))
    return irv(Counter(ballots), rules=rules)


def test_an_option_with_more_than_half_of_all_votes_wins_at_once() -> None:
    result = tally("irv/1", ranked("3 A, 1 B, 1 C"), options=3, seed=SEED)
    assert result.rounds == (Round(title="round", scores=(3, 1, 1), elected=(1,)),)


def test_exactly_half_is_not_more_than_half() -> None:
    result = count(ranked("3 A, 3 B, 1 CB, 1 CA"), order=(2, 1, 3))
    assert [one.scores for one in result.rounds] == [(3, 3, 2), (4, 4, None)]
    assert (result.winners, result.rounds[-1].by_lot) == ((2,), (2, 1))


def test_a_majority_of_what_is_left_does_not_end_the_count_while_three_are_running() -> None:
    # After D is gone A has 4 of 7 votes that count, but of 8 cast; it wins in the last round.
    result = tally("irv/1", ranked("4 A, 2 B, 1 CB, 1 D"), options=4, seed=SEED)
    assert [one.exhausted for one in result.rounds][-1] == 1
    assert scores(result)[-1] == (4, 3, None, None)
    assert result.winners == (1,)


def test_of_equals_the_later_in_the_lot_drops_out() -> None:
    ballots = ranked("3 AB, 2 B, 2 CB")
    early, late = count(ballots, order=(3, 2, 1)), count(ballots, order=(1, 2, 3))
    assert (early.rounds[0].eliminated, early.rounds[0].by_lot) == ((2,), (3, 2))
    assert (late.rounds[0].eliminated, late.rounds[0].by_lot) == ((3,), (2, 3))
    assert (early.winners, late.winners) == ((1,), (2,))


def test_a_ballot_skips_options_that_dropped_out_before_and_exhausts_after_its_last() -> None:
    result = tally("irv/1", ranked("5 A, 4 B, 2 CDB, 1 DC, 1 E"), options=5, seed=b"x")
    for one in result.rounds:
        assert sum(score for score in one.scores if score is not None) + one.exhausted == 13
    assert scores(result)[-1] == (5, 6, None, None, None)
    assert result.rounds[-1].exhausted == 2
    assert result.winners == (2,)


def test_options_without_votes_drop_out_one_by_one() -> None:
    result = tally("irv/1", ranked("2 A, 2 B, 1 CB"), options=6, seed=SEED)
    dropped = [option for one in result.rounds for option in one.eliminated]
    assert sorted(dropped) == [3, 4, 5, 6]
    assert dropped[-1] == 3
    assert all(len(one.eliminated) == 1 for one in result.rounds[:-1])


def test_a_higher_threshold_lets_the_count_go_on() -> None:
    ballots = ranked("6 A, 3 B, 1 CA")
    assert len(count(ballots, order=(1, 2, 3)).rounds) == 1
    strict = count(ballots, order=(1, 2, 3), threshold="2/3")
    assert [one.scores for one in strict.rounds] == [(6, 3, 1), (7, 3, None)]
    assert strict.share == Fraction(7, 10)


def test_a_single_option_wins_with_any_vote() -> None:
    assert tally("irv/1", [((1,),)], options=1, seed=SEED).winners == (1,)


def test_options_of_one_rank_share_the_vote_and_who_stays_takes_the_share_of_who_drops_out() -> (
    None
):
    result = tally("irv/1", ranked("3 A=BC, 2 BAC, 2 C"), options=3, seed=SEED)
    assert scores(result) == [(Fraction(3, 2), Fraction(7, 2), 2), (None, 5, 2)]
    assert result.winners == (2,)


@given(st.lists(rankings(4, equal=True), min_size=1, max_size=8), st.permutations((1, 2, 3, 4)))
def test_equal_ranks_are_counted_as_all_their_orders_together(
    ballots: list[Vote], order: list[int]
) -> None:
    orders = [list(_orders(ballot)) for ballot in ballots]
    each = prod(map(len, orders))  # so many strict ballots stand for every ballot
    strict = [one for some in orders for one in some for _ in range(each // len(some))]
    alike, apart = (count(votes, order=tuple(order)) for votes in (ballots, strict))
    assert [
        tuple(None if score is None else score * each for score in one.scores)
        for one in alike.rounds
    ] == [one.scores for one in apart.rounds]
    assert alike.winners == apart.winners


def _orders(ballot: Vote) -> Iterator[Vote]:
    for each in product(*(permutations(rank) for rank in ballot)):  # type: ignore[arg-type]
        yield tuple((option,) for rank in each for option in rank)
