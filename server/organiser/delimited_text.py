"""Tables in text: comma, semicolon, tab or bar between the cells, as shops and spreadsheets write.

What programs put around the table is peeled off first: a byte order mark, and Excel's line `sep=;`.
Then reading is strict. Text is UTF-8, or UTF-16 or UTF-32 with its mark; anything else must be
named, because a wrong guess changes names without anyone noticing.
"""

import codecs
import csv
import io
import re
from pathlib import Path
from typing import Final

from server.organiser.table_file import MAX_CELLS, TableFile, table_of
from server.problems import OperatorError

DELIMITERS: Final = (",", ";", "\t", "|")
ENCODINGS: Final = (
    "utf-8",
    "iso-8859-1",
    "iso-8859-15",
    *(f"windows-{number}" for number in range(1250, 1259)),
    "macintosh",
    "shift_jis",
    "gb18030",
    "big5",
    "euc-kr",
)

# As programs mean it: who writes Latin-1 writes Windows-1252, which has all of its letters.
_CODECS: Final = {codecs.lookup(name).name: name for name in ENCODINGS} | {
    "iso8859-1": "windows-1252"
}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before those of UTF-16, of which one is their beginning.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEPARATOR_LINE: Final = re.compile(r"\"?sep=(?P<delimiter>[^\r\n]?)\"?\r?\n?", re.IGNORECASE)
_ROWS_LOOKED_AT: Final = 20

csv.field_size_limit(1_000_000)


def read_delimited(path: Path, *, octets: bytes, encoding: str | None) -> TableFile:
    """The table in `octets`; raises OperatorError."""
    text = _decode(path, octets=octets, encoding=encoding)
    if text.lstrip()[:1] == "<":
        raise OperatorError(f"{path} is a web page or XML, not a table; export it as CSV or .xlsx.")
    separator = _SEPARATOR_LINE.match(text)
    first_line = 1
    if separator is not None:
        text = text[separator.end() :]
        first_line = 2
    delimiter = separator["delimiter"] if separator is not None else ""
    return table_of(
        _rows(path, text=text, delimiter=delimiter or _delimiter_of(text), first_line=first_line),
        sheet="",
    )


def _decode(path: Path, *, octets: bytes, encoding: str | None) -> str:
    for mark, name in _MARKS:
        if octets.startswith(mark):
            return _decoded(path, octets=octets[len(mark) :], encoding=name)
    named = None if encoding is None else _encoding_named(encoding)
    try:
        # What reads as UTF-8 is UTF-8: other text that holds more than ASCII hardly ever does.
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        if named is not None:
            return _decoded(path, octets=octets, encoding=named)
        raise OperatorError(
            f"{path} is not UTF-8 text: save it as “CSV UTF-8” or as .xlsx, or say what it is, "
            "such as --columns encoding=windows-1252 for Excel's plain CSV in western Europe."
        ) from None
    if "\0" in text:
        raise OperatorError(f"{path} is not text: export it as CSV in UTF-8, or as .xlsx.")
    return text


def _encoding_named(encoding: str) -> str:
    """One of ENCODINGS by any name that Python knows for it, such as cp1252."""
    try:
        return _CODECS[codecs.lookup(encoding.strip()).name]
    except (LookupError, ValueError):
        raise OperatorError(
            f"The encoding {encoding!r} is not known here; known are {', '.join(ENCODINGS)}."
        ) from None


def _decoded(path: Path, *, octets: bytes, encoding: str) -> str:
    try:
        return octets.decode(encoding)
    except UnicodeDecodeError:
        raise OperatorError(
            f"{path} is not text in {encoding.upper()}: export it as CSV in UTF-8."
        ) from None


def _delimiter_of(text: str) -> str:
    """What stands between the cells: what cuts the rows into the most cells of the same number."""

    def agreement(delimiter: str) -> tuple[int, int]:
        widths: list[int] = []
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                if any(cell.strip() for cell in cells):
                    widths.append(len(cells))
                if len(widths) == _ROWS_LOOKED_AT:
                    break
        except csv.Error:
            pass
        header = next((width for width in widths if width > 1), 0)
        return (widths.count(header) if header else 0, header)

    return max(DELIMITERS, key=agreement)


def _rows(path: Path, *, text: str, delimiter: str, first_line: int) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    line = first_line
    room = MAX_CELLS
    try:
        for cells in reader:
            rows.append((line, cells))
            room -= len(cells) + 1
            if room < 0:
                raise OperatorError(f"{path} has more than {MAX_CELLS:,} cells.")
            line = first_line + reader.line_num
    except csv.Error:
        raise OperatorError(
            f"{path} is not a CSV file: the row that begins on line {line} cannot be read."
        ) from None
    return rows
