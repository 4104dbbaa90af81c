"""What holds for every profile: order, names, majorities, seats, and no vote lost."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from credentials.tally import Outcome, TallyResult, tally
from credentials.tally.counting import COUNTS
from credentials.tally.lot import Lot
from credentials.tally.profile import Count, Rules, Vote
from credentials.tally.schulze import preferences
from tests.unit.tally.profiles import (
    LIMITS,
    SEED,
    is_conserved,
    marks_for,
    polls,
    ranked,
    rankings,
    renamed,
    strict,
)

Poll = tuple[str, int, int, list[Vote]]


def _tally(poll: Poll) -> TallyResult:
    method, options, seats, ballots = poll
    limit = LIMITS["score"] if method == "score/1" else 0
    return tally(method, ballots, options=options, seats=seats, limit=limit, seed=SEED)


@given(polls(), st.randoms(use_true_random=False))
def test_the_order_of_the_ballots_changes_nothing(poll: Poll, chance: object) -> None:
    method, options, seats, ballots = poll
    shuffled = list(ballots)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    result = _tally(poll)
    again = _tally((method, options, seats, shuffled))
    assert result == again
    assert result.to_cbor() == again.to_cbor()


@given(polls())
def test_a_result_comes_back_from_its_octets(poll: Poll) -> None:
    result = _tally(poll)
    assert TallyResult.from_cbor(result.to_cbor()) == result


@given(polls())
def test_there_are_as_many_winners_as_seats_unless_there_is_no_vote(poll: Poll) -> None:
    _, options, seats, ballots = poll
    result = _tally(poll)
    if not any(ballots):
        assert (result.outcome, result.winners) == (Outcome.NO_VOTES, ())
    elif result.outcome is Outcome.WINNER:
        assert len(result.winners) == min(seats, options)
    else:
        assert result.method == "score/1"  # nobody gave a single point
        assert not any(any(marks) for marks in ballots)


@given(polls())
def test_winners_are_who_the_rounds_elect_and_nobody_drops_out_twice(poll: Poll) -> None:
    result = _tally(poll)
    elected = [option for one in result.rounds for option in one.elected]
    eliminated = [option for one in result.rounds for option in one.eliminated]
    if result.outcome is Outcome.WINNER:
        assert tuple(elected) == result.winners
    assert len({*elected, *eliminated}) == len(elected) + len(eliminated)


@given(polls())
def test_runoffs_and_transfers_lose_no_vote_in_any_round(poll: Poll) -> None:
    if poll[0] in ("irv/1", "stv/1", "stv/2", "plurality/1"):
        assert is_conserved(_tally(poll))


@given(polls(), st.data())
def test_other_names_for_the_options_change_the_names_only(poll: Poll, data: st.DataObject) -> None:
    method, options, seats, ballots = poll
    votes = [vote for vote in ballots if vote]
    if not votes:
        return
    names = list(data.draw(st.permutations(range(1, options + 1))))
    order = tuple(data.draw(st.permutations(range(1, options + 1))))

    def call(options: Sequence[int]) -> tuple[int, ...]:
        return tuple(names[option - 1] for option in options)

    def count(votes: list[Vote], order: tuple[int, ...]) -> Count:
        rules = Rules(options=options, lot=Lot(order), seats=seats, limit=LIMITS["score"])
        return COUNTS[method](Counter(votes), rules=rules)

    before = count(votes, order)
    after = count(
        [renamed(vote, names, method=method) for vote in votes],
        call(order),
    )
    assert after.winners == call(before.winners)
    assert after.share == before.share
    for one, other in zip(before.rounds, after.rounds, strict=True):
        assert [other.scores[name - 1] for name in names] == list(one.scores)
        for named in ("elected", "eliminated", "by_lot"):
            assert getattr(other, named) == call(getattr(one, named))
        assert other.exhausted == one.exhausted


@given(st.lists(rankings(5), min_size=1, max_size=24))
def test_who_beats_all_others_head_to_head_wins_by_schulze(ballots: list[Vote]) -> None:
    matrix = preferences(Counter(ballots), options=5)
    winner = tally("schulze/1", ballots, options=5, seed=SEED).winners[0]
    for i in range(5):
        if all(matrix[i][j] > matrix[j][i] for j in range(5) if j != i):
            assert winner == i + 1


@given(st.lists(rankings(5), min_size=1, max_size=24))
def test_who_is_first_for_more_than_half_wins_whatever_ranked_method(
    ballots: list[Vote],
) -> None:
    firsts = Counter(vote[0] for vote in ballots)
    favourite, times = firsts.most_common(1)[0]
    if 2 * times > len(ballots):
        for method in ("irv/1", "schulze/1", "stv/1", "stv/2"):
            assert tally(method, ballots, options=5, seed=SEED).winners == favourite


@given(st.lists(rankings(5), min_size=1, max_size=24))
def test_one_seat_by_transferable_vote_is_the_instant_runoff(ballots: list[Vote]) -> None:
    runoff = tally("irv/1", ballots, options=5, seed=SEED)
    for method in ("stv/1", "stv/2"):
        assert tally(method, ballots, options=5, seed=SEED).winners == runoff.winners


@given(st.lists(marks_for("ranked", 6), min_size=1, max_size=30), st.integers(1, 5))
def test_a_faction_with_as_many_quotas_as_favourites_elects_all_of_them(
    others: list[Vote], favourites: int
) -> None:
    # Droop proportionality: whoever ranks the same k options first, in any order, and has k quotas.
    seats = favourites
    faction: list[Vote] = []
    while len(faction) < favourites * ((len(others) + len(faction)) // (seats + 1) + 1):
        turn = len(faction) % favourites
        faction.append(strict([*range(1, favourites + 1)[turn:], *range(1, turn + 1)]))
    result = tally("stv/1", [*others, *faction], options=6, seats=seats, seed=SEED)
    assert set(result.winners) == set(range(1, favourites + 1))


@given(st.lists(st.sampled_from(ranked("1 AC, 1 ABC, 1 BAC, 1 C")), min_size=1, max_size=60))
def test_fractions_are_in_lowest_terms_and_positive(ballots: list[Vote]) -> None:
    for one in tally("stv/1", ballots, options=3, seats=2, seed=SEED).rounds:
        assert all(score is None or score >= 0 for score in one.scores)
        assert isinstance(one.exhausted, Fraction)
        assert one.exhausted >= 0
