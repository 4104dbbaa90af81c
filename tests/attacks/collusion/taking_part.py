"""Whether the colluders can tell who took part in a poll, where they know who somebody is.

Somebody's traces are searched for whatever those who voted have and the others on the roll do not,
or the other way round. The test is the one of `chance`: who voted is shuffled among the roll.
"""

from collections.abc import Collection
from math import sqrt
from random import Random

from tests.attacks.collusion.chance import Finding
from tests.attacks.collusion.pairs import Context
from tests.attacks.collusion.shuffling import p_value

TAKING_PART = "taking part in "
FEW = 3
"""What fewer have, or lack, is left aside."""


def judge_taking_part(
    context: Context, poll: str, *, voters: Collection[int], roll: Collection[int], random: Random
) -> Finding:
    """How well any one thing in the traces of those on the roll tells who voted."""
    members = sorted(set(roll) & context.traces.keys())
    voted = [member in voters for member in members]
    signs = {
        tuple(member in holding for member in members)
        for held in context.held.values()
        for holding in map(set, held.values())
    }
    signs = {sign for sign in signs if FEW <= sum(sign) <= len(sign) - FEW}

    def told(truth: list[bool]) -> list[float]:
        return [abs(_apart(sign, truth)) for sign in signs]

    found = max(
        (max(agree, len(members) - agree) for agree in (_agree(sign, voted) for sign in signs)),
        default=max(sum(voted), len(voted) - sum(voted)),
    )
    return Finding(
        pair=(context.name, TAKING_PART + poll),
        members=len(members),
        crowds=max(sum(voted), len(voted) - sum(voted)),
        found=found,
        by="one sign",
        p=p_value(told, voted, groups=[range(len(voted))], random=random),
        certain=0,
    )


def _agree(sign: tuple[bool, ...], truth: list[bool]) -> int:
    return sum(one == other for one, other in zip(sign, truth, strict=True))


def _apart(sign: tuple[bool, ...], truth: list[bool]) -> float:
    """How far the two go together, -1 to 1."""
    n, a, b = len(sign), sum(sign), sum(truth)
    both = sum(one and other for one, other in zip(sign, truth, strict=True))
    spread = sqrt(a * (n - a) * b * (n - b))
    return (n * both - a * b) / spread if spread else 0.0
