"""Counters, made once in each process."""

import subprocess
import sys
from pathlib import Path

FIRST_EVENTS_AT_ONCE = """
import threading
from server import metrics

together = threading.Barrier(16)
failed = []

def count():
    together.wait()
    try:
        metrics.count_event("ballot", outcome="counted")
    except Exception as error:
        failed.append(error)

threads = [threading.Thread(target=count) for _ in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not failed, failed
assert b'symbolon_events_total{event="ballot",outcome="counted"} 16.0' in metrics.exposition()
"""


def test_the_first_events_of_a_process_may_come_at_once(tmp_path: Path) -> None:
    """Two threads that each made the counters would fail, after what they count was done."""
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", FIRST_EVENTS_AT_ONCE],
            env={"PROMETHEUS_MULTIPROC_DIR": str(folder), "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
