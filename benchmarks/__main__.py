"""All measurements, one after the other, and the machine that they were made on."""

import os
import platform

from benchmarks import (
    attendees,
    audits,
    ballots,
    batches,
    checkins,
    growth,
    growth_service,
    protocol,
    sealing,
    tally,
    wallet,
    witnesses,
    zeros,
)
from benchmarks.measure import Row, gain_of_two, rows_against_reference, show, take_turns

MEASUREMENTS = (
    protocol,
    batches,
    witnesses,
    growth,
    growth_service,
    checkins,
    ballots,
    audits,
    attendees,
    sealing,
    tally,
    wallet,
    zeros,
)


def main() -> None:
    """Print the machine's facts, R, and every table; draw every curve."""
    unit = take_turns({}, rounds=200)
    show(
        "Machine",
        [
            Row(name="cores", figure=str(len(os.sched_getaffinity(0)))),
            Row(name="processor", figure=platform.machine()),
            Row(name="system", figure=platform.system()),
            Row(name="Python", figure=platform.python_version()),
            *rows_against_reference(unit, aims={}),
            Row(name="two processes at once", figure=f"{gain_of_two():9.2f} times the work of one"),
        ],
    )
    for measurement in MEASUREMENTS:
        measurement.main()


if __name__ == "__main__":
    main()
