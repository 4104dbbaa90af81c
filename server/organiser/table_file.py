"""Reading a table of text from a CSV file: comma or semicolon, with or without a byte order mark.

Leaves out what the columns mean (server/organiser/attendee_list.py) and encodings other than UTF-8.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server.problems import OperatorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: the line of the file on which it begins, and its cells by column title.

    `cells` is None where the row has another number of cells than the header.
    """

    line: int
    cells: Mapping[str, str] | None

    def __repr__(self) -> str:
        return f"Row(line={self.line})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """Column titles as written, and the rows that are not empty."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return f"TableFile(columns={self.columns!r}, rows={len(self.rows)})"


def read_table(path: Path) -> TableFile:
    """Read `path`; raises OperatorError where it cannot be read or is no table.

    The header decides between comma and semicolon. Of columns with the same title the first
    counts: an order export repeats some for the invoice address.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise OperatorError(f"{path} cannot be read: {reason}.") from None
    except UnicodeDecodeError:
        raise OperatorError(f"{path} is not UTF-8 text; export it as CSV in UTF-8.") from None
    header_line = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if not columns:
                    columns = tuple(cell.strip() for cell in cells)
                else:
                    rows.append(_row(line, cells=cells, columns=columns))
            line = reader.line_num + 1
    except csv.Error:
        raise OperatorError(
            f"{path} is not a CSV file: the row that begins on line {line} cannot be read."
        ) from None
    if not columns:
        raise OperatorError(f"{path} is empty.")
    return TableFile(columns=columns, rows=tuple(rows))


def _row(line: int, *, cells: list[str], columns: tuple[str, ...]) -> Row:
    if len(cells) != len(columns):
        return Row(line=line, cells=None)
    by_title: dict[str, str] = {}
    for title, cell in zip(columns, cells, strict=True):
        by_title.setdefault(title, cell.strip())
    return Row(line=line, cells=by_title)
