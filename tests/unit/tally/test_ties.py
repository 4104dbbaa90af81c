"""Ties: earlier rounds, then the lot, and without a lot no winner is invented."""

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.tally import METHODS, Outcome, TallyResult, tally
from credentials.tally.counting import COUNTS
from credentials.tally.lot import Lot
from credentials.tally.profile import Count, Rules, Vote
from tests.unit.tally.profiles import LIMITS, is_conserved, polls, ranked, renamed

LEVEL: dict[str, list[Vote]] = {
    "plurality/1": [(1,), (1,), (2,), (2,), (3,)],
    "approval/1": [(1, 2), (1, 2), (3,)],
    "score/1": [(5, 0, 1), (0, 5, 1)],
    "irv/1": ranked("3 A, 3 B, 1 C"),
    "schulze/1": ranked("2 AB, 2 BA"),
    "stv/1": ranked("3 A, 3 B, 1 C"),
    "stv/2": ranked("3 A, 3 B, 1 C"),
    "quadratic/1": [(5, 0, 0), (0, 5, 0)],
}


def without_lot(
    method: str,
    ballots: list[Vote],
    *,
    options: int = 3,
    seats: int = 1,
    threshold: tuple[int, int] = (0, 1),
    quorum: int = 0,
) -> TallyResult:
    return tally(
        method,
        ballots,
        options=options,
        seats=seats,
        limit=LIMITS.get(METHODS[method], 0),
        threshold=threshold,
        quorum=quorum,
        seed=None,
    )


def count(
    method: str, ballots: list[Vote], *, options: int, seats: int, lot: tuple[int, ...] | None
) -> Count:
    rules = Rules(
        options=options,
        lot=None if lot is None else Lot(lot),
        seats=seats,
        limit=LIMITS["score"] if method == "score/1" else 0,
    )
    return COUNTS[method](Counter(ballots), rules=rules)


@pytest.mark.parametrize("method", METHODS)
def test_without_a_lot_a_tie_is_the_result_whatever_the_method(method: str) -> None:
    result = without_lot(method, LEVEL[method])
    assert (result.outcome, result.winners, result.tied) == (Outcome.TIE, (), (1, 2))
    assert result.rounds[-1].tied == (1, 2)
    assert not any(one.by_lot or one.elected for one in result.rounds)
    assert TallyResult.from_cbor(result.to_cbor()) == result


@pytest.mark.parametrize("method", METHODS)
def test_with_a_lot_one_of_those_that_are_tied_wins(method: str) -> None:
    for lot in ((1, 2, 3), (3, 2, 1)):
        counted = count(method, LEVEL[method], options=3, seats=1, lot=lot)
        assert counted.tied == ()
        assert counted.winners == tuple(k for k in lot if k < 3)[:1]


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({"quorum": 9}, Outcome.BELOW_QUORUM),
        ({"threshold": (1, 2)}, Outcome.BELOW_THRESHOLD),
    ],
)
def test_a_tie_that_could_not_win_is_none(more: dict[str, object], outcome: Outcome) -> None:
    result = without_lot("plurality/1", LEVEL["plurality/1"], **more)  # type: ignore[arg-type]
    assert (result.outcome, result.winners, result.tied) == (outcome, (), ())


# --- earlier rounds


def test_of_two_that_are_level_in_the_end_the_one_that_was_ahead_wins() -> None:
    result = without_lot("irv/1", ranked("4 A, 3 B, 1 CB"))
    assert [one.scores for one in result.rounds] == [(4, 3, 1), (4, 4, None)]
    assert (result.outcome, result.winners) == (Outcome.WINNER, (1,))
    assert result.rounds[-1].tied == ()


def test_of_two_with_fewest_votes_the_one_that_was_behind_drops_out() -> None:
    # D's vote lifts C to where B has been from the beginning.
    ballots = ranked("5 A, 3 B, 2 CB, 1 DC")
    result = without_lot("irv/1", ballots, options=4)
    assert [one.eliminated for one in result.rounds] == [(4,), (3,), ()]
    stv = without_lot("stv/1", ballots, options=4)
    assert [one.eliminated for one in stv.rounds][:2] == [(4,), (3,)]


def test_the_latest_round_in_which_they_differ_counts_first() -> None:
    # B was ahead of C at first, then C of B; in the third round they are level again.
    ballots = ranked("9 A, 4 B, 3 C, 2 DC, 1 EB")
    result = without_lot("irv/1", ballots, options=5)
    third = next(one for one in result.rounds if one.scores[3] is None)
    assert third.scores[1] == third.scores[2] == 5
    assert third.eliminated == (3,)


# --- who drops out


