"""Single transferable vote with the exact quota, as stv/2 has it: what it is for, and its ends."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.tally import Outcome, tally
from credentials.tally.profile import Vote
from tests.unit.tally.profiles import SEED, ranked, rankings, scores, strict


def test_five_of_one_mind_never_elect_their_last_choice_whatever_the_lot() -> None:
    # Found by trying the product: by the rounded quota of 2 two surpluses and a lot decide, and
    # E is elected with half of the seeds.
    for number in range(64):
        seed = number.to_bytes(32, "big")
        result = tally("stv/2", ranked("5 ABCDE"), options=5, seats=4, seed=seed)
        assert result.winners == (1, 2, 3, 4)
        assert not any(one.by_lot for one in result.rounds)
    rounded = {
        tally("stv/1", ranked("5 ABCDE"), options=5, seats=4, seed=bytes([number])).winners
        for number in range(16)
    }
    assert any(5 in winners for winners in rounded)


@given(st.integers(2, 9), st.integers(1, 40), st.binary(max_size=4), st.data())
def test_of_one_mind_all_seats_go_in_the_order_of_the_ballots(
    options: int, voters: int, seed: bytes, data: st.DataObject
) -> None:
    seats = data.draw(st.integers(1, options - 1))
    order = data.draw(st.permutations(range(1, options + 1)))
    ballots = [strict(order)] * voters
    result = tally("stv/2", ballots, options=options, seats=seats, seed=seed)
    assert (result.outcome, result.winners) == (Outcome.WINNER, tuple(order[:seats]))


def test_exactly_the_quota_is_not_enough_and_a_little_more_is() -> None:
    # 12 votes and 2 seats: 4 is the quota, and three options could have it.
    level = tally("stv/2", ranked("4 A, 4 B, 4 C"), options=3, seats=2, seed=None)
    assert (level.outcome, level.winners, level.tied) == (Outcome.TIE, (), (1, 2, 3))
    more = tally("stv/2", ranked("9 A, 8 B, 7 C"), options=3, seats=2, seed=SEED)
    assert (more.rounds[0].elected, more.winners) == ((1,), (1, 2))


def test_an_elected_option_keeps_the_quota_and_the_rest_goes_on() -> None:
    # 11 votes and 2 seats: A keeps 11/3 of its 4, and a third of a vote goes on to D.
    result = tally("stv/2", ranked("4 AD, 3 B, 3 C, 1 DC"), options=4, seats=2, seed=SEED)
    assert scores(result)[1] == (Fraction(11, 3), 3, 3, Fraction(4, 3))
    assert result.rounds[1].eliminated == (4,)


def test_votes_of_who_ranked_no_more_are_exhausted_and_the_last_seat_needs_no_quota() -> None:
    result = tally("stv/2", ranked("6 A, 2 B, 1 C"), options=3, seats=2, seed=SEED)
    assert scores(result)[1:] == [(3, 2, 1), (3, 2, None)]
    assert [one.exhausted for one in result.rounds] == [0, 3, 4]
    assert result.winners == (1, 2)


def test_equal_ranks_of_an_elected_option_go_on_to_its_equals_first() -> None:
    # A and B share 6 votes; A, with 2 of its own, is elected and hands on half of what it has.
    result = tally("stv/2", ranked("6 A=BC, 2 A, 1 C"), options=3, seats=2, seed=SEED)
    assert scores(result)[:2] == [(5, 3, 1), (3, 3 + Fraction(3 * 2, 5), 1)]
    assert result.winners == (1, 2)


@given(
    st.lists(rankings(6), max_size=30),
    st.integers(1, 5),
    st.integers(1, 5),
    st.binary(max_size=4),
    st.data(),
)
def test_a_solid_coalition_of_more_than_its_quotas_elects_as_many_of_its_options(
    others: list[Vote], deserved: int, seats: int, seed: bytes, data: st.DataObject
) -> None:
    """Whoever ranks the same options before all others, in any order, and is more than k quotas."""
    deserved = min(deserved, seats)
    options = data.draw(st.integers(deserved, 6))
    faction: list[Vote] = []
    while len(faction) * (seats + 1) <= deserved * (len(others) + len(faction)):
        if deserved > seats or len(faction) > 600:
            pytest.fail("so many seats cannot be deserved")
        faction.append(strict(data.draw(st.permutations(range(1, options + 1)))))
    result = tally("stv/2", [*others, *faction], options=6, seats=seats, seed=seed)
    assert len(set(result.winners) & set(range(1, options + 1))) >= deserved
