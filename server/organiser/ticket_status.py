"""What a list's status columns say of each ticket: valid, pending or canceled; never a guess.

Any column that looks like a status counts, and the strictest one decides. A value that is neither
known nor explained by the organiser's mapping refuses the whole list, because otherwise somebody
who was declined could become a member.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.organiser.shown_text import quoted, shown
from server.organiser.status_doubts import doubts, says_yes_or_no
from server.organiser.status_titles import (
    Kind,
    is_address_part,
    kind_by_values,
    kind_of,
    may_be_region,
)
from server.organiser.status_words import NO, SAYS_NOTHING, STATES, YES, tells_apart, words_of
from server.organiser.table_file import TableFile
from server.organiser.ticket import TicketState
from server.problems import OperatorError

_DATE: Final = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b.*")
_SAYING: Final = frozenset({Kind.STATUS, Kind.BY_VALUES, Kind.ALLOWS, Kind.COMES})
_STRICTNESS: Final = (TicketState.VALID, TicketState.PENDING, TicketState.CANCELED)
_VALUES_SHOWN: Final = 5
_MOST_STATES: Final = 60  # different values of a column whose title says nothing of a status

_YES: Final = {
    Kind.ENDS: TicketState.CANCELED,
    Kind.WAITS: TicketState.PENDING,
    Kind.ALLOWS: TicketState.VALID,
    Kind.COMES: TicketState.VALID,
}
_NO: Final = {Kind.ALLOWS: TicketState.PENDING, Kind.COMES: TicketState.CANCELED}
_NOTHING: Final = frozenset({"", "-", "--", "\u2013", "\u2014", ".", "/"})
_BY_TITLE: Final = frozenset({Kind.ENDS, Kind.WAITS, Kind.VISITED})  # no mapping changes yes there
_EMPTY: Final = {Kind.ALLOWS: TicketState.PENDING, Kind.COMES: TicketState.PENDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusColumn:
    """One column that says whether tickets count.

    sure: whether it is known to be one, so that a value that is not understood refuses the list.
    """

    position: int
    title: str
    kind: Kind
    sure: bool


class StatusReader:
    """Reads the state of each row from all status columns of a table."""

    def __init__(
        self,
        table: TableFile,
        *,
        named: Sequence[int] | None,
        by_form: Sequence[int],
        others: frozenset[int],
        personal: frozenset[int],
        statuses: Mapping[str, TicketState],
        path: Path,
    ) -> None:
        """Raises OperatorError for a column with values that are not understood.

        named: the columns that the organiser says are statuses, empty if none is, None if nothing
        was said. by_form: those of the list's form. others: columns known to be something else,
        unless all their values are words of a status. personal: names, addresses and attributes,
        which are never a status. statuses: what the mapping says of values, by their words.
        """
        self._statuses = statuses
        self._understood: dict[tuple[int, str], tuple[bool, TicketState | None]] = {}
        self._columns = tuple(
            _status_columns(table, named=named, by_form=by_form, others=others, personal=personal)
        )
        for column in self._columns:
            if column.sure:
                self._refuse_unclear(table, column=column, path=path)
        if named is None and not by_form and not any(one.kind in _SAYING for one in self._columns):
            known = personal | others | {one.position for one in self._columns}
            _refuse_doubts(table, known=known, path=path)

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of the columns that count."""
        return tuple(one.title for one in self._columns if one.kind is not Kind.VISITED)

    def read(self, cells: Sequence[str]) -> tuple[TicketState | None, str]:
        """The state of a row and the words for it; None where a status is needed and missing."""
        strictest: TicketState | None = None
        said = ""
        missing = False
        for column in self._columns:
            value = cells[column.position]
            clear, state = self._state(column, value)
            if state is not None and (
                strictest is None or _STRICTNESS.index(state) > _STRICTNESS.index(strictest)
            ):
                strictest, said = state, _said(column, value)
            missing = missing or (clear and state is None and column.kind is Kind.STATUS)
        if strictest is None and not missing:
            return TicketState.VALID, ""
        return strictest, said

    def _state(self, column: StatusColumn, value: str) -> tuple[bool, TicketState | None]:
        """Whether a value is understood, and what it says if it says anything."""
        place = (column.position, value)
        if place not in self._understood:
            self._understood[place] = self._understand(column, value)
        return self._understood[place]

    def _understand(self, column: StatusColumn, value: str) -> tuple[bool, TicketState | None]:
        words = words_of(value)
        said_by_title = column.kind in _BY_TITLE and (words in YES or words in NO or not words)
        state = None if said_by_title else self._statuses.get(words, STATES.get(words))
        if state is not None:
            return True, state
        if value in _NOTHING or column.kind is Kind.VISITED or (words and words in SAYS_NOTHING):
            return True, _EMPTY.get(column.kind)
        if column.kind in (Kind.STATUS, Kind.BY_VALUES):
            return False, None
        if words in NO:
            return True, _NO.get(column.kind)
        dated = column.kind is not Kind.COMES and _DATE.fullmatch(value) is not None
        # A mark of other signs, such as *, is no empty cell: it crosses somebody out.
        marked = not words and column.kind in (Kind.ENDS, Kind.WAITS)
        return (True, _YES[column.kind]) if words in YES or dated or marked else (False, None)

    def _refuse_unclear(self, table: TableFile, *, column: StatusColumn, path: Path) -> None:
        unclear: dict[str, int] = {}
        understood = 0
        for row in table.rows:
            if row.cells is None:
                continue
            value = row.cells[column.position]
            if self._state(column, value)[0]:
                understood += 1 if value else 0
            else:
                unclear.setdefault(shown(value) or "", row.line)
        if not unclear:
            return
        if not understood and may_be_region(column.title) and _has_address(table):
            return
        values = [
            f"{quoted(value, otherwise='something longer')} (line {line})"
            for value, line in unclear.items()
        ]
        more = f" and {len(values) - _VALUES_SHOWN} more" if len(values) > _VALUES_SHOWN else ""
        example = next((value for value in unclear if value), "maybe")
        raise OperatorError(
            f"{path}: the column {column.title!r} looks like a status, and it is not clear what "
            f"these values mean: {', '.join(values[:_VALUES_SHOWN])}{more}. Nobody was imported. "
            "Say in the file for --map what they mean (valid, pending or canceled), such as "
            f'{{"statuses": {{"{example}": "pending"}}}}; or say which column is the '
            "status with --columns status=TITLE, or --columns status= if none is."
        )