def test_options_without_votes_drop_out_together_without_a_lot() -> None:
    for method in ("irv/1", "stv/1"):
        result = without_lot(method, ranked("3 A, 2 B, 2 CB"), options=6)
        assert result.rounds[0].eliminated == (4, 5, 6)
        assert result.rounds[0].tied == (4, 5, 6)


def test_few_votes_drop_out_together_if_they_cannot_matter() -> None:
    result = without_lot("irv/1", ranked("5 A, 4 B, 1 CB, 1 DB"), options=4)
    assert result.rounds[0].eliminated == (3, 4)
    assert (result.outcome, result.winners) == (Outcome.WINNER, (2,))


def test_where_it_matters_who_drops_out_the_count_ends_in_a_tie() -> None:
    ballots = ranked("4 A, 3 BC, 3 CB")
    result = without_lot("irv/1", ballots)
    assert (result.outcome, result.winners, result.tied) == (Outcome.TIE, (), (2, 3))
    assert result.rounds[-1].eliminated == ()
    winners = {count("irv/1", ballots, options=3, seats=1, lot=order).winners for order in ORDERS}
    assert len(winners) == 2


ORDERS = list(permutations((1, 2, 3)))


def test_one_of_two_that_drop_out_could_still_reach_the_quota() -> None:
    # Together B and C have fewer votes than A, but with B's vote A is elected, and C need not go.
    ballots = ranked("5 AC, 1 BA, 1 C, 4 D")
    result = without_lot("stv/1", ballots, options=4, seats=2)
    assert result.rounds[0].scores == (5, 1, 1, 4)
    assert result.winners == (1, 4)
    short = without_lot("stv/1", ranked("4 AC, 1 BA, 1 C, 4 D, 3 E"), options=5, seats=2)
    assert (short.outcome, short.winners, short.tied) == (Outcome.TIE, (), (2, 3))


def test_seats_that_were_filled_before_a_tie_stay_filled() -> None:
    # Quota 4: A is elected; B and C are level for the one seat that is left.
    result = without_lot("stv/1", ranked("4 A, 2 B, 2 C"), seats=2)
    assert (result.outcome, result.winners, result.tied) == (Outcome.TIE, (1,), (2, 3))
    assert is_conserved(result)


def test_the_last_seats_are_not_given_to_options_without_votes() -> None:
    result = without_lot("stv/1", ranked("4 A, 4 B"), options=4, seats=3)
    assert (result.winners, result.tied) == ((1, 2), (3, 4))


def test_nobody_drops_out_whose_seat_nobody_else_could_take() -> None:
    # B and one of C and D are left for two seats: both of them cannot go.
    result = without_lot("stv/1", ranked("4 A, 1 B"), options=4, seats=3)
    assert (result.outcome, result.winners, result.tied) == (Outcome.TIE, (1,), (3, 4))


def test_two_elected_at_once_and_level_are_both_elected() -> None:
    result = without_lot("stv/1", ranked("4 A, 4 B, 1 C"), seats=2)
    assert (result.outcome, result.winners) == (Outcome.WINNER, (1, 2))
    assert (result.rounds[0].tied, result.tied) == ((1, 2), ())


# --- for every profile


@given(polls())
def test_a_winner_without_a_lot_wins_whatever_the_lot(
    poll: tuple[str, int, int, list[Vote]],
) -> None:
    method, options, seats, ballots = poll
    votes = [vote for vote in ballots if vote]
    if not votes:
        return
    alone = count(method, votes, options=options, seats=seats, lot=None)
    each = list(range(1, options + 1))
    orders = [each[turn:] + each[:turn] for turn in range(options)]
    drawn = [
        set(count(method, votes, options=options, seats=seats, lot=tuple(order)).winners)
        for forward in orders
        for order in (forward, forward[::-1])
    ]
    for winners in drawn:
        assert set(alone.winners) <= winners
        if not alone.tied:
            assert set(alone.winners) == winners
    if method not in ("irv/1", "stv/1"):
        assert bool(alone.tied) == (len(set(map(frozenset, drawn))) > 1)


@given(polls(), st.data())
def test_without_a_lot_names_of_options_decide_nothing(
    poll: tuple[str, int, int, list[Vote]], data: st.DataObject
) -> None:
    method, options, seats, ballots = poll
    votes = [vote for vote in ballots if vote]
    if not votes:
        return
    names = list(data.draw(st.permutations(range(1, options + 1))))

    before = count(method, votes, options=options, seats=seats, lot=None)
    after = count(
        method,
        [renamed(vote, names, method=method) for vote in votes],
        options=options,
        seats=seats,
        lot=None,
    )
    assert {names[option - 1] for option in before.winners} == set(after.winners)
    assert {names[option - 1] for option in before.tied} == set(after.tied)
