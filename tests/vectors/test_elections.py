"""Elections of life, put into the files that people bring, come out as they were declared."""

import csv
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from client.elections.ballots import Election, Kind, Note
from client.elections.count import Counted, Rules, count
from client.elections.overvotes import Overvotes
from client.elections.reading import read_election
from credentials.tally import Outcome, Ranking, Round
from tests.vectors.published import FOLDER, Published, number, published

WRITE_INS = "Undeclared write-ins"
WORDS = {"-": "undervote", "!": "overvote", "j": "UWI"}


def read(text: str, name: str, folder: Path, **how: Any) -> Election:
    (folder / name).write_text(text)
    return read_election(folder / name, **how)


def scores(election: Election, one: Round) -> dict[str, Any]:
    """What each option has that is still in the count."""
    return {
        name: score
        for name, score in zip(election.options, one.scores, strict=True)
        if score is not None
    }


def winners(election: Election, counted: Counted) -> list[str]:
    assert counted.result.outcome is Outcome.WINNER
    assert not any(one.by_lot for one in counted.result.rounds)
    return [election.options[option - 1] for option in counted.result.winners]


def test_the_figures_name_their_sources_and_are_small() -> None:
    files = sorted(FOLDER.glob("*.json"))
    assert len(files) == 3
    assert all(published(file.stem).source for file in files)
    assert sum(file.stat().st_size for file in files) < 150_000


# The mayor of Minneapolis 2013: three choices of 35 options, 80,101 records.


def city_table(mayor: Published) -> str:
    """The city's table: a choice in each column, a word where there is none."""
    out = StringIO()
    rows = csv.writer(out)
    rows.writerow(["1ST CHOICE MAYOR", "2ND CHOICE MAYOR", "3RD CHOICE MAYOR", "COUNT"])
    for choices, times in mayor.ballots:
        rows.writerow(
            [*(WORDS.get(one) or mayor.options[number(one) - 1] for one in choices), times]
        )
    return out.getvalue()


def test_the_mayor_of_minneapolis_is_elected_as_declared_round_by_round(tmp_path: Path) -> None:
    mayor = published("minneapolis-2013-mayor")
    declared = mayor.declared
    election = read(city_table(mayor), "mayor.csv", tmp_path, overvotes=Overvotes.SKIP)
    assert election.total == declared["votes"] + declared["undervotes"]
    assert election.notes[Note.BLANK] == declared["undervotes"]
    # The city's first round defeats the undeclared write-ins, whatever they have.
    write_ins = election.options.index("Write-ins") + 1
    counted = count(replace(election, withdrawn=(write_ins,)), rules=Rules(method="irv"))
    assert winners(election, counted) == [declared["winner"]]
    rounds = {
        frozenset(scores(election, one)): (scores(election, one), one.exhausted)
        for one in counted.result.rounds
    }
    # Ballots for undeclared write-ins alone are blank here, and exhausted there.
    blank = counted.result.abstentions - declared["undervotes"]
    for row, exhausted in list(zip(declared["rounds"], declared["exhausted"], strict=True))[1:]:
        votes = {name: n for name, n in zip(mayor.options, row, strict=True) if n}
        # The city defeats several at once in two rounds; there we have rounds in between.
        assert rounds[frozenset(votes)] == (votes, exhausted - blank)


def test_the_first_round_in_minneapolis_is_as_declared_with_write_ins(tmp_path: Path) -> None:
    mayor = published("minneapolis-2013-mayor")
    election = read(city_table(mayor), "mayor.csv", tmp_path, overvotes=Overvotes.SKIP)
    counted = count(election, rules=Rules(method="irv"))
    assert winners(election, counted) == [mayor.declared["winner"]]
    first = scores(election, counted.result.rounds[0])
    first[WRITE_INS] = first.pop("Write-ins")
    assert first == dict(zip(mayor.options, mayor.declared["rounds"][0], strict=True))


# Ward 1 of Aberdeen 2017: seven candidates for four seats, by Scotland's rules.


@pytest.fixture
def ward() -> Published:
    return published("aberdeen-2017-dyce-bucksburn-danestone")


def ward_file(ward: Published) -> str:
    ballots = "".join(
        f"{times} {' '.join(str(number(one)) for one in ranking)} 0\n"
        for ranking, times in ward.ballots
    )
    names = "".join(f'"{name}"\n' for name in ward.options)
    return f"{len(ward.options)} 4\n{ballots}0\n{names}"


def test_a_scottish_ward_is_counted_as_declared_stage_by_stage(
    tmp_path: Path, ward: Published
) -> None:
    """The same quota and the same stages; Scotland cuts each ballot's value to five decimals.

    A stage is therefore short of ours by less than 0.00001 for each ballot.
    """
    election = read(ward_file(ward), "ward.blt", tmp_path)
    counted = count(election, rules=Rules(method="stv/1"))
    assert winners(election, counted) == ward.declared["elected"]
    assert counted.result.votes == ward.declared["votes"]
    cut = Fraction(ward.declared["votes"], 100_000)
    for one, stage in zip(counted.result.rounds, ward.declared["stages"], strict=True):
        for ours, theirs in zip(one.scores, map(Fraction, stage), strict=True):
            assert 0 <= (ours or 0) - theirs <= cut


def test_a_scottish_ward_elects_the_same_with_the_exact_quota(
    tmp_path: Path, ward: Published
) -> None:
    """The quota is 6608/5 = 1321.6 in place of 1322: surpluses are 0.4 larger, nothing else."""
    election = read(ward_file(ward), "ward.blt", tmp_path)
    assert winners(election, count(election, rules=Rules(method="stv"))) == ward.declared["elected"]


# Debian's leader 2003: ranks with equal ones, won by four votes.


def leader_table(leader: Published) -> str:
    """The rank of each option, as the tally sheet has it."""
    rows = [f"{times},{','.join(ranks.replace('-', ' '))}" for ranks, times in leader.ballots]
    return "\n".join([",".join(["ballots", *leader.options]), *rows])


def test_debian_s_leader_is_elected_as_declared(tmp_path: Path) -> None:
    leader = published("debian-2003-leader")
    election = read(leader_table(leader), "leader.csv", tmp_path, wanted=Kind.RANKS)
    assert election.total == leader.declared["votes"]
    counted = count(election, rules=Rules(method="schulze"))
    assert winners(election, counted) == [leader.declared["winner"]]
    assert [list(row) for row in counted.result.matrix] == leader.declared["matrix"]


def test_without_equal_ranks_debian_would_have_had_another_leader(tmp_path: Path) -> None:
    """Who ranked the two strongest equal would have voted for the one who stands first."""
    leader = published("debian-2003-leader")
    election = read(leader_table(leader), "leader.csv", tmp_path, wanted=Kind.RANKS)
    broken: Counter[Ranking] = Counter()
    for ranking, times in election.rankings.items():
        broken[tuple((option,) for rank in ranking for option in rank)] += times
    counted = count(replace(election, rankings=broken), rules=Rules(method="schulze"))
    assert winners(election, counted) == ["Bdale Garbee"]
