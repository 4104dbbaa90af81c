"""A table as it stands in a file: its column titles, and its rows with the lines they begin on.

Tells text (delimited_text.py) from spreadsheets (workbook.py) by the first octets, never by the
file's name. Leaves out what the columns mean (list_forms.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credentials.formats.text import fold
from server.problems import OperatorError

MAX_FILE: Final = 64 * 1024 * 1024  # octets
MAX_CELLS: Final = 8_000_000  # rows by columns

_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx under a password


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: the line of the file on which it begins, and its cells in the columns' order.

    `cells` is None where the row has another number of cells than the header; `torn` has them then.
    """

    line: int
    cells: tuple[str, ...] | None
    torn: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Row(line={self.line})"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFile:
    """Column titles as written, and the rows that are not empty.

    sheet: the sheet's name, empty for text.
    """

    sheet: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return f"TableFile(columns={self.columns!r}, rows={len(self.rows)})"


def read_tables(path: Path, *, encoding: str | None = None) -> list[TableFile]:
    """The table in a text file, or one for each sheet of a spreadsheet that is not hidden or empty.

    encoding: what a text file is written in that has no mark and is not UTF-8. Raises OperatorError
    where the file cannot be read or is no table.
    """
    from server.organiser.delimited_text import read_delimited
    from server.organiser.workbook import read_workbook

    try:
        with path.open("rb") as file:
            octets = file.read(MAX_FILE + 1)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise OperatorError(f"{path} cannot be read: {reason}.") from None
    if len(octets) > MAX_FILE:
        raise OperatorError(f"{path} is larger than {MAX_FILE >> 20} MiB.")
    if octets.startswith(_OLD_OFFICE):
        raise OperatorError(
            f"{path} is an old Excel workbook (.xls), or one with a password: "
            "save it as .xlsx without a password, or as CSV."
        )
    if octets.startswith(b"PK\x03\x04"):
        tables = read_workbook(path, octets=octets)
    else:
        tables = [read_delimited(path, octets=octets, encoding=encoding)]
    if not any(table.columns for table in tables):
        raise OperatorError(f"{path} is empty.")
    return [table for table in tables if table.columns]


def table_of(rows: Iterable[tuple[int, list[str]]], *, sheet: str) -> TableFile:
    """The table in rows of cells with their lines; one without columns if all of them are empty.

    The first row with two cells holds the titles: what people write above a table stands alone.
    """
    filled = [(line, cells) for line, cells in rows if any(cell.strip() for cell in cells)]
    header = next((at for at, (_, cells) in enumerate(filled) if _filled(cells) > 1), 0)
    if not filled:
        return TableFile(sheet=sheet, columns=(), rows=())
    columns = [cell.strip() for cell in filled[header][1]]
    while not columns[-1]:
        columns.pop()
    return TableFile(
        sheet=sheet,
        columns=tuple(columns),
        rows=tuple(
            _row(line, [cell.strip() for cell in cells], width=len(columns))
            for line, cells in filled[header + 1 :]
        ),
    )


def find_sheet(tables: list[TableFile], *, name: str, path: Path) -> TableFile:
    """The sheet of this name; raises OperatorError."""
    for table in tables:
        if table.sheet and fold(table.sheet) == fold(name):
            return table
    sheets = ", ".join(repr(table.sheet) for table in tables if table.sheet)
    raise OperatorError(
        f"{path} has no sheet {name!r}; it has {sheets}." if sheets else f"{path} has no sheets."
    )


def _filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def _row(line: int, cells: list[str], *, width: int) -> Row:
    """The cells under the titles; empty ones to the right of the table are nobody's."""
    if len(cells) < width or any(cells[width:]):
        return Row(line=line, cells=None, torn=tuple(cell for cell in cells if cell))
    return Row(line=line, cells=tuple(cells[:width]))
