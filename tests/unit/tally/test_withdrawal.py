"""The count without withdrawn options: as if nobody could have voted for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import PolicyError
from credentials.tally import METHODS, Outcome, TallyResult, outcome_in_words, tally
from credentials.tally.profile import Vote
from tests.unit.tally.profiles import LIMITS, SEED, is_conserved, polls, ranked

NAMES = ("A", "B", "C", "D")


def without(
    method: str, ballots: list[Vote], *withdrawn: int, options: int = 3, seats: int = 1
) -> TallyResult:
    return tally(
        method,
        ballots,
        options=options,
        seats=seats,
        limit=LIMITS.get(METHODS[method], 0),
        seed=SEED,
        withdrawn=withdrawn,
    )


def test_votes_for_a_withdrawn_option_go_to_the_next_one_at_once() -> None:
    result = without("irv/1", ranked("4 BA, 3 A, 3 C=B"), 2)
    assert (result.withdrawn, result.winners) == ((2,), (1,))
    assert result.rounds[0].scores == (7, None, 3)
    assert outcome_in_words(result, options=NAMES) == "Counted without “B”: “A” wins."
    assert TallyResult.from_cbor(result.to_cbor()) == result


@pytest.mark.parametrize(
    ("method", "ballots", "scores"),
    [
        ("plurality/1", [(1,), (2,), (2,), (3,)], (1, None, 1)),
        ("approval/1", [(1, 2), (2, 3), (2,)], (1, None, 1)),
        ("score/1", [(1, 5, 2), (0, 5, 0)], (1, None, 2)),
        ("quadratic/1", [(1, 4, 2), (0, 5, 0)], (1, None, 2)),
    ],
)
def test_what_is_said_of_a_withdrawn_option_is_struck_from_every_ballot(
    method: str, ballots: list[Vote], scores: tuple[int | None, ...]
) -> None:
    assert without(method, ballots, 2).rounds[0].scores == scores


def test_a_ballot_that_says_nothing_of_the_others_abstains_and_counts_for_the_quorum() -> None:
    ballots: list[Vote] = [(1,), (2,), (2,), ()]
    result = without("plurality/1", ballots, 2)
    assert (result.ballots, result.abstentions, result.winners) == (4, 3, (1,))
    nobody = without("plurality/1", [(2,), (2,)], 2)
    assert (nobody.outcome, nobody.rounds) == (Outcome.NO_VOTES, ())
    enough = tally("plurality/1", ballots, options=3, quorum=4, seed=None, withdrawn=(2,))
    assert enough.outcome is Outcome.WINNER


def test_head_to_head_a_withdrawn_option_beats_nobody() -> None:
    result = without("schulze/1", ranked("5 ACB, 4 BAC"), 1)
    assert result.matrix == ((0, 0, 0), (0, 0, 4), (0, 5, 0))
    assert result.winners == (3,)


@pytest.mark.parametrize(
    ("withdrawn", "said"),
    [
        ((2, 3), "^so many options are withdrawn that fewer than two remain$"),
        ((4,), "^an option is withdrawn that there is not"),
        ((0,), "^an option is withdrawn that there is not"),
        ((1, 1), "one is withdrawn twice$"),
    ],
)
def test_two_options_remain_and_only_those_of_the_poll_are_withdrawn(
    withdrawn: tuple[int, ...], said: str
) -> None:
    with pytest.raises(PolicyError, match=said):
        without("plurality/1", [(1,)], *withdrawn)


@given(polls(), st.data())
def test_without_an_option_everything_is_as_if_it_had_never_been_there(
    poll: tuple[str, int, int, list[Vote]], data: st.DataObject
) -> None:
    method, options, seats, ballots = poll
    if options < 3:
        return
    gone = data.draw(st.integers(1, options))
    result = without(method, ballots, gone, options=options, seats=seats)
    assert TallyResult.from_cbor(result.to_cbor()) == result
    named = [
        k for one in result.rounds for k in (*one.elected, *one.eliminated, *one.by_lot, *one.tied)
    ]
    assert gone not in {*named, *result.winners, *result.tied}
    if method in ("plurality/1", "irv/1", "stv/1", "stv/2"):
        assert is_conserved(result)
