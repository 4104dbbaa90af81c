"""ABIF files: ranks, scores, both, and what the grammar does not allow."""

from pathlib import Path

import pytest

from client.elections.abif import write
from client.elections.ballots import Kind, Note
from client.errors import BallotsRefused
from tests.unit.elections.files import ranked, read

RANKED = """\
# Options may have any name in brackets.
{version: "0.1"}
{title: "Capital"}
=MEM:[Memphis, TN]
=NSH:[Nashville]
=KNX:[Noxville (蘇)]

42: MEM > NSH > KNX
26: NSH > MEM = KNX   # two of them are equal
15:
17 * KNX>[Nashville]
"""


def test_ranks_equal_ranks_and_blank_ballots_are_read(tmp_path: Path) -> None:
    election = read(RANKED, "capital.abif", tmp_path)
    assert election.title == "Capital"
    assert election.options == ("Memphis, TN", "Nashville", "Noxville (蘇)")
    assert election.kind is Kind.RANKS
    assert election.rankings == ranked(("ABC", 42), ("BA=C", 26), ("", 15), ("CB", 17))
    assert election.notes == {Note.BLANK: 15}


def test_ratings_are_scores(tmp_path: Path) -> None:
    text = "{max_rating: 5}\n12: Allie/5, Billy/3, Cand/0\n7: Allie/4, Cand/2\n3:\n"
    election = read(text, "scores.abif", tmp_path)
    assert election.kind is Kind.SCORES
    assert election.limit == 5
    assert election.amounts == {(5, 3, 0): 12, (4, 0, 2): 7, (): 3}
    assert election.notes == {Note.UNSCORED: 7, Note.BLANK: 3}


def test_ratings_give_ranks_where_ranks_are_counted_and_that_is_said(tmp_path: Path) -> None:
    text = "12: A/5, B/3, C/5\n"
    election = read(text, "scores.abif", tmp_path, wanted=Kind.RANKS)
    assert election.rankings == ranked(("A=CB", 12))
    assert election.remarks == ("Ranks follow from the ratings, equal ones are equal ranks.",)


def test_ranks_with_ratings_are_what_is_wanted(tmp_path: Path) -> None:
    text = "12: A/5 > B/3 > C/0\n"
    assert read(text, "both.abif", tmp_path).rankings == ranked(("ABC", 12))
    assert read(text, "both.abif", tmp_path, wanted=Kind.SCORES).amounts == {(5, 3, 0): 12}


def test_what_is_written_is_what_is_read_again(tmp_path: Path) -> None:
    for text in (RANKED, "{max_rating: 5}\n12: A/5, B/3\n2:\n"):
        election = read(text, "first.abif", tmp_path)
        again = read(write(election)[0], "again.abif", tmp_path)
        assert again.rankings == election.rankings
        assert again.amounts == election.amounts
        assert (again.options, again.limit) == (election.options, election.limit)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("27: A > B >\n", "Line 1: the line ends where an option was due"),
        ("27: A > B, C\n", "Line 1: a line has either commas"),
        ("27: A B\n", "Line 1: an option was due at “B”"),
        ("27: A > A\n", "Line 1: “A” stands there twice"),
        ("=A:[Ada]\n=B:[Bo]\n27: A > C\n", "Line 3: “C” is none of the options"),
        ("=A:[Ada]\n=B:[Bo]\n27: A > [Ada]\n", "Line 3: “Ada” stands there twice"),
        ("[Ada]: A\n[Bo]: B\n27: A > B\n", "Line 1: an option is named as =ID"),
        ("27: A, B\n", "Line 1: an option has no rating"),
        ("votes for A\n", "Line 1: this is neither votes"),
        ("@divisions\n=N:[North]\n1: N\n", "Line 1: this is neither votes"),
        ("9999999999: A > B\n", "Line 1: “9999999999” is not a number of ballots"),
        ("=A:[Same]\n=B:[Same]\n27: A > B\n", "The options hold 'Same' twice"),
        ("3: A\n", "1 options"),
    ],
)
def test_what_is_no_abif_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BallotsRefused, match=said):
        read(text, "bad.abif", tmp_path)