def _status_columns(
    table: TableFile,
    *,
    named: Sequence[int] | None,
    by_form: Sequence[int],
    others: frozenset[int],
    personal: frozenset[int],
) -> Iterator[StatusColumn]:
    for position, title in enumerate(table.columns):
        if position in (by_form if named is None else named):
            kind = kind_of(title) or _kind_by_values(table, position=position) or Kind.STATUS
            if kind is Kind.STATUS and says_yes_or_no(_cells(table, position=position)):
                kind = Kind.ALLOWS
            yield StatusColumn(position=position, title=title, kind=kind, sure=True)
            continue
        if position in personal:
            continue
        kind_by_title = None
        if position not in others:
            kind_by_title = kind_of(title) or _kind_by_values(table, position=position)
        if kind_by_title is None and not tells_apart(
            _values(table, position=position), certainly=position in others
        ):
            continue
        yield StatusColumn(
            position=position,
            title=title,
            kind=kind_by_title or Kind.BY_VALUES,
            sure=named is None,
        )


def _kind_by_values(table: TableFile, *, position: int) -> Kind | None:
    """What the title says among other words, where the values are nothing but yes, no and dates."""
    cells = _cells(table, position=position)
    plain = [value for value in cells if not _DATE.fullmatch(value)]
    if not cells or (plain and not says_yes_or_no(plain)):
        return None
    return kind_by_values(table.columns[position])


def _cells(table: TableFile, *, position: int) -> list[str]:
    """What stands in a column, without empty cells."""
    found = (row.cells[position] for row in table.rows if row.cells is not None)
    return [value for value in found if value not in _NOTHING]


def _refuse_doubts(table: TableFile, *, known: frozenset[int], path: Path) -> None:
    found = list(doubts(table, known=known))
    if not found:
        return
    said = "; ".join(f"{title!r} {why}" for title, why in found[:_VALUES_SHOWN])
    raise OperatorError(
        f"{path}: no column is known to say who counts, and one of these may: {said}. Nobody was "
        f"imported. If it does, say so with --columns status={found[0][0]}; if none does, with "
        "--columns status= and nothing behind it."
    )


def _values(table: TableFile, *, position: int) -> set[str]:
    """The different values of a column as words, without empty ones; none if it has too many."""
    values = {row.cells[position] for row in table.rows if row.cells is not None} - {""}
    return {words_of(value) for value in values} if len(values) <= _MOST_STATES else set()


def _has_address(table: TableFile) -> bool:
    return any(is_address_part(title) for title in table.columns)


def _said(column: StatusColumn, value: str) -> str:
    words = words_of(value)
    if words in STATES:
        return shown(value) or ""
    return shown(f"{column.title}: {value or 'empty'}") or shown(value) or ""
