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

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from random import Random

from tests.attacks.collusion.matchers import MATCHERS, Scores
from tests.attacks.collusion.pairs import Pair

SHUFFLES = 999
FEW_SHUFFLES, PLAINLY_CHANCE = 199, 0.05
"""Where so few shuffles give a p-value above this, no more are made."""
NO_DEVIATION = 1e-9
LEVEL = 0.01
FESTIVALS = 3
CERTAIN = 8
"""Octets, or characters, of a string that nothing but the same origin explains."""


@dataclass(frozen=True)
class Finding:
    """What the matchers made of one pair of contexts.

    `certain` are the members whose two observations share a string or a connection that nobody
    else has, in a crowd of more than one; `found` of `members` is the most that any way finds, and
    `chance` what is expected.
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


def judge(pair: Pair, *, random: Random) -> Finding:
    """Let all matchers try, and say how well they do."""
    known: dict[int, int] = {}
    halves, rests = [], []
    for crowd in pair.crowds:
        told, rest = crowd[: len(crowd) // 2], crowd[len(crowd) // 2 :]
        known |= {x: pair.truth[x] for x in told}
        halves += [told, rest]
        rests.append(rest)
    measures: list[Scores] = []
    found: dict[str, int] = {}
    for matcher in MATCHERS:
        scores = matcher.score(pair, known if matcher.learns else {})
        crowds = rests if matcher.learns else pair.crowds
        assigned = _assigned(scores, crowds, pair.truth)
        measures += [_ranked(scores, crowds, pair.truth), assigned]
        if not matcher.learns:
            found[matcher.name] = int(sum(map(list.__getitem__, assigned, pair.truth)))
    certain = _certain(pair)
    found["what nobody else holds"] = certain
    best = max(found, key=lambda name: found[name])
    return Finding(
        pair=pair.names,
        members=len(pair.truth),
        crowds=len(pair.crowds),
        found=found[best],
        by=best,
        p=_p_value(measures, truth=list(pair.truth), halves=halves, random=random),
        certain=certain,
    )


def _ranked(scores: Scores, crowds: Sequence[Sequence[int]], truth: Sequence[int]) -> Scores:
    """By x and y, how many of the crowd look less likely than y: 0 to 1, ties in the middle."""
    ranked = [[0.0] * len(truth) for _ in truth]
    for crowd in crowds:
        among = [truth[x] for x in crowd]
        if len(among) < 2:
            continue
        for x in crowd:
            row = sorted(scores[x][y] for y in among)
            for y in among:
                below, upto = bisect_left(row, scores[x][y]), bisect_right(row, scores[x][y])
                ranked[x][y] = (below + upto - 1) / 2 / (len(among) - 1)
    return ranked


def _assigned(scores: Scores, crowds: Sequence[Sequence[int]], truth: Sequence[int]) -> Scores:
    """By x and y, 1 where x is assigned to y: the likeliest pairs first, each of them once."""
    assigned = [[0.0] * len(truth) for _ in truth]
    for crowd in crowds:
        among = [truth[x] for x in crowd]
        pairs = sorted((-scores[x][y], x, y) for x in crowd for y in among)
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
    """The part of all truths, the true one among them, with which the matchers do as well."""
    truths = [truth]
    for shuffles in (FEW_SHUFFLES, SHUFFLES):
        while len(truths) <= shuffles:
            truths.append(_shuffled(truth, halves=halves, random=random))
        p = _part_as_good(measures, truths)
        if p > PLAINLY_CHANCE:
            break
    return p


def _shuffled(truth: list[int], *, halves: list[list[int]], random: Random) -> list[int]:
    other = truth[:]
    for half in halves:
        mixed = [truth[x] for x in half]
        random.shuffle(mixed)
        for x, y in zip(half, mixed, strict=True):
            other[x] = y
    return other


def _part_as_good(measures: Sequence[Scores], truths: list[list[int]]) -> float:
    largest = [float("-inf")] * len(truths)
    for measure in measures:
        totals = [sum(map(list.__getitem__, measure, other)) for other in truths]
        middle = fsum(totals) / len(totals)
        deviation = sqrt(fsum((total - middle) ** 2 for total in totals) / len(totals))
        if deviation > NO_DEVIATION:
            # Rounded, so that equal measures are equal whatever order they were added up in.
            above = [round((total - middle) / deviation, 9) for total in totals]
            largest = list(map(max, largest, above))
    return sum(one >= largest[0] for one in largest) / len(largest)


def _certain(pair: Pair) -> int:
    """How many share a string, or a connection, that nobody else has in either context."""
    alone = {crowd[0] for crowd in pair.crowds if len(crowd) == 1}
    linked = {
        in_x[0]
        for _kind, in_x, in_y, value in pair.shared
        if len(in_x) == len(in_y) == 1
        and isinstance(value, bytes | str)
        and len(value) >= CERTAIN
        and pair.truth[in_x[0]] == in_y[0]
    }
    return len(linked - alone)
