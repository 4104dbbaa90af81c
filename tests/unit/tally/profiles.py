"""Profiles for the tests of the tally: written as in the literature, or drawn by hypothesis."""

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction

from hypothesis import strategies as st

from credentials.tally import METHODS, WITH_EQUAL_RANKS, WITH_SEATS, TallyResult, most_seats
from credentials.tally.profile import Ranking, Vote
from credentials.tally.result import Number

SEED = b"a public seed"
METHODS_BY_PAPER = {
    "single_choice": ("plurality/1",),
    "approval": ("approval/1",),
    "score": ("score/1",),
    "ranked": ("irv/1", "schulze/1", "stv/1", "stv/2"),
    "quadratic": ("quadratic/1",),
}
LIMITS = {"score": 5, "quadratic": 25}


def strict(marks: Iterable[int]) -> Ranking:
    """The ranking of options that are all preferred one to the other."""
    return tuple((option,) for option in marks)


def ranked(text: str) -> list[Vote]:
    """Ballots from `5 ACBED, 3 C=AB`: options are letters, A is 1; C and A are ranked alike."""
    return [
        tuple(
            tuple(sorted(ord(letter) - ord("A") + 1 for letter in rank.split("=")))
            for rank in re.findall("[A-Z](?:=[A-Z])*", ranking)
        )
        for count, ranking in (part.split() for part in text.split(","))
        for _ in range(int(count))
    ]


def scores(result: TallyResult) -> list[tuple[Number | None, ...]]:
    """What every option has, round by round."""
    return [one.scores for one in result.rounds]


def is_conserved(result: TallyResult) -> bool:
    """Whether in every round the scores and what is exhausted are the votes, exactly."""
    return all(
        sum((Fraction(score) for score in one.scores if score is not None), one.exhausted)
        == result.votes
        for one in result.rounds
    )


def renamed(vote: Vote, names: Sequence[int], *, method: str) -> Vote:
    """The vote where option k is called `names[k - 1]`; amounts move with their option."""
    if method in ("score/1", "quadratic/1"):
        return tuple(vote[names.index(option)] for option in range(1, len(names) + 1))  # type: ignore[return-value]
    if METHODS[method] == "ranked":
        return tuple(tuple(sorted(names[option - 1] for option in rank)) for rank in vote)  # type: ignore[union-attr]
    return tuple(sorted(names[option - 1] for option in vote))  # type: ignore[index,misc]


@st.composite
def rankings(draw: st.DrawFn, options: int, *, min_size: int = 1, equal: bool = False) -> Ranking:
    """Rankings of at least `min_size` of the options; with some of them alike if `equal`."""
    order = draw(st.permutations(range(1, options + 1)))
    ranking: list[tuple[int, ...]] = []
    for option in order[: draw(st.integers(min_size, options))]:
        if equal and ranking and draw(st.booleans()):
            ranking[-1] = tuple(sorted((*ranking[-1], option)))
        else:
            ranking.append((option,))
    return tuple(ranking)


def marks_for(paper: str, options: int, *, equal: bool = False) -> st.SearchStrategy[Vote]:
    """Valid ballots of a type, abstentions left out."""
    each = st.lists(st.integers(0, 5), min_size=options, max_size=options).map(tuple)
    return {
        "single_choice": st.integers(1, options).map(lambda option: (option,)),
        "approval": st.sets(st.integers(1, options), min_size=1).map(lambda s: tuple(sorted(s))),
        "score": each,
        "ranked": rankings(options, equal=equal),
        "quadratic": each.filter(
            lambda votes: 1 <= sum(n * n for n in votes) <= LIMITS["quadratic"]
        ),
    }[paper]


@st.composite
def polls(draw: st.DrawFn) -> tuple[str, int, int, list[Vote]]:
    """A method, a number of options, of seats, and ballots with abstentions among them."""
    paper = draw(st.sampled_from(sorted(METHODS_BY_PAPER)))
    method = draw(st.sampled_from(METHODS_BY_PAPER[paper]))
    options = draw(st.integers(2, 6))
    seats = draw(st.integers(1, options + 1)) if method in WITH_SEATS else 1
    equal = seats <= most_seats(method, equal_ranks=method in WITH_EQUAL_RANKS)
    equal = equal and method in WITH_EQUAL_RANKS
    ballots = st.lists(st.one_of(marks_for(paper, options, equal=equal), st.just(())), max_size=24)
    return method, options, seats, draw(ballots)
