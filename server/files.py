"""Files of the service that hold secrets or people's data: for their owner only from their first
moment on, replaced as a whole, and locked between processes.

A power cut leaves the old file or the new one. A lock ends with the process that holds it.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

WAIT_SECONDS = 30.0
_PAUSE_SECONDS = 0.02

if os.name == "nt":  # pragma: no cover
    import msvcrt

    def _try_lock(handle: int) -> bool:
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


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside `path` that takes its place when all of it is on disk; 0600."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def write_whole(path: Path, octets: bytes) -> None:
    """Put octets in place of a file, all or nothing, flushed to disk; 0600."""
    with whole_file(path) as file:
        file.write(octets)


def create_private(path: Path) -> None:
    """Make an empty file, 0600; FileExistsError if it is there."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def flush_folder(folder: Path) -> None:
    """Bring to disk which files a folder has."""
    if os.name == "nt":  # pragma: no cover
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class FileLock:
    """A lock on a path of its own, which is made where it is missing and never removed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """Take the lock now; False where another process has it."""
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _try_lock(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Let go of it, if it was taken."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def is_held(self) -> bool:
        """Whether a process, this one or another, holds the lock."""
        try:
            handle = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            return not _try_lock(handle)
        finally:
            os.close(handle)


@contextmanager
def locked(path: Path, *, wait: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the only lock at `path`, waiting up to `wait` seconds for it; raises TimeoutError."""
    lock = FileLock(path)
    limit = time.monotonic() + wait
    while not lock.take():
        if time.monotonic() > limit:
            raise TimeoutError(f"another command is writing beside {path}")
        time.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        lock.release()
