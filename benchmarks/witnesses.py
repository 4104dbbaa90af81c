"""Bringing a witness over many removals, forwards as a wallet does, and backwards as for a poll.

Removals are real ones: a registry with 10,000 removals behind each other. Reading the log (parsing,
and decoding one point for each removal) is measured apart, and both are added up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks.chart import Axis, Chart, Curve
from benchmarks.measure import Measured, Row, between_references, show
from credentials.curve import curve
from credentials.formats.head import Head
from credentials.issuance import draw_handle
from credentials.registry.accumulator import rewind_witness, update_witness
from credentials.registry.log import read_entries
from tests.community import Community

SIZES = (1, 10, 100, 1000, 10_000)
AIMS = {1000: "100 ms"}
ROUNDS = {1: 50, 10: 50, 100: 20, 1000: 10, 10_000: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What one update costs, by its parts."""

    read: Measured
    forwards: Measured
    backwards: Measured


def main() -> None:
    """Print the table and draw the curves."""
    community = Community()
    credential = community.enrol().credential
    handle, witness = credential.handle, curve.decode_g1(credential.witness_octets)
    first = community.heads.newest
    heads: dict[int, Head] = {}
    for size in SIZES:
        missing = size - len(community.entries)
        heads[size] = community.publish(*(draw_handle() for _ in range(missing)))
    costs = {}
    for size, head in heads.items():
        entries = community.entries[first.removals : head.removals]
        removals = read_entries(entries)
        # What is measured is right: it holds at its head, and leads back to where it began.
        updated = credential.updated(head, removals=removals)
        later = curve.decode_g1(updated.witness_octets)
        assert rewind_witness(later, handle=handle, removals=removals) == witness

        costs[size] = Costs(
            read=_measure(partial(read_entries, entries), size=size),
            forwards=_measure(
                partial(update_witness, witness, handle=handle, removals=removals), size=size
            ),
            backwards=_measure(
                partial(rewind_witness, later, handle=handle, removals=removals),
                size=size,
            ),
        )
    check = _measure(lambda: credential.updated(first, removals=[]), size=1)
    _show(costs, check=check)
    _draw(costs)


def _measure(operation: Callable[[], object], *, size: int) -> Measured:
    return between_references(operation, rounds=ROUNDS[size], references=20)


def _show(costs: dict[int, Costs], *, check: Measured) -> None:
    rows = []
    for size, cost in costs.items():
        removals = f"{size:,} removal{'s' if size > 1 else ''}"
        rows += [
            Row(name=f"{removals}: update", figure=cost.forwards.figure, aim=AIMS.get(size, "")),
            Row(name=f"{removals}: back", figure=cost.backwards.figure),
            Row(name=f"{removals}: read the log", figure=cost.read.figure),
        ]
    rows.append(Row(name="check the result, once at the end", figure=check.figure))
    show("Bringing a witness over removals", rows)


def _draw(costs: dict[int, Costs]) -> None:
    def points(part: Callable[[Costs], Measured]) -> list[tuple[float, float]]:
        return [(size, part(cost).seconds * 1000) for size, cost in costs.items()]

    chart = Chart(
        title="Bringing a witness over removals",
        subtitle="On the wallet's side, one core; reading the log comes on top",
        x=Axis(label="removals between the two heads", log=True),
        y=Axis(label="milliseconds", log=True),
        curves=[
            Curve(name="forwards", points=points(lambda cost: cost.forwards)),
            Curve(name="backwards", points=points(lambda cost: cost.backwards)),
            Curve(name="reading the log", points=points(lambda cost: cost.read)),
        ],
    )
    chart.save("witness-update")


if __name__ == "__main__":
    main()
