"""The ballots of a poll as a method sees them, and what it gives back.

Equal ballots are one entry with a count, abstentions are gone, and nothing is left of the order. A
ranking is a tuple of ranks, the most preferred first; a rank is a tuple of options, ascending, one
of them where no options are equal. Every other vote is a tuple of small numbers.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from credentials.tally.lot import Lot
from credentials.tally.result import COUNT, Matrix, Number, Round
from credentials.tally.ties import choose_first

Marks: TypeAlias = tuple[int, ...]
Ranking: TypeAlias = tuple[tuple[int, ...], ...]
Vote: TypeAlias = Marks | Ranking
Profile: TypeAlias = Counter[Marks]
Rankings: TypeAlias = Counter[Ranking]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a poll lays down for its count; each method looks at what concerns it.

    options: how many there are. lot: what decides between equals, None where there is no lot, or
    none yet. seats: how many are to be elected. limit: the highest score of a score ballot.
    threshold: what the winner's share must exceed.
    """

    options: int
    lot: Lot | None
    seats: int = 1
    limit: int = 0
    threshold: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a method makes of a profile with at least one vote.

    tied: the options between which nothing decides, ascending, where that leaves a seat open.
    share: that of the winner, or of each that is tied for winning, which must exceed the
    threshold; None where there can be none.
    """

    winners: tuple[int, ...]
    tied: tuple[int, ...] = ()
    rounds: tuple[Round, ...]
    share: Fraction | None = None
    matrix: Matrix = ()
    paths: Matrix = ()


def leaders(scores: Sequence[Number]) -> list[int]:
    """The options with the highest score."""
    highest = max(scores)
    return [option for option, score in enumerate(scores, start=1) if score == highest]


def highest_score(scores: Sequence[int], *, lot: Lot | None, of: int | None = None) -> Count:
    """The count of one round that the highest score wins; its share is that of `of`, if given."""
    decided = one_winner(Round(title=COUNT, scores=tuple(scores)), leaders(scores), lot=lot)
    return replace(decided, share=None if of is None else Fraction(max(scores), of))


def one_winner(last: Round, level: Sequence[int], *, lot: Lot | None) -> Count:
    """The count whose last (or only) round is won by one of the options that lead in it."""
    choice = choose_first(level, rounds=(), lot=lot)
    winners = () if choice.option is None else (choice.option,)
    decided = replace(last, elected=winners, by_lot=choice.by_lot, tied=choice.tied)
    return Count(winners=winners, tied=choice.tied, rounds=(decided,))


def sum_marks(profile: Profile, options: int) -> list[int]:
    """For each option the sum of its marks, over ballots that have one for every option."""
    scores = [0] * options
    for marks, ballots in profile.items():
        for at, mark in enumerate(marks):
            scores[at] += mark * ballots
    return scores
