"""Ways to say which of two observations belong to one member: each gives every pair a score.

A matcher sees the traces of two contexts and not whose they are. One that learns is also told the
truth about half of the members, which it is not scored on.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from tests.attacks.collusion.traces import Trace

Scores = list[list[float]]
"""By the position of a trace in each of the two contexts; the higher, the likelier."""
Truth = Mapping[int, int]
"""Positions that belong to one member, as far as a matcher is told."""

COMMON = 0.9
"""What more than this part of the traces hold tells nobody apart."""
SURE_ENOUGH = 2.0
"""How many deviations above chance a kind of token must be right in what is learned from."""
BEST = 4
"""How many pairs of numbers are used, those that went together best in what is learned from."""


@dataclass(frozen=True)
class Matcher:
    """A way to score; with `learns` it is told half of the truth."""

    name: str
    score: Callable[[Sequence[Trace], Sequence[Trace], Truth], Scores]
    learns: bool = False


def _shared(xs: Sequence[Trace], ys: Sequence[Trace], _: Truth) -> Scores:
    """The rarer what both hold, the likelier."""
    scores = _nothing(xs, ys)
    for _kind, in_x, in_y in shared_tokens(xs, ys):
        weight = math.log(len(xs) / len(in_x)) + math.log(len(ys) / len(in_y))
        for x, y in product(in_x, in_y):
            scores[x][y] += weight
    return scores


def _shared_and_learned(xs: Sequence[Trace], ys: Sequence[Trace], known: Truth) -> Scores:
    """The same, with only those kinds of tokens that are right more often than by chance."""
    kinds: dict[Hashable, list[tuple[list[int], list[int]]]] = defaultdict(list)
    for kind, in_x, in_y in shared_tokens(xs, ys):
        kinds[kind].append((in_x, in_y))
    scores = _nothing(xs, ys)
    for found in kinds.values():
        right, chance = 0.0, 0.0
        for in_x, in_y in found:
            told = [x for x in in_x if x in known]
            among = set(in_y)
            right += sum(known[x] in among for x in told)
            chance += len(told) * len(in_y) / len(ys)
        above = (right - chance) / math.sqrt(chance + 0.5)
        if above < SURE_ENOUGH:
            continue
        for in_x, in_y in found:
            weight = above * (math.log(len(xs) / len(in_x)) + math.log(len(ys) / len(in_y)))
            for x, y in product(in_x, in_y):
                scores[x][y] += weight
    return scores


def shared_tokens(
    xs: Sequence[Trace], ys: Sequence[Trace], *, shortest: int = 0
) -> list[tuple[tuple[str, str], list[int], list[int]]]:
    """What traces of both contexts hold: where it stands in each, and which traces hold it.

    With `shortest` only strings of so many octets, and connections.
    """
    held_x, held_y = _held(xs), _held(ys)
    shared = []
    for value in held_x.keys() & held_y.keys():
        if shortest and not (isinstance(value, bytes | str) and len(value) >= shortest):
            continue
        for (where_x, in_x), (where_y, in_y) in product(
            held_x[value].items(), held_y[value].items()
        ):
            if len(in_x) + len(in_y) < COMMON * (len(xs) + len(ys)):
                shared.append(((where_x, where_y), in_x, in_y))
    for window in _windows(xs) & _windows(ys):
        in_x, in_y = (
            [at for at, one in enumerate(side) if window in one.windows] for side in (xs, ys)
        )
        if len(in_x) + len(in_y) < COMMON * (len(xs) + len(ys)):
            shared.append((("octets", "octets"), in_x, in_y))
    return shared


def _held(traces: Sequence[Trace]) -> dict[object, dict[str, list[int]]]:
    held: dict[object, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at, trace in enumerate(traces):
        for where, value in trace.tokens:
            held[value][where].append(at)
    return held


def _windows(traces: Sequence[Trace]) -> set[bytes]:
    return set().union(*(trace.windows for trace in traces))


def _in_order(xs: Sequence[Trace], ys: Sequence[Trace], _: Truth) -> Scores:
    """Who was early in one was early in the other."""
    return _by_ranks(_ranks([one.at for one in xs]), _ranks([one.at for one in ys]))


def _in_reverse(xs: Sequence[Trace], ys: Sequence[Trace], _: Truth) -> Scores:
    """Who was early in one was late in the other."""
    return _by_ranks(_ranks([one.at for one in xs]), _ranks([-one.at for one in ys]))


def _close_in_time(xs: Sequence[Trace], ys: Sequence[Trace], _: Truth) -> Scores:
    """Whatever came next to each other."""
    return [
        [-min(abs(a - b) for a in set(x.times) for b in set(y.times)) for y in ys] for x in xs
    ]


def _numbers_learned(xs: Sequence[Trace], ys: Sequence[Trace], known: Truth) -> Scores:
    """The pairs of numbers, whatever they are, that go together best."""
    of_x, of_y = _columns(xs), _columns(ys)
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
    scores = _nothing(xs, ys)
    for how, name_x, name_y in together[-BEST:]:
        sign = 1 if how > 0 else -1
        near = _by_ranks(_ranks(of_x[name_x]), _ranks([sign * value for value in of_y[name_y]]))
        for row, more in zip(scores, near, strict=True):
            row[:] = [score + abs(how) ** 3 * one for score, one in zip(row, more, strict=True)]
    return scores


def _times(a: float, b: float) -> float:
    return a * b


def _columns(traces: Sequence[Trace]) -> dict[str, list[int]]:
    """Each number that all have and that is not the same everywhere, one name for equal columns."""
    names = set.intersection(*(set(trace.numbers) for trace in traces))
    columns = {tuple(trace.numbers[name] for trace in traces): name for name in sorted(names)}
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


def _nothing(xs: Sequence[Trace], ys: Sequence[Trace]) -> Scores:
    return [[0.0] * len(ys) for _ in xs]


MATCHERS = (
    Matcher("what both hold", _shared),
    Matcher("what both hold, learned", _shared_and_learned, learns=True),
    Matcher("numbers, learned", _numbers_learned, learns=True),
    Matcher("the same order", _in_order),
    Matcher("the opposite order", _in_reverse),
    Matcher("closeness in time", _close_in_time),
)
