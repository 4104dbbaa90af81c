"""Ballots in tables, of the shapes that spreadsheets, cities and forms write."""

from pathlib import Path

import pytest

from client.elections.ballots import Kind, Note
from client.elections.overvotes import Overvotes
from client.elections.table import write
from client.errors import BallotsRefused
from tests.unit.elections.files import ranked, read

CITY = """\
Precinct,1ST CHOICE MAYOR,2ND CHOICE MAYOR,3RD CHOICE MAYOR,COUNT
W-7 P-10,ADA,undervote,undervote,2
W-7 P-11,ADA,ADA,BO,1
W-8 P-01,overvote,BO,ADA,1
W-8 P-02,undervote,CLEO,UWI,3
W-8 P-03,undervote,undervote,undervote,4
"""


def test_ranks_in_columns_hold_options(tmp_path: Path) -> None:
    election = read(CITY, "mayor.csv", tmp_path, overvotes=Overvotes.SKIP)
    assert election.options == ("ADA", "BO", "CLEO", "Write-ins")
    assert election.rankings == ranked(("A", 2), ("AB", 1), ("BA", 1), ("CD", 3), ("", 4))
    assert election.notes == {
        Note.SKIPPED: 3,
        Note.REPEATED: 1,
        Note.OVERVOTE_SKIPPED: 1,
        Note.WRITE_IN: 3,
        Note.BLANK: 4,
    }
    assert election.remarks == ("Not read: “Precinct”.",)


def test_an_overvote_ends_the_ballot_unless_it_is_skipped(tmp_path: Path) -> None:
    election = read(CITY, "mayor.csv", tmp_path)
    assert election.rankings[()] == 5
    assert election.notes[Note.OVERVOTE_STOPPED] == 1


@pytest.mark.parametrize(
    "text",
    [
        "Rank 1,Rank 2\nAda,Bo\nBo,\n",
        "sep=;\r\nrank 1;rank 2\r\nAda;Bo\r\nBo;\r\n",
        "first choice\tsecond choice\nAda\tBo\nBo\n",
        "1,2\nAda,Bo\nBo,\n",
        "1st;2nd\n Ada ; Bo\nBo;\n",
    ],
)
def test_a_ballot_a_row_is_read_with_any_separator(tmp_path: Path, text: str) -> None:
    for octets in (text.encode(), text.encode("utf-8-sig"), text.encode("utf-16")):
        election = read(octets, "lunch.csv", tmp_path)
        assert election.options == ("Ada", "Bo")
        assert election.rankings == ranked(("AB", 1), ("B", 1))


def test_a_ballot_a_row_is_read_without_titles(tmp_path: Path) -> None:
    election = read("Ada,Bo,Cleo\nBo,Cleo,Ada\nCleo,,\n", "lunch.csv", tmp_path)
    assert election.rankings == ranked(("ABC", 1), ("BCA", 1), ("C", 1))


def test_numbers_below_options_are_ranks_or_scores_as_the_method_says(tmp_path: Path) -> None:
    text = "Voter,Soup,Salad,Stew\nv1,1,1,2\nv2,,2,1\nv3,,,\n"
    with pytest.raises(BallotsRefused, match="may be ranks or scores"):
        read(text, "lunch.csv", tmp_path)
    ranks = read(text, "lunch.csv", tmp_path, wanted=Kind.RANKS)
    assert ranks.rankings == ranked(("A=BC", 1), ("CB", 1), ("", 1))
    scores = read(text, "lunch.csv", tmp_path, wanted=Kind.SCORES)
    assert scores.amounts == {(1, 1, 2): 1, (0, 2, 1): 1, (): 1}
    assert scores.notes == {Note.UNSCORED: 1, Note.BLANK: 1}


def test_marks_below_options_are_approvals(tmp_path: Path) -> None:
    election = read("ballots,Soup,Salad\n3,x,\n2,X,✓\n1,,\n", "lunch.csv", tmp_path)
    assert election.kind is Kind.APPROVALS
    assert election.amounts == {(1,): 3, (1, 2): 2, (): 1}


FORM = """\
Timestamp,Rank the soups [First choice],Rank the soups [Second choice],How was it [Tomato],How was it [Onion]
2026/05/01 12:00:00,Tomato,Onion,1st,2nd
2026/05/01 12:00:09,Onion,,,1st
"""  # noqa: E501


def test_a_form_s_grid_is_read_whichever_way_it_lies(tmp_path: Path) -> None:
    ranks = read(FORM, "form.csv", tmp_path, contest="rank the soups")
    assert ranks.title == "Rank the soups"
    assert ranks.rankings == ranked(("AB", 1), ("B", 1))
    options = read(FORM, "form.csv", tmp_path, contest="How was it", wanted=Kind.RANKS)
    assert options.options == ("Tomato", "Onion")
    assert options.rankings == ranked(("AB", 1), ("B", 1))
    with pytest.raises(BallotsRefused, match="“Rank the soups”, “How was it”"):
        read(FORM, "form.csv", tmp_path)


def test_what_is_written_is_what_is_read_again(tmp_path: Path) -> None:
    for text, kind in (
        ("a,b,Choice; 1\n1,1,2\n,2,1\n,,\n", Kind.RANKS),
        ("a,b,Choice; 1\n1,1,2\n0,2,1\n0,0,0\n", Kind.SCORES),
        ("a,b,Choice; 1\nx,,x\n,x,\n", Kind.APPROVALS),
    ):
        election = read(text, "first.csv", tmp_path, wanted=kind)
        again = read(write(election)[0], "again.csv", tmp_path, wanted=kind)
        assert again.rankings == election.rankings
        assert again.amounts == election.amounts
        assert again.options == election.options


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Soup,Salad\n1,two\n", "Line 1: the titles name neither"),
        ("Soup,Salad\n1,0\n1,2,3\n", "Line 3: the row has 3 cells"),
        ("ballots,Soup,Salad\nmany,1,2\n", "Line 2: “many” is not a number of ballots"),
        ("Soup,Salad\n1,yes\n", "Line 2: “yes” is not a rank"),
        ("Soup,Soup\n1,2\n", "The options hold 'Soup' twice"),
        ("Rank 1,Rank 1\nA,B\n", "same rank"),
        ('Soup,"Salad\n1,2\n', "Line 2: this is no table"),
    ],
)
def test_what_is_no_table_of_ballots_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BallotsRefused, match=said):
        read(text, "bad.csv", tmp_path, wanted=Kind.RANKS)


def test_a_score_beyond_a_byte_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BallotsRefused, match="Line 2: “256” is not a score"):
        read("Soup,Salad\n256,1\n", "bad.csv", tmp_path, wanted=Kind.SCORES)


def test_options_named_as_ranks_are_not_mistaken_for_them(tmp_path: Path) -> None:
    with pytest.raises(BallotsRefused, match="Line 1: the titles are ranks, and there are numbers"):
        read("Choice 1,Choice 2\n2,1\n", "lunch.csv", tmp_path, wanted=Kind.RANKS)
    election = read("2 1\n1 1 2 0\n0\nChoice 1\nChoice 2\n", "lunch.blt", tmp_path)
    with pytest.raises(BallotsRefused, match="reads as a rank"):
        write(election)


def test_options_named_as_columns_of_a_form_are_options_where_rows_are_counted(
    tmp_path: Path,
) -> None:
    election = read("2 1\n1 1 2 0\n0\nName\nDate\n", "lunch.blt", tmp_path)
    again = read(write(election)[0], "lunch.csv", tmp_path, wanted=Kind.RANKS)
    assert again.options == ("Name", "Date")
    assert again.rankings == election.rankings


def test_an_option_that_a_spreadsheet_would_compute_is_not_written(tmp_path: Path) -> None:
    election = read("2 1\n1 1 2 0\n0\n=1+1\nB\n", "formula.blt", tmp_path)
    with pytest.raises(BallotsRefused, match="formula"):
        write(election)
