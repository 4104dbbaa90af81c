"""What the community is, its name and its address, as typed."""

from pathlib import Path

import pytest

from client.audit import audit
from credentials.formats import base64url
from credentials.formats.metadata import check_successor
from server.commands import community as commands
from server.commands.session import open_community
from server.community.reached import check_reaches
from server.problems import OperatorError
from tests.flows.terminal import Terminal, with_cheap_passphrase
from tests.served_community import serving

OPTIONS = ("--option", "Garden", "--option", "Roof", "--closes", "2h")
NEW = "https://agora.example"


@pytest.fixture
def city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    with_cheap_passphrase(monkeypatch)
    terminal = Terminal(tmp_path / "data")
    made = terminal.json("init", "--name", "Agora", "--event", "fair=Fair")
    assert base64url.decode(made["fingerprint"]).hex() == made["community_id"]
    return terminal


def test_a_community_says_what_it_is_and_how_much_of_everything_there_is(city: Terminal) -> None:
    city.enrol(**{"pass": "member"})
    city.text("poll", "create", "Where?", *OPTIONS)
    shown = city.json("community", "show")
    metadata = open_community(city.data).community.metadata()
    assert base64url.decode(shown["fingerprint"]) == metadata.community_id
    assert (shown["name"], shown["address"]) == ("Agora", "http://127.0.0.1:8000")
    assert shown["issuer_id"] == metadata.keys.issuer_id.hex()
    assert (shown["events"], shown["doors"], shown["apps"]) == (1, 0, 0)
    assert shown["attendees"] == {"claimed": 1}
    assert shown["polls"] == {"draft": 1}
    assert (shown["head"], shown["crowd_at_least"]) == (0, None)
    said = city.text("community", "show")
    assert shown["fingerprint"] in said
    assert "1 (1 claimed)" in said


def test_init_prints_the_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_cheap_passphrase(monkeypatch)
    terminal = Terminal(tmp_path / "other")
    said = terminal.text("init", "--name", "Agora")
    assert terminal.json("community", "show")["fingerprint"] in said


def test_another_name_is_a_new_version_of_the_same_community(city: Terminal) -> None:
    before = open_community(city.data).community.signed()
    assert city.json("community", "edit", "--name", " Agora  2 ") == {
        "name": "Agora 2",
        "version": 2,
    }
    after = open_community(city.data).community.signed()
    assert check_successor(before, after).name == "Agora 2"
    with pytest.raises(OperatorError, match="already"):
        city.text("community", "edit", "--name", "Agora 2")


def test_a_move_is_looked_at_asked_and_published(
    city: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(OperatorError, match="already"):
        city.text("community", "move", "--address", "http://127.0.0.1:8000/", "--yes")
    with pytest.raises(OperatorError, match="does not answer"):
        city.text("community", "move", "--address", "http://127.0.0.1:9", "--yes")
    with pytest.raises(OperatorError, match="--yes"):
        city.text("community", "move", "--address", NEW, "--unchecked")
    assert open_community(city.data).community.metadata().version == 1
    looked: list[str] = []
    monkeypatch.setattr(commands, "check_reaches", lambda address, own: looked.append(address))
    moved = city.json("community", "move", "--address", "Agora.Example", "--yes")
    assert (moved["address"], moved["before"]) == (NEW, "http://127.0.0.1:8000")
    assert looked == [NEW]
    assert open_community(city.data).community.metadata().address == NEW


def test_no_move_while_polls_go_on_and_polls_of_before_can_be_audited(
    city: Terminal, tmp_path: Path
) -> None:
    city.enrol(**{"pass": "member"})
    city.text("poll", "create", "Where?", "--id", "old", *OPTIONS, "--open")
    move = ("community", "move", "--address", NEW, "--unchecked", "--yes")
    with pytest.raises(OperatorError, match="Polls go on: old"):
        city.text(*move)
    city.text("poll", "close", "old", "--reason", "All have voted.")
    with pytest.raises(OperatorError, match="Polls go on: old"):
        city.text(*move)
    city.text("poll", "certify", "old")
    city.text(*move)
    city.text("poll", "create", "And now?", "--id", "new", *OPTIONS, "--open")
    city.text("poll", "cancel", "new", "--reason", "Only tried.")
    for poll, address in (("old", "http://127.0.0.1:8000"), ("new", NEW)):
        file = tmp_path / f"{poll}.symbolon"
        city.text("poll", "bundle", poll, "--out", str(file))
        with file.open("rb") as octets:
            report = audit(octets, fingerprint=None)
        assert report.sound
        assert any(address in check.reason for check in report.checks)


def test_an_address_that_serves_something_else_is_not_moved_to(city: Terminal) -> None:
    own = open_community(city.data).community.signed()
    with serving() as another:
        with pytest.raises(OperatorError, match="something else"):
            check_reaches(another.address, own=own)
        check_reaches(another.address, own=another.community.signed)
