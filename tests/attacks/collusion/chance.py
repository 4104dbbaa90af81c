"""Whether matchers do better than chance, and what that says of a whole festival.

**The crowd.** Members who say the same by design, in both contexts of a pair (what is disclosed,
and the number of removals), are one crowd. If nothing else leaks, then within a crowd every
assignment of the observations of one context to those of the other is equally likely, whatever the
matchers look at. So the truth is shuffled within the crowds, 999 times, and the p-value is the part
of all 1,000 truths with which the matchers do at least as well as with the true one: exact, with no
assumption about times, sizes or scores (`shuffling`).

**Many matchers.** Each is measured twice, by how many it finds and by the mean rank of the right
one; and how well each measure of shape (time, octets, requests) goes together with each other is
measured without any matcher. What counts is the measure that stands out most, for each truth alike,
so the p-value of the pair is exact, however many measures there are and however they depend on each
other. Matchers that learn are told half of each crowd, drawn by lot, and measured on the rest; the
shuffling keeps to the halves.

**Many pairs.** With some ninety pairs, most honest festivals have one with p <= 0.01. Such a pair
is looked at again in another festival: other members, times and keys. A pair leaks if p <= 0.01 in
three festivals, one after the other. They are independent, so an honest run fails with a
probability of at most 92 * 0.01 ** 3, less than once in 10,000. A leak that shows in one festival
with probability q is found with q ** 3. With a defence taken out p is 0.001, the least there is, in
every festival (test_everyone_colludes shows it).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from operator import mul
from random import Random

from tests.attacks.collusion.matchers import MATCHERS, Scores, shapes
from tests.attacks.collusion.pairs import Pair
from tests.attacks.collusion.shuffling import p_value

LEVEL = 0.01
FESTIVALS = 3
CERTAIN = 8
"""Octets, or characters, of a string that nothing but the same origin explains, if it is rare."""
RARE = 4
"""How many may hold such a string at some other place, as one registry head names another."""


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
    ranked: list[Scores] = []
    right: list[Scores] = []
    found: dict[str, int] = {}
    for matcher in MATCHERS:
        scores = matcher.score(pair, known if matcher.learns else {})
        crowds = rests if matcher.learns else pair.crowds
        assigned = _assigned(scores, crowds, pair.truth)
        ranked.append(_ranked(scores, crowds, pair.truth))
        right.append(assigned)
        if not matcher.learns:
            found[matcher.name] = int(sum(map(list.__getitem__, assigned, pair.truth)))
    of_x, of_y = shapes(pair.xs), shapes(pair.ys)

    def measured(truth: list[int]) -> list[float]:
        mixed = [[column[y] for y in truth] for column in of_y]
        return [
            *(sum(map(list.__getitem__, one, truth)) for one in ranked),
            # The root, as few are right by chance: one more says less, the more there are.
            *(sqrt(sum(map(list.__getitem__, one, truth))) for one in right),
            *(abs(sum(map(mul, a, b))) for a in of_x for b in mixed),
        ]

    certain = _certain(pair)
    found["what nobody else holds"] = certain
    best = max(found, key=lambda name: found[name])
    return Finding(
        pair=pair.names,
        members=len(pair.truth),
        crowds=len(pair.crowds),
        found=found[best],
        by=best,
        p=p_value(measured, pair.truth, groups=halves, random=random),
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


def _certain(pair: Pair) -> int:
    """How many share a string, or a connection, that nobody else has there in either context."""
    alone = {crowd[0] for crowd in pair.crowds if len(crowd) == 1}
    linked = {
        one.in_x[0]
        for one in pair.shared
        if len(one.in_x) == len(one.in_y) == 1
        and one.holders <= RARE
        and isinstance(one.value, bytes | str)
        and len(one.value) >= CERTAIN
        and pair.truth[one.in_x[0]] == one.in_y[0]
    }
    return len(linked - alone)
