"""What a server did not record stays with the door: counted, with its reason, tried again."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from client.answers import QueuedScan
from client.commands.door import commands
from client.door.handing_in import hand_in
from client.door.queue import KeptScan
from client.door.record import DoorRecord
from client.door.scanning import DoorDesk
from client.door.store import DoorStore
from client.door.sync import prepare
from client.doors import DoorClient
from client.errors import ServerRefused
from client.transport import Transport
from credentials.doors import Verdict
from tests.served_community import Served, serving
from tests.served_polls import Problem
from tests.unit.client.door_file import NOON, code

LATER = {"outcome": "later", "verdict": "not_current", "reason": "The server lacks a head."}
REFUSED = {"outcome": "refused", "verdict": "invalid", "reason": "The code's proof is wrong."}


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def service(served: Served) -> Iterator[DoorClient]:
    with Transport() as transport:
        yield DoorClient(served.address, transport=transport)


@pytest.fixture
def store(tmp_path: Path, service: DoorClient) -> DoorStore:
    store = DoorStore.open(tmp_path / "door", create=True)
    prepare(store, door="once", token="a token", service=service, fingerprint=None)
    return store


def queue_up(store: DoorStore, *times: int) -> None:
    for at in times:
        scan_id = at.to_bytes(16, "big")
        store.queue.add(QueuedScan(scan_id=scan_id, code="SYM1:BB8", direction="in", scanned_at=at))


def waiting(store: DoorStore) -> list[int]:
    return [scan.scanned_at for scan in store.queue.waiting()]


def command(store: DoorStore, *words: str, status: int = 0, typed: str = "") -> Any:
    """What a `door` command prints as JSON; it ends with the status."""
    ran = CliRunner().invoke(
        commands, [*words, "--door-file", str(store.path), "--json"], input=typed
    )
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    assert ran.exit_code == status, ran.output
    return json.loads(ran.stdout)


def test_only_what_was_recorded_leaves_the_queue(
    store: DoorStore, served: Served, service: DoorClient
) -> None:
    queue_up(store, 1, 2, 3, 4)
    served.settled = {
        2: LATER,
        3: {"outcome": "conflict", "verdict": "already_in", "conflict": {"at": 1, "door": "side"}},
        4: REFUSED,
    }
    done = hand_in(store, identity=store.identity(), service=service)
    assert (done.recorded, len(done.conflicts), done.kept) == (2, 1, 2)
    assert done.later == {"The server lacks a head.": 1}
    assert done.refused == {"The code's proof is wrong.": 1}
    assert waiting(store) == [2]
    assert store.queue.counts() == (1, 1)
    assert [(kept.scanned_at, kept.refused) for kept in store.queue.kept()] == [
        (2, False),
        (4, True),
    ]
    served.settled = {}
    assert hand_in(store, identity=store.identity(), service=service).recorded == 1
    assert store.queue.counts() == (0, 1)


def test_the_reason_is_known_since_when_it_was_first_given(store: DoorStore) -> None:
    queue_up(store, 1)
    scan_id = (1).to_bytes(16, "big")
    for reason, now in (("a head", 100), ("a head", 160), ("a format", 220)):
        store.queue.keep(scan_id, reason=reason, refused=False, now=now)
    assert store.queue.kept() == (
        KeptScan(scanned_at=1, direction="in", refused=False, reason="a format", since=220),
    )
    assert store.queue.waiting(tried_before=220) == ()
    assert waiting(store) == [1]


def test_sync_ends_with_4_while_scans_are_kept_and_says_why(
    store: DoorStore, served: Served
) -> None:
    queue_up(store, 1, 2)
    served.settled = {1: LATER}
    told = command(store, "sync", status=4)
    assert (told["scans"], told["later"]) == (1, {LATER["reason"]: 1})
    state = command(store, "status")
    assert (state["queued"], state["refused"]) == (1, 0)
    assert state["kept"][0]["reason"] == LATER["reason"]
    served.settled = {}
    assert command(store, "sync")["scans"] == 1
    assert command(store, "status")["queued"] == 0


def test_a_refused_scan_is_dropped_by_a_command_with_a_question_only(
    store: DoorStore, served: Served
) -> None:
    queue_up(store, 1)
    served.settled = {1: REFUSED}
    assert command(store, "sync", status=4)["refused"] == {REFUSED["reason"]: 1}
    assert command(store, "sync")["scans"] == 0
    assert command(store, "status")["refused"] == 1
    said_no = CliRunner().invoke(
        commands, ["refused", "--drop", "--door-file", str(store.path)], input="n\n"
    )
    assert said_no.exit_code != 0
    assert store.queue.counts() == (0, 1)
    assert len(command(store, "refused", "--again")["refused"]) == 1
    assert store.queue.counts() == (1, 0)
    command(store, "sync", status=4)
    assert command(store, "refused", "--drop", "--yes")["refused"] != []
    assert store.queue.counts() == (0, 0)


def test_one_scan_that_the_server_cannot_read_keeps_no_other_out(
    store: DoorStore, served: Served, service: DoorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_up(store, *range(1, 8))
    asked = DoorClient.sync

    def picky(client: DoorClient, scans: tuple[QueuedScan, ...], **how: Any) -> Any:
        if any(scan.scanned_at == 3 for scan in scans):
            raise ServerRefused("The request is malformed.", slug="malformed", status=422)
        return asked(client, scans, **how)

    monkeypatch.setattr(DoorClient, "sync", picky)
    done = hand_in(store, identity=store.identity(), service=service)
    assert (done.recorded, done.later) == (6, {"The request is malformed.": 1})
    assert waiting(store) == [3]


def test_a_door_that_was_removed_keeps_its_scans_and_the_reason(
    store: DoorStore, served: Served, service: DoorClient
) -> None:
    queue_up(store, 1, 2)
    served.lies["/doors/once/sync"] = Problem("door-unknown", 404)
    with pytest.raises(ServerRefused):
        hand_in(store, identity=store.identity(), service=service)
    assert waiting(store) == [1, 2]
    assert {kept.reason for kept in store.queue.kept()} == {"door-unknown."}


def test_a_server_that_leaves_a_scan_out_has_not_taken_it(
    store: DoorStore, served: Served, service: DoorClient
) -> None:
    queue_up(store, 1)
    heads = served.answer("/doors/once/sync", {"scans": []})["heads"]  # type: ignore[index,call-overload]
    served.lies["/doors/once/sync"] = {"results": [], "entries": [], "heads": heads, "now": 1}
    assert hand_in(store, identity=store.identity(), service=service).later == {
        "The server did not answer this scan.": 1
    }
    assert waiting(store) == [1]


def test_whom_the_server_could_not_record_the_door_s_own_record_decides_on(
    store: DoorStore, served: Served, service: DoorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server would let the member in a second time."""
    monkeypatch.setattr("time.time", lambda: float(NOON))
    ana, bo = served.community.enrol(), served.community.enrol()
    shown = code(ana, community=served.community, door="once")
    desk = DoorDesk(store)
    assert desk.scan_offline(shown, direction="in").verdict is Verdict.ADMITTED
    served.settled = {NOON: LATER}
    again = desk.scan_online(shown, direction="in", service=service)
    assert (again.verdict, again.online) == (Verdict.ALREADY_IN, False)
    assert any("not recorded" in note for note in again.notes)
    other = code(bo, community=served.community, door="once")
    served.asked.clear()
    assert desk.scan_online(other, direction="in", service=service).online
    assert "/doors/once/sync" not in served.asked, "it was tried a moment ago"


def test_a_verdict_is_given_whatever_fails_after_it(
    store: DoorStore, served: Served, service: DoorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: float(NOON))
    ana = served.community.enrol()
    shown = code(ana, community=served.community, door="once")

    def broken(*_: object, **__: object) -> None:
        raise ServerRefused("no", slug="no", status=400)

    monkeypatch.setattr(DoorRecord, "remember", broken)
    scanned = DoorDesk(store).scan_online(shown, direction="in", service=service)
    assert scanned.verdict is Verdict.ADMITTED
    assert any("could not note" in note for note in scanned.notes)


def test_a_server_s_wrong_clock_is_named_with_its_difference(
    store: DoorStore, served: Served
) -> None:
    heads = served.answer("/doors/once/sync", {"scans": []})["heads"]  # type: ignore[index,call-overload]
    behind = int(time.time()) - 600
    served.lies["/doors/once/sync"] = {"results": [], "entries": [], "heads": heads, "now": behind}
    assert command(store, "sync")["clock_difference"] in (600, 601, 602)
    served.lies.clear()
    assert "clock_difference" not in command(store, "sync")
