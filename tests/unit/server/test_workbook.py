"""Spreadsheets: cells as people type them, the right sheet, and files that ask for too much."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from server.organiser import workbook
from server.organiser.table_file import TableFile, read_tables
from server.problems import OperatorError
from tests.spreadsheets import Sheets, ods, packed, xlsx

WRITERS = pytest.mark.parametrize("write", [xlsx, ods])
LIST: Sheets = {"List": [["name", "e-mail"], ["Ana", "ana@example.org"]]}
FAR = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{cell}"{rest}</c></row>'
    "</sheetData></worksheet>"
)


def read(folder: Path, octets: bytes) -> list[TableFile]:
    path = folder / "list.xlsx"
    path.write_bytes(octets)
    return read_tables(path)


@WRITERS
def test_cells_read_as_people_type_them(tmp_path: Path, write: Callable[[Sheets], bytes]) -> None:
    header = ["text", "day", "time", "count", "share", "flag", "code", "nothing"]
    row = [
        *("می‌خواهم", datetime.date(2031, 12, 31), datetime.datetime(2027, 5, 1, 10, 30)),
        *(3.0, 0.5, True, "00123", None),
    ]
    (table,) = read(tmp_path, write({"List": [header, row, [49123456789, *row[1:]]]}))
    assert table.columns == tuple(header)
    assert table.rows[0].cells == (
        *("می‌خواهم", "2031-12-31", "2027-05-01 10:30:00", "3", "0.5", "yes", "00123", ""),
    )
    assert table.rows[1].cells is not None
    assert table.rows[1].cells[0] == "49123456789"
    assert [row.line for row in table.rows] == [2, 3]


@WRITERS
def test_every_sheet_with_something_on_it_is_a_table(
    tmp_path: Path, write: Callable[[Sheets], bytes]
) -> None:
    tables = read(tmp_path, write({**LIST, "Empty": [], "Notes": [["call", "Bo"]]}))
    assert [table.sheet for table in tables] == ["List", "Notes"]


def test_a_hidden_sheet_is_not_read(tmp_path: Path) -> None:
    tables = read(tmp_path, xlsx({**LIST, "Old": [["name", "e-mail"]]}, hidden=["Old"]))
    assert [table.sheet for table in tables] == ["List"]


def test_formats_far_from_the_list_do_no_harm(tmp_path: Path) -> None:
    sheet = FAR.format(row=1048576, cell="XFD1048576", rest=' s="1">')
    with_title = xlsx({"List": []}, more={"xl/worksheets/sheet1.xml": sheet.encode()})
    (table,) = read(tmp_path, with_title)
    assert table.columns == ("1",)


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (
            xlsx(
                LIST,
                more={
                    "xl/worksheets/sheet1.xml": FAR.format(
                        row=900000, cell="ZZ900000", rest="><v>1</v>"
                    ).encode()
                },
            ),
            "cells as far as row 900000, column 702",
        ),
        (
            xlsx(
                LIST,
                more={
                    "xl/worksheets/sheet1.xml": FAR.format(
                        row=2, cell="XFD2", rest="><v>1</v>"
                    ).encode()
                },
            ),
            "column 16384",
        ),
        (
            packed(
                {
                    "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                    "content.xml": (
                        b'<office:document-content xmlns:office="o" xmlns:table="t" '
                        b'xmlns:text="x"><table:table><table:table-row '
                        b'table:number-rows-repeated="1000000"><table:table-cell '
                        b'table:number-columns-repeated="16000" office:value-type="string">'
                        b"<text:p>x</text:p></table:table-cell></table:table-row>"
                        b"</table:table></office:document-content>"
                    ),
                }
            ),
            "row 1000000, column 16000",
        ),
        (packed({f"part{at}": b"" for at in range(2001)}), "larger than 192 MiB unpacked"),
        (xlsx(LIST, more={"xl/vbaProject.bin": b"macro"}), "holds macros"),
        (ods(LIST, more={"Basic/Standard/Module1.xml": b"<m/>"}), "holds macros"),
        (
            ods(LIST, more={"META-INF/manifest.xml": b"<m:encryption-data/>"}),
            "has a password",
        ),
        (packed({"xl/workbook.bin": b"binary"}), "is a binary workbook"),
        (packed({"word/document.xml": b"<d/>"}), "neither an .xlsx nor an .ods"),
        (xlsx(LIST, more={"xl/worksheets/sheet1.xml": b"<sheetData><row>"}), "damaged"),
        (
            xlsx(
                LIST,
                more={
                    "xl/worksheets/sheet1.xml": (
                        b'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet><sheetData/></worksheet>'
                    )
                },
            ),
            "damaged",
        ),
        (xlsx({"List": []}), "is empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_safely_is_refused_with_what_to_do(
    tmp_path: Path, octets: bytes, sentence: str
) -> None:
    with pytest.raises(OperatorError, match=sentence):
        read(tmp_path, octets)


def test_a_small_file_that_unpacks_to_a_large_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 1 << 20)
    bomb = xlsx(LIST, more={"xl/sharedStrings.xml": bytes(2 << 20)})
    assert len(bomb) < 1 << 14
    with pytest.raises(OperatorError, match="larger than 1 MiB unpacked"):
        read(tmp_path, bomb)


def test_a_password_on_the_archive_is_named(tmp_path: Path) -> None:
    octets = bytearray(packed({"xl/workbook.xml": b"<w/>"}))
    octets[6] |= 1
    octets[octets.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(OperatorError, match="has a password"):
        read(tmp_path, bytes(octets))
