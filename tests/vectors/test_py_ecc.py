"""The representative part of the vectors on the pure Python curve, in a process of its own.

The curve is chosen once, at import; so the part runs under SYMBOLON_CURVE=py_ecc in a new process.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from credentials.curve import curve

ROOT = Path(__file__).parents[2]
PART = 49  # tests that carry the mark, this file's own among them


@pytest.mark.py_ecc
def test_the_curve_is_the_one_asked_for() -> None:
    assert curve.name == (os.environ.get("SYMBOLON_CURVE") or "blst")


def test_the_representative_part_passes_on_py_ecc() -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")
    }
    environment["SYMBOLON_CURVE"] = "py_ecc"
    command = "-m pytest tests/vectors -m py_ecc -o addopts=--strict-markers -p no:cacheprovider"
    ran = subprocess.run(
        [sys.executable, *command.split()],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    summary = ran.stdout.strip().splitlines()[-1]
    found = re.search(r"(\d+) passed", summary)
    assert found is not None, summary
    assert int(found.group(1)) == PART
    assert "failed" not in summary
    assert "skipped" not in summary
