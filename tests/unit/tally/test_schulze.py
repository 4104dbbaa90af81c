"""Schulze: winning votes, partial rankings, several winners, and many options."""

from collections import Counter
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from credentials.tally import lot_order, tally
from credentials.tally.profile import Vote
from credentials.tally.schulze import preferences, strongest_paths
from tests.unit.tally.profiles import SEED, ranked, rankings, scores, strict


def test_an_unranked_option_is_below_all_ranked_and_equal_to_the_other_unranked() -> None:
    assert preferences(Counter([strict([2])]), options=3) == [[0, 0, 0], [1, 0, 1], [0, 0, 0]]
    assert preferences(Counter([strict([3, 1])] * 2), options=4) == [
        [0, 2, 0, 2],
        [0, 0, 0, 0],
        [2, 2, 0, 2],
        [0, 0, 0, 0],
    ]


def test_links_are_as_strong_as_their_winning_votes_not_their_margins() -> None:
    # A beats B 5:4, B beats C 6:2, C beats A 4:3. By winning votes C's way to A is the weakest
    # link, so A wins; by margins A to B and C to A are equally weak, and B would tie with A.
    matrix = preferences(Counter(ranked("3 ABC, 2 BC, 2 CAB, 1 B, 1 C")), options=3)
    assert matrix == [[0, 5, 3], [3, 0, 6], [5, 3, 0]]
    assert strongest_paths(matrix) == [[0, 5, 5], [5, 0, 6], [5, 5, 0]]


def test_two_undefeated_options_are_decided_by_lot() -> None:
    # B beats C 7:2, C beats D 5:4, D beats A 6:3, A beats B and C 5:4, B beats D 5:4: no option
    # has a stronger path to B, nor to D, than it has back.
    result = tally("schulze/1", ranked("3 ABCD, 2 DABC, 2 DBCA, 2 CBDA"), options=4, seed=SEED)
    drawn = tuple(option for option in lot_order(SEED, 4) if option in (2, 4))
    assert result.rounds[-1].by_lot == drawn
    assert result.winners == drawn[:1]
    assert result.paths[1][3] == result.paths[3][1] == 5
    assert scores(result) == [(2, 2, 1, 1), (2, 3, 2, 3)]


def test_a_cycle_of_three_equals_is_decided_by_lot_among_all() -> None:
    result = tally("schulze/1", ranked("1 ABC, 1 BCA, 1 CAB"), options=3, seed=SEED)
    assert result.rounds[-1].by_lot == lot_order(SEED, 3)
    assert result.winners == lot_order(SEED, 3)[:1]


def _preferences_one_by_one(ballots: list[Vote], options: int) -> list[list[int]]:
    def rank(ranking: Vote, option: int) -> int:
        ranks = [at for at, alike in enumerate(ranking) if option in alike]  # type: ignore[operator]
        return ranks[0] if ranks else len(ranking)

    def prefers(ranking: Vote, i: int, j: int) -> bool:
        return rank(ranking, i) < rank(ranking, j)

    each = range(1, options + 1)
    return [[sum(prefers(ranking, i, j) for ranking in ballots) for j in each] for i in each]


def _strongest_by_all_paths(matrix: list[list[int]]) -> list[list[int]]:
    each = range(len(matrix))
    strongest = [[0] * len(matrix) for _ in each]
    for length in range(2, len(matrix) + 1):
        for path in permutations(each, length):
            links = list(pairwise(path))
            if all(matrix[i][j] > matrix[j][i] for i, j in links):
                weakest = min(matrix[i][j] for i, j in links)
                first, last = path[0], path[-1]
                strongest[first][last] = max(strongest[first][last], weakest)
    return strongest


@given(st.lists(rankings(5, equal=True), min_size=1, max_size=20))
def test_matrix_and_paths_are_those_of_their_definitions(ballots: list[Vote]) -> None:
    matrix = preferences(Counter(ballots), options=5)
    assert matrix == _preferences_one_by_one(ballots, 5)
    assert strongest_paths(matrix) == _strongest_by_all_paths(matrix)


def test_sixty_four_options_and_counters_that_are_full() -> None:
    # Every counter reaches the number of ballots, which is the largest number of its width.
    ballots: list[Vote] = [strict(range(1, 65))] * 1023
    result = tally("schulze/1", ballots, options=64, seed=SEED)
    assert result.winners == (1,)
    assert result.matrix[0] == (0, *[1023] * 63)
    assert result.matrix[63] == (0,) * 64


def test_options_of_one_rank_are_preferred_neither_to_the_other_and_both_to_the_rest() -> None:
    assert preferences(Counter(ranked("3 A=BC, 2 D")), options=4) == [
        [0, 0, 3, 3],
        [0, 0, 3, 3],
        [0, 0, 0, 3],
        [2, 2, 2, 0],
    ]


def test_who_is_first_with_another_and_first_alone_wins() -> None:
    # Found by trying the product: broken by number, as 3 x ABC and 2 x BAC, A would win.
    result = tally("schulze/1", ranked("3 A=BC, 2 BAC"), options=3, seed=SEED)
    assert result.winners == (2,)
    assert (result.matrix[1][0], result.matrix[0][1], result.matrix[1][2]) == (2, 0, 5)
