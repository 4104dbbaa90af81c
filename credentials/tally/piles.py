"""Ranked ballots in piles, each on that of the option it counts for now, and how they move.

A ballot counts for the first option in its ranking that is still running. A pile is kept by value,
so that a sum is a few exact products however many ballots there are. An option that stopped running
never runs again, so each ballot's reading of its own ranking only goes forward.
"""

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction

from credentials.tally.profile import Profile
from credentials.tally.result import Number

Bundle = tuple[int, Iterator[int]]  # so many equal ballots, and what is left of their ranking


class Piles:
    """All ballots of a count; `running` says which options can still receive some."""

    def __init__(self, profile: Profile, *, options: int) -> None:
        self.running = set(range(1, options + 1))
        self.exhausted = Fraction(0)
        self._bundles: list[dict[Number, list[Bundle]]] = [
            defaultdict(list) for _ in range(options + 1)
        ]
        self._counts: list[dict[Number, int]] = [defaultdict(int) for _ in range(options + 1)]
        self._kept: list[Fraction] = [Fraction(0)] * (options + 1)
        self._place(1, [(ballots, iter(ranking)) for ranking, ballots in profile.items()])

    def score(self, option: int) -> Number:
        """What an option's ballots are worth together, and what it keeps of those handed on."""
        worth = sum(value * ballots for value, ballots in self._counts[option].items())
        return self._kept[option] + worth if self._kept[option] else worth

    def hand_on(self, option: int, *, factor: Number = 1, keep: int = 0) -> None:
        """Move all ballots of an option that no longer runs, at `factor` of their value each."""
        bundles = self._bundles[option]
        self._bundles[option], self._counts[option] = defaultdict(list), defaultdict(int)
        self._kept[option] = Fraction(keep)
        for value, moving in bundles.items():
            self._place(value * factor, moving)

    def _place(self, value: Number, bundles: list[Bundle]) -> None:
        arrived: dict[int, list[Bundle]] = {option: [] for option in self.running}
        nowhere = 0
        for bundle in bundles:
            for option in bundle[1]:
                if option in arrived:
                    arrived[option].append(bundle)
                    break
            else:
                nowhere += bundle[0]
        self.exhausted += value * nowhere
        for option, new in arrived.items():
            if new:
                self._bundles[option][value] += new
                self._counts[option][value] += sum(ballots for ballots, _ in new)
