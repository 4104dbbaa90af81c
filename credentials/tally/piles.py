"""Ranked ballots in piles, each on that of the option it counts for now, and how they move.

A ballot counts for the running option of its first rank that has any, and for several of them in
equal parts: it is counted as if it were split evenly over all orders of the options that it ranks
alike. Parts of equal ballots with equal value lie together on a pile, so that a sum is a few exact
products however many ballots there are. An option that stopped running never runs again, so the
reading of a ranking only goes forward.
"""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

from credentials.tally.profile import Rankings
from credentials.tally.result import Number

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
        arrived: dict[int, Number] = defaultdict(int)
        for number, ballots in moving.items():
            here = self._running_in_first_rank(number)
            part = ballots if len(here) == 1 else Fraction(ballots, len(here) or 1)
            for option in here:
                pile = self._piles[option][value]
                pile[number] = pile.get(number, 0) + part
                arrived[option] += part
            if not here:
                self.exhausted += value * ballots
        for option, more in arrived.items():
            self._counts[option][value] += more

    def _running_in_first_rank(self, number: int) -> list[int]:
        """The running options of a ranking's first rank that has any."""
        ranking = self._rankings[number]
        for at in range(self._read[number], len(ranking)):
            here = [option for option in ranking[at] if option in self.running]
            if here:
                self._read[number] = at
                return here
        self._read[number] = len(ranking)
        return []
