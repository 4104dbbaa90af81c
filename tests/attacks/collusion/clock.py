"""One clock for the service and for all wallets, which moves only when the festival says so.

The time stands in a file that two processes map; `time.time` reads it in both.
"""

import mmap
import struct
import time
from pathlib import Path

from server.agreement.clock import elapsed_seconds

_FORMAT = struct.Struct("<d")
_SINCE = time.time() - elapsed_seconds()


class Clock:
    """The time of the festival in Unix seconds, in a file of 8 octets; call it to read it."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(_FORMAT.size))
        with file.open("r+b") as opened:
            self._octets = mmap.mmap(opened.fileno(), _FORMAT.size)

    def __call__(self) -> float:
        now: float = _FORMAT.unpack(self._octets[:])[0]
        return now

    def running(self, _number: int) -> float:
        """The clock that nobody sets, for `time.clock_gettime`: it goes along, and never jumps."""
        return self() - _SINCE

    def set(self, now: float) -> None:
        """Move to another time."""
        self._octets[:] = _FORMAT.pack(now)
