"""Ways to say which of two observations belong to one member: each gives every pair a score.

A matcher sees the traces of two contexts and not whose they are. One that learns is also told the
truth about half of the members, which it is not scored on.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from tests.attacks.collusion.pairs import Pair, Shared
from tests.attacks.collusion.traces import Trace

Scores = list[list[float]]
"""By the position of a trace in each of the two contexts; the higher, the likelier."""
Truth = Mapping[int, int]
"""Positions that belong to one member, as far as a matcher is told."""

SURE_ENOUGH = 2.0
"""How many deviations above chance a kind of token must be right in what is learned from."""
BEST = 4
"""How many pairs of numbers are used, those that went together best in what is learned from."""


@dataclass(frozen=True)
class Matcher:
    """A way to score; with `learns` it is told half of the truth."""

    name: str
    score: Callable[[Pair, Truth], Scores]
    learns: bool = False


def _shared(pair: Pair, _: Truth) -> Scores:
    """The more both hold, and the rarer it is, the likelier."""
    often = Counter((tuple(one.in_x), tuple(one.in_y)) for one in pair.shared)
    scores = _nothing(pair)
    for (in_x, in_y), times in often.items():
        weight = times * _rarity(pair, in_x, in_y)
        for x in in_x:
            row = scores[x]
            for y in in_y:
                row[y] += weight
    return scores


def _rarest(pair: Pair, _: Truth) -> Scores:
    """The rarer the rarest that both hold, the likelier."""
    scores = _nothing(pair)
    for one in pair.shared:
        if len(one.in_x) * len(one.in_y) <= len(pair.xs):
            weight = _rarity(pair, one.in_x, one.in_y)
            for x, y in product(one.in_x, one.in_y):
                scores[x][y] = max(scores[x][y], weight) + weight / 1000
    return scores


def _shared_and_learned(pair: Pair, known: Truth) -> Scores:
    """What both hold, of those kinds that are right more often than by chance."""
    kinds: dict[Hashable, list[Shared]] = defaultdict(list)
    for one in pair.shared:
        kinds[one.kind].append(one)
    scores = _nothing(pair)
    for found in kinds.values():
        right, chance = 0.0, 0.0
        for one in found:
            told = [x for x in one.in_x if x in known]
            among = set(one.in_y)
            right += sum(known[x] in among for x in told)
            chance += len(told) * len(one.in_y) / len(pair.ys)
        above = (right - chance) / math.sqrt(chance + 0.5)
        if above < SURE_ENOUGH:
            continue
        for one in found:
            weight = above * _rarity(pair, one.in_x, one.in_y)
            for x, y in product(one.in_x, one.in_y):
                scores[x][y] += weight
    return scores


def _rarity(pair: Pair, in_x: Sequence[int], in_y: Sequence[int]) -> float:
    return math.log(len(pair.xs) / len(in_x)) + math.log(len(pair.ys) / len(in_y))


def _in_order(pair: Pair, _: Truth) -> Scores:
    """Who was early in one was early in the other."""
    return _by_ranks(_ranks([one.at for one in pair.xs]), _ranks([one.at for one in pair.ys]))


def _in_reverse(pair: Pair, _: Truth) -> Scores:
    """Who was early in one was late in the other."""
    return _by_ranks(_ranks([one.at for one in pair.xs]), _ranks([-one.at for one in pair.ys]))


def _close_in_time(pair: Pair, _: Truth) -> Scores:
    """Whatever came next to each other."""
    return [[-min(abs(a - b) for a in x.times for b in y.times) for y in pair.ys] for x in pair.xs]


def _numbers_learned(pair: Pair, known: Truth) -> Scores:
    """The pairs of numbers, whatever they are, that go together best."""
    of_x = _columns([trace.numbers for trace in pair.xs])
    of_y = _columns([trace.numbers for trace in pair.ys])
    told = sorted(known)
    in_x = {name: _spread([column[x] for x in told]) for name, column in of_x.items()}
    in_y = {name: _spread([column[known[x]] for x in told]) for name, column in of_y.items()}
    together = sorted(
        (
            (sum(map(_times, a, b)), name_x, name_y)
            for (name_x, a), (name_y, b) in product(in_x.items(), in_y.items())
            if a and b
        ),
        key=lambda one: abs(one[0]),
    )
    scores = _nothing(pair)
    for how, name_x, name_y in together[-BEST:]:
        sign = 1 if how > 0 else -1
        near = _by_ranks(_ranks(of_x[name_x]), _ranks([sign * value for value in of_y[name_y]]))
        for row, more in zip(scores, near, strict=True):
            row[:] = [score + abs(how) ** 3 * one for score, one in zip(row, more, strict=True)]
    return scores


def _times(a: float, b: float) -> float:
    return a * b


def shapes(traces: Sequence[Trace]) -> list[list[float]]:
    """Each measure of the traces' shapes, as ranks around 0."""
    columns = _columns([trace.shape for trace in traces])
    return [_spread(column) for column in columns.values()]


def _columns(numbers: Sequence[Mapping[str, int]]) -> dict[str, list[int]]:
    """Each number that all have and that is not the same everywhere, one name for equal columns."""
    names = set.intersection(*map(set, numbers))
    columns = {tuple(one[name] for one in numbers): name for name in sorted(names)}
    return {name: list(column) for column, name in columns.items() if len(set(column)) > 1}


def _spread(values: Sequence[int]) -> list[float]:
    """Ranks around 0, of length 1; nothing where all are equal."""
    ranks = _ranks(values)
    middle = sum(ranks) / len(ranks)
    around = [rank - middle for rank in ranks]
    length = math.sqrt(sum(one * one for one in around))
    return [one / length for one in around] if length > 1e-9 else []


def _ranks(values: Sequence[float]) -> list[float]:
    """From 0 to 1; equal values share their rank."""
    order = sorted(values)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for rank, value in enumerate(order):
        first.setdefault(value, rank)
        last[value] = rank
    return [(first[value] + last[value]) / 2 / max(1, len(values) - 1) for value in values]


def _by_ranks(of_x: Sequence[float], of_y: Sequence[float]) -> Scores:
    return [[-abs(a - b) for b in of_y] for a in of_x]


def _nothing(pair: Pair) -> Scores:
    return [[0.0] * len(pair.ys) for _ in pair.xs]


MATCHERS = (
    Matcher("what both hold", _shared),
    Matcher("the rarest that both hold", _rarest),
    Matcher("what both hold, learned", _shared_and_learned, learns=True),
    Matcher("numbers, learned", _numbers_learned, learns=True),
    Matcher("the same order", _in_order),
    Matcher("the opposite order", _in_reverse),
    Matcher("closeness in time", _close_in_time),
)
