"""A permutation test: how many shuffled truths look as good as the true one."""

from collections.abc import Callable, Sequence
from math import fsum, sqrt
from random import Random
from typing import TypeVar

SHUFFLES = 999
FEW_SHUFFLES, PLAINLY_CHANCE = 199, 0.05
"""Where so few shuffles give a p-value above this, no more are made."""
NO_DEVIATION = 1e-9

T = TypeVar("T")


def p_value(
    measures: Callable[[list[T]], list[float]],
    truth: Sequence[T],
    *,
    groups: Sequence[Sequence[int]],
    random: Random,
) -> float:
    """The part of all truths, the true one among them, that look as good as the true one.

    `truth` is shuffled within the groups of its positions. `measures` says in how many ways good a
    truth looks: each is brought to the mean and deviation that it has over all truths, and the
    largest counts. All truths are treated alike, so the p-value is exact, however many measures
    there are and however they depend on each other.
    """
    truths = [list(truth)]
    measured = [measures(truths[0])]
    for shuffles in (FEW_SHUFFLES, SHUFFLES):
        while len(truths) <= shuffles:
            truths.append(_shuffled(truths[0], groups=groups, random=random))
            measured.append(measures(truths[-1]))
        p = _part_as_good(measured)
        if p > PLAINLY_CHANCE:
            break
    return p


def _shuffled(truth: list[T], *, groups: Sequence[Sequence[int]], random: Random) -> list[T]:
    other = truth[:]
    for group in groups:
        mixed = [truth[at] for at in group]
        random.shuffle(mixed)
        for at, value in zip(group, mixed, strict=True):
            other[at] = value
    return other


def _part_as_good(measured: Sequence[Sequence[float]]) -> float:
    largest = [float("-inf")] * len(measured)
    for totals in zip(*measured, strict=True):
        middle = fsum(totals) / len(totals)
        deviation = sqrt(fsum((total - middle) ** 2 for total in totals) / len(totals))
        if deviation > NO_DEVIATION:
            # Rounded, so that equal measures are equal whatever order they were added up in.
            above = [round((total - middle) / deviation, 9) for total in totals]
            largest = list(map(max, largest, above))
    return sum(one >= largest[0] for one in largest) / len(largest)
