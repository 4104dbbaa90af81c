"""Whether a matcher does better than chance: a permutation test for each pair of contexts.

**The crowd.** Members who say the same by design, in both contexts of a pair (what is disclosed,
and the number of removals), are one crowd. If nothing else leaks, then within a crowd every
assignment of the observations of one context to those of the other is equally likely, whatever the
matchers look at. So the truth is shuffled within the crowds, 999 times, and the p-value is the part
of all 1,000 in which the matchers do at least as well as with the truth: exact, with no assumption
about times, sizes or scores.

**Many matchers.** Each is measured twice, by how many it finds and by the mean rank of the right
one; each measure is brought to the mean and deviation that it has over all 1,000; what counts is
the largest. The shuffled truths are treated alike, so the p-value of the pair is exact, however
many matchers there are and however they depend on each other. Those that learn are told half of the
members, drawn by lot, and measured on the others; the shuffling keeps to the halves.

**Many pairs.** With some eighty pairs, an honest festival has a pair with p <= 0.01 every other
time. Such a pair is looked at again in a festival of its own: other members, times and keys. A pair
leaks if p <= 0.01 in three festivals, one after the other. They are independent, so an honest
run fails with probability at most 80 * 0.01 ** 3 = 0.00008, less than once in 10,000. A leak that
one festival shows with probability q is found with q ** 3: the leaks that were found in this system
give p = 0.001, the least there is, in every festival (test_everyone_colludes takes each defence out
and shows it), and one that is seen in 99 of 100 festivals is found in 97.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, pstdev

from tests.attacks.collusion.matchers import MATCHERS, Scores, shared_tokens
from tests.attacks.collusion.traces import Trace

SHUFFLES = 999
LEVEL = 0.01
FESTIVALS = 3
CERTAIN = 8
"""Octets, or characters, of a string that nothing but the same origin explains."""


@dataclass(frozen=True)
class Finding:
    """What the matchers made of one pair of contexts.

    `found` of `members` is the most that a matcher without learning assigned rightly, `chance` what
    is expected; `certain` the members who share a string with themselves alone, in a crowd of more
    than one.
    """

    pair: tuple[str, str]
    members: int
    crowds: int
    found: int
    by: str
    p: float
    certain: int

    @property
    def chance(self) -> int:
        """How many are right by chance: one in each crowd."""
        return self.crowds

    def __str__(self) -> str:
        return (
            f"{self.pair[0]} and {self.pair[1]}: {self.found} of {self.members} members found by "
            f"{self.by} ({self.chance} by chance, {self.certain} for certain), p = {self.p:.3f}"
        )


def judge(
    pair: tuple[str, str], xs: Mapping[int, Trace], ys: Mapping[int, Trace], *, random: Random
) -> Finding:
    """Let all matchers try, and say how well they do."""
    members = sorted(xs.keys() & ys.keys())
    # Two orders that know nothing of each other, so that a tie is not broken by who it is.
    order_x, order_y = random.sample(members, len(members)), random.sample(members, len(members))
    of_x, of_y = [xs[one] for one in order_x], [ys[one] for one in order_y]
    place = {member: at for at, member in enumerate(order_y)}
    truth = [place[member] for member in order_x]
    crowds: dict[object, list[int]] = defaultdict(list)
    for x, member in enumerate(order_x):
        crowds[xs[member].said, ys[member].said].append(x)
    known, halves, rests = {}, [], []
    for crowd in crowds.values():
        cut = len(crowd) // 2
        told, rest = crowd[:cut], crowd[cut:]
        known |= {x: truth[x] for x in told}
        halves += [told, rest]
        rests.append(rest)
    measures, found, names = [], [], []
    for matcher in MATCHERS:
        scores = matcher.score(of_x, of_y, known if matcher.learns else {})
        scored = rests if matcher.learns else list(crowds.values())
        ranks, assigned = _ranked(scores, scored, truth), _assigned(scores, scored, truth)
        measures += [ranks, assigned]
        if not matcher.learns:
            names.append(matcher.name)
            found.append(sum(assigned[x][truth[x]] for x in range(len(truth))))
    best = max(range(len(found)), key=lambda at: found[at])
    return Finding(
        pair=pair,
        members=len(members),
        crowds=len(crowds),
        found=int(found[best]),
        by=names[best],
        p=_p_value(measures, truth=truth, halves=halves, random=random),
        certain=_certain(of_x, of_y, truth=truth, crowds=list(crowds.values())),
    )


def _ranked(scores: Scores, crowds: Sequence[Sequence[int]], truth: Sequence[int]) -> Scores:
    """By x and y, how many of the crowd look less likely than y: 0 to 1, ties in the middle."""
    ranked = [[0.0] * len(truth) for _ in truth]
    for crowd in crowds:
        among = [truth[x] for x in crowd]
        if len(among) < 2:
            continue
        for x in crowd:
            row = [scores[x][y] for y in among]
            for y in among:
                below = sum(one < scores[x][y] for one in row)
                equal = sum(one == scores[x][y] for one in row) - 1
                ranked[x][y] = (below + equal / 2) / (len(among) - 1)
    return ranked


def _assigned(scores: Scores, crowds: Sequence[Sequence[int]], truth: Sequence[int]) -> Scores:
    """By x and y, 1 where x is assigned to y: the likeliest pairs first, each of them once."""
    assigned = [[0.0] * len(truth) for _ in truth]
    for crowd in crowds:
        among = [truth[x] for x in crowd]
        pairs = sorted(((-scores[x][y], x, y) for x in crowd for y in sorted(among)))
        free_x, free_y = set(crowd), set(among)
        for _, x, y in pairs:
            if x in free_x and y in free_y:
                assigned[x][y] = 1.0
                free_x.remove(x)
                free_y.remove(y)
    return assigned


def _p_value(
    measures: Sequence[Scores], *, truth: list[int], halves: list[list[int]], random: Random
) -> float:
    truths = [truth]
    for _ in range(SHUFFLES):
        other = truth[:]
        for half in halves:
            mixed = [truth[x] for x in half]
            random.shuffle(mixed)
            for x, y in zip(half, mixed, strict=True):
                other[x] = y
        truths.append(other)
    largest = [float("-inf")] * len(truths)
    for measure in measures:
        totals = [sum(map(list.__getitem__, measure, other)) for other in truths]
        middle, deviation = fmean(totals), pstdev(totals)
        if deviation > 1e-9:
            largest = [
                max(most, round((total - middle) / deviation, 9))
                for most, total in zip(largest, totals, strict=True)
            ]
    return sum(one >= largest[0] for one in largest) / len(largest)


def _certain(
    xs: Sequence[Trace],
    ys: Sequence[Trace],
    *,
    truth: Sequence[int],
    crowds: Sequence[Sequence[int]],
) -> int:
    """How many share a string, or a connection, that nobody else has in either context."""
    alone = {crowd[0] for crowd in crowds if len(crowd) == 1}
    linked = {
        in_x[0]
        for kind, in_x, in_y in shared_tokens(xs, ys, shortest=CERTAIN)
        if len(in_x) == len(in_y) == 1 and truth[in_x[0]] == in_y[0]
    }
    return len(linked - alone)
