"""Wall time and resident memory of the wallet command, with one credential in the wallet."""

import os
import statistics
import subprocess
import sys
import time

from benchmarks.measure import Row, show
from benchmarks.service import MEGABYTE, command, founded, served
from server.organiser.claim_links import link_for
from tests.attacks.city import City

RUNS = 5
CLIENT = "client.commands.main"

# Linux counts the memory of whoever starts a process as that process's own peak, so a small one
# starts it: this prints the peak in KB of the command that it is given.
_LAUNCHER = """
import os, subprocess, sys
quiet = subprocess.DEVNULL
child = subprocess.Popen(sys.argv[1:], stdin=quiet, stdout=quiet, stderr=quiet)
_, status, usage = os.wait4(child.pid, 0)
print(usage.ru_maxrss)
sys.exit(status != 0)
"""
PRESENT = ["wallet", "present", "--door=gate", "--yes", "--at-once"]


def main() -> None:
    """Print the table."""
    with founded() as city:
        environment = {
            **os.environ,
            "SYMBOLON_WALLET": str(city.directory / "wallet"),
            "SYMBOLON_WALLET_PASSPHRASE": "an owl in the agora",
        }
        with served(city):
            link = _invite(city)
            claimed, _ = command(CLIENT, "wallet", "claim", link, environment=environment)
        # From here on there is no service: a door code needs no network.
        rows = [Row(name="wallet claim, over HTTP (once)", figure=f"{claimed:8.2f} s")]
        for name, arguments in (
            ("--help", ["--help"]),
            ("wallet list", ["wallet", "list"]),
            (
                "wallet present --door",
                [*PRESENT, "--text"],
            ),
            (
                "wallet present --door --qr",
                [*PRESENT, f"--qr={city.directory / 'qr.png'}"],
            ),
        ):
            runs = [_run(arguments, environment=environment) for _ in range(RUNS)]
            seconds = statistics.median(seconds for seconds, _ in runs)
            memory = max(memory for _, memory in runs)
            rows.append(Row(name=name, figure=f"{seconds:8.2f} s {memory:8.0f} MB"))
    show(f"The wallet command: wall time (median of {RUNS}), resident memory at its peak", rows)


def _invite(city: City) -> str:
    """The claim link of a new attendee."""
    file = city.directory / "attendees.csv"
    columns = "name,email,pass,volunteer,nickname,points,valid_until\n"
    file.write_text(columns + "Ana,ana@city.example,resident,no,owl,1,2030-12-31\n")
    done = city.command("attendees", "import", str(file))
    assert done.returncode == 0, done.stderr
    claims = list(city.entitlements.claims(unclaimed_only=True))
    metadata = city.metadata
    (claim,) = claims
    return link_for(claim, address=metadata.address, fingerprint=metadata.community_id)


def _run(arguments: list[str], *, environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak memory in MB of one run of the wallet command."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-S", "-c", _LAUNCHER, sys.executable, "-m", CLIENT, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return time.perf_counter() - started, int(done.stdout) * 1024 / MEGABYTE


if __name__ == "__main__":
    main()
