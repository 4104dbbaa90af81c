"""The service's own log: JSON lines with event codes and counts, never who.

A field is a whole number, a number of seconds, or a word from the program itself (a verdict, a
route template, a problem's slug). Anything that could name a person has no way in: other text is
refused. Each event is counted for /metrics as well. Framework and server logs are off.
"""

import json
import re
import sys
import time
from typing import TextIO

from server import metrics

_WORD = re.compile(r"[A-Za-z0-9_.:\-]{1,60}")
_ROUTE = re.compile(r"(/([a-z0-9_.\-]+|\{[a-z_:]+\})?)*")
_WORD_FIELDS = frozenset(
    {"outcome", "verdict", "method", "problem", "direction", "mode", "kind", "place"}
)


class EventLog:
    """Writes one JSON object per line to a stream, stderr unless given another."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def count(self, event: str, /, *, outcome: str) -> None:
        """Count an event for /metrics without a line, where a line's time would tell too much."""
        metrics.count_event(event, outcome=outcome)

    def record(self, event: str, /, **fields: int | float | str) -> None:
        """Write `event` (a code such as `checkin`) with its fields and count it.

        Text is taken only in the fields `outcome`, `verdict`, `method`, `problem`, `direction`,
        `mode`, `kind`, `place` (one word) and `route` (a template such as /doors/{door}).
        Raises ValueError on anything else: a wrong call is a programming error.
        """
        for name, value in fields.items():
            if isinstance(value, str) and not _may_stand(name, value):
                raise ValueError(f"the event log takes no text in the field {name!r}")
        line = {"time": int(time.time()), "event": event, **fields}
        metrics.count_event(event, outcome=str(fields.get("outcome", fields.get("verdict", ""))))
        stream = self._stream or sys.stderr
        stream.write(json.dumps(line, separators=(",", ":")) + "\n")
        stream.flush()


def _may_stand(name: str, value: str) -> bool:
    if name == "route":
        return _ROUTE.fullmatch(value) is not None
    return name in _WORD_FIELDS and _WORD.fullmatch(value) is not None


event_log = EventLog()
"""The log of this process. Commands log nothing; only the service does."""
