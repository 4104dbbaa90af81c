"""When each answer of a form was given, and which of several is the newest.

A column has one order of day and month: that which all its times can have, or, where 4/5 may be
either, that by which the whole column goes forward or backward. Where neither tells, times are
compared in both orders. Leaves out names of months.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Final

_DATE: Final = re.compile(r"\s*(\d{1,4})\s?([^\w\s:])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?!\d)", re.ASCII)
_TIME: Final = re.compile(r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,6}))?)?", re.ASCII)
_ZONE: Final = re.compile(r"(?:GMT|UTC)?([+\-\u2212])(\d{1,2}):?(\d{2})?\s*$", re.ASCII)
_MORNING: Final = re.compile(r"\bam\b|a\.\s?m\.|上午|오전|午前|π\.?μ", re.IGNORECASE)
_AFTERNOON: Final = re.compile(r"\bpm\b|p\.\s?m\.|下午|오후|午後|μ\.?μ", re.IGNORECASE)

_ORDERS: Final = ("dmy", "mdy")

_Times = Mapping[int, datetime]


class AnswerTimes:
    """The times in one column, by line."""

    def __init__(self, texts: Mapping[int, str]) -> None:
        """texts: what stands in the column, in the order of the file; may be of no use."""
        readings = [
            {line: _read(text, order=order) for line, text in texts.items()} for order in _ORDERS
        ]
        fewest = min(sum(one is None for one in reading.values()) for reading in readings)
        self._readings: list[_Times] = [
            {line: one for line, one in reading.items() if one is not None}
            for reading in readings
            if sum(one is None for one in reading.values()) == fewest
        ]
        monotone = [reading for reading in self._readings if _direction(reading)]
        if len(monotone) == 1:
            self._readings = monotone

    def newest(self, lines: Sequence[int]) -> int | None:
        """The line of the newest answer, None where that is not clear."""
        found = {_newest(lines, reading) for reading in self._readings}
        return found.pop() if len(found) == 1 else None


def _newest(lines: Sequence[int], times: _Times) -> int | None:
    if any(line not in times for line in lines):
        return None
    last = max(times[line] for line in lines)
    level = [line for line in lines if times[line] == last]
    if len(level) == 1:
        return level[0]
    # At one moment: as the whole column goes.
    direction = _direction(times)
    return max(level) if direction > 0 else min(level) if direction < 0 else None


def _direction(times: _Times) -> int:
    """1 where a column goes forward, -1 where it goes backward, 0 otherwise."""
    column = list(times.values())
    if len(set(column)) < 2:
        return 0
    if all(one <= after for one, after in pairwise(column)):
        return 1
    return -1 if all(one >= after for one, after in pairwise(column)) else 0


def _read(text: str, *, order: str) -> datetime | None:
    """A time in one order of day and month; without a zone as if it were UTC."""
    date = _DATE.match(text)
    if date is None:
        return None
    first, mark, second, third = date.groups()
    if len(first) > 2:
        year, month, day = first, second, third
    elif order == "dmy" or mark == ".":
        day, month, year = first, second, third
    else:
        month, day, year = first, second, third
    rest = text[date.end() :]
    time = _TIME.search(rest)
    hour, minute, now, part = time.groups(default="0") if time else ("0",) * 4
    try:
        found = datetime(
            int(year) + (2000 if len(year) <= 2 else 0),
            *(int(month), int(day), _hour(int(hour), rest), int(minute), int(now)),
            int(part.ljust(6, "0")),
            tzinfo=_zone(rest[time.end() :] if time else ""),
        )
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _hour(hour: int, text: str) -> int:
    if _AFTERNOON.search(text):
        return hour % 12 + 12
    return hour % 12 if _MORNING.search(text) else hour


def _zone(text: str) -> timezone:
    found = _ZONE.search(text)
    if found is None:
        return UTC
    sign, hours, minutes = found.groups(default="0")
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(ahead if sign == "+" else -ahead)
