"""Counting an election from a file: what is withdrawn, what fits a method, what the file leaves."""

from collections import Counter
from pathlib import Path

import pytest

from client.elections.ballots import Note
from client.elections.count import Rules, count, usual_method
from client.errors import BallotsRefused
from credentials.tally import Outcome
from tests.unit.elections.files import read

NAMES = '"Ada"\n"Bo"\n"Cleo"\n'


def blt(ballots: str, *, seats: int = 1, withdrawn: str = "") -> str:
    return f"3 {seats}\n{withdrawn}{ballots}0\n{NAMES}"


def test_withdrawn_options_are_gone_and_the_next_ranks_move_up(tmp_path: Path) -> None:
    election = read(blt("5 1 2 0\n3 2 0\n4 3 0\n2 1 0\n", withdrawn="-1\n"), "gone.blt", tmp_path)
    counted = count(election, rules=Rules(method="irv"))
    assert counted.result.winners == (2,)
    assert counted.result.rounds[0].scores == (None, 8, 4)
    assert counted.result.abstentions == 2
    assert counted.notes == {Note.WITHDRAWN: 7}


def test_several_in_first_place_are_no_vote_for_one_option(tmp_path: Path) -> None:
    election = read(blt("5 1=2 3 0\n3 2 1 0\n2 3 0\n"), "first.blt", tmp_path)
    counted = count(election, rules=Rules(method="plurality"))
    assert counted.result.rounds[0].scores == (0, 3, 2)
    assert counted.result.invalid == 5
    assert counted.notes == {Note.TIED_FIRST: 5}


def test_one_rank_of_several_is_an_approval_and_a_ranking_is_none(tmp_path: Path) -> None:
    election = read(blt("5 1=2 0\n3 2 0\n1 0\n"), "approved.blt", tmp_path)
    assert count(election, rules=Rules(method="approval")).result.rounds[0].scores == (5, 8, 0)
    election = read(blt("5 1 2 0\n"), "ranked.blt", tmp_path)
    with pytest.raises(BallotsRefused, match="approvals cannot be told"):
        count(election, rules=Rules(method="approval"))


def test_a_tie_is_the_result_until_a_lot_is_drawn(tmp_path: Path) -> None:
    election = read(blt("2 1 0\n2 2 0\n"), "tie.blt", tmp_path)
    assert count(election, rules=Rules(method="plurality")).result.outcome is Outcome.TIE
    drawn = {
        count(election, rules=Rules(method="plurality", seed=bytes([n]))).result.winners
        for n in range(9)
    }
    assert drawn == {(1,), (2,)}


def test_what_the_file_leaves_no_choice_about_is_not_asked(tmp_path: Path) -> None:
    usual = {
        "stv/2": read(blt("5 1 2 0\n", seats=2), "stv.blt", tmp_path),
        "plurality/1": read(blt("5 1 0\n"), "one.blt", tmp_path),
        "approval/1": read("Ada,Bo\nx,\n", "approvals.csv", tmp_path),
        "score/1": read("3: Ada/2, Bo/0\n", "scores.abif", tmp_path),
    }
    assert {usual_method(election): election for election in usual.values()} == usual
    with pytest.raises(BallotsRefused, match="--method irv, schulze or stv"):
        usual_method(read(blt("5 1 2 0\n"), "ranked.blt", tmp_path))


@pytest.mark.parametrize(
    ("text", "rules", "said"),
    [
        (blt("5 1 2 0\n", seats=2), Rules(method="irv"), "elects 2, and irv elects one"),
        (blt("5 1 2 0\n"), Rules(method="score"), "The ballots are ranks"),
        (blt("5 1 2 0\n"), Rules(method="borda"), "no method “borda”; there are plurality"),
        (blt("5 1 2 0\n"), Rules(method="stv/3"), "no method “stv/3”"),
        (blt("5 1 2 0\n"), Rules(method="schulze", threshold=(1, 2)), "no threshold"),
        (blt("5 1 2 0\n"), Rules(method="stv", seats=11), "for 11 seats"),
        (blt("5 1=2 0\n"), Rules(method="stv/1"), "does not count equal ranks"),
        (blt("5 3 0\n", withdrawn="-1 -2 -3\n"), Rules(method="irv"), "fewer than two remain"),
    ],
)
def test_what_cannot_be_counted_is_refused(
    tmp_path: Path, text: str, rules: Rules, said: str
) -> None:
    with pytest.raises(BallotsRefused, match=said):
        count(read(text, "some.blt", tmp_path), rules=rules)


def test_a_score_above_the_limit_is_refused_and_the_limit_follows_from_the_file(
    tmp_path: Path,
) -> None:
    election = read("{max_rating: 5}\n3: Ada/6, Bo/0\n", "scores.abif", tmp_path)
    with pytest.raises(BallotsRefused, match="gives 6, and the limit is 5"):
        count(election, rules=Rules(method="score"))
    assert count(election, rules=Rules(method="score", limit=9)).result.winners == (1,)


def test_eighty_thousand_ballots_are_a_few_different_ones(tmp_path: Path) -> None:
    rows = "".join(f"{'ABC'[n % 3]},{'BCA'[n % 3]},\n" for n in range(80_000))
    election = read(f"Rank 1,Rank 2,Rank 3\n{rows}", "many.csv", tmp_path)
    assert (election.total, election.different) == (80_000, 3)
    assert count(election, rules=Rules(method="irv")).notes == Counter()
