"""Plurality, approval, score and quadratic: one round, by hand and by the Tennessee example."""

from credentials.tally import Round, lot_order, tally
from credentials.tally.profile import Vote
from tests.unit.tally.profiles import SEED, ranked

# Electowiki, "Effects of different voting systems under similar circumstances": Memphis (A),
# Nashville (B), Chattanooga (C), Knoxville (D).
TENNESSEE = ranked("42 ABCD, 26 BCDA, 15 CDBA, 17 DCBA")


def test_tennessee_by_first_choices_is_memphis() -> None:
    result = tally(
        "plurality/1", [tuple(ranking[0]) for ranking in TENNESSEE], options=4, seed=SEED
    )
    assert result.winners == (1,)
    assert result.rounds == (Round(title="count", scores=(42, 26, 15, 17), elected=(1,)),)


def test_tennessee_by_approval_of_the_two_nearest_is_nashville() -> None:
    ballots = [tuple(sorted(option for (option,) in ranking[:2])) for ranking in TENNESSEE]
    result = tally("approval/1", ballots, options=4, seed=SEED)
    assert result.winners == (2,)
    assert result.rounds[0].scores == (42, 42 + 26, 26 + 15 + 17, 15 + 17)


def test_tennessee_by_scores_of_three_to_nothing_has_the_published_borda_counts() -> None:
    # Wikipedia, "Borda count", the same example: 126, 194, 173 and 107 points.
    ballots = [
        tuple(3 - ranking.index((option,)) for option in range(1, 5)) for ranking in TENNESSEE
    ]
    result = tally("score/1", ballots, options=4, limit=3, seed=SEED)
    assert result.winners == (2,)
    assert result.rounds[0].scores == (126, 194, 173, 107)


def test_quadratic_votes_are_summed_not_their_credits() -> None:
    # Four lukewarm voters with two votes each outweigh one with all 25 credits on five.
    ballots: list[Vote] = [(5, 0, 0), *[(0, 2, 1)] * 4]
    result = tally("quadratic/1", ballots, options=3, seed=SEED)
    assert (result.winners, result.rounds[0].scores) == ((2,), (5, 8, 4))


def test_the_lot_decides_between_those_in_the_lead_only() -> None:
    ballots: list[Vote] = [(1,), (1,), (3,), (3,), (2,)]
    result = tally("plurality/1", ballots, options=3, seed=SEED)
    drawn = tuple(option for option in lot_order(SEED, 3) if option != 2)
    assert (result.winners, result.rounds[0].by_lot) == (drawn[:1], drawn)


def test_without_a_tie_there_is_no_lot() -> None:
    assert tally("plurality/1", [(1,), (2,), (1,)], options=2, seed=SEED).rounds[0].by_lot == ()
