"""What the columns of a table of ballots are: ranks, options, a number of ballots, or neither.

A form's grid has titles such as “Rank them [Soup]”: a question, and its row in brackets.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from client.errors import BallotsRefused

_WORDS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_RANK_TITLE: Final = re.compile(
    r"(?:rank|choice|preference|pref|place|vote)[\s_#-]*(\d{1,3})"
    r"|(\d{1,3})(?:st|nd|rd|th|\.)?(?:[\s_-]+(?:rank|choice|preference|pref|place)\b.*)?"
    rf"|({'|'.join(_WORDS)})(?:[\s_-]+(?:rank|choice|preference|place)\b.*)?",
)
_RANK_CELL: Final = re.compile(
    r"(?:rank|choice|preference|place)?[\s_#-]*(\d{1,3})(?:st|nd|rd|th|\.)?"
    r"(?:\s+(?:rank|choice|preference|place))?"
)
_COUNT: Final = frozenset(
    {"ballots", "count", "weight", "number of ballots", "number of votes", "voters", "times"}
)
_NEITHER: Final = frozenset(
    {
        "timestamp", "zeitstempel", "horodateur", "时间戳记", "date", "time", "username", "email",
        "email address", "e-mail", "name", "voter", "voter id", "id", "ballot", "ballot id",
        "precinct", "ward", "batch", "record", "#",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read; `rank` only where its title is one."""

    at: int
    title: str
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table: those that are read, the one with numbers of ballots, the others."""

    by_rank: bool
    used: tuple[Column, ...]
    count: int | None
    ignored: tuple[str, ...]
    question: str = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is not read."""
        if not self.ignored:
            return ()
        return (f"Not read: {', '.join(f'“{title}”' for title in self.ignored[:20])}.",)

    def plain(self, titles: list[str]) -> bool:
        """Whether nothing in the titles looks like one."""
        return self.count is None and not self.ignored and len(self.used) == len(titles)


def sort_columns(titles: list[str], *, contest: str | None) -> Columns:
    """What each column is, by its title. Raises BallotsRefused."""
    question, grid = _grid(titles, contest=contest)
    count = _count(titles)
    # Where rows are many ballots each, nothing in them is of one voter.
    neither = frozenset() if count == 0 else _NEITHER
    named = grid or [
        Column(at, title)
        for at, title in enumerate(titles)
        if at != count and title and title.casefold() not in neither
    ]
    ranks = [Column(one.at, one.title, rank) for one in named if (rank := title_rank(one.title))]
    # “1” and “2” alone are ranks only if that is all that there is.
    wordy = [one for one in ranks if not one.title.isdecimal()]
    by_rank = bool(wordy) or (bool(ranks) and len(ranks) == len(named))
    used = tuple(ranks if by_rank else named)
    if by_rank and len({one.rank for one in used}) != len(used):
        raise BallotsRefused("Two columns have the same rank; say which to read by removing one.")
    left = {one.at for one in used} | {count}
    return Columns(
        by_rank=by_rank,
        used=used,
        count=count,
        ignored=tuple(title for at, title in enumerate(titles) if at not in left and title),
        question=question,
    )


def have_numbers(rows: Iterable[Iterable[str]]) -> bool:
    """Whether cells are nothing but numbers and marks."""
    marks = {"", "-", "x", "yes", "no", "y", "n", "true", "false", "✓", "✔", "☑", "☐"}
    cells = {cell.casefold() for row in rows for cell in row}
    return all(cell in marks or is_rank(cell) or cell.isdecimal() for cell in cells)


def is_rank(cell: str) -> bool:
    """Whether a cell is a rank, such as 2, 2nd or “2nd choice”."""
    return rank_of(cell) > 0


def rank_of(cell: str) -> int:
    """The rank in a cell, 0 for anything else."""
    folded = cell.casefold()
    found = _RANK_CELL.fullmatch(folded)
    if found and folded.isascii():
        return int(found[1])
    first = folded.partition(" ")[0]
    return _WORDS.index(first) + 1 if first in _WORDS else 0


def title_rank(title: str) -> int:
    """The rank that a column's title is, 0 for anything else."""
    found = _RANK_TITLE.fullmatch(title.casefold())
    if not found or not title.isascii():
        return 0
    return _WORDS.index(found[3]) + 1 if found[3] else int(found[1] or found[2])


def _count(titles: list[str]) -> int | None:
    for at in (0, len(titles) - 1):
        if titles[at].casefold() in _COUNT:
            return at
    return None


def _grid(titles: list[str], *, contest: str | None) -> tuple[str, list[Column]]:
    """The question of a form's grid, and its rows; none if there is no grid."""
    questions: dict[str, list[Column]] = {}
    for at, title in enumerate(titles):
        question, bracket, row = title.partition("[")
        if bracket and len(row) > 1 and row.endswith("]"):
            questions.setdefault(question.rstrip(), []).append(Column(at, row[:-1]))
    grids = {
        question: rows
        for question, rows in questions.items()
        if len(rows) > 1 and (contest is None or contest.casefold() == question.casefold())
    }
    if len(grids) > 1 or (contest is not None and not grids):
        listed = ", ".join(f"“{question}”" for question in questions) or "none"
        raise BallotsRefused(f"Say which question with --contest; the file has {listed}.")
    return next(iter(grids.items()), ("", []))
