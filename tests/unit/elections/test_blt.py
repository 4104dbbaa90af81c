"""BLT files, as OpenSTV, OpaVote and Scottish councils write them."""

from io import StringIO
from pathlib import Path

import pytest
import votelib.io.blt

from client.elections.ballots import Note
from client.elections.blt import write
from client.errors import BallotsRefused
from tests.unit.elections.files import ranked, read

OFFICERS = """\
# Written by hand
4 2              # four options, two seats
-2
[tie 3 1 2 4]
3 1 3 4 0
(b7) 2 1 2=3 0   # an identifier, equal ranks
1 4 - 1 0        # the second rank is left out
2.0 3 0
1 0
0
"Ada, of the north"
"Bo \\"the\\" Second"  # withdrawn
Cleo (Independent)
"Dan"
"Officers"
"""


def test_options_ranks_weights_and_withdrawn_options_are_read(tmp_path: Path) -> None:
    election = read(OFFICERS, "officers.blt", tmp_path)
    assert election.title == "Officers"
    assert election.seats == 2
    assert election.options == (
        "Ada, of the north",
        'Bo \\"the\\" Second',
        "Cleo (Independent)",
        "Dan",
    )
    assert election.withdrawn == (2,)
    assert election.running == (1, 3, 4)
    assert election.rankings == ranked(("ACD", 3), ("AB=C", 2), ("DA", 1), ("C", 2), ("", 1))
    assert election.notes == {Note.SKIPPED: 1, Note.BLANK: 1}
    assert election.remarks == ("Line 4, tie, is not used.",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_it_is_read_however_an_editor_wrapped_it(tmp_path: Path, encoding: str) -> None:
    text = '2 1\r\n3 1 2 0\r\n0\r\n"Zoë"\r\n"Beñat"\r\n'
    election = read(text.encode(encoding), "wrapped.blt", tmp_path)
    assert election.options == ("Zoë", "Beñat")
    assert election.rankings == ranked(("AB", 3))


def test_names_are_tidied_and_look_alikes_are_refused_with_the_pair(tmp_path: Path) -> None:
    names = '"Zo\u0065\u0308  \u200bNg"\n"\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"\n'
    election = read(f"2 1\n3 1 2 0\n0\n{names}", "names.blt", tmp_path)
    assert election.options == ("Zoë Ng", "می\u200cخواهم")
    with pytest.raises(BallotsRefused, match="look the same, 'Ada' and 'ADA': numbers 1 and 2"):
        read("2 1\n3 1 2 0\n0\nAda\nADA\n", "alike.blt", tmp_path)


def test_equal_ballots_on_several_lines_are_one(tmp_path: Path) -> None:
    election = read("2 1\n3 1 2 0\n4 1 2 0\n0\nA\nB\n", "two.blt", tmp_path)
    assert election.rankings == ranked(("AB", 7))
    assert (election.total, election.different) == (7, 1)


def test_what_is_written_is_what_is_read_again(tmp_path: Path) -> None:
    election = read(OFFICERS, "officers.blt", tmp_path)
    again = read(write(election)[0], "again.blt", tmp_path)
    assert again.rankings == election.rankings
    assert (again.options, again.seats, again.withdrawn, again.title) == (
        election.options,
        election.seats,
        election.withdrawn,
        election.title,
    )


def test_another_program_reads_what_is_written(tmp_path: Path) -> None:
    plain = OFFICERS.replace("2=3", "2 3").replace('Bo \\"the\\" Second', "Bo")
    election = read(plain, "officers.blt", tmp_path)
    text, said = write(election)
    votes, seats, _, title = votelib.io.blt.load(StringIO(text))
    theirs = {
        tuple(election.options.index(option.name) + 1 for option in ranking): times
        for ranking, times in votes.items()
    }
    assert theirs == {
        tuple(option for rank in ranking for option in rank): times
        for ranking, times in election.rankings.items()
    }
    assert (seats, title, said) == (2, "Officers", ())


def test_names_that_others_may_not_read_are_said(tmp_path: Path) -> None:
    election = read(OFFICERS, "officers.blt", tmp_path)
    assert "quotation marks" in write(election)[1][0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("two options\n", "Line 1: .*begins with the number of options"),
        ("2 1\n1.5 1 0\n0\nA\nB\n", "Line 2: “1.5” is not the weight"),
        ("2 1\n-3\n0\nA\nB\n", "Line 2: there is no option 3"),
        ("2 1\n1 1 3 0\n0\nA\nB\n", "Line 2: there is no option 3"),
        ("2 1\n1 1 1 0\n0\nA\nB\n", "Line 2: the ballot ranks an option twice"),
        ("2 1\n1 1 2\n0\nA\nB\n", "Line 2: a ballot is a weight, options in order, and 0"),
        ("2 1\n1 1 2 0\n", "ends before the 0 that ends the ballots"),
        ("2 1\n1 1 2 0\n0\nA\n", "1 lines of names where 2 options"),
        ("2 1\n1 1 2 0\n0\nA\nB\nTitle\nmore\n", "4 lines of names"),
        ("2 1\n1 1 2 0\n0\nA\nA\n", "The options hold 'A' twice"),
        ("2 1\n1 1 2 0\n0\nA\x1b[2J\nB\n", "Line 4: .*control character"),
        ("65 1\n1 1 2 0\n0\n" + "".join(f"O{n}\n" for n in range(65)), "65 options"),
        ("2 1\n16777216 1 0\n0\nA\nB\n", "Line 2: “16777216” is not the weight"),
        ("2 1\n16777215 1 0\n1 2 0\n0\nA\nB\n", "more than 16777215 ballots"),
        ("2 1\n\u0661 1 0\n0\nA\nB\n", "Line 2"),
    ],
)
def test_what_is_no_blt_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BallotsRefused, match=said):
        read(text, "bad.blt", tmp_path)
