"""All that was published for everyone, in one file beside the database, a line for each time.

A line is a JSON object: how far it goes (version, epoch, removals) and what came since the line
before (metadata and heads as they are served, log entries in base64url). It is what brings a
database up that was put back from an older copy; it holds nothing that is not public, and may be
copied anywhere. A line that a power cut left unfinished is not there.
"""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from credentials.errors import SymbolonError
from credentials.formats import base64url
from credentials.formats.head import SignedHead
from credentials.formats.metadata import SignedMetadata
from credentials.registry.log import split_entries
from server.agreement.anchor import LOCK
from server.files import locked
from server.problems import OperatorError

_TAIL = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far something goes: the newest version and epoch, and how many removals there are."""

    version: int = 0
    epoch: int = -1
    removals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published after one position, up to another; `entries` have 80 octets each."""

    upto: Position
    metadata: tuple[SignedMetadata, ...]
    heads: tuple[SignedHead, ...]
    entries: tuple[bytes, ...]

    def to_line(self) -> bytes:
        """One line of the file, with its end."""
        return (
            json.dumps(
                {
                    "version": self.upto.version,
                    "epoch": self.upto.epoch,
                    "removals": self.upto.removals,
                    "metadata": [one.to_json() for one in self.metadata],
                    "heads": [one.to_json() for one in self.heads],
                    "entries": base64url.encode(b"".join(self.entries)),
                },
                separators=(",", ":"),
            ).encode()
            + b"\n"
        )

    @classmethod
    def from_line(cls, line: bytes) -> "Published":
        """The inverse of `to_line`; raises OperatorError."""
        try:
            kept = json.loads(line)
            return cls(
                upto=_position(kept),
                metadata=tuple(SignedMetadata.from_json(one) for one in kept["metadata"]),
                heads=tuple(SignedHead.from_json(one) for one in kept["heads"]),
                entries=tuple(split_entries(base64url.decode(kept["entries"]))),
            )
        except (SymbolonError, ValueError, KeyError, TypeError, RecursionError):
            raise OperatorError(
                "That is no file of what was published, or it is damaged."
            ) from None


class PublishedFile:
    """The file; lines are only ever added."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def position(self) -> Position:
        """How far it goes; the beginning where there is no file."""
        try:
            with self.path.open("rb") as file:
                _, last = _last_line(file)
        except FileNotFoundError:
            return Position()
        if not last:
            return Position()
        try:
            return _position(json.loads(last))
        except (ValueError, KeyError, TypeError):
            raise OperatorError(f"{self.path} is damaged; put it away, it is made anew.") from None

    def add(self, published: Published) -> None:
        """Add a line, flushed to disk, in place of an unfinished one."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            end, _ = _last_line(file)
            file.truncate(end)
            file.seek(end)
            file.write(published.to_line())
            file.flush()
            os.fsync(file.fileno())

    def lock(self) -> AbstractContextManager[None]:
        """Hold the file for oneself."""
        return locked(self.path.with_name(LOCK))

    def read(self) -> Iterator[Published]:
        """All lines that are whole; raises OperatorError for a damaged or missing file."""
        try:
            with self.path.open("rb") as file:
                for line in file:
                    if line.endswith(b"\n"):
                        yield Published.from_line(line)
        except FileNotFoundError:
            raise OperatorError(f"There is no file {self.path}.") from None


def collect(
    *,
    metadata: Sequence[SignedMetadata],
    heads: Sequence[SignedHead],
    entries: Sequence[bytes],
    after: Position,
) -> Published | None:
    """What came after a position as one line; None where nothing did."""
    if not (metadata or heads):
        return None
    return Published(
        upto=Position(
            version=after.version + len(metadata),
            epoch=after.epoch + len(heads),
            removals=after.removals + len(entries),
        ),
        metadata=tuple(metadata),
        heads=tuple(heads),
        entries=tuple(entries),
    )


def _position(kept: dict[str, Any]) -> Position:
    return Position(
        version=int(kept["version"]), epoch=int(kept["epoch"]), removals=int(kept["removals"])
    )


def _last_line(file: BinaryIO) -> tuple[int, bytes]:
    """Where the last whole line of a file ends, and that line without its end."""
    size = file.seek(0, os.SEEK_END)
    length = min(size, _TAIL)
    while True:
        file.seek(size - length)
        whole, newline, _ = file.read(length).rpartition(b"\n")
        _, another, last = whole.rpartition(b"\n")
        if another or length == size:
            return size - length + len(whole) + len(newline), last
        length = min(size, 2 * length)
