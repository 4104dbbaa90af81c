"""What comes out the same whoever drops out, where nothing decides who of several does.

Each of them is supposed to drop out in turn, and the count is finished, with more suppositions if
need be. Options that are elected in every case are elected; if all cases agree on everything, there
is no tie. That is also what all lots have in common, since each case is that of some lot. There can
be very many cases: when MOST_LOOKS is exceeded, nothing more than before is said to be certain.
Source: docs/tally.md, "Ties".
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from credentials.tally.profile import Count, Rankings, Rules

MOST_LOOKS: Final = 2**16
"""Different rankings times rounds, in all cases together."""

Method = Callable[[Rankings, Rules], Count]


def with_what_is_certain(method: Method, profile: Rankings, rules: Rules) -> Count:
    """The count by a method that ends where nothing decides who drops out."""
    so_far = method(profile, rules)
    if not so_far.tied or so_far.share is not None:
        return so_far  # decided, or level in the end, for winning
    cases = _all_cases(method, profile, rules, so_far)
    if not cases:
        return so_far
    certain = frozenset[int].intersection(*map(frozenset, (case.winners for case in cases)))
    shares = [case.share for case in cases if case.share is not None]
    if shares and max(shares) <= rules.threshold:
        return replace(so_far, tied=(), share=max(shares))
    if shares and min(shares) <= rules.threshold:
        return so_far
    return _elect(so_far, certain.difference(so_far.winners), cases=cases)


def _elect(so_far: Count, more: frozenset[int], *, cases: list[Count]) -> Count:
    winners = (*so_far.winners, *sorted(more))
    is_all = all(len(case.winners) == len(winners) for case in cases)
    last = so_far.rounds[-1]
    return replace(
        so_far,
        winners=winners,
        tied=() if is_all else so_far.tied,
        rounds=(*so_far.rounds[:-1], replace(last, elected=(*last.elected, *sorted(more)))),
        share=min((case.share for case in cases if case.share is not None), default=None),
    )


def _all_cases(method: Method, profile: Rankings, rules: Rules, so_far: Count) -> list[Count]:
    """How the count ends in every case; none if they are too many or have nothing in common."""
    ended: list[Count] = []
    open_cases: list[tuple[int, ...]] = [(option,) for option in so_far.tied]
    common: frozenset[int] | None = None
    looks = 0
    while open_cases:
        supposed = open_cases.pop()
        case = method(profile, replace(rules, supposed=supposed))
        looks += len(profile) * len(case.rounds)
        if looks > MOST_LOOKS:
            return []
        if case.share is None and case.tied:
            open_cases += [(*supposed, option) for option in case.tied]
            continue
        ended.append(case)
        elected = frozenset() if _fails(case, rules) else frozenset(case.winners)
        common = elected if common is None else common & elected
        if common <= frozenset(so_far.winners) and not _fails(case, rules):
            return []
    return ended


def _fails(case: Count, rules: Rules) -> bool:
    return case.share is not None and case.share <= rules.threshold
