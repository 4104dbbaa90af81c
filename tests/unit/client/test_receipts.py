"""A wallet looks for its ballots in the log, and has evidence when the community broke its word."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from client.commands.ballots import receipt, receipts
from client.commands.refreshing import refresh
from client.errors import WalletError
from client.wallet.contents import IN_LOG, MISSING, PROMISED
from credentials.errors import LogRefused
from credentials.log.receipt import Receipt
from tests.polling import PollInMemory
from tests.served_community import Served, serving
from tests.unit.client.looking import dropped, evidence_in, looked, proven, voted
from tests.unit.client.member import PASSPHRASE, Person, member


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def ana(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("SYMBOLON_WALLET_PASSPHRASE", PASSPHRASE)
    monkeypatch.chdir(tmp_path)
    return member(served, tmp_path)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Any:
    """The JSON that a command has just printed."""
    return lambda: json.loads(capsys.readouterr().out)


# --- a community that keeps its word


def test_a_ballot_is_promised_and_then_in_the_log(served: Served, ana: Person, told: Any) -> None:
    poll = served.poll()
    voted(ana, told)
    assert looked(ana, told)["ballots"][0]["state"] == PROMISED
    poll.append()
    (shown,) = looked(ana, told)["ballots"]
    assert (shown["state"], shown["place"], shown["alarm"]) == (IN_LOG, 1, False)
    assert ana.membership.votes[0].state == IN_LOG


def test_every_ballot_of_a_member_is_looked_for(served: Served, ana: Person, told: Any) -> None:
    poll = served.poll()
    voted(ana, told, choice=1)
    poll.append()
    voted(ana, told, choice=2)
    poll.close()
    assert [row["state"] for row in looked(ana, told)["ballots"]] == [IN_LOG, IN_LOG]


def test_a_look_does_not_tell_which_ballot_is_the_own(
    served: Served, ana: Person, told: Any
) -> None:
    served.poll().append()
    voted(ana, told)
    served.asked.clear()
    looked(ana, told)
    assert served.asked == [
        "/polls",
        "/polls/lunch/log/checkpoint",
        "/polls/lunch/log/leaves",
        "/polls/lunch/log/events",
    ]


def test_a_receipt_proves_the_ballot_to_anyone(
    served: Served, ana: Person, told: Any, tmp_path: Path
) -> None:
    poll = served.poll()
    kept = voted(ana, told)
    out = tmp_path / "ballot.tlog-proof"
    with pytest.raises(WalletError, match="not in the log yet"):
        receipt(wallet=ana.vault.path, poll="lunch", out=out)
    poll.append()
    receipt(wallet=ana.vault.path, poll="lunch", out=out)
    made = Receipt.parse(out.read_text())
    origin, key = poll.poll.manifest.origin, served.community.metadata.metadata_key
    assert made.check(kept.leaf_hash, origin=origin, key=key).size == 2
    with pytest.raises(LogRefused):
        made.check(bytes(32), origin=origin, key=key)


def test_an_overdue_ballot_is_said_to_be_so_and_proves_nothing_yet(
    served: Served, ana: Person, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.poll()
    voted(ana, told)
    monkeypatch.setattr(time, "time", lambda: 2.0**33)
    (shown,) = looked(ana, told)["ballots"]
    assert (shown["overdue"], shown["state"], shown["alarm"]) == (True, PROMISED, False)


# --- a community that breaks it


def test_a_ballot_that_is_missing_after_the_promised_time_is_an_alarm(
    served: Served, ana: Person, told: Any
) -> None:
    poll = served.poll()
    dropped(served, ana, told)
    merged_by = poll.poll.closes_at + poll.poll.manifest.batch_seconds
    poll.append(time=merged_by - 1)
    assert looked(ana, told)["ballots"][0]["state"] == PROMISED
    poll.append(time=merged_by)
    shown = looked(ana, told, alarm=True)
    assert shown["ballots"][0]["state"] == MISSING
    assert "lacks it" in proven(evidence_in(shown), served)


def test_a_ballot_that_is_missing_after_the_closing_is_an_alarm_at_once(
    served: Served, ana: Person, told: Any
) -> None:
    poll = served.poll()
    dropped(served, ana, told)
    poll.close()
    assert "without it" in proven(evidence_in(looked(ana, told, alarm=True)), served)


def test_a_refresh_raises_the_alarm_too(served: Served, ana: Person, told: Any) -> None:
    poll = served.poll()
    dropped(served, ana, told)
    poll.close()
    with pytest.raises(typer.Exit) as ended:
        refresh(wallet=ana.vault.path, as_json=True)
    assert ended.value.exit_code == 2
    assert len(list(Path().glob("symbolon-evidence-*.json"))) == 1


def test_a_ballot_that_comes_too_late_stays_provable(
    served: Served, ana: Person, told: Any
) -> None:
    poll = served.poll()
    kept = voted(ana, told)
    late, poll.poll.waiting = poll.poll.waiting, []
    poll.append(time=poll.poll.closes_at + poll.poll.manifest.batch_seconds)
    looked(ana, told, alarm=True)
    poll.poll.waiting = late
    poll.append()
    shown = looked(ana, told, alarm=True)
    assert shown["ballots"][0]["state"] == IN_LOG
    assert "too late, as entry 1" in proven(evidence_in(shown), served)
    assert kept.leaf_hash in poll.poll.leaves


def test_a_log_that_is_not_the_one_of_before_is_an_alarm(
    served: Served, ana: Person, told: Any
) -> None:
    poll = served.poll()
    voted(ana, told)
    poll.append()
    looked(ana, told)
    manifest = poll.poll.manifest
    poll.poll = PollInMemory(served.community, manifest, entries=[manifest.to_cbor(), b"forged"])
    shown = looked(ana, told, alarm=True)
    assert shown["forks"][0]["poll"] == "lunch"
    assert "two logs" in proven(evidence_in(shown), served)
    # Another look finds it again: the wallet goes on from what it saw first.
    assert looked(ana, told, alarm=True)["forks"]


def test_a_later_log_with_fewer_entries_is_an_alarm_and_an_old_one_is_stale(
    served: Served, ana: Person, told: Any
) -> None:
    poll = served.poll()
    voted(ana, told)
    poll.append()
    looked(ana, told)
    del poll.poll.entries[1:]
    poll.time -= 1
    assert looked(ana, told, stale=True)["stale"] == ["What is for lunch?"]
    poll.time += 10
    assert "fewer entries" in proven(evidence_in(looked(ana, told, alarm=True)), served)


def test_leaves_that_are_not_the_checkpoint_s_are_refused(
    served: Served, ana: Person, told: Any
) -> None:
    served.poll()
    voted(ana, told)
    for lie in (bytes(32), b"", bytes(31)):
        served.lies["/polls/lunch/log/leaves"] = lie
        with pytest.raises(typer.Exit) as ended:
            receipts(wallet=ana.vault.path, as_json=True)
        assert ended.value.exit_code == 1
        assert told()["unread"][0]["question"] == "What is for lunch?"
        assert ana.membership.votes[0].state == PROMISED
