"""Instant runoff ("irv/1"): the weakest option drops out, round after round, until one has won.

A ballot ranks some options, the most preferred first, and counts for the first one that has not
dropped out; when none is left it is exhausted. In each round the votes of every running option are
counted. The count ends when an option has more than half of all votes cast, exhausted ones
included, and more than the threshold; or when two options are left, of which the one with more
votes wins. Otherwise the option with fewest votes drops out, one at a time. Of equals, those later
in the lot's order drop out, and the earlier one wins. The winner's share is its votes in the last
round over all votes cast.
"""

from collections.abc import Mapping
from fractions import Fraction

from credentials.tally.lot import Lot
from credentials.tally.piles import Piles
from credentials.tally.profile import Count, Profile, Rules
from credentials.tally.result import ROUND, Number, Round


def irv(profile: Profile, *, rules: Rules) -> Count:
    """Count ranked ballots for one winner; the threshold only says how far the count goes."""
    piles = Piles(profile, options=rules.options)
    enough = max(Fraction(1, 2), rules.threshold) * profile.total()
    rounds: list[Round] = []
    while True:
        scores = {option: piles.score(option) for option in piles.running}
        highest = max(scores.values())
        is_last = highest > enough or len(scores) <= 2
        tied = _equals(highest if is_last else min(scores.values()), scores, lot=rules.lot)
        rounds.append(
            Round(
                title=ROUND,
                scores=tuple(scores.get(option) for option in range(1, rules.options + 1)),
                elected=tied[:1] if is_last else (),
                eliminated=() if is_last else tied[-1:],
                by_lot=rules.lot.decided(tied),
                exhausted=piles.exhausted,
            )
        )
        if is_last:
            share = Fraction(highest, profile.total())
            return Count(winners=tied[:1], rounds=tuple(rounds), share=share)
        piles.running.remove(tied[-1])
        piles.hand_on(tied[-1])


def _equals(score: Number, scores: Mapping[int, Number], *, lot: Lot) -> tuple[int, ...]:
    return lot.sorted(option for option, its_score in scores.items() if its_score == score)
