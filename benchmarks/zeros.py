"""Whether time tells a zero: the same operations over secrets with zeros, and without.

Each kind of secret is measured in every round, the kinds in random order, in processor time. Two
figures compare it with the first kind, which has no zeros: the ratio of the medians, and how often
a time drawn from it is longer than one drawn from the first, with its distance from one half in
standard deviations (the rank test of Mann and Whitney). The second kind has no zeros either, and
shows what chance and the machine do.
"""

import random
import secrets
import statistics
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.measure import PROCESSOR, Row, show
from credentials.curve import G1, curve
from credentials.curve.scalars import random_scalar
from credentials.formats.policy import Policy
from credentials.formats.requirement import Requirement
from credentials.holder import Credential, accept
from credentials.issuance import commit, derive_secrets, draw_handle
from credentials.presentation import present
from credentials.scope import app_scope
from tests.community import Community

ROUNDS = 2000
NONCE = bytes(32)
CAFE = app_scope("visit", "https://cafe.example/answer")
FACTORS = {
    "uniform": random_scalar,
    "uniform again": random_scalar,
    "0": lambda: 0,
    "1": lambda: 1,
    "255": lambda: 255,
    "2^24 - 1": lambda: 2**24 - 1,
}
# Distances from a date to its bound, by their two digits; from an integer, by its three.
DATES = {"no digit zero": 0x5AC3, "none again": 0x3C71, "one zero": 0x5A00, "both zero": 0}
INTEGERS = {"no digit zero": 0x5AC397, "none again": 0x3C71B2, "two zeros": 0x5A0000, "all zero": 0}
VALUES = {
    "no value zero": {"points": 70_000, "valid_until": 22_280, "volunteer": 1},
    "none again": {"points": 4_711, "valid_until": 21_017, "volunteer": 1},
    "points zero": {"points": 0, "valid_until": 22_280, "volunteer": 1},
    "all zero": {"points": 0, "valid_until": 0, "volunteer": 0},
}


def main() -> None:
    """Print a table for each operation."""
    community = Community()
    credential = community.enrol(points=2**24 - 1, valid_until=2**16 - 1).credential
    point = curve.multiply_g1(curve.g1_generator, random_scalar())
    _show(
        "One multiplication, by",
        {name: _multiplying(point, draw=draw) for name, draw in FACTORS.items()},
    )
    for attribute, distances in (("valid_until", DATES), ("points", INTEGERS)):
        _show(
            f"Prove a range of {attribute}, distance with",
            {
                name: _proving(credential, attribute=attribute, distance=distance)
                for name, distance in distances.items()
            },
        )
    _show("Issue, with", {n: _issuing(community, v) for n, v in VALUES.items()})
    _show("Accept, with", {n: _accepting(community, v) for n, v in VALUES.items()})


def _multiplying(point: G1, *, draw: Callable[[], int]) -> Callable[[], Callable[[], object]]:
    def prepare() -> Callable[[], object]:
        scalar = draw()
        return lambda: curve.multiply_g1(point, scalar)

    return prepare


def _proving(
    credential: Credential, *, attribute: str, distance: int
) -> Callable[[], Callable[[], object]]:
    value = credential.attributes[attribute]
    assert isinstance(value, int)
    requirement = Requirement(attribute=attribute, operator=">=", bound=value - distance)
    policy = Policy(purpose="visit", require=(requirement,))
    return lambda: lambda: present(credential, policy=policy, scope=CAFE, freshness=NONCE)


def _issuing(community: Community, values: Mapping[str, int]) -> Callable[[], Callable[[], object]]:
    metadata = community.metadata
    own = derive_secrets(secrets.token_bytes(16), metadata=metadata, count=0)
    commitment = commit(own, metadata=metadata, nonce=NONCE)
    attributes = community.attributes(**values)

    def prepare() -> Callable[[], object]:
        handle = draw_handle()
        return lambda: community.issuer.issue(
            commitment, nonce=NONCE, handle=handle, serial=9, attributes=attributes
        )

    return prepare


def _accepting(
    community: Community, values: Mapping[str, Any]
) -> Callable[[], Callable[[], object]]:
    member = community.enrol(**values)
    issued, own, metadata = member.issued, member.secrets, community.metadata
    return lambda: lambda: accept(issued, secrets=own, metadata=metadata)


def _show(title: str, kinds: Mapping[str, Callable[[], Callable[[], object]]]) -> None:
    times: dict[str, list[float]] = {name: [] for name in kinds}
    order = list(kinds)
    for round_ in range(-20, ROUNDS):
        random.shuffle(order)
        for name in order:
            operation = kinds[name]()
            start = PROCESSOR()
            operation()
            seconds = PROCESSOR() - start
            if round_ >= 0:
                times[name].append(seconds)
    first, *_ = times.values()
    rows = []
    for name, taken in times.items():
        longer, deviations = rank_test(taken, first)
        figure = f"{statistics.median(taken) * 1000:9.4f} ms"
        if taken is not first:
            ratio = statistics.median(taken) / statistics.median(first)
            figure += f" {ratio:8.4f} {longer * 100:7.1f} % longer {deviations:+7.1f}"
        rows.append(Row(name=name, figure=figure))
    show(f"{title} (rounds: {ROUNDS})", rows)


def rank_test(some: list[float], others: list[float]) -> tuple[float, float]:
    """How often one of `some` is above one of `others`, and that in deviations from a half."""
    ranked = sorted([(time, 0) for time in some] + [(time, 1) for time in others])
    total, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        mean = (place + 1 + end) / 2  # ties share the mean of their ranks
        total += mean * sum(1 for _, group in ranked[place:end] if group == 0)
        place = end
    n, m = len(some), len(others)
    above = total - n * (n + 1) / 2
    deviation = (n * m * (n + m + 1) / 12) ** 0.5
    return above / (n * m), (above - n * m / 2) / deviation


if __name__ == "__main__":
    main()
