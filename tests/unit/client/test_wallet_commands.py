"""The wallet's commands and the registry, as a member reads them: refresh, list, show, present."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client.commands.listing import list_credentials, show
from client.commands.present import _credential, _door, present
from client.commands.refreshing import refresh, renew
from client.commands.vote import vote
from client.errors import WalletError
from client.wallet.contents import PROMISED
from credentials.errors import MemberRevoked
from credentials.formats.presentation import Presentation
from credentials.formats.qr import from_qr_text
from credentials.holder import Credential
from credentials.issuance import draw_handle
from tests.served_community import Served, serving
from tests.unit.client.member import PASSPHRASE, Person, member


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def ana(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    return member(served, tmp_path)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """The JSON that a command has just printed."""
    return lambda: json.loads(capsys.readouterr().out)


def test_a_renewal_brings_what_a_refresh_does_not(served: Served, ana: Person, told: Any) -> None:
    served.change(0, **{"pass": "week"})
    refresh(wallet=ana.vault.path, as_json=True)
    (row,) = told()
    assert (row["credentials"], row["ended"]) == (0, 1)
    renew(wallet=ana.vault.path, as_json=True)
    (row,) = told()
    assert (row["community"], row["credentials"], row["ended"]) == ("Agora", 1, 0)
    show(wallet=ana.vault.path, as_json=True)
    shown = told()
    assert shown["attributes"]["pass"] == "week"
    assert shown["ended"] is None
    assert shown["current"].startswith("current at registry head 1")


def test_a_removed_member_reads_it_everywhere(
    served: Served, ana: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    served.remove(0)
    refresh(wallet=ana.vault.path)
    assert "This membership of Agora was changed or removed on " in capsys.readouterr().err
    renew(wallet=ana.vault.path)
    sentence = "This membership of Agora was removed on "
    assert sentence in capsys.readouterr().err
    for command in (list_credentials, show):
        command(wallet=ana.vault.path)
        assert sentence in " ".join(capsys.readouterr().out.split())
    with pytest.raises(MemberRevoked, match=sentence):
        present(wallet=ana.vault.path, door="once", yes=True)
    assert "SYM1:" not in capsys.readouterr().out


def test_a_door_code_is_made_at_the_wallet_s_head_without_asking(
    served: Served, ana: Person, told: Any
) -> None:
    served.asked.clear()
    present(wallet=ana.vault.path, door="once", yes=True, as_json=True)
    code = Presentation.from_cbor(from_qr_text(told()["code"]))
    assert code.removals == served.community.heads.newest.removals
    assert served.asked == []


def test_a_code_that_is_drawn_for_hours_follows_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.commands.present.WATCH_SECONDS", -1.0)
    with serving(period=60) as served:  # so that a newer head is always due
        ana = member(served, tmp_path)

        def ready(agreed: bool) -> Credential:
            return _credential(ana.vault, community=None, number=None, at_once=True, yes=agreed)

        _, draw = _door(
            ana.vault,
            door="once",
            event=None,
            community=None,
            number=None,
            ready=ready,
            yes=True,
        )
        head = served.community.publish(draw_handle())
        ana.look_is_due()
        assert Presentation.from_cbor(from_qr_text(draw().text)).removals == head.removals
        served.remove(0)
        ana.look_is_due()
        with pytest.raises(MemberRevoked):
            draw()


def test_a_vote_is_cast_at_the_poll_s_head(served: Served, ana: Person, told: Any) -> None:
    served.poll()
    served.community.publish()
    vote(wallet=ana.vault.path, target="lunch", choice=2, yes=True, as_json=True)
    assert told()["answer"] == "Salad"
    assert ana.enrolment.epoch == 1
    (stored,) = ana.membership.votes
    assert stored.state == PROMISED


def test_who_is_not_on_the_roll_is_told_before_choosing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    with serving(roll=0) as served:
        served.poll()
        late = member(served, tmp_path)
        with pytest.raises(WalletError, match="not on the roll"):
            vote(wallet=late.vault.path, target="lunch", choice=1, yes=True)
        assert not any(path.endswith("/ballots") for path in served.asked)
