"""Profiles for the tests of the tally: written as in the literature, or drawn by hypothesis."""

from fractions import Fraction

from hypothesis import strategies as st

from credentials.tally import TallyResult
from credentials.tally.profile import Marks
from credentials.tally.result import Number

SEED = b"a public seed"
METHODS_BY_PAPER = {
    "single_choice": ("plurality/1",),
    "approval": ("approval/1",),
    "score": ("score/1",),
    "ranked": ("irv/1", "schulze/1", "stv/1"),
    "quadratic": ("quadratic/1",),
}
LIMITS = {"score": 5, "quadratic": 25}


def ranked(text: str) -> list[Marks]:
    """Ballots from `5 ACBED, 3 CAB`: options are letters, A is 1."""
    return [
        tuple(ord(letter) - ord("A") + 1 for letter in ranking)
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


def rankings(options: int, *, min_size: int = 1) -> st.SearchStrategy[Marks]:
    """Rankings of at least `min_size` of the options."""
    return st.permutations(range(1, options + 1)).flatmap(
        lambda order: st.integers(min_size, options).map(lambda length: tuple(order[:length]))
    )


def marks_for(paper: str, options: int) -> st.SearchStrategy[Marks]:
    """Valid ballots of a type, abstentions left out."""
    each = st.lists(st.integers(0, 5), min_size=options, max_size=options).map(tuple)
    return {
        "single_choice": st.integers(1, options).map(lambda option: (option,)),
        "approval": st.sets(st.integers(1, options), min_size=1).map(lambda s: tuple(sorted(s))),
        "score": each,
        "ranked": rankings(options),
        "quadratic": each.filter(
            lambda votes: 1 <= sum(n * n for n in votes) <= LIMITS["quadratic"]
        ),
    }[paper]


@st.composite
def polls(draw: st.DrawFn) -> tuple[str, int, int, list[Marks]]:
    """A method, a number of options, of seats, and ballots with abstentions among them."""
    paper = draw(st.sampled_from(sorted(METHODS_BY_PAPER)))
    method = draw(st.sampled_from(METHODS_BY_PAPER[paper]))
    options = draw(st.integers(2, 6))
    seats = draw(st.integers(1, options + 1)) if method == "stv/1" else 1
    ballots = st.lists(st.one_of(marks_for(paper, options), st.just(())), max_size=24)
    return method, options, seats, draw(ballots)
