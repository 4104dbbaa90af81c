"""Ballots in a table: CSV with commas, semicolons or tabs, as spreadsheets and forms write it.

Two shapes are read. Columns that are ranks (“1st choice”, “Rank 2”, “3”) hold options, one ballot
a row. Otherwise each column is an option, and a ballot's row has its rank there, its score, or a
mark for "approved": which of them, the method says. A column such as “count” says how many ballots
a row is. Of a form with a grid of questions (“Rank them [Soup]”) one grid is read.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from client.elections.ballots import Election, Kind, Note, take_options
from client.elections.cvr import WRITE_IN
from client.elections.lines import refused, whole
from client.elections.overvotes import Overvotes, ranked
from client.elections.titles import (
    Column,
    Columns,
    have_numbers,
    is_rank,
    rank_of,
    sort_columns,
    title_rank,
)
from client.errors import BallotsRefused
from credentials.formats.vote import Marks
from credentials.tally import Ranking

MAX_SCORE: Final = 255
MAX_COLUMNS: Final = 1000

_LEFT_OUT: Final = frozenset({"", "-", "\N{EN DASH}", "undervote", "skipped", "blank"})
_OVERVOTE: Final = frozenset({"overvote", "overvoted"})
_WRITE_IN: Final = frozenset({"uwi", "write-in", "writein", "write-ins", "undeclared write-ins"})
_YES: Final = frozenset({"x", "1", "yes", "y", "true", "✓", "✔", "☑"})
_NO: Final = frozenset({"", "0", "no", "n", "false", "-", "☐"})


@dataclass(slots=True)
class _Row:
    """Rows with the same cells in the columns that are read: the first one's line, and ballots."""

    line: int
    cells: tuple[str, ...]
    times: int


def read(text: str, *, wanted: Kind | None, contest: str | None, overvotes: Overvotes) -> Election:
    """The election in a table. Raises BallotsRefused."""
    (first, titles), rest = _table(text)
    columns = sort_columns(titles, contest=contest)
    rows = _rows(rest, titles, columns)
    numbers = have_numbers(row.cells for row in rows)
    if columns.by_rank and numbers:
        raise refused(first, "the titles are ranks, and there are numbers below them, no options.")
    if columns.by_rank:
        return _ranks_in_columns(columns, rows, overvotes=overvotes)
    if numbers:
        return _options_in_columns(columns, rows, wanted=wanted)
    # Without titles: the first row is a ballot too, if all that it names is named again.
    named = {cell for row in rows for cell in row.cells}
    if not columns.plain(titles) or not {cell for cell in titles if cell} <= named:
        raise refused(
            first,
            "the titles name neither ranks (“1st choice”, “2nd choice”) nor options with numbers "
            "below them.",
        )
    every = Columns(
        by_rank=True,
        used=tuple(Column(at, str(at + 1), at + 1) for at in range(len(titles))),
        count=None,
        ignored=(),
    )
    return _ranks_in_columns(every, [_Row(first, tuple(titles), 1), *rows], overvotes=overvotes)


def write(election: Election) -> tuple[str, tuple[str, ...]]:
    """The file: a row for each different ballot, with how often it was cast before the rest."""
    out = [",".join(map(_quoted, ("ballots", *election.options)))]
    every = range(1, len(election.options) + 1)
    rows: list[tuple[int, list[str]]] = []
    for ranks, times in sorted(election.rankings.items()):
        at = {option: str(n) for n, rank in enumerate(ranks, start=1) for option in rank}
        rows.append((times, [at.get(option, "") for option in every]))
    for marks, times in sorted(election.amounts.items()):
        if election.kind is Kind.APPROVALS or not marks:
            rows.append((times, ["x" if option in marks else "" for option in every]))
        else:
            rows.append((times, [str(amount) for amount in marks]))
    out += [",".join((str(times), *cells)) for times, cells in rows]
    said = []
    if election.withdrawn:
        said.append("That options were withdrawn has no place in it; they are options as others.")
    return "\r\n".join(out) + "\r\n", tuple(said)


def _quoted(text: str) -> str:
    if title_rank(text):
        raise BallotsRefused(
            f"The option “{text}” reads as a rank at the head of a column; take another format."
        )
    # A spreadsheet takes what begins with these for a formula.
    if text[0] in "=+-@":
        raise BallotsRefused(
            f"A spreadsheet would take the option “{text}” for a formula; take another format."
        )
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",;\t\r\n') else text


def _table(text: str) -> tuple[tuple[int, list[str]], Iterator[tuple[int, list[str]]]]:
    """The row of titles, and the rows after it, each with the number of its line."""
    skip, separator = 0, ""
    first, _, _ = text.partition("\n")
    if told := re.fullmatch(r"sep=(.)\s*", first, re.IGNORECASE):
        separator, skip, text = told[1], 1, text.partition("\n")[2]
        first = text.partition("\n")[0]
    separator = separator or max(",;\t", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)

    def rows() -> Iterator[tuple[int, list[str]]]:
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num + skip, [" ".join(cell.split()) for cell in cells]
        except csv.Error as error:
            raise refused(reader.line_num + skip, f"this is no table: {error}.") from None

    every = rows()
    titles = next(every, None)
    if titles is None:
        raise BallotsRefused("The file is empty.")
    if len(titles[1]) > MAX_COLUMNS:
        raise refused(titles[0], f"the table has more than {MAX_COLUMNS} columns.")
    return titles, every


