"""Audits of whole polls: time and memory, over the number of ballots.

    python -m benchmarks.audits                        makes a poll of 1,000 sealed ballots
    python -m benchmarks.audits FILE [FILE …]          takes bundles of benchmarks.poll_files

The audit is the command, in a process of its own, on all cores. Memory is that of all its processes
together (proportional set size, read five times a second), so it is measured on Linux only.
"""

import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import poll_files
from benchmarks.measure import WALL, Row, show, take_turns
from credentials.formats.poll_bundle import read_bundle

BALLOTS = 1000
LOOK_SECONDS = 0.2


def main() -> None:
    """Print the table."""
    files = [Path(argument) for argument in sys.argv[1:] if argument.endswith(".symbolon")]
    if files:
        show("Audits of sealed, ranked polls, on all cores", [_audit(file) for file in files])
        return
    with TemporaryDirectory(prefix="symbolon-bench-") as folder:
        file = Path(folder) / "poll.symbolon"
        poll_files.make(BALLOTS, file=file, sealed=True)
        show("Audits of sealed, ranked polls, on all cores", [_audit(file)])


def _audit(file: Path) -> Row:
    with file.open("rb") as opened:
        head, _ = read_bundle(opened)
    ballots = head.entries - 4  # the manifest, the closing, the opening and the certification
    unit = take_turns({}, rounds=100, clock=WALL)["R"]
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "client.commands.main", "audit", str(file), "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        most = _Most(process.pid)
        watch = threading.Thread(target=most.look, daemon=True)
        watch.start()
        status = process.wait()
        seconds = time.perf_counter() - started
        watch.join()
    assert status == 0, status
    each = seconds / ballots
    size = file.stat().st_size
    return Row(
        name=f"{ballots:,} ballots, {size / 1e6:.1f} MB ({size / ballots:.0f} octets each)",
        figure=f"{seconds:8.1f} s  {each * 1000:6.2f} ms each {each / unit:6.2f} R"
        f"  {most.octets / 2**20:6.0f} MB",
        aim="at most 500 MB",
    )


class _Most:
    """The most memory that a process and its children had at once, octets."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.octets = 0

    def look(self) -> None:
        """Look until the process is gone."""
        while (now := sum(map(_resident, _family(self._pid)))) > 0:
            self.octets = max(self.octets, now)
            time.sleep(LOOK_SECONDS)


def _family(pid: int) -> list[int]:
    found = [pid]
    for member in found:
        try:
            tasks = list(Path(f"/proc/{member}/task").iterdir())
            found += [
                int(child) for task in tasks for child in (task / "children").read_text().split()
            ]
        except OSError:
            continue
    return found


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


if __name__ == "__main__":
    main()
