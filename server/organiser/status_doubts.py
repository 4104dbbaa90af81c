"""Columns that may say who counts, where nothing in a list certainly does.

A list without any column that is known as a status may still have one under a title that nobody
foresaw. Its values give it away: nothing but yes and no, or words such as "canceled" in front. Then
the organiser is asked, because otherwise somebody who was declined could become a member.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from server.organiser.shown_text import quoted, shown
from server.organiser.status_words import (
    CANCELED,
    EVERYDAY,
    NO,
    PENDING,
    SAYS_NOTHING,
    YES,
    words_of,
)
from server.organiser.table_file import TableFile

_LEAST_LETTERS: Final = 4
_SAYS_NO: Final = tuple(
    sorted(word for word in (CANCELED | PENDING) - EVERYDAY if len(word) >= _LEAST_LETTERS)
)
_BEGINS_WITH_NO: Final = re.compile(rf"(?:{'|'.join(map(re.escape, _SAYS_NO))})(?: |$)")


def doubts(table: TableFile, *, known: Collection[int]) -> Iterator[tuple[str, str]]:
    """(title, why) of the columns beside the `known` ones that may be a status."""
    for position, title in enumerate(table.columns):
        if position in known:
            continue
        values = [
            (row.line, row.cells[position])
            for row in table.rows
            if row.cells is not None and row.cells[position]
        ]
        if values and says_yes_or_no([value for _, value in values]):
            yield title, "says only yes and no"
        elif refusing := begins_with_no(values):
            line, value = refusing[0]
            more = f" and {len(refusing) - 1} more lines" if len(refusing) > 1 else ""
            text = quoted(shown(value) or "", otherwise="a word of refusal")
            yield title, f"says {text} on line {line}{more}"


def says_yes_or_no(values: Sequence[str]) -> bool:
    """Whether values are nothing but yes, no and marks, and at least one is a yes or no in words:
    numbers alone may be a sum or a count."""
    words = {words_of(value) for value in values}
    said = {word for word in words & (YES | NO) if not re.fullmatch(r"[\d ]+", word)}
    return words <= YES | NO | SAYS_NOTHING | {""} and bool(said)


def begins_with_no(values: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Those of (line, value) that are, or begin with, a word for canceled or pending."""
    return [one for one in values if _BEGINS_WITH_NO.match(words_of(one[1]))]
