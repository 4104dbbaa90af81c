"""Ballots out of a certified poll, into every format that can say them, and counted again."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from client.commands.export import export
from client.commands.main import app
from client.commands.tally import Format, tally
from client.community import show_fingerprint
from client.elections.ballots import Election
from client.elections.count import Rules, count, kind_for
from client.elections.polls import election_of
from client.elections.reading import FORMATS, read_election
from client.elections.writing import write_election
from client.errors import BallotsRefused
from credentials.formats.poll_event import PollEvent
from credentials.formats.vote import ALIKE
from credentials.tally import Outcome, TallyResult
from tests.community import Community, Member
from tests.poll_papers import OPENS_AT, open_manifest, sealed_by_trustees
from tests.polling import PollInMemory, lunch, rebundled
from tests.unit.client.audited import audited_poll

SECRET = 123_456_789
POLLS: dict[str, tuple[dict[str, Any], list[tuple[int, ...]]]] = {
    "single choice": ({}, [(2,), (2,), (1,), (3,), ()]),
    "approval": (
        {"ballot_type": "approval", "tally": "approval/1"},
        [(1, 3), (3,), (1, 3), (), (1, 2, 3)],
    ),
    "score": (
        {"ballot_type": "score", "tally": "score/1", "limit": 9},
        [(5, 0, 3), (0, 5, 5), (5, 0, 3), (), (0, 0, 0)],
    ),
    "instant runoff": (
        {"ballot_type": "ranked", "tally": "irv/1"},
        [(1, 2), (2, 3, 1), (3,), (3, 1), ()],
    ),
    "Schulze with equal ranks": (
        {"ballot_type": "ranked", "tally": "schulze/1", "equal_ranks": True},
        [(1, 2 + ALIKE, 3), (1, 2 + ALIKE, 3), (2, 1, 3), (3, 1, 2 + ALIKE), ()],
    ),
    "transferable vote": (
        {"ballot_type": "ranked", "tally": "stv/2", "seats": 2},
        [(1, 2, 3), (1, 2, 3), (1, 3, 2), (3, 2, 1), (2, 1, 3)],
    ),
    "quadratic": (
        {"ballot_type": "quadratic", "tally": "quadratic/1", "limit": 9},
        [(2, 0, 1), (0, 3, 0), (2, 0, 1), ()],
    ),
}
SAYING: dict[str, tuple[str, ...]] = {
    "single choice": ("blt", "abif", "soi", "toi", "cvr", "csv"),
    "approval": ("blt", "abif", "cvr", "csv"),
    "score": ("abif", "csv"),
    "instant runoff": ("blt", "abif", "soi", "toi", "cvr", "csv"),
    "Schulze with equal ranks": ("blt", "abif", "toi", "toc", "csv"),
    "transferable vote": ("blt", "abif", "soi", "soc", "toi", "toc", "cvr", "csv"),
    "quadratic": ("csv",),
}
PREFLIB = ("soi", "soc", "toi", "toc")


@pytest.fixture(scope="module")
def town() -> Community:
    return Community(roll=6)


@pytest.fixture(scope="module")
def members(town: Community) -> list[Member]:
    return [town.enrol() for _ in range(6)]


@pytest.fixture(scope="module", params=POLLS)
def exported(
    request: pytest.FixtureRequest, town: Community, members: list[Member]
) -> tuple[str, Election, TallyResult]:
    """A poll's name, its ballots out of its bundle, and its certified result."""
    changes, votes = POLLS[request.param]
    poll = PollInMemory(town, open_manifest(town, **changes))
    for member, marks in zip(members, votes, strict=False):
        poll.cast(member, *marks)
    certified = poll.end()
    return request.param, election_of(audited_poll(poll)), certified


def test_what_is_exported_counts_as_the_poll_did(
    exported: tuple[str, Election, TallyResult], tmp_path: Path
) -> None:
    name, election, certified = exported
    method = certified.method
    for form in SAYING[name]:
        text, said = write_election(election, format=form)
        path = tmp_path / f"ballots.{'json' if form == 'cvr' else form}"
        path.write_text(text)
        again = read_election(path, wanted=kind_for(method))
        assert again.options == election.options
        seats = POLLS[name][0].get("seats", 1)
        result = count(again, rules=Rules(method=method, seats=seats)).result
        assert (result.outcome, result.winners) == (certified.outcome, certified.winners), form
        assert (result.rounds, result.matrix) == (certified.rounds, certified.matrix), form
        if form in PREFLIB and certified.abstentions:
            assert any("abstention" in sentence for sentence in said)
            assert result.ballots == certified.votes
        else:
            assert result == certified, form


def test_what_a_format_cannot_say_is_refused(
    exported: tuple[str, Election, TallyResult],
) -> None:
    name, election, _ = exported
    for form in set(FORMATS) - set(SAYING[name]):
        with pytest.raises(BallotsRefused, match=r"take|overvote"):
            write_election(election, format=form)


