"""`symbolon tally` as typed: what was read is said before what came out."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from client.commands.main import app
from client.commands.tally import Format, Overvote
from client.elections.overvotes import Overvotes
from client.elections.reading import FORMATS
from client.errors import BallotsRefused

BOARD = """\
4 2
-2
[tie 3 1 2 4]
9 1 3 4 0
4 3=4 1 0
3 4 - 3 0
2 2 1 0
1 0
0
"Ada"
"Bo"
"Cleo"
"Dan"
"Board"
"""


@pytest.fixture
def board(tmp_path: Path) -> Path:
    (tmp_path / "board.blt").write_text(BOARD)
    return tmp_path / "board.blt"


def typed(*words: object) -> str:
    ran = CliRunner().invoke(app, ["tally", *map(str, words)])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    assert ran.exit_code == 0, ran.output
    return " ".join(ran.stdout.split())


def test_what_was_read_and_what_was_done_with_it_is_said_first(board: Path) -> None:
    shown = typed(board)
    for words in (
        "Title Board",
        "Read blt: 19 ballots, 5 different",
        "Options 3",
        "Withdrawn Bo",
        "1 blank: they count as abstentions",
        "3 that leave out a rank: the next one moves up",
        "2 that name a withdrawn option: the next rank moves up",
        "Line 3, tie, is not used.",
        "Counted single transferable vote for 2 seat(s)",
        "19 counted, 1 of them abstentions",
    ):
        assert words in shown
    assert shown.index("Read") < shown.index("Result")
    assert "Bo " not in shown.partition("Result")[2]


def test_the_command_offers_what_can_be_read() -> None:
    assert [one.value for one in Format] == list(FORMATS)
    assert [one.value for one in Overvote] == [one.value for one in Overvotes]


def test_rounds_are_shown_when_they_are_asked_for(board: Path) -> None:
    assert "Round 1" not in typed(board)
    assert "Round 1" in typed(board, "--rounds")


def test_a_script_gets_all_of_it(board: Path) -> None:
    told = json.loads(typed(board, "--json"))
    assert told["format"] == "blt"
    assert (told["ballots"], told["different"], told["seats"]) == (19, 5, 2)
    assert told["options"] == ["Ada", "Bo", "Cleo", "Dan"]
    assert told["withdrawn"] == ["Bo"]
    assert told["notes"] == {"blank": 1, "skipped_rank": 3, "withdrawn": 2}
    assert told["result"]["method"] == "stv/2"
    assert [one["text"] for one in told["result"]["winners"]] == ["Ada", "Cleo"]


def test_method_seats_and_lot_may_be_said(board: Path) -> None:
    told = json.loads(typed(board, "--json", "--method", "irv", "--seats", 1, "--seed", "00ff"))
    assert told["result"]["method"] == "irv/1"
    assert [one["text"] for one in told["result"]["winners"]] == ["Ada"]


def test_options_may_be_withdrawn_by_number_or_name(board: Path) -> None:
    for option in ("4", "Dan"):
        told = json.loads(typed(board, "--json", "--seats", 1, "--without", option))
        assert told["withdrawn"] == ["Bo", "Dan"]
        assert told["result"]["rounds"][0]["scores"][3] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--without", "Eve"), "no option “Eve”"),
        (("--seed", "lot"), "hexadecimal"),
        (("--threshold", "half"), "fraction below 1"),
        (("--threshold", "2/1", "--method", "irv", "--seats", "1"), "no threshold of 2/1"),
        (("--method", "best"), "no method “best”"),
        (("--contest", "Board"), "has one contest"),
        (("--format", "abif"), "Line 1: "),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    board: Path, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(BallotsRefused, match=said):
        typed(board, *words)
