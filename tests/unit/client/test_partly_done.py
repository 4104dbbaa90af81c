"""Of several communities one fails: the others are done, and it is said which one, and why."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from client.answers import Cast
from client.commands.backup import restore
from client.commands.ballots import receipts
from client.commands.refreshing import refresh, renew
from client.commands.vote import vote
from client.errors import ServerRefused
from client.polls import PollsClient
from client.wallet.contents import SENT
from client.wallet.keeping import next_task
from server.polls import watch
from tests.served_community import Served, serving
from tests.served_polls import Problem
from tests.unit.client.member import PASSPHRASE, Person, member

HEADS = "/registry/heads"


@pytest.fixture
def agora() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def bay() -> Iterator[Served]:
    with serving(name="Bay") as served:
        yield served


@pytest.fixture
def ana(agora: Served, bay: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    """A member of two communities, the first of which will fail."""
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    person = member(agora, tmp_path)
    Person(vault=person.vault, served=bay).claim()
    return person


def cast(ana: Person, agora: Served) -> None:
    agora.poll()
    vote(wallet=ana.vault.path, target=f"{agora.address}/polls/lunch", choice=1, yes=True)


def ends_with(status: int, capsys: pytest.CaptureFixture[str], command: Any, **how: Any) -> Any:
    """What a command prints as JSON; it ends with the status."""
    capsys.readouterr()
    with pytest.raises(typer.Exit) as ended:
        command(**how, as_json=True)
    assert ended.value.exit_code == status
    return json.loads(capsys.readouterr().out)


def test_refresh_goes_on_with_the_others_and_ends_with_4(
    ana: Person, agora: Served, bay: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    head = bay.community.publish()
    agora.lies[HEADS] = Problem("server-fault", 500)
    told = ends_with(4, capsys, refresh, wallet=ana.vault.path)
    assert [row["community"] for row in told] == ["Bay", "Agora"]
    assert "server-fault" in told[1]["failed"]
    chain = ana.vault.read().memberships[1].chain
    assert chain is not None
    assert chain.newest == head
    agora.lies.clear()
    refresh(wallet=ana.vault.path, as_json=True)


def test_refresh_says_4_where_the_log_of_a_ballot_cannot_be_read(
    ana: Person, agora: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    cast(ana, agora)
    agora.lies["/polls/lunch/log/checkpoint"] = Problem("server-fault", 500)
    told = ends_with(4, capsys, refresh, wallet=ana.vault.path)
    assert told[0]["unread"] != []


def test_renew_goes_on_with_the_others_and_ends_with_4(
    ana: Person, agora: Served, bay: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    agora.lies[HEADS] = Problem("server-fault", 500)
    told = ends_with(4, capsys, renew, wallet=ana.vault.path, at_once=True)
    assert [row["community"] for row in told] == ["Bay", "Agora"]
    assert told[0]["credentials"] == 1


@pytest.mark.parametrize("lie", ["/issuance/nonce", "/.well-known/symbolon.json"])
def test_a_copy_is_brought_back_whole_though_one_community_refuses(
    ana: Person, bay: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str], lie: str
) -> None:
    agora = ana.served
    copy = tmp_path / "copy"
    shutil.copy(ana.vault.path, copy)
    bay.change(0, **{"pass": "week"})
    agora.lies[lie] = Problem("too-busy", 429)
    told = ends_with(4, capsys, restore, wallet=tmp_path / "new", source=copy)
    assert [row["credentials"] for row in told["memberships"]] == [1, 1]
    assert "/issuance/credential" in bay.asked


def test_a_community_that_cannot_be_reached_keeps_no_other_waiting(ana: Person) -> None:
    contents = ana.vault.read()
    first = next_task(contents)
    assert first is not None
    later = next_task(contents, not_before={first.fingerprint: first.at + 10**6})
    assert later is not None
    assert later.fingerprint != first.fingerprint


def test_a_ballot_that_may_have_arrived_is_kept_whatever_the_server_says(
    ana: Person, agora: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sent without an answer, and then the server came back from a backup without the poll."""
    answers = iter(["lost", "poll-unknown", "ballot-refused"])

    def lossy(*_: object, **__: object) -> Cast:
        slug = next(answers)
        raise ServerRefused(slug, slug=slug, status=500 if slug == "lost" else 404)

    monkeypatch.setattr(PollsClient, "cast", lossy)
    for kept in (1, 1, 0):
        with pytest.raises(ServerRefused):
            cast(ana, agora)
        votes = ana.vault.read().memberships[0].votes
        assert [vote.state for vote in votes] == [SENT] * kept
        if kept:
            told = ends_with(4, capsys, receipts, wallet=ana.vault.path)
            assert told["ballots"][0]["state"] == SENT


def test_a_poll_that_cannot_be_moved_keeps_no_other_from_its_beacon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Stop(BaseException):
        pass

    class Broken:
        def look_after_all(self) -> None:
            raise RuntimeError

    class Rounds:
        def fetch_due(self, _source: object) -> None:
            raise Stop

    with pytest.raises(Stop):
        watch._watch(Broken(), Rounds(), object())  # type: ignore[arg-type]
