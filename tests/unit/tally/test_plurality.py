"""Plurality: counts are exact, and every way of having no winner is told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import BallotRefused
from credentials.tally.plurality import Outcome, plurality


def test_the_option_named_most_often_wins() -> None:
    result = plurality([1, 2, 2, 0, 3, 2], options=3)
    assert result.counts == (1, 3, 1)
    assert (result.abstentions, result.ballots) == (1, 6)
    assert (result.outcome, result.winner, result.tied) == (Outcome.WINNER, 2, ())


def test_a_tie_has_no_winner_and_names_the_options() -> None:
    result = plurality([1, 3, 3, 1, 2], options=3)
    assert (result.outcome, result.winner, result.tied) == (Outcome.TIE, None, (1, 3))


def test_no_ballots_and_only_abstentions_are_no_votes() -> None:
    for choices in ([], [0, 0, 0]):
        result = plurality(choices, options=2)
        assert (result.outcome, result.winner, result.tied) == (Outcome.NO_VOTES, None, ())


def test_abstentions_count_for_the_quorum_and_not_for_the_threshold() -> None:
    choices = [1, 1, 2, 0, 0]
    assert plurality(choices, options=2, quorum=5, threshold=(1, 2)).outcome is Outcome.WINNER
    assert plurality(choices, options=2, quorum=6).outcome is Outcome.BELOW_QUORUM


def test_exactly_the_threshold_is_not_more_than_it() -> None:
    third = [1] * 2 + [2] * 1 + [3] * 1
    assert plurality(third, options=3, threshold=(1, 2)).outcome is Outcome.BELOW_THRESHOLD
    assert plurality([*third, 1], options=3, threshold=(1, 2)).outcome is Outcome.WINNER


def test_shares_are_compared_exactly_where_floating_point_is_not() -> None:
    # 1/3 of 3 * 10^5 votes, one vote to either side.
    third = 100_000
    choices = [1] * third + [2] * (third - 1) + [3] * (third - 1) + [4] * 2
    below = plurality(choices, options=4, threshold=(1, 3))
    assert below.outcome is Outcome.BELOW_THRESHOLD
    above = plurality([*choices[:-1], 1], options=4, threshold=(1, 3))
    assert above.outcome is Outcome.WINNER


@pytest.mark.parametrize("choice", [-1, 3, 2**64])
def test_an_option_that_the_poll_does_not_have_is_refused(choice: int) -> None:
    with pytest.raises(BallotRefused):
        plurality([1, choice], options=2)


@given(st.lists(st.integers(0, 4)))
def test_the_order_of_ballots_changes_nothing_and_none_is_lost(choices: list[int]) -> None:
    result = plurality(choices, options=4, quorum=3, threshold=(1, 3))
    assert result == plurality(sorted(choices), options=4, quorum=3, threshold=(1, 3))
    assert sum(result.counts) + result.abstentions == result.ballots == len(choices)
