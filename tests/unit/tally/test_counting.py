"""What all methods share: abstentions, quorum, threshold, and polls that cannot be counted."""

from fractions import Fraction

import pytest

from credentials.errors import PolicyError
from credentials.tally import METHODS, Outcome, TallyResult, lot_order, tally
from credentials.tally.profile import Vote
from tests.unit.tally.profiles import LIMITS, SEED, ranked

ONE_EACH: dict[str, Vote] = {
    "single_choice": (2,),
    "approval": (2,),
    "score": (0, 1),
    "ranked": ((2,),),
    "quadratic": (0, 1),
}


def count(
    method: str,
    ballots: list[Vote],
    *,
    options: int = 2,
    quorum: int = 0,
    threshold: tuple[int, int] = (0, 1),
) -> TallyResult:
    limit = LIMITS.get(METHODS[method], 0)
    return tally(
        method,
        ballots,
        options=options,
        limit=limit,
        quorum=quorum,
        threshold=threshold,
        seed=SEED,
    )


@pytest.mark.parametrize("method", METHODS)
def test_one_vote_elects_and_abstentions_are_counted_apart(method: str) -> None:
    result = count(method, [(), ONE_EACH[METHODS[method]], ()])
    assert (result.outcome, result.winners) == (Outcome.WINNER, (2,))
    assert (result.ballots, result.abstentions, result.votes, result.invalid) == (3, 2, 1, 0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("ballots", [[], [(), ()]])
def test_without_votes_nobody_wins_and_there_is_no_round(method: str, ballots: list[Vote]) -> None:
    result = count(method, ballots)
    assert (result.outcome, result.winners, result.rounds) == (Outcome.NO_VOTES, (), ())
    assert count(method, ballots, quorum=3).outcome is Outcome.BELOW_QUORUM


@pytest.mark.parametrize("method", METHODS)
def test_abstentions_count_for_the_quorum(method: str) -> None:
    ballots = [(), ONE_EACH[METHODS[method]]]
    assert count(method, ballots, quorum=2).outcome is Outcome.WINNER
    missed = count(method, ballots, quorum=3)
    assert (missed.outcome, missed.winners) == (Outcome.BELOW_QUORUM, ())
    assert missed.rounds  # the count can still be read


@pytest.mark.parametrize(
    ("method", "half", "more_than_half"),
    [
        ("plurality/1", [(1,), (1,), (2,), (3,)], [(1,), (1,), (2,)]),
        ("approval/1", [(1,), (1, 2), (2,), (3,)], [(1,), (1, 2), (3,)]),
        ("score/1", [(5, 0, 0), (0, 0, 0)], [(5, 0, 0), (1, 0, 0)]),
        ("irv/1", ranked("2 A, 1 B, 1 C"), ranked("2 A, 1 B, 1 CA")),
    ],
)
def test_exactly_the_threshold_is_not_more_than_it(
    method: str, half: list[Vote], more_than_half: list[Vote]
) -> None:
    abstentions: list[Vote] = [()] * 9  # no part of the share
    below = count(method, half + abstentions, options=3, threshold=(1, 2))
    assert (below.outcome, below.winners) == (Outcome.BELOW_THRESHOLD, ())
    above = count(method, more_than_half + abstentions, options=3, threshold=(1, 2))
    assert (above.outcome, above.winners) == (Outcome.WINNER, (1,))


def test_a_threshold_of_a_third_is_exact_for_a_hundred_thousand_votes() -> None:
    counts = {1: 100_000, 2: 99_999, 3: 99_999, 4: 2}
    ballots: list[Vote] = [(option,) for option, times in counts.items() for _ in range(times)]
    assert count("plurality/1", ballots, options=4, threshold=(1, 3)).winners == ()
    ballots[-1] = (1,)
    assert count("plurality/1", ballots, options=4, threshold=(1, 3)).winners == (1,)


def test_scores_of_nothing_elect_nobody() -> None:
    assert count("score/1", [(0, 0)] * 3).outcome is Outcome.BELOW_THRESHOLD


def test_invalid_ballots_are_noted_and_nothing_else() -> None:
    result = tally("plurality/1", [(1,)], options=2, quorum=2, seed=SEED, invalid=7)
    assert (result.invalid, result.ballots) == (7, 1)
    assert result.outcome is Outcome.BELOW_QUORUM


@pytest.mark.parametrize("method", METHODS)
def test_a_tie_is_decided_by_the_seed_and_twice_alike(method: str) -> None:
    tied: dict[str, list[Vote]] = {
        "single_choice": [(1,), (2,)],
        "approval": [(1,), (2,)],
        "score": [(5, 0), (0, 5)],
        "ranked": ranked("1 AB, 1 BA"),
        "quadratic": [(5, 0), (0, 5)],
    }
    limit = LIMITS.get(METHODS[method], 0)
    winners: set[int] = set()
    for number in range(16):
        seed = number.to_bytes(32, "big")
        first, second = (
            tally(method, ballots, options=2, limit=limit, seed=seed)
            for ballots in (tied[METHODS[method]], tied[METHODS[method]][::-1])
        )
        assert first == second
        order = lot_order(seed, 2)
        assert first.winners == order[:1]
        assert order in [one.by_lot for one in first.rounds]
        winners.update(first.winners)
    assert winners == {1, 2}


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "borda/1"},
        {"options": 0},
        {"seats": 0},
        {"seats": 2},
        {"threshold": (1, 1)},
        {"threshold": (1, 0)},
        {"method": "score/1"},
        {"method": "schulze/1", "threshold": (1, 2)},
        {"method": "stv/1", "threshold": (1, 2)},
        {"method": "stv/1", "seats": 11},
        {"method": "stv/1", "profile": ranked("1 A=B")},
        {"method": "stv/2", "profile": ranked("1 A=B"), "seats": 7},
        {"method": "quadratic/1", "threshold": (1, 2)},
    ],
)
def test_a_poll_that_cannot_be_counted_is_refused(wrong: dict[str, object]) -> None:
    arguments = {"method": "plurality/1", "profile": [(1,)], "options": 2, "seed": SEED} | wrong
    with pytest.raises(PolicyError):
        tally(**arguments)  # type: ignore[arg-type]


def test_the_share_of_an_instant_runoff_is_that_of_all_votes() -> None:
    # A has 3 of the 5 votes that still count in the end, and 3 of 7 cast.
    ballots = ranked("3 A, 2 B, 1 C, 1 D")
    assert Fraction(3, 7) < Fraction(1, 2)
    assert count("irv/1", ballots, options=4).winners == (1,)
    assert count("irv/1", ballots, options=4, threshold=(3, 7)).outcome is Outcome.BELOW_THRESHOLD
    assert count("irv/1", ballots, options=4, threshold=(2, 5)).winners == (1,)
