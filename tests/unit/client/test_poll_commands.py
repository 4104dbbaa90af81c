"""`symbolon poll` and `symbolon audit`, as a member and an auditor read them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from client.commands.audit import audit
from client.commands.ballots import abstained
from client.commands.poll import list_polls, show
from client.commands.vote import vote
from client.community import show_fingerprint
from client.errors import ClientError, ServerRefused, WalletError
from credentials.errors import MetadataRefused
from credentials.polls import State
from tests.poll_papers import sealed_by_trustees
from tests.polling import rebundled
from tests.served_community import Served, serving
from tests.unit.client.member import PASSPHRASE, Person, member
from tests.unit.formats.samples import WITNESSES

SECRET = 123_456_789


@pytest.fixture
def served() -> Iterator[Served]:
    with serving(roll=2) as served:
        yield served


@pytest.fixture
def ana(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    return member(served, tmp_path)


@pytest.fixture
def bo(served: Served, ana: Person, tmp_path: Path) -> Person:
    return member(served, tmp_path, seed=b"another wallet's")


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """The JSON that a command has just printed."""
    return lambda: json.loads(capsys.readouterr().out)


def cast(person: Person, choice: int) -> None:
    vote(wallet=person.vault.path, target="lunch", choice=choice, yes=True)


def test_the_polls_of_a_community_are_listed(served: Served, told: Any) -> None:
    served.poll()
    served.poll("dinner", question="Where is dinner?")
    list_polls(address=served.address, as_json=True)
    assert [(row["id"], row["state"]) for row in told()] == [("lunch", "open"), ("dinner", "open")]


def test_a_server_s_words_cannot_steer_the_terminal(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    told = served.poll().told() | {"question": "\x1b[2JLunch?\r\n", "state": "open\x07"}
    served.lies["/polls"] = {"polls": [told]}
    list_polls(address=served.address)
    shown = capsys.readouterr().out
    assert "[2JLunch? (open;" in shown
    assert not set(shown) & set("\x1b\x07\r")


def test_a_poll_is_shown_in_words_without_a_wallet(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    sealing = sealed_by_trustees(SECRET, threshold=2, names=("Ada", "Ben", "Cy"))
    served.poll(
        ballot_type="ranked",
        tally="stv/1",
        seats=2,
        quorum=5,
        sealing=sealing,
        witnesses=WITNESSES,
        witnesses_needed=3,
    )
    show(link=f"{served.address}/polls/lunch")
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "What is for lunch?",
        "rank as many options as you like",
        "single transferable vote for 2 seat(s)",
        "at least 5 must vote",
        "any 2 of these 3 trustees can open all votes",
        *(f"{trustee.name} {trustee.fingerprint}" for trustee in sealing.trustees),
        "compare",
        "3 of 4 must cosign the closing first: w1.example, w2.example, w3.example, w4.example",
        "2 on the roll",
    ):
        assert words in shown


def test_a_poll_of_another_community_than_the_pinned_one_is_not_shown(served: Served) -> None:
    served.poll()
    other = show_fingerprint(bytes(32))
    with pytest.raises(MetadataRefused):
        show(link=f"{served.address}/polls/lunch", fingerprint=other)


def test_an_audit_from_the_poll_s_link_is_sound(
    served: Served, ana: Person, bo: Person, told: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    poll = served.poll(secret=SECRET)
    for person, choice in ((ana, 1), (bo, 2), (ana, 2)):
        cast(person, choice)
    with pytest.raises(ServerRefused):
        audit(source=f"{served.address}/polls/lunch")
    poll.end()
    capsys.readouterr()
    audit(source=f"{served.address}/polls/lunch", as_json=True)
    found = told()
    assert found["sound"]
    assert (found["sentence"], found["voters"], found["ballots"]) == ("“Salad” wins.", 2, 3)
    assert {check["mark"] for check in found["checks"]} == {"passed", "not checkable"}
    audit(source=f"{served.address}/polls/lunch/bundle")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("The poll is sound")
    assert "What nobody can check from this file" in lines


def test_an_audit_that_fails_names_the_reason_and_ends_with_status_1(
    served: Served, ana: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poll = served.poll()
    cast(ana, 1)
    poll.end()
    file = tmp_path / "poll.symbolon"
    entries = list(poll.poll.entries)
    entries[1] = entries[1][:-1] + bytes([entries[1][-1] ^ 1])
    file.write_bytes(rebundled(poll.poll.bundle(), entries))
    capsys.readouterr()
    with pytest.raises(typer.Exit) as ended:
        audit(source=str(file))
    assert ended.value.exit_code == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith("The poll is NOT sound")
    assert "FAILED: entry 1: " in shown
    assert "FAILED: the entries are not those that the community signed" in shown


def test_a_proof_of_abstention_goes_from_the_wallet_to_the_auditor(
    served: Served,
    ana: Person,
    bo: Person,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    poll = served.poll()
    cast(ana, 1)
    out = tmp_path / "bo.abstained"
    with pytest.raises(WalletError, match="not closed"):
        abstained(wallet=bo.vault.path, poll="lunch", out=out, yes=True)
    poll.end()
    with pytest.raises(WalletError, match="cast a ballot"):
        abstained(wallet=ana.vault.path, poll="lunch", out=out, yes=True)
    abstained(wallet=bo.vault.path, poll="lunch", out=out, yes=True)
    capsys.readouterr()
    audit(source=f"{served.address}/polls/lunch", abstained=[out])
    assert "1 member(s) prove that they cast nothing" in " ".join(capsys.readouterr().out.split())


def test_another_copy_of_the_wallet_that_voted_is_found_in_the_bundle(
    served: Served, ana: Person, tmp_path: Path
) -> None:
    poll = served.poll()
    folder = tmp_path / "old phone"
    folder.mkdir()
    cast(member(served, folder), 1)
    poll.close()
    out = tmp_path / "ana.abstained"
    # Before the ballots are published nobody can see it.
    abstained(wallet=ana.vault.path, poll="lunch", out=out, yes=True)
    poll.poll.certify()
    poll.state = State.CERTIFIED
    with pytest.raises(WalletError, match="There is a ballot of this membership"):
        abstained(wallet=ana.vault.path, poll="lunch", out=tmp_path / "again", yes=True)


@pytest.mark.parametrize("source", ["no such file", "https://city.example/door"])
def test_what_is_no_bundle_is_one_sentence(source: str) -> None:
    with pytest.raises(ClientError):
        audit(source=source)
