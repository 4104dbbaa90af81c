"""What a trustee keeps of the polls that it was shown, so that it can be held against them later.

    polls/ORIGIN/seen.json         the newest log that was shown
    polls/ORIGIN/closing.json      the log with the closing on which a share was given
    polls/ORIGIN/checkpoint.note   its checkpoint, as `symbolon audit --checkpoint` takes it
    polls/ORIGIN/shown.json        what was shown to the trustee in words, and what was answered
    polls/ORIGIN/fork-HASH.json    two logs of one poll that the community signed

The first two and the last are evidence (`client.evidence`). An organiser who shows trustees alone a
closing has signed it, and cannot take it back.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from client.errors import ForkFound, TrusteeError
from client.evidence import Evidence, EvidenceRefused
from client.poll_log import folder_name
from client.whole_file import make_folder, write_whole
from credentials.errors import SymbolonError
from credentials.formats.manifest import Manifest

SEEN, CLOSING = "seen.json", "closing.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPoll:
    """The folder of one poll. Raises TrusteeError from every method."""

    path: Path

    @classmethod
    def of(cls, folder: Path, *, manifest: Manifest) -> "KeptPoll":
        """Where a trustee's folder keeps what it was shown of a poll's log."""
        return cls(path=folder / "polls" / folder_name(manifest.origin))

    @property
    def closing(self) -> Path:
        """The evidence of the closing."""
        return self.path / CLOSING

    def see(self, shown: Evidence) -> None:
        """Keep the log that is shown, unless it contradicts one that was shown before.

        Raises ForkFound then; the evidence is in a file.
        """
        make_folder(self.path, error=TrusteeError)
        known = [kept for kept in map(self._read, (SEEN, CLOSING)) if kept is not None]
        for kept in known:
            fork = self._against(kept, shown)
            if fork is not None:
                raise ForkFound(
                    "The community shows another log of this poll than before. Nothing was sent. "
                    f"The evidence is in {self._write_fork(fork)}: show it to others, who check it "
                    "with `symbolon poll check-evidence`."
                )
        if all(len(kept.leaves) <= len(shown.leaves) for kept in known):
            self._write(SEEN, shown.to_json())

    def keep_closing(
        self, shown: Evidence, *, rows: Sequence[tuple[str, str]], answer: str, at: int
    ) -> None:
        """Keep the closing on which a share is about to be given, on disk before this returns.

        rows: what the trustee read. answer: how an early closing was agreed to, empty for others.
        at: Unix seconds.
        """
        words = {"shown_at": at, "answer": answer, "shown": [list(row) for row in rows]}
        self._write("shown.json", json.dumps(words, ensure_ascii=False, indent=1))
        self._write("checkpoint.note", shown.checkpoint)
        self._write(CLOSING, shown.to_json())

    def _against(self, kept: Evidence, shown: Evidence) -> Evidence | None:
        try:
            return kept.against(shown.checkpoint, shown.leaves)
        except SymbolonError as error:
            raise TrusteeError(f"{self.path} cannot be compared with the log: {error}") from None

    def _read(self, name: str) -> Evidence | None:
        file = self.path / name
        try:
            return Evidence.from_json(file.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise TrusteeError(f"{file} cannot be read: {error.strerror}.") from None
        except EvidenceRefused:
            raise TrusteeError(f"{file} is damaged; look at it before you go on.") from None

    def _write_fork(self, fork: Evidence) -> Path:
        text = fork.to_json()
        return self._write(f"fork-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json", text)

    def _write(self, name: str, text: str) -> Path:
        write_whole(self.path / name, text.encode(), error=TrusteeError)
        return self.path / name
