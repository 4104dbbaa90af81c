"""PrefLib's rankings, with the headers of today."""

from pathlib import Path

import pytest

from client.elections.preflib import write
from client.errors import BallotsRefused
from tests.unit.elections.files import ranked, read

HEADER = """\
# FILE NAME: 00099-00000001.toi
# TITLE: Lunch
# DATA TYPE: {type}
# NUMBER ALTERNATIVES: 3
# NUMBER VOTERS: {voters}
# NUMBER UNIQUE ORDERS: 2
# ALTERNATIVE NAME 1: Soup
# ALTERNATIVE NAME 2: Salad: green
# ALTERNATIVE NAME 3: Stew
"""


def file(votes: str, *, voters: int, type: str = "toi") -> str:
    return HEADER.format(type=type, voters=voters) + votes


def test_rankings_with_and_without_equal_ranks_are_read(tmp_path: Path) -> None:
    election = read(file("5: 3,{1,2}\n2: 2\n", voters=7), "lunch.toi", tmp_path)
    assert election.title == "Lunch"
    assert election.options == ("Soup", "Salad: green", "Stew")
    assert election.rankings == ranked(("CA=B", 5), ("B", 2))
    assert election.seats is None


def test_what_is_written_is_what_is_read_again(tmp_path: Path) -> None:
    election = read(file("5: 3,{1,2}\n2: 2\n", voters=7), "lunch.toi", tmp_path)
    text, said = write(election, data_type="toi")
    assert read(text, "again.toi", tmp_path).rankings == election.rankings
    assert not said


def test_blank_ballots_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    blt = read("2 1\n3 1 2 0\n4 0\n0\nA\nB\n", "blank.blt", tmp_path)
    text, said = write(blt, data_type="soc")
    assert read(text, "again.soc", tmp_path).total == 3
    assert said == ("4 abstention(s) are left out, as there are no blank ballots in it.",)


def test_a_type_that_cannot_say_it_is_refused_and_another_is_named(tmp_path: Path) -> None:
    election = read(file("5: 3,{1,2}\n2: 2\n", voters=7), "lunch.toi", tmp_path)
    with pytest.raises(BallotsRefused, match="take toi"):
        write(election, data_type="soi")
    with pytest.raises(BallotsRefused, match="take toi"):
        write(election, data_type="toc")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (file("5: 3,1,2\n", voters=7), "NUMBER VOTERS 7, and has 5; is it cut off"),
        (file("5: 3,{1,2}\n", voters=5, type="soi"), "has no equal ranks"),
        (file("5: 3,1\n", voters=5, type="soc"), "all options on each ballot"),
        (file("5: 3,1,3\n", voters=5), "Line 10: the ballot ranks an option twice"),
        (file("5: 3,4\n", voters=5), "Line 10: there are options 1 to 3 only"),
        (file("5: 3,{1,2\n", voters=5), "Line 10: “{1,2” is not an option"),
        (file("five: 3\n", voters=5), "Line 10: votes are a number"),
        (file("5: 3\n", voters=5, type="cat"), "PrefLib's type cat"),
        ("3\n1,Soup\n2,Salad\n3,Stew\n7,7,2\n5,3,1,2\n", "Line 1: no options were named"),
        ("# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 3: B\n1: 1\n", "without gaps"),
    ],
)
def test_what_is_not_of_its_type_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BallotsRefused, match=said):
        read(text, "bad.toi", tmp_path)
