"""Spreadsheets for tests, as small as their formats allow: XLSX (ECMA-376) and ODS (OASIS)."""

import datetime
import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

Cell = str | int | float | bool | datetime.date | datetime.datetime | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
_DAY_ZERO = datetime.datetime(1899, 12, 30)


def xlsx(
    sheets: Sheets, *, hidden: Sequence[str] = (), more: Mapping[str, bytes] | None = None
) -> bytes:
    """A workbook; `more` adds or replaces parts by name."""
    names = list(sheets)
    states = {name: ' state="hidden"' if name in hidden else "" for name in names}
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
            + "".join(
                f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="r{at}"{states[name]}/>'
                for at, name in enumerate(names, 1)
            )
            + "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            + "".join(
                f'<Relationship Id="r{at}" Type="{_LINKS}/worksheet" '
                f'Target="worksheets/sheet{at}.xml"/>'
                for at, _ in enumerate(names, 1)
            )
            + f'<Relationship Id="s" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_MAIN}"><cellXfs count="3"><xf numFmtId="0"/>'
            '<xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>'
        ),
    }
    for at, rows in enumerate(sheets.values(), 1):
        body = "".join(
            f'<row r="{line}">'
            + "".join(_xlsx_cell(cell, line, column) for column, cell in enumerate(row))
            + "</row>"
            for line, row in enumerate(rows, 1)
        )
        parts[f"xl/worksheets/sheet{at}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
        )
    return packed({**{name: part.encode() for name, part in parts.items()}, **(more or {})})


def ods(sheets: Sheets, *, more: Mapping[str, bytes] | None = None) -> bytes:
    """A workbook with the empty rest of each sheet repeated, as office programs write it."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>"
        + "".join(
            f"<table:table-row>{''.join(_ods_cell(cell) for cell in row)}"
            '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
            for row in rows
        )
        + '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
        for name, rows in sheets.items()
    )
    content = (
        f'<office:document-content xmlns:office="{_OFFICE}:office:1.0" '
        f'xmlns:table="{_OFFICE}:table:1.0" xmlns:text="{_OFFICE}:text:1.0">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": (
                b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
                b'manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type='
                b'"application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
            ),
            **(more or {}),
        }
    )


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def _xlsx_cell(cell: Cell, line: int, column: int) -> str:
    place = f'r="{_letters(column)}{line}"'
    if cell is None or cell == "":
        return f"<c {place}/>"
    if isinstance(cell, bool):
        return f'<c {place} t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, (int, float)):
        return f"<c {place}><v>{cell}</v></c>"
    if isinstance(cell, datetime.datetime):
        days = (cell - _DAY_ZERO) / datetime.timedelta(days=1)
        return f'<c {place} s="2"><v>{days!r}</v></c>'
    if isinstance(cell, datetime.date):
        return f'<c {place} s="1"><v>{(cell - _DAY_ZERO.date()).days}</v></c>'
    text = escape(cell, {"\r": "&#13;"})
    return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(column: int) -> str:
    letters = ""
    while column >= 0:
        letters = chr(65 + column % 26) + letters
        column = column // 26 - 1
    return letters


def _ods_cell(cell: Cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    kind, value = "string", ""
    if isinstance(cell, bool):
        kind, value = "boolean", f' office:boolean-value="{str(cell).lower()}"'
    elif isinstance(cell, (int, float)):
        kind, value = "float", f' office:value="{cell}"'
    elif isinstance(cell, (datetime.date, datetime.datetime)):
        kind, value = "date", f' office:date-value="{cell.isoformat()}"'
    text = "</text:p><text:p>".join(escape(str(cell)).split("\n"))
    return (
        f'<table:table-cell office:value-type="{kind}"{value}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )
