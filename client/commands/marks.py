"""How a person writes a vote at the command line: one option for each type of ballot, or asked for.

`--choice 2`, `--approve 1,3`, `--score 5,0,3`, `--rank 3,1,2`, `--votes 2,0,1`, `--abstain`. Ranks
may also be written `3>1>2`, and `3>1=2` where the poll allows equal ones.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from client.commands.terminal import ask
from client.errors import ClientError

if TYPE_CHECKING:
    from credentials.formats.manifest import Manifest

_FLAGS = {
    "single_choice": "--choice",
    "approval": "--approve",
    "score": "--score",
    "ranked": "--rank",
    "quadratic": "--votes",
}
_QUESTIONS = {
    "single_choice": "Your choice (its number, or 0 to abstain)",
    "approval": "The numbers of all that you approve, with commas (or 0 to abstain)",
    "score": "A score for each option in order, with commas (or nothing to abstain)",
    "ranked": "The numbers in your order, the best first, with commas (or 0 to abstain)",
    "quadratic": "Votes for each option in order, with commas (or nothing to abstain)",
}
_ALIKE = "The numbers in your order, the best first, such as 3>1=2 (or 0 to abstain)"
_AMOUNTS = ("score", "quadratic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was given on the command line, at most one of them."""

    choice: int | None = None
    approve: str | None = None
    score: str | None = None
    rank: str | None = None
    votes: str | None = None
    abstain: bool = False

    def __post_init__(self) -> None:
        if len(self._given()) + self.abstain > 1:
            raise ClientError("Give one vote only, in one way.")

    def _given(self) -> dict[str, str]:
        by_type = {
            "single_choice": None if self.choice is None else str(self.choice),
            "approval": self.approve,
            "score": self.score,
            "ranked": self.rank,
            "quadratic": self.votes,
        }
        return {name: text for name, text in by_type.items() if text is not None}

    def marks(self, manifest: "Manifest") -> tuple[int, ...] | None:
        """The vote, checked against the ballot paper; None if none was given.

        Raises ClientError, BallotRefused.
        """
        if self.abstain:
            return ()
        given = self._given()
        if not given:
            return None
        wanted = manifest.ballot_type
        if wanted not in given:
            raise ClientError(f"This poll takes {_FLAGS[wanted]}, or --abstain.")
        return _read(given[wanted], manifest=manifest)


def ask_marks(manifest: "Manifest") -> tuple[int, ...]:
    """Ask a person for the vote. Raises ClientError, BallotRefused."""
    wanted = manifest.ballot_type
    question = _ALIKE if manifest.equal_ranks else _QUESTIONS[wanted]
    answer = ask(question, instead=f"use {_FLAGS[wanted]} or --abstain").strip()
    abstains = answer == "" if wanted in _AMOUNTS else answer == "0"
    return () if abstains else _read(answer, manifest=manifest)


def _read(text: str, *, manifest: "Manifest") -> tuple[int, ...]:
    if manifest.ballot_type == "ranked":
        marks = _read_ranking(text, manifest=manifest)
    else:
        marks = _read_numbers(text, ",")
    if manifest.ballot_type == "approval":
        marks = tuple(sorted(marks))
    manifest.paper.check(marks)
    return marks


def _read_ranking(text: str, *, manifest: "Manifest") -> tuple[int, ...]:
    from credentials.formats.vote import marks_of

    ranks = [_read_numbers(rank, "=") for rank in text.replace(">", ",").split(",")]
    unknown = [k for rank in ranks for k in rank if k > len(manifest.options)]
    if unknown:
        raise ClientError(f"The poll has no option {unknown[0]}.")
    if not manifest.equal_ranks and any(len(rank) > 1 for rank in ranks):
        raise ClientError("This poll has no equal ranks: put one option after the other, 3>1>2.")
    return marks_of(ranks)


def _read_numbers(text: str, between: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(between)]
    if not all(part.isascii() and part.isdecimal() and len(part) < 6 for part in parts):
        raise ClientError(
            "A vote is written in numbers, with commas between them; a ranking also as 3>1>2."
        )
    return tuple(int(part) for part in parts)
