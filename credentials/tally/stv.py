"""Single transferable vote ("stv/1"): several seats, filled in proportion to how people ranked.

Every ballot is worth one vote, and counts for the first option in its ranking that is still
running: neither elected nor eliminated. All values are exact fractions; nothing is rounded.

Quota: floor(votes / (seats + 1)) + 1 (Droop), from the votes cast, fixed for the whole count.
In each round:
1. The running options that have the quota are elected, those with more votes first.
2. If as many options are running as seats are free, they are elected too, those with more votes
   first. The count ends when all seats are taken.
3. Otherwise, if an elected option has more than the quota, the largest such surplus is handed on:
   every ballot of that option goes on to its next running option, at its value times surplus over
   the option's votes (weighted inclusive Gregory method), and the option keeps the quota. One
   surplus a round.
4. If there is no surplus, the running option with fewest votes is eliminated, and its ballots go on
   to their next running options at the value that they have.
A ballot that has no running option left is exhausted, with the value that it then has. The lot
decides between equals: who is earlier in its order is elected first, hands on first, stays longer.

A round's scores hold for its beginning; an elected option's is what it keeps. In every round the
scores and the exhausted votes sum up to the votes cast. "surplus" is a round after rule 3, "round"
the first one and those after rule 4. There is no threshold.

Each surplus can double the digits of the fractions. Seats are therefore at most MAX_SEATS, with
which no number can have more than `result.MAX_DIGITS` digits: after k surpluses the common
denominator of all values is below votes^(2^k - 1).
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Final

from credentials.tally.piles import Piles
from credentials.tally.profile import Count, Profile, Rules
from credentials.tally.result import ROUND, SURPLUS, Number, Round

MAX_SEATS: Final = 10


def stv(profile: Profile, *, rules: Rules) -> Count:
    """Count ranked ballots for as many winners as seats, or all options if they are fewer."""
    count = _Standing(profile, rules=rules)
    while len(count.winners) < count.seats:
        count.next_round()
    return Count(winners=tuple(count.winners), rounds=tuple(count.rounds))


class _Standing:
    """Where a count stands, from one round to the next."""

    def __init__(self, profile: Profile, *, rules: Rules) -> None:
        self.seats = min(rules.seats, rules.options)
        self.winners: list[int] = []
        self.rounds: list[Round] = []
        self._options = rules.options
        self._lot = rules.lot
        self._quota = profile.total() // (rules.seats + 1) + 1
        self._piles = Piles(profile, options=rules.options)
        self._title = ROUND

    def next_round(self) -> None:
        """Rules 1 to 4, once."""
        piles = self._piles
        scores = {k: piles.score(k) for k in {*piles.running, *self.winners}}
        exhausted = piles.exhausted  # as the scores: at the beginning
        title, drawn = self._title, set[int]()
        elected = self._elect([k for k in piles.running if scores[k] >= self._quota], scores, drawn)
        if len(piles.running) == self.seats - len(self.winners):
            elected += self._elect(list(piles.running), scores, drawn)
        eliminated: tuple[int, ...] = ()
        if len(self.winners) < self.seats:
            most = max((scores[k] for k in self.winners), default=0)
            if most > self._quota:
                self._hand_on_surplus(most, scores, drawn)
            else:
                eliminated = self._eliminate(scores, drawn)
        self.rounds.append(
            Round(
                title=title,
                scores=tuple(scores.get(k) for k in range(1, self._options + 1)),
                elected=elected,
                eliminated=eliminated,
                by_lot=self._lot.sorted(drawn),
                exhausted=exhausted,
            )
        )

    def _elect(
        self, options: Iterable[int], scores: Mapping[int, Number], drawn: set[int]
    ) -> tuple[int, ...]:
        """Elect these, by score and then by lot."""
        elected = sorted(self._lot.sorted(options), key=lambda k: scores[k], reverse=True)
        for one, next_one in pairwise(elected):
            if scores[one] == scores[next_one]:
                drawn.update((one, next_one))
        self._piles.running.difference_update(elected)
        self.winners += elected
        return tuple(elected)

    def _hand_on_surplus(self, most: Number, scores: Mapping[int, Number], drawn: set[int]) -> None:
        largest = self._lot.sorted(k for k in self.winners if scores[k] == most)
        drawn.update(self._lot.decided(largest))
        factor = Fraction(most - self._quota) / most
        self._piles.hand_on(largest[0], factor=factor, keep=self._quota)
        self._title = SURPLUS

    def _eliminate(self, scores: Mapping[int, Number], drawn: set[int]) -> tuple[int, ...]:
        fewest = min(scores[k] for k in self._piles.running)
        last = self._lot.sorted(k for k in self._piles.running if scores[k] == fewest)
        drawn.update(self._lot.decided(last))
        self._piles.running.remove(last[-1])
        self._piles.hand_on(last[-1])
        self._title = ROUND
        return last[-1:]
