"""What the colluders have written down: every request with its connection, its answer and its time.

The service's requests are read from the file that `served` writes; the apps write theirs down
themselves. Who sent a request is not in it: that is known to the festival alone, for scoring.
"""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True, eq=False)
class Request:
    """One request as it was received, and what was answered. `at` in Unix seconds."""

    place: str
    at: int
    connection: str
    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    status: int = 200
    answer: bytes = field(default=b"", repr=False)


@dataclass
class Record:
    """Everything that was received, in order; `file` is what the service's recorder writes."""

    file: Path
    requests: list[Request] = field(default_factory=list)
    _read: int = 0
    _seen: int = 0

    def add(self, request: Request) -> None:
        """Write down what an app received."""
        self.requests.append(request)

    def catch_up(self) -> list[Request]:
        """Take in what the service has received; all requests since the last time."""
        with self.file.open("rb") as file:
            file.seek(self._read)
            for line in file:
                self.requests.append(_request(json.loads(line)))
            self._read = file.tell()
        new = self.requests[self._seen :]
        self._seen = len(self.requests)
        return new


def _request(line: dict[str, Any]) -> Request:
    return Request(
        place="service",
        at=line["at"],
        connection=f"service {line['connection']}",
        method=line["method"],
        path=line["path"],
        query=line["query"],
        headers=tuple((name, value) for name, value in line["headers"]),
        body=base64.b64decode(line["body"]),
        status=line["status"],
        answer=base64.b64decode(line["answer"]),
    )