def test_equal_ballots_stand_together_in_an_order_of_their_own(
    exported: tuple[str, Election, TallyResult], tmp_path: Path
) -> None:
    """Neither who, nor when, nor in which order: cast the other way round it is the same file."""
    _, election, _ = exported
    text, _ = write_election(election, format="csv")
    turned = election.__class__(
        **{field: getattr(election, field) for field in election.__slots__}
        | {
            "rankings": type(election.rankings)(dict(reversed(election.rankings.items()))),
            "amounts": type(election.amounts)(dict(reversed(election.amounts.items()))),
        }
    )
    assert write_election(turned, format="csv")[0] == text
    assert len(text.splitlines()) == 1 + election.different


def test_a_bundle_that_does_not_hold_is_not_exported(
    town: Community, members: list[Member], tmp_path: Path
) -> None:
    poll = lunch(town, members[:3])
    forged = rebundled(poll.bundle(), [*poll.entries[:2], *poll.entries[3:]])
    (tmp_path / "bundle").write_bytes(forged)
    with pytest.raises(BallotsRefused, match="does not hold together"):
        export(source=str(tmp_path / "bundle"), out=tmp_path / "out.blt")
    assert not (tmp_path / "out.blt").exists()


def test_a_poll_without_a_result_is_not_exported(town: Community, members: list[Member]) -> None:
    cancelled = PollInMemory(town, open_manifest(town))
    cancelled.cast(members[0], 1)
    cancelled.cancel()
    with pytest.raises(BallotsRefused, match="when it is done"):
        election_of(audited_poll(cancelled))


def test_a_lot_and_a_seal_lead_to_the_same_winner(
    town: Community, members: list[Member], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealing = sealed_by_trustees(SECRET, threshold=2, names=("Ada", "Ben", "Cy"))
    manifest = open_manifest(town, sealing=sealing, ballot_type="ranked", tally="irv/1")
    poll = PollInMemory(town, manifest, secret=SECRET)
    for member, marks in zip(members, [(1, 3), (2, 3), (1,), (2,)], strict=False):
        poll.cast(member, *marks)
    certified = poll.end()
    assert certified.rounds[-1].by_lot
    (tmp_path / "bundle").write_bytes(poll.bundle())
    out = tmp_path / "lunch.abif"
    export(source=str(tmp_path / "bundle"), out=out, as_json=True)
    again = json.loads(capsys.readouterr().out)["count"]
    assert again[:3] == ["symbolon", "tally", str(out)]
    ran = CliRunner().invoke(app, [*again[1:], "--json"])
    result = json.loads(ran.stdout)["result"]
    assert [one["option"] for one in result["winners"]] == list(certified.winners)


def test_a_withdrawn_option_is_said_and_both_counts_come_out_of_the_file(
    town: Community, members: list[Member], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poll = PollInMemory(town, open_manifest(town, ballot_type="ranked", tally="irv/1"))
    for member, marks in zip(members, [(1, 2), (1, 2), (1, 2), (2,), (3,)], strict=False):
        poll.cast(member, *marks)
    poll.place()
    poll.add(PollEvent.withdrawal(at=OPENS_AT + 20, reason="The tomatoes are gone.", option=1))
    certified = poll.end()
    (tmp_path / "bundle").write_bytes(poll.bundle())
    out = tmp_path / "lunch.blt"
    export(source=str(tmp_path / "bundle"), out=out, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert "“Soup” was withdrawn" in told["said"][0]
    assert "--without 1" in told["said"][0]
    tally(file=out, method="irv", as_json=True)
    winners = json.loads(capsys.readouterr().out)["result"]["winners"]
    assert [one["option"] for one in winners] == list(certified.winners) == [1]
    tally(file=out, method="irv", without=["1"], as_json=True)
    winners = json.loads(capsys.readouterr().out)["result"]["winners"]
    beside = audited_poll(poll).beside
    assert beside is not None
    assert [one["option"] for one in winners] == list(beside.winners) == [2]


def test_the_commands_take_a_bundle_to_a_file_and_the_file_to_the_poll_s_result(
    town: Community, members: list[Member], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poll = lunch(town, members[:5], quorum=6)
    bundle, out = tmp_path / "bundle", tmp_path / "lunch.blt"
    bundle.write_bytes(poll.bundle())
    fingerprint = show_fingerprint(town.metadata.community_id)
    export(source=str(bundle), out=out, fingerprint=fingerprint, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["ballots"], told["different"]) == (5, 3)
    assert told["count"][3:] == ["--method", "plurality/1", "--quorum", "6"]
    assert out.read_text().splitlines()[:5] == ["3 1", "1 1 0", "3 2 0", "1 3 0", "0"]
    tally(file=out, method="plurality/1", quorum=6, as_json=True)
    counted = json.loads(capsys.readouterr().out)
    assert counted["result"]["outcome"] == Outcome.BELOW_QUORUM
    assert counted["result"]["rounds"][0]["scores"] == ["1", "3", "1"]
    tally(file=out)
    assert "“Salad” wins" in capsys.readouterr().out
    with pytest.raises(BallotsRefused, match="exists"):
        export(source=str(bundle), out=out)
    with pytest.raises(BallotsRefused, match="say it with --format"):
        export(source=str(bundle), out=tmp_path / "lunch.txt")
    export(source=str(bundle), out=tmp_path / "lunch.txt", format=Format.CSV)
    assert (tmp_path / "lunch.txt").read_text().startswith("ballots,Soup,Salad,Stew\n")
