"""Tables as programs write them: what is put around them is peeled off, the rest is strict."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.organiser import delimited_text
from server.organiser.table_file import TableFile, read_tables
from server.problems import OperatorError
from tests.spreadsheets import ods, xlsx

HEADER = ["name", "e-mail", "note"]
ROWS = [["Zoë Åström", "zoe@example.org", "a; b, c\td | e"], ["李四", "li@example.org", 'q"uote']]


def read(folder: Path, octets: bytes, *, encoding: str | None = None) -> TableFile:
    path = folder / "list"
    path.write_bytes(octets)
    (table,) = read_tables(path, encoding=encoding)
    return table


def cells(table: TableFile) -> list[list[str] | None]:
    return [list(row.cells) if row.cells is not None else None for row in table.rows]


def delimited(rows: list[list[str]], *, delimiter: str, end: str = "\r\n") -> str:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    return "".join(delimiter.join(row) + end for row in quoted)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-mark", "utf-32", "utf-32-be-mark"]
)
@pytest.mark.parametrize("separator_line", [False, True])
def test_text_reads_alike_however_it_is_written(
    tmp_path: Path, delimiter: str, end: str, encoding: str, separator_line: bool
) -> None:
    text = delimited([HEADER, *ROWS], delimiter=delimiter, end=end)
    if separator_line:
        text = f"sep={delimiter}\r\n{text}"
    octets = (
        ("\ufeff" + text).encode(encoding.removesuffix("-mark"))
        if encoding.endswith("-mark")
        else text.encode(encoding)
    )
    table = read(tmp_path, octets)
    assert list(table.columns) == HEADER
    assert cells(table) == ROWS
    assert [row.line for row in table.rows] == ([3, 4] if separator_line else [2, 3])


def test_commas_in_a_question_do_not_hide_the_semicolons(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        b"Name;E-Mail;Vegan, vegetarian, or neither, please?\nMuster, Ana;ana@example.org;no, no\n",
    )
    assert table.columns == ("Name", "E-Mail", "Vegan, vegetarian, or neither, please?")
    assert cells(table) == [["Muster, Ana", "ana@example.org", "no, no"]]


def test_what_stands_alone_above_the_table_is_no_title(tmp_path: Path) -> None:
    table = read(tmp_path, b"Guests of May 2027;\n\nname;e-mail\nAna;ana@example.org\n")
    assert table.columns == ("name", "e-mail")
    assert [row.line for row in table.rows] == [4]


def test_empty_cells_beside_the_table_are_nobodys(tmp_path: Path) -> None:
    table = read(tmp_path, b"name,e-mail,,\nAna,ana@example.org,,,,\nBo,bo@example.org,,x\n,,,\n")
    assert cells(table) == [["Ana", "ana@example.org"], None]


def test_an_unknown_encoding_is_asked_for_and_never_assumed(tmp_path: Path) -> None:
    octets = "name;e-mail\nJürgen;j@example.org\n".encode("windows-1252")
    with pytest.raises(OperatorError, match="--columns encoding=windows-1252"):
        read(tmp_path, octets)
    assert cells(read(tmp_path, octets, encoding="Windows-1252"))[0] == ["Jürgen", "j@example.org"]
    with pytest.raises(OperatorError, match="encoding 'ebcdic' is not known"):
        read(tmp_path, octets, encoding="ebcdic")
    utf_8 = "name;e-mail\nJürgen;j@example.org\n".encode()
    assert cells(read(tmp_path, utf_8, encoding="windows-1252"))[0] == ["Jürgen", "j@example.org"]


@pytest.mark.parametrize(
    "named", ["cp1252", "CP1252", "windows_1252", "latin-1", "latin1", "ISO-8859-1", "iso-8859-15"]
)
def test_an_encoding_has_all_names_that_programs_have_for_it(tmp_path: Path, named: str) -> None:
    octets = "name;e-mail\nJürgen;j@example.org\n".encode("windows-1252")
    assert cells(read(tmp_path, octets, encoding=named))[0] == ["Jürgen", "j@example.org"]


@pytest.mark.parametrize("named", ["rot13", "base64", "idna", "utf-7", "a\0b", "", "ü", "x" * 999])
def test_other_codecs_are_no_encodings(tmp_path: Path, named: str) -> None:
    with pytest.raises(OperatorError, match="is not known here"):
        read(tmp_path, b"name;e-mail\nJ\xfc;j@example.org\n", encoding=named)


def test_what_is_said_to_be_utf_8_and_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="not text in UTF-8"):
        read(tmp_path, b"name;e-mail\nJ\xfc;j@example.org\n", encoding="UTF8")


@pytest.mark.parametrize(
    ("octets", "sentence"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\0\0a", "is not text in UTF-32-LE"),
        (b" \n,,\n", "is empty"),
        (b"name,e-mail\n\xff\xfe,x\n", "is not UTF-8"),
        (b"n\0a\0m\0e\0,\0", "is not text"),
        (b"\xff\xfea", "is not text in UTF-16-LE"),
        (b"<!doctype html><table><tr><td>name</td></tr></table>", "is a web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old Excel workbook"),
        (b"PK\x03\x04 and no more", "is a damaged spreadsheet"),
        (b'name,e-mail\n"Ana"x,y\n', "row that begins on line 2"),
    ],
)
def test_what_is_no_table_is_one_sentence_with_what_to_do(
    tmp_path: Path, octets: bytes, sentence: str
) -> None:
    with pytest.raises(OperatorError, match=sentence):
        read(tmp_path, octets)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="cannot be read: No such file"):
        read_tables(tmp_path / "nowhere.csv")


# What can stand in a cell of every format; white space around it is not part of it.
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp", "Co", "Cn"]),
    max_size=12,
)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(TEXTS, min_size=width, max_size=width).filter(any), min_size=0, max_size=5
    ).map(lambda rows: [[f"title {at}" for at in range(width)], *rows])
)
WRITERS = {
    "comma": lambda rows: delimited(rows, delimiter=",").encode(),
    "semicolon": lambda rows: delimited(rows, delimiter=";").encode("utf-8-sig"),
    "tab": lambda rows: delimited(rows, delimiter="\t").encode("utf-16"),
    "xlsx": lambda rows: xlsx({"List": rows}),
    "ods": lambda rows: ods({"List": rows}),
}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=TABLES)
def test_any_table_reads_back_alike_from_every_format(
    tmp_path: Path, table: list[list[str]]
) -> None:
    for name, write in WRITERS.items():
        back = read(tmp_path, write(table))
        assert [list(back.columns), *cells(back)] == table, name


def test_a_table_of_too_many_cells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited_text, "MAX_CELLS", 100)
    assert read(tmp_path, b"name,e-mail\n" + b"a,b\n" * 30).rows
    with pytest.raises(OperatorError, match="more than 100 cells"):
        read(tmp_path, b"name,e-mail\n" + b"\n" * 100)
