"""The anchor: a small file beside the database that remembers what was signed last.

A database that is put back from an older copy does not know what wallets, doors and witnesses have
seen since; a second head of the same number would be refused by all of them, for good. The anchor
is written right after what it remembers, so it is never ahead of the truth. It also remembers the
last time that was believed, and when the last backup was made. It holds nothing secret.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from server.agreement.finding import Finding, Part
from server.agreement.standing import Standing
from server.files import locked, write_whole
from server.problems import OperatorError

FORMAT = "symbolon/anchor/1"
LOCK = "anchor.lock"
"""The lock of whoever writes the anchor, or what goes with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What was signed last (see Standing), and what was believed of the clock (see clock.Known).

    confirmations: how often the organiser said that the clock is right. backup_at: Unix seconds of
    the last backup, None before the first.
    """

    community_id: bytes
    version: int
    metadata_hash: bytes
    epoch: int
    head_hash: bytes
    polls: Mapping[str, int] = field(default_factory=dict)
    believed_at: int | None = None
    disregard: int = 0
    confirmations: int = 0
    backup_at: int | None = None

    @classmethod
    def at(cls, standing: Standing, *, believed_at: int | None = None) -> "Anchor":
        """A first anchor, at what a database says."""
        return cls(
            community_id=standing.community_id,
            version=standing.version,
            metadata_hash=standing.metadata_hash,
            epoch=standing.epoch,
            head_hash=standing.head_hash,
            polls=dict(standing.polls),
            believed_at=believed_at,
        )

    def moved(self, standing: Standing) -> "Anchor":
        """The anchor at what a database says now."""
        return replace(
            self,
            version=standing.version,
            metadata_hash=standing.metadata_hash,
            epoch=standing.epoch,
            head_hash=standing.head_hash,
            polls=dict(standing.polls),
        )

    def to_octets(self) -> bytes:
        """The file."""
        return json.dumps(
            {
                "format": FORMAT,
                "community": self.community_id.hex(),
                "version": self.version,
                "metadata_hash": self.metadata_hash.hex(),
                "epoch": self.epoch,
                "head_hash": self.head_hash.hex(),
                "polls": dict(self.polls),
                "believed_at": self.believed_at,
                "disregard": self.disregard,
                "confirmations": self.confirmations,
                "backup_at": self.backup_at,
            },
            indent=1,
        ).encode()

    @classmethod
    def from_octets(cls, octets: bytes) -> "Anchor":
        """The inverse of `to_octets`; raises ValueError, KeyError or TypeError."""
        kept: dict[str, Any] = json.loads(octets)
        if kept["format"] != FORMAT:
            raise ValueError("the anchor is of another version")
        return cls(
            community_id=bytes.fromhex(kept["community"]),
            version=int(kept["version"]),
            metadata_hash=bytes.fromhex(kept["metadata_hash"]),
            epoch=int(kept["epoch"]),
            head_hash=bytes.fromhex(kept["head_hash"]),
            polls={str(poll): int(size) for poll, size in kept["polls"].items()},
            believed_at=None if kept["believed_at"] is None else int(kept["believed_at"]),
            disregard=int(kept["disregard"]),
            confirmations=int(kept["confirmations"]),
            backup_at=None if kept["backup_at"] is None else int(kept["backup_at"]),
        )


class AnchorFile:
    """The anchor of one data directory, shared by all processes on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[tuple[int, int, int], Anchor] | None = None

    def read(self) -> Anchor | None:
        """The anchor, read anew where the file is another one; None where there is none.

        Raises OperatorError for a damaged file.
        """
        try:
            state = self.path.stat()
            known = (state.st_ino, state.st_size, state.st_mtime_ns)
            if self._seen is not None and self._seen[0] == known:
                return self._seen[1]
            octets = self.path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            anchor = Anchor.from_octets(octets)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise OperatorError(
                f"{self.path} is damaged. If {self.path.parent}/symbolon.db is the newest there is "
                "(it was not put back from a copy), delete the damaged file: it is made anew."
            ) from None
        self._seen = (known, anchor)
        return anchor

    def change(self, change: Callable[[Anchor | None], Anchor]) -> Anchor:
        """Apply a change to what is on disk now, and write it down if it differs."""
        with locked(self.path.with_name(LOCK)):
            before = self.read()
            after = change(before)
            if after != before:
                write_whole(self.path, after.to_octets())
        return after


def check_anchor(anchor: Anchor, *, standing: Standing, database: str) -> Finding | None:
    """Whether a database is as far as what was signed, and the same history."""
    if anchor.community_id != standing.community_id:
        return _found(
            f"{database} belongs to another community than the one that was served from this "
            "directory, as anchor.json remembers. Put the right one there (symbolon-server restore "
            "FILE); nothing was changed."
        )
    found = check_reach(
        standing,
        version=anchor.version,
        epoch=anchor.epoch,
        lost=lost_entries(anchor, standing=standing),
        database=database,
    )
    if found is not None:
        return found
    same_head = standing.epoch > anchor.epoch or standing.head_hash == anchor.head_hash
    same_metadata = (
        standing.version > anchor.version or standing.metadata_hash == anchor.metadata_hash
    )
    if not (same_head and same_metadata):
        return _found(
            f"{database} has another history than the one that others have seen: what has the same "
            "number there is not the same. Put the right one there (symbolon-server restore FILE); "
            "nothing was changed."
        )
    return None


def check_reach(
    standing: Standing, *, version: int, epoch: int, lost: Mapping[str, int], database: str
) -> Finding | None:
    """Whether a database reaches as far as a version and an epoch that were signed.

    lost: how many entries of polls' logs it lacks.
    """
    behind = []
    if standing.epoch < epoch:
        behind.append(f"ends with head {standing.epoch}, and head {epoch} was signed")
    if standing.version < version:
        behind.append(
            f"ends with version {standing.version} of the metadata, and version {version} was "
            "signed"
        )
    if lost:
        polls = ", ".join(f"{poll} ({count})" for poll, count in sorted(lost.items()))
        behind.append(f"lacks entries that polls' logs had (poll and how many: {polls})")
    if not behind:
        return None
    return _found(
        f"{database} is older than what others have seen: it {'; it '.join(behind)}. To sign the "
        "same number twice would be refused by every wallet, door and witness, so nothing is "
        "signed. Put a newer copy there (symbolon-server restore FILE), or bring in what was "
        "published since: symbolon-server registry catch-up"
    )


def lost_entries(anchor: Anchor, *, standing: Standing) -> dict[str, int]:
    """How many entries each poll's log had more than a database knows."""
    return {
        poll: size - standing.polls.get(poll, 0)
        for poll, size in anchor.polls.items()
        if standing.polls.get(poll, 0) < size
    }


def _found(words: str) -> Finding:
    return Finding(part=Part.ANCHOR, words=words)
