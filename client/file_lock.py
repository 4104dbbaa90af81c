"""A lock between processes, beside a file that is replaced as a whole.

The lock lives in a file of its own (`NAME.lock`), because replacing the file itself would leave
every waiting process with a lock on the old one. It goes away with the process that holds it.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from client.errors import ClientError

WAIT_SECONDS = 30.0
_PAUSE_SECONDS = 0.02

if os.name == "nt":  # pragma: no cover
    import msvcrt

    def _try_lock(handle: int) -> bool:
        return _try_lock_part(handle, 0)

    def _try_lock_part(handle: int, part: int) -> bool:
        os.lseek(handle, part, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _try_lock_part(handle: int, part: int) -> bool:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, part)
        except (BlockingIOError, PermissionError):
            return False
        return True


@contextmanager
def locked(path: Path, *, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the only lock on `path`, waiting up to `wait` seconds for it. Raises ClientError."""
    with _held(path, _try_lock, wait=wait):
        yield


@contextmanager
def locked_part(path: Path, part: int, *, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the only lock on one of the many things at `path`, named by a number below 2^31.

    Between processes only: a process is never kept from what it holds itself. Raises ClientError.
    """
    with _held(path, lambda handle: _try_lock_part(handle, part), wait=wait):
        yield


@contextmanager
def _held(path: Path, try_lock: Callable[[int], bool], *, wait: float) -> Iterator[None]:
    handle = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        limit = time.monotonic() + wait
        while not try_lock(handle):
            if time.monotonic() > limit:
                raise ClientError(f"Another command is using {path}; try again when it is done.")
            time.sleep(_PAUSE_SECONDS)
        yield
    finally:
        os.close(handle)
