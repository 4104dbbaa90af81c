"""Whatever a file holds, it is an election or one refusal: no other error, and no long wait."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.elections.ballots import Kind
from client.elections.count import Rules, count, method_of
from client.elections.lines import decoded
from client.elections.overvotes import Overvotes
from client.elections.reading import FORMATS, read_text
from client.errors import BallotsRefused
from tests.unit.elections.test_abif import RANKED
from tests.unit.elections.test_blt import OFFICERS
from tests.unit.elections.test_cvr import mark, record, report, snapshot
from tests.unit.elections.test_preflib import HEADER
from tests.unit.elections.test_table import CITY, FORM

GOOD = {
    "blt": OFFICERS,
    "abif": RANKED,
    "toi": HEADER.format(type="toi", voters=7) + "5: 3,{1,2}\n2: 2\n",
    "csv": CITY,
    "form": FORM,
    "cvr": report(record(snapshot(mark("Ada", 1), mark(None, 2)))),
}
PIECES = st.sampled_from(
    [*'\n0-=,:"{}[]#\0\u202e\t\x0c\r( />Ä²٣', "9" * 30, "null", "[]", "{}", "1e9", "-1", "True"]
)


@settings(max_examples=400, deadline=None)
@given(
    name=st.sampled_from(sorted(GOOD)),
    format=st.sampled_from([*FORMATS, None]),
    wanted=st.sampled_from([*Kind, None]),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES), max_size=4),
    method=st.sampled_from(["plurality", "approval", "score", "irv", "schulze", "stv"]),
)
def test_a_spoilt_file_is_an_election_or_refused(
    name: str,
    format: str | None,
    wanted: Kind | None,
    changes: list[tuple[float, int, str]],
    method: str,
) -> None:
    text = GOOD[name]
    for where, cut, piece in changes:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + cut :]
    contest = "mayor" if name == "cvr" else None
    try:
        election = read_text(
            text, format=format, wanted=wanted, contest=contest, overvotes=Overvotes.STOP
        )
        count(election, rules=Rules(method=method_of(method)))
    except BallotsRefused:
        return


@settings(max_examples=200, deadline=None)
@given(octets=st.binary(max_size=400), format=st.sampled_from([*FORMATS, None]))
def test_any_octets_are_an_election_or_refused(octets: bytes, format: str | None) -> None:
    try:
        read_text(decoded(octets), format=format)
    except BallotsRefused:
        return


@pytest.mark.parametrize(
    "text",
    [
        "1: " + "A" * 200_000,
        "=A:[" * 50_000,
        "1: {" + "1," * 200_000,
        "1: " + ">".join(f"A{n}" for n in range(100_000)),
        "1 1\n1 " + "1=" * 200_000 + "1 0\n",
    ],
)
def test_long_lines_do_not_take_long(text: str) -> None:
    for format in FORMATS:
        with pytest.raises(BallotsRefused):
            read_text(text, format=format)


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"PK\x03\x04rest", "save the sheet as CSV"),
        (b"%PDF-1.7", "a PDF"),
        (b"\0\0\x10\0\x88\x76symbolon/poll-bundle/3", "symbolon poll export"),
        (b"\xff\xfe\xff", "no text"),
    ],
)
def test_files_of_another_kind_are_named(octets: bytes, said: str) -> None:
    with pytest.raises(BallotsRefused, match=said):
        decoded(octets)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    from client.elections.reading import read_election

    for path in (tmp_path, tmp_path / "missing.blt"):
        with pytest.raises(BallotsRefused, match="cannot be read"):
            read_election(path)
