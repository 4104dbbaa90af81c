"""Ranked ballots in piles, each on that of the option it counts for now, and how they move.

A ballot counts for the running option of its first rank that has any, and for several of them in
equal parts: it is counted as if it were split evenly over all orders of the options that it ranks
alike. Parts of equal ballots with equal value lie together on a pile, so that a sum is a few exact
products however many ballots there are. An option that stopped running never runs again, so the
reading of a ranking only goes forward.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from credentials.tally.profile import Rankings
from credentials.tally.round import Number

Pile = dict[int, Number]
"""How many ballots of each ranking, by its number, or which parts of them."""


class Piles:
    """All ballots of a count; `running` says which options can still receive some."""

    def __init__(self, profile: Rankings, *, options: int) -> None:
        self.running = set(range(1, options + 1))
        self.exhausted = Fraction(0)
        self._rankings = list(profile)
        self._read = [0] * len(self._rankings)  # ranks without an option that is still running
        self._piles: list[dict[Number, Pile]] = [defaultdict(dict) for _ in range(options + 1)]
        self._counts: list[dict[Number, Number]] = [defaultdict(int) for _ in range(options + 1)]
        self._kept: list[Number] = [0] * (options + 1)
        self._place(1, dict(enumerate(profile.values())))

    def score(self, option: int) -> Number:
        """What an option's ballots are worth together, and what it keeps of those handed on."""
        worth = sum(value * ballots for value, ballots in self._counts[option].items())
        return self._kept[option] + worth if self._kept[option] else worth

    def hand_on(self, option: int, *, factor: Number = 1, keep: Number = 0) -> None:
        """Move all ballots of an option that no longer runs, at `factor` of their value each."""
        piles = self._piles[option]
        self._piles[option], self._counts[option] = defaultdict(dict), defaultdict(int)
        self._kept[option] = keep
        for value, moving in piles.items():
            self._place(value * factor, moving)

    def _place(self, value: Number, moving: Mapping[int, Number]) -> None:
        arrived: dict[int, Pile] = {option: {} for option in self.running}
        nowhere: Number = 0
        for number, ballots in moving.items():
            here = self._first_rank_with_running(number)
            if len(here) == 1:
                arrived[here[0]][number] = ballots
            elif not here:
                nowhere += ballots
            for option in here if len(here) > 1 else ():
                arrived[option][number] = Fraction(ballots, len(here))
        self.exhausted += value * nowhere
        for option, new in arrived.items():
            if not new:
                continue
            self._counts[option][value] += sum(new.values())
            pile = self._piles[option][value]
            for number in pile.keys() & new.keys():
                new[number] += pile[number]
            pile |= new

    def _first_rank_with_running(self, number: int) -> Sequence[int]:
        """The running options of a ranking's first rank that has any."""
        ranking, running = self._rankings[number], self.running
        for at in range(self._read[number], len(ranking)):
            rank = ranking[at]
            if len(rank) > 1:
                rank = tuple([option for option in rank if option in running])
            elif rank[0] not in running:
                continue
            if rank:
                self._read[number] = at
                return rank
        self._read[number] = len(ranking)
        return ()
