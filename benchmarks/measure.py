"""How things are measured: operations take turns, and each figure is a median.

The reference R is one check of two pairings on blst. Machines are shared and noisy. What only
computes is measured in processor time, which leaves out the time that others took; and taking turns
lets the rest of the noise hit all operations alike, so that the ratios to R hold where microseconds
do not. What waits for a disk or for other processes is measured on the clock on the wall.
"""

import multiprocessing
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from credentials.curve import curve

Clock = Callable[[], float]
PROCESSOR: Clock = time.process_time
WALL: Clock = time.perf_counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a table: what was measured, the figure with its unit, and the aim."""

    name: str
    figure: str
    aim: str = ""


def reference() -> None:
    """R: one check of two pairings on the curve in use."""
    pair = (curve.g1_generator, curve.g2_generator)
    assert curve.pairing_check([pair, (-pair[0], pair[1])])


def take_turns(
    operations: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    warm: int = 1,
    clock: Clock = PROCESSOR,
) -> dict[str, float]:
    """Median seconds of each operation and of "R", over `rounds` rounds in which all take turns.

    Before that each is done `warm` times, until what is kept for later is there.
    """
    all_operations = {"R": reference, **operations}
    times: dict[str, list[float]] = {name: [] for name in all_operations}
    for operation in all_operations.values():
        for _ in range(warm):
            operation()
    for _ in range(rounds):
        for name, operation in all_operations.items():
            start = clock()
            operation()
            times[name].append(clock() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Median seconds of a long operation, and the median of how many R it took."""

    seconds: float
    references: float

    def each(self, count: int) -> "Measured":
        """The same for one of `count` things that were done."""
        return Measured(seconds=self.seconds / count, references=self.references / count)

    @property
    def figure(self) -> str:
        """Milliseconds and R, as all tables show them."""
        return f"{self.seconds * 1000:9.2f} ms {self.references:8.2f} R"


def between_references(
    operation: Callable[[], object], *, rounds: int, references: int = 50
) -> Measured:
    """For what takes long: R is measured before and after each round, and compared with that."""
    seconds, ratios = [], []
    for _ in range(rounds):
        units = _references(references)
        start = PROCESSOR()
        operation()
        taken = PROCESSOR() - start
        units += _references(references)
        seconds.append(taken)
        ratios.append(taken / statistics.median(units))
    return Measured(seconds=statistics.median(seconds), references=statistics.median(ratios))


def _references(count: int) -> list[float]:
    times = []
    for _ in range(count):
        start = PROCESSOR()
        reference()
        times.append(PROCESSOR() - start)
    return times


def _count_references(seconds: float) -> int:
    end = time.perf_counter() + seconds
    done = 0
    while time.perf_counter() < end:
        reference()
        done += 1
    return done


def gain_of_two(*, seconds: float = 2.0) -> float:
    """How many times the work of one process two of them do at once: 2 where two cores are free."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(_count_references, [0.1, 0.1], chunksize=1)
        alone = pool.apply(_count_references, (seconds,))
        return sum(pool.map(_count_references, [seconds, seconds], chunksize=1)) / alone


def rows_against_reference(medians: Mapping[str, float], *, aims: Mapping[str, str]) -> list[Row]:
    """A row for each operation: milliseconds, and how many R that is."""
    unit = medians["R"]
    return [
        Row(
            name=name,
            figure=f"{seconds * 1000:9.2f} ms {seconds / unit:8.2f} R",
            aim=aims.get(name, ""),
        )
        for name, seconds in medians.items()
    ]


def show(title: str, rows: list[Row]) -> None:
    """Print a table."""
    print(f"\n{title}")
    width = max(len(row.name) for row in rows)
    for row in rows:
        aim = f"   aim {row.aim}" if row.aim else ""
        print(f"  {row.name:<{width}}  {row.figure}{aim}")
