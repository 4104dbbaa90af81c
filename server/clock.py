"""The server's one source of time; services take it as an argument so that a test can hold it."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Seconds since 1970-01-01 UTC, as a whole number."""


def unix_seconds() -> int:
    """The time now, in whole seconds since 1970-01-01 UTC."""
    return int(time.time())