def _rows(rest: Iterator[tuple[int, list[str]]], titles: list[str], columns: Columns) -> list[_Row]:
    """The different rows, in the order in which they come first."""
    found: dict[tuple[str, ...], _Row] = {}
    for line, cells in rest:
        if len(cells) > len(titles) and any(cells[len(titles) :]):
            raise refused(line, f"the row has {len(cells)} cells, the titles are {len(titles)}.")
        padded = cells + [""] * (len(titles) - len(cells))
        times = 1
        if columns.count is not None:
            times = whole(padded[columns.count], line=line, what="a number of ballots")
        read = tuple(padded[column.at] for column in columns.used)
        found.setdefault(read, _Row(line, read, 0)).times += times
    return list(found.values())


def _ranks_in_columns(columns: Columns, rows: list[_Row], *, overvotes: Overvotes) -> Election:
    """Each row has an option, a word such as "undervote", or nothing at each rank."""
    options: dict[str, int] = {}
    notes: Counter[Note] = Counter()
    ballots: Counter[Ranking] = Counter()
    for row in rows:
        ranks: dict[int, set[int]] = {}
        over: set[int] = set()
        for column, cell in zip(columns.used, row.cells, strict=True):
            word = cell.casefold()
            if word in _LEFT_OUT:
                continue
            if word in _OVERVOTE:
                over.add(column.rank)
                continue
            name = WRITE_IN if word in _WRITE_IN else cell
            ranks.setdefault(column.rank, set()).add(options.setdefault(name, len(options) + 1))
        most = max((*ranks, *over), default=0)
        # Two options that are none stand for an overvote that no longer says of whom.
        in_order = [
            (0, -1) if n in over else tuple(sorted(ranks.get(n, ()))) for n in range(1, most + 1)
        ]
        ballots[ranked(in_order, overvotes=overvotes, notes=notes, times=row.times)] += row.times
        if WRITE_IN in options and any(options[WRITE_IN] in rank for rank in ranks.values()):
            notes[Note.WRITE_IN] += row.times
    return Election(
        format="csv",
        title=columns.question,
        options=take_options(options),
        kind=Kind.RANKS,
        rankings=ballots,
        notes=notes,
        remarks=columns.remarks,
    )


def _options_in_columns(columns: Columns, rows: list[_Row], *, wanted: Kind | None) -> Election:
    """Each row has a number or a mark for each option."""
    if wanted is None and _has_marks_only(rows):
        wanted = Kind.APPROVALS
    if wanted is None:
        raise BallotsRefused(
            "Numbers below options may be ranks or scores: say with --method how they are counted."
        )
    notes: Counter[Note] = Counter()
    ranks: Counter[Ranking] = Counter()
    amounts: Counter[Marks] = Counter()
    for row in rows:
        if wanted is Kind.RANKS:
            ranks[_ranking(row, notes)] += row.times
        elif wanted is Kind.APPROVALS:
            amounts[_approved(row)] += row.times
        else:
            amounts[_scores(row, notes)] += row.times
    return Election(
        format="csv",
        title=columns.question,
        options=take_options(column.title for column in columns.used),
        kind=wanted,
        rankings=ranks,
        amounts=amounts,
        notes=notes,
        remarks=columns.remarks,
    )


def _has_marks_only(rows: list[_Row]) -> bool:
    cells = {cell.casefold() for row in rows for cell in row.cells}
    return cells <= _YES | _NO and bool(cells - {str(n) for n in range(10)} - {""})


def _ranking(row: _Row, notes: Counter[Note]) -> Ranking:
    at: dict[int, list[int]] = {}
    for option, cell in enumerate(row.cells, start=1):
        if cell.casefold() in _LEFT_OUT | {"0"}:
            continue
        if not is_rank(cell):
            raise refused(row.line, f"“{cell[:20]}” is not a rank.")
        at.setdefault(rank_of(cell), []).append(option)
    in_order = [tuple(at.get(n, ())) for n in range(1, max(at, default=0) + 1)]
    return ranked(in_order, overvotes=Overvotes.STOP, notes=notes, times=row.times, equal=True)


def _approved(row: _Row) -> Marks:
    for cell in row.cells:
        if cell.casefold() not in _YES | _NO:
            raise refused(row.line, f"“{cell[:20]}” neither approves of an option nor does not.")
    return tuple(n for n, cell in enumerate(row.cells, start=1) if cell.casefold() in _YES)


def _scores(row: _Row, notes: Counter[Note]) -> Marks:
    if not any(row.cells):
        return ()
    if not all(row.cells):
        notes[Note.UNSCORED] += row.times
    return tuple(
        whole(cell, line=row.line, what="a score", most=MAX_SCORE) if cell else 0
        for cell in row.cells
    )
