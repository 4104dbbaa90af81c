"""Instant runoff ("irv/1"): the weakest option drops out, round after round, until one has won.

A ballot ranks some options, the most preferred first, and counts for the first one that has not
dropped out, or in equal parts for several in one rank; when none is left it is exhausted. In each
round the votes of every running option are counted. The count ends when an option has more than
half of all votes cast, exhausted ones included, and more than the threshold; or when two options
are left, of which the one with more votes wins. Otherwise the option with fewest votes drops out,
one at a time. Between equals earlier rounds decide, and then the lot: who is later in its order
drops out, and the earlier one wins. The winner's share is its votes in the last round over all
votes cast.

Where nothing decides who of those with fewest votes drops out, all of them do if that cannot change
who wins: they have fewer votes together than any other option has, and two options or more are left
(or they have no votes at all). Otherwise the count ends there, and they are tied; so are two that
are left with equally many votes.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from credentials.tally.piles import Piles
from credentials.tally.profile import Count, Rankings, Rules
from credentials.tally.result import ROUND, Number, Round
from credentials.tally.ties import choose_first, choose_last


def irv(profile: Rankings, *, rules: Rules) -> Count:
    """Count ranked ballots for one winner; the threshold only says how far the count goes."""
    piles = Piles(profile, options=rules.options)
    enough = max(Fraction(1, 2), rules.threshold) * profile.total()
    rounds: list[Round] = []
    while True:
        scores = {option: piles.score(option) for option in piles.running}
        highest = max(scores.values())
        is_last = highest > enough or len(scores) <= 2
        level = _level(highest if is_last else min(scores.values()), scores)
        choose = choose_first if is_last else choose_last
        choice = choose(level, rounds=rounds, lot=rules.lot)
        out: tuple[int, ...] = ()
        if choice.option is not None:
            out = (choice.option,)
        elif not is_last and _can_all_drop_out(level, scores):
            out = level
        rounds.append(
            Round(
                title=ROUND,
                scores=tuple(scores.get(option) for option in range(1, rules.options + 1)),
                elected=out if is_last else (),
                eliminated=() if is_last else out,
                by_lot=choice.by_lot,
                tied=choice.tied,
                exhausted=piles.exhausted,
            )
        )
        if is_last or not out:
            return Count(
                winners=out if is_last else (),
                tied=() if out else choice.tied,
                rounds=tuple(rounds),
                share=Fraction(highest, profile.total()) if is_last else None,
            )
        piles.running.difference_update(out)
        for option in out:
            piles.hand_on(option)


def _level(score: Number, scores: Mapping[int, Number]) -> tuple[int, ...]:
    return tuple(sorted(option for option, its_score in scores.items() if its_score == score))


def _can_all_drop_out(level: Sequence[int], scores: Mapping[int, Number]) -> bool:
    """Whether all of these drop out before any other option, in whatever order they do."""
    together = sum(scores[option] for option in level)
    others = [score for option, score in scores.items() if option not in level]
    return together < min(others, default=0) and (len(others) >= 2 or not together)
