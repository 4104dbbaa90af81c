"""A count without withdrawn options: they are struck from all ballots, and the rest is counted.

What is left is numbered anew for the methods, which know nothing of this, and named as before in
what they give back. Source: docs/tally.md, "Withdrawn options".
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from credentials.tally.lot import Lot
from credentials.tally.profile import Count, Marks, Ranking, Vote
from credentials.tally.result import Matrix
from credentials.tally.round import Round


@dataclass(frozen=True, slots=True)
class Remaining:
    """The options that are left, ascending, of so many."""

    options: tuple[int, ...]
    of: int

    @classmethod
    def after(cls, withdrawn: Sequence[int], *, options: int) -> "Remaining":
        """All options but those that were withdrawn."""
        return cls(tuple(k for k in range(1, options + 1) if k not in withdrawn), options)

    @property
    def numbers(self) -> Mapping[int, int]:
        """The new number of each option that is left."""
        return {option: number for number, option in enumerate(self.options, start=1)}

    def votes(self, votes: Mapping[Vote, int], *, ballot_type: str) -> Counter[Vote]:
        """The votes with nothing but these options; one that says nothing of them abstains."""
        left: Counter[Vote] = Counter()
        for vote, ballots in votes.items():
            left[self._vote(vote, ballot_type=ballot_type)] += ballots
        return left

    def lot(self, lot: Lot) -> Lot:
        """The same order of what is left."""
        numbers = self.numbers
        return Lot(tuple(numbers[option] for option in lot.sorted(self.options)))

    def named(self, count: Count) -> Count:
        """What a method makes of these votes, with the options' own numbers."""
        return replace(
            count,
            winners=self._named(count.winners),
            tied=self._named(count.tied),
            rounds=tuple(map(self._round, count.rounds)),
            matrix=self._matrix(count.matrix),
            paths=self._matrix(count.paths),
        )

    def _vote(self, vote: Vote, *, ballot_type: str) -> Vote:
        numbers = self.numbers
        if not vote:
            return ()
        if ballot_type == "ranked":
            ranks = (
                tuple(numbers[k] for k in rank if k in numbers) for rank in cast(Ranking, vote)
            )
            return tuple(rank for rank in ranks if rank)
        marks = cast(Marks, vote)
        if ballot_type in ("score", "quadratic"):
            amounts = tuple(marks[option - 1] for option in self.options)
            return amounts if ballot_type == "score" or any(amounts) else ()
        return tuple(numbers[k] for k in marks if k in numbers)

    def _named(self, numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(self.options[number - 1] for number in numbers)

    def _round(self, one: Round) -> Round:
        scores = dict(zip(self.options, one.scores, strict=True))
        return replace(
            one,
            scores=tuple(scores.get(option) for option in range(1, self.of + 1)),
            elected=self._named(one.elected),
            eliminated=self._named(one.eliminated),
            by_lot=self._named(one.by_lot),
            tied=self._named(one.tied),
        )

    def _matrix(self, matrix: Matrix) -> Matrix:
        if not matrix:
            return ()
        numbers, each = self.numbers, range(1, self.of + 1)
        return tuple(
            tuple(
                matrix[numbers[i] - 1][numbers[j] - 1] if i in numbers and j in numbers else 0
                for j in each
            )
            for i in each
        )
