"""Where the SDK keeps the requests that it gave out, each good for one answer.

The memory of one process by default. An app with several processes gives an own store, in a
database for instance: `take` must hand a request out at most once, whoever asks at the same moment.
"""

import threading
import time
from collections import OrderedDict
from typing import Protocol


class NonceStore(Protocol):
    """Keeps small octet strings under an id until they are taken or expire."""

    def put(self, request_id: str, request: bytes, *, expires_at: int) -> None:
        """Keep a request until `expires_at` (Unix seconds)."""

    def take(self, request_id: str) -> bytes | None:
        """Remove and return a request; None if it is unknown, taken before, or expired."""


class MemoryNonceStore:
    """In memory, for one process, at most `size` requests: the oldest give way to new ones."""

    def __init__(self, *, size: int = 10_000) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._requests: OrderedDict[str, tuple[bytes, int]] = OrderedDict()

    def put(self, request_id: str, request: bytes, *, expires_at: int) -> None:
        """See NonceStore."""
        with self._lock:
            self._requests[request_id] = (request, expires_at)
            while len(self._requests) > self._size:
                self._requests.popitem(last=False)

    def take(self, request_id: str) -> bytes | None:
        """See NonceStore."""
        with self._lock:
            request, expires_at = self._requests.pop(request_id, (b"", 0))
        return request if time.time() < expires_at else None
