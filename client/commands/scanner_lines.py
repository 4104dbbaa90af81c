"""Codes as a hand scanner types them: a line each, or one broken over several lines."""

import os
import sys
import threading
from collections.abc import Iterable, Iterator
from queue import Empty, Queue
from typing import TextIO

REST_SECONDS = 0.5
"""A scanner types the rest of a code at once; nobody waits longer for it."""

_PIECES = 8


def scanned_codes(lines: Iterable[str] | None = None) -> Iterator[str]:
    """What was scanned, from standard input unless other lines are given; empty lines left out."""
    from credentials.formats.scanned import begins_a_code, code_in

    typed = _Typed(_standard_input() if lines is None else lines)
    waiting: list[str] = []
    while waiting or (line := typed.next()) is not None:
        text = waiting.pop(0) if waiting else (line or "")
        pieces = [text]
        while not waiting and begins_a_code("".join(pieces)) and len(pieces) < _PIECES:
            more = typed.next(wait=REST_SECONDS)
            if more is None:
                break
            pieces.append(more)
        whole = "".join(pieces)
        if len(pieces) > 1 and (code_in(whole) is None or code_in(pieces[-1]) is not None):
            whole, waiting = pieces[0], pieces[1:]
        if whole.strip():
            yield whole


def _standard_input() -> TextIO:
    """Standard input, in which no character of a scanner's is an error.

    Opened anew, because Python cannot end while a thread waits inside of `sys.stdin`.
    """
    try:
        handle = os.dup(sys.stdin.fileno())
    except (AttributeError, OSError, ValueError):  # not a file, as in tests
        return sys.stdin
    return os.fdopen(handle, encoding=sys.stdin.encoding, errors="replace")


class _Typed:
    """Lines that come when they come; a thread reads, so that waiting for one can end."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines: Queue[str | None] = Queue()
        self._ended = False
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines: Iterable[str]) -> None:
        try:
            for line in lines:
                self._lines.put(line.rstrip("\r\n"))
        finally:
            self._lines.put(None)

    def next(self, *, wait: float | None = None) -> str | None:
        """The next line; None at the end, and where none came in time."""
        if self._ended:
            return None
        try:
            line = self._lines.get(timeout=wait)
        except Empty:
            return None
        self._ended = line is None
        return line
