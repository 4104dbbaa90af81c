"""A clock that a test moves, for the processes of a real service: `shift` seconds beside the right
time, from a file that they look at with every reading."""

import os
from pathlib import Path

_PROGRAM = """
import os, time

_time = time.time


def _shifted():
    try:
        with open(os.environ["TEST_CLOCK_SHIFT"]) as file:
            return _time() + float(file.read() or 0)
    except (OSError, ValueError):
        return _time()


time.time = _shifted
"""


class ShiftedClock:
    """Moves the wall clock of processes that are started with `environment`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sitecustomize.py").write_text(_PROGRAM)
        self._file = folder / "shift"
        self.environment = {
            "PYTHONPATH": os.pathsep.join((str(folder), os.environ.get("PYTHONPATH", ""))),
            "TEST_CLOCK_SHIFT": str(self._file),
        }
        self.set(0)

    def set(self, seconds: float) -> None:
        """Let the clock be that far ahead from now on; negative: behind."""
        written = self._file.with_suffix(".new")
        written.write_text(str(seconds))
        written.replace(self._file)
