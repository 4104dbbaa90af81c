"""Importing 15,000 attendees and writing their claim links, as an organiser does it."""

import csv
import os
from pathlib import Path

from benchmarks.measure import Row, show
from benchmarks.service import command, founded
from tests.attacks.city import PASSPHRASE

ATTENDEES = 15_000
AIM = "under 60 s together"


def main() -> None:
    """Print the table."""
    with founded() as city:
        attendees, links = city.directory / "attendees.csv", city.directory / "links.csv"
        _write(attendees)
        environment = {**os.environ, "SYMBOLON_PASSPHRASE": PASSPHRASE}
        server, data = "server.commands.main", f"--data={city.data}"
        first, _ = command(
            server, "attendees", "import", str(attendees), data, environment=environment
        )
        second, _ = command(
            server, "attendees", "links", f"--out={links}", data, environment=environment
        )
        again, _ = command(
            server, "attendees", "import", str(attendees), data, environment=environment
        )
        with links.open(newline="") as file:
            written = sum(1 for _ in csv.DictReader(file))
    assert written == ATTENDEES, written
    show(
        f"{ATTENDEES:,} attendees",
        [
            Row(name="import", figure=f"{first:8.2f} s"),
            Row(name="write claim links", figure=f"{second:8.2f} s"),
            Row(name="both", figure=f"{first + second:8.2f} s", aim=AIM),
            Row(name="import the same list again", figure=f"{again:8.2f} s"),
        ],
    )


def _write(file: Path) -> None:
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["name", "email", "pass", "volunteer", "nickname", "points", "valid_until"])
        for number in range(ATTENDEES):
            rows.writerow(
                [
                    f"Attendee {number}",
                    f"attendee{number}@city.example",
                    "resident",
                    "no",
                    f"owl {number}",
                    number,
                    "2030-12-31",
                ]
            )


if __name__ == "__main__":
    main()
