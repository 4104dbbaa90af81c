"""Schulze: winning votes, partial rankings, several winners, and many options."""

from collections import Counter
from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from credentials.tally import lot_order, tally
from credentials.tally.profile import Marks
from credentials.tally.schulze import preferences, strongest_paths
from tests.unit.tally.profiles import SEED, ranked, rankings, scores


def test_an_unranked_option_is_below_all_ranked_and_equal_to_the_other_unranked() -> None:
    assert preferences(Counter([(2,)]), options=3) == [[0, 0, 0], [1, 0, 1], [0, 0, 0]]
    assert preferences(Counter([(3, 1)] * 2), options=4) == [
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


def _preferences_one_by_one(ballots: list[Marks], options: int) -> list[list[int]]:
    def prefers(marks: Marks, i: int, j: int) -> bool:
        return i in marks and (j not in marks or marks.index(i) < marks.index(j))

    each = range(1, options + 1)
    return [[sum(prefers(marks, i, j) for marks in ballots) for j in each] for i in each]


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


@given(st.lists(rankings(5), min_size=1, max_size=20))
def test_matrix_and_paths_are_those_of_their_definitions(ballots: list[Marks]) -> None:
    matrix = preferences(Counter(ballots), options=5)
    assert matrix == _preferences_one_by_one(ballots, 5)
    assert strongest_paths(matrix) == _strongest_by_all_paths(matrix)


def test_sixty_four_options_and_counters_that_are_full() -> None:
    # Every counter reaches the number of ballots, which is the largest number of its width.
    ballots: list[Marks] = [tuple(range(1, 65))] * 1023
    result = tally("schulze/1", ballots, options=64, seed=SEED)
    assert result.winners == (1,)
    assert result.matrix[0] == (0, *[1023] * 63)
    assert result.matrix[63] == (0,) * 64
