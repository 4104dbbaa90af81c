"""The ballots of a poll as a method sees them, and what it gives back.

Equal ballots are one entry with a count, abstentions are gone, and nothing is left of the order.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from credentials.tally.lot import Lot
from credentials.tally.result import COUNT, Matrix, Number, Round

Marks: TypeAlias = tuple[int, ...]
Profile: TypeAlias = Counter[Marks]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a poll lays down for its count; each method looks at what concerns it.

    options: how many there are. seats: how many are to be elected. limit: the highest score of a
    score ballot. threshold: what the winner's share must exceed.
    """

    options: int
    lot: Lot
    seats: int = 1
    limit: int = 0
    threshold: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a method makes of a profile with at least one vote.

    share: that of the winner, which must exceed the threshold; None where there can be none.
    """

    winners: tuple[int, ...]
    rounds: tuple[Round, ...]
    share: Fraction | None = None
    matrix: Matrix = ()
    paths: Matrix = ()


def leaders(scores: Sequence[Number]) -> list[int]:
    """The options with the highest score."""
    highest = max(scores)
    return [option for option, score in enumerate(scores, start=1) if score == highest]


def highest_score(scores: Sequence[int], *, lot: Lot, of: int | None = None) -> Count:
    """The count of one round that the highest score wins; its share is that of `of`, if given."""
    tied = lot.sorted(leaders(scores))
    winner = tied[0]
    return Count(
        winners=(winner,),
        rounds=(
            Round(title=COUNT, scores=tuple(scores), elected=(winner,), by_lot=lot.decided(tied)),
        ),
        share=None if of is None else Fraction(scores[winner - 1], of),
    )


def sum_marks(profile: Profile, options: int) -> list[int]:
    """For each option the sum of its marks, over ballots that have one for every option."""
    scores = [0] * options
    for marks, ballots in profile.items():
        for at, mark in enumerate(marks):
            scores[at] += mark * ballots
    return scores
