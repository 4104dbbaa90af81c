"""Tables in spreadsheets: XLSX and ODS, each visible sheet one table, values as people would type.

The file is unpacked here first, within bounds, and its sheets are measured; the library that reads
them (calamine) sees only what passed. Formulas count with the value that was saved with them.
Leaves out macros, passwords and everything but cells: files that have the former are refused.
"""

import datetime
import io
import zipfile
import zlib
from pathlib import Path
from typing import Final
from xml.parsers import expat

from server.organiser.table_file import MAX_CELLS, TableFile, table_of
from server.problems import OperatorError

MAX_UNPACKED: Final = 192 * 1024 * 1024  # octets, all parts together
MAX_PARTS: Final = 2_000
MAX_COLUMNS: Final = 2_000

_CHUNK: Final = 1024 * 1024
_ODS: Final = b"application/vnd.oasis.opendocument.spreadsheet"


def read_workbook(path: Path, *, octets: bytes) -> list[TableFile]:
    """A table for each sheet that is not hidden; raises OperatorError."""
    import python_calamine

    parts = _unpack(path, octets=octets)
    _refuse_what_is_no_plain_table(path, parts=parts)
    for name, part in parts.items():
        if name == "content.xml" or b"sheetData" in part:
            _measure(path, part=part)
    try:
        workbook = python_calamine.load_workbook(_repacked(parts))
        tables = []
        for sheet in workbook.sheets_metadata:
            if sheet.visible != python_calamine.SheetVisibleEnum.Visible:
                continue
            if sheet.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            cells = workbook.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            tables.append(
                table_of(
                    ((line, [_text(cell) for cell in row]) for line, row in enumerate(cells, 1)),
                    sheet=sheet.name,
                )
            )
    except (python_calamine.CalamineError, OSError, ValueError):
        raise _damaged(path) from None
    return tables


def _unpack(path: Path, *, octets: bytes) -> dict[str, bytes]:
    """All parts but pictures, by name, of no more than MAX_UNPACKED octets whatever they claim."""
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            members = archive.infolist()
            if len(members) > MAX_PARTS:
                raise _too_large(path)
            for member in members:
                if member.flag_bits & 1:
                    raise _locked(path)
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise _damaged(path)
                if member.is_dir() or member.filename in parts:
                    continue
                if "media/" in member.filename or member.filename.startswith("Pictures/"):
                    continue
                buffer = bytearray()
                with archive.open(member) as part:
                    while chunk := part.read(min(_CHUNK, left + 1)):
                        left -= len(chunk)
                        if left < 0:
                            raise _too_large(path)
                        buffer += chunk
                parts[member.filename] = bytes(buffer)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise _damaged(path) from None
    return parts


def _refuse_what_is_no_plain_table(path: Path, *, parts: dict[str, bytes]) -> None:
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise _locked(path)
    macros = any(
        name.endswith("vbaProject.bin")
        or name.startswith(("Basic/", "Scripts/", "xl/macrosheets/"))
        for name in parts
    )
    if macros:
        raise OperatorError(f"{path} holds macros: save it as .xlsx without them, or as CSV.")
    if "xl/workbook.bin" in parts:
        raise OperatorError(f"{path} is a binary workbook (.xlsb): save it as .xlsx, or as CSV.")
    if "xl/workbook.xml" not in parts and parts.get("mimetype", b"").strip() != _ODS:
        raise OperatorError(
            f"{path} is packed, but is neither an .xlsx nor an .ods spreadsheet: "
            "save it as one of them, or as CSV."
        )


def _measure(path: Path, *, part: bytes) -> None:
    """Refuse a sheet that would need the room of far more cells than it fills."""
    extent = _Extent()
    parser = expat.ParserCreate()
    parser.StartElementHandler = extent.start
    parser.StartDoctypeDeclHandler = extent.doctype
    try:
        parser.Parse(part, True)
    except (expat.ExpatError, ValueError):
        raise _damaged(path) from None
    if extent.columns > MAX_COLUMNS or extent.rows * extent.columns > MAX_CELLS:
        raise OperatorError(
            f"{path} has cells as far as row {extent.rows}, column {extent.columns}: "
            "delete what stands far from the list, or save the list as CSV."
        )


class _Extent:
    """How far to the right and down the filled cells of a sheet reach, in XLSX or ODS."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns = 0
        self._row = 0
        self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if name == "table:table" or tag == "sheetData":
            self._row = 0
        elif name == "table:table-row":
            self._row += int(attributes.get("table:number-rows-repeated", "1"))
            self._column = 0
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._column += int(attributes.get("table:number-columns-repeated", "1"))
            if any(key.startswith(("office:", "calcext:")) for key in attributes):
                self._fill()
        elif tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif tag == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            digits = attributes.get("r", "")[len(letters) :]
            self._column = _column_number(letters) if letters else self._column + 1
            self._row = int(digits) if digits else self._row
        elif tag in ("v", "is") or name == "text:p":
            self._fill()

    def _fill(self) -> None:
        self.columns = max(self.columns, self._column)
        self.rows = max(self.rows, self._row)

    def doctype(self, *_: object) -> None:
        raise ValueError("a sheet with a document type")


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _repacked(parts: dict[str, bytes]) -> io.BytesIO:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    packed.seek(0)
    return packed


def _text(cell: object) -> str:
    """A cell as a person would have typed it: ISO dates, whole numbers without a point."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime.datetime):
        if cell.time() == datetime.time():
            return cell.date().isoformat()
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat()
    return str(cell)


def _damaged(path: Path) -> OperatorError:
    return OperatorError(f"{path} is a damaged spreadsheet: save it again, or as CSV.")


def _locked(path: Path) -> OperatorError:
    return OperatorError(f"{path} has a password: save it without one, or as CSV.")


def _too_large(path: Path) -> OperatorError:
    return OperatorError(
        f"{path} is larger than {MAX_UNPACKED >> 20} MiB unpacked: save the list alone, or as CSV."
    )
