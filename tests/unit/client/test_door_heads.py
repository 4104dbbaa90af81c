"""A door and the registry: which heads it judges by, and how it comes by newer ones."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from client.answers import CheckIn
from client.door.scanning import DoorDesk
from client.door.store import DoorStore
from client.door.sync import prepare, refresh_heads
from client.doors import DoorClient
from client.transport import Transport
from credentials.doors import Verdict
from credentials.errors import HeadRefused
from credentials.formats.head import SignedHead
from credentials.issuance import draw_handle
from tests.community import Community, Member
from tests.served_community import Served, heads_json, serving
from tests.unit.client.door_file import NOON, code, desk

LATER = NOON + 10_000  # when the community in memory publishes its second head


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "door"


def verdict(door: DoorDesk, shown: str, *, now: int) -> Verdict:
    return door.scan_offline(shown, direction="in", now=now).verdict


def test_a_removed_member_is_not_current_once_the_grace_is_over(file: Path) -> None:
    community = Community()
    ana = community.enrol()
    community.publish(ana.issued.handle)
    door = desk(file, community=community, door="once")
    for now, expected in ((LATER + 3599, Verdict.ADMITTED), (LATER + 3600, Verdict.NOT_CURRENT)):
        shown = code(ana, community=community, door="once", at=now)
        assert verdict(door, shown, now=now) is expected


def test_after_an_emergency_nobody_passes_at_the_head_before(file: Path) -> None:
    community = Community()
    ana = community.enrol()
    community.publish(ana.issued.handle, grace=0)
    door = desk(file, community=community, door="once")
    shown = code(ana, community=community, door="once", at=LATER)
    assert verdict(door, shown, now=LATER) is Verdict.NOT_CURRENT


def test_a_wallet_ahead_of_the_door_is_out_of_date_until_the_door_learns(file: Path) -> None:
    community = Community()
    ana = community.enrol()
    door = desk(file, community=community, door="once")
    community.publish(draw_handle())
    current = community.current(ana.credential)
    shown = code(ana, community=community, door="once", at=LATER, credential=current)
    assert verdict(door, shown, now=LATER) is Verdict.DOOR_OUT_OF_DATE
    # Another process of the same door fetches the heads into the file.
    DoorStore.open(file).save_heads(community.heads.signed)
    assert verdict(door, shown, now=LATER) is Verdict.ADMITTED


# --- with a server


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def service(served: Served) -> Iterator[DoorClient]:
    with Transport() as transport:
        yield DoorClient(served.address, transport=transport)


def prepared_at(file: Path, *, service: DoorClient) -> DoorStore:
    store = DoorStore.open(file, create=True)
    prepare(store, door="once", token="a token", service=service, fingerprint=None)
    return store


def ahead(served: Served) -> tuple[Member, str]:
    """A member whose wallet has a newer head than the door."""
    ana = served.community.enrol()
    served.community.publish(draw_handle())
    current = served.community.current(ana.credential)
    return ana, code(ana, community=served.community, door="once", credential=current)


def test_preparing_brings_the_heads(file: Path, served: Served, service: DoorClient) -> None:
    store = prepared_at(file, service=service)
    assert store.heads() == served.community.heads.signed
    for _ in range(70):
        served.community.publish()
    prepare(store, door="once", token="a token", service=service, fingerprint=None)
    assert store.heads() == served.community.heads.signed


def test_a_scan_with_network_teaches_the_door_an_unknown_head(
    file: Path, served: Served, service: DoorClient
) -> None:
    door = DoorDesk(prepared_at(file, service=service))
    _, shown = ahead(served)
    assert door.scan_online(shown, direction="in", service=service).verdict is Verdict.ADMITTED
    assert door.heads.newest == served.community.heads.newest
    served.asked.clear()
    door.scan_online(shown, direction="in", service=service)
    assert served.asked == ["/doors/once/checkins"]


def test_handing_in_brings_the_heads_along(file: Path, served: Served, service: DoorClient) -> None:
    store = prepared_at(file, service=service)
    door = DoorDesk(store)
    ana = served.community.enrol()
    assert verdict(door, code(ana, community=served.community, door="once"), now=NOON).value == (
        "admitted"
    )
    _, shown = ahead(served)
    door.scan_online(shown, direction="in", service=service)
    assert store.queue.counts() == (0, 0)
    assert door.heads.newest == served.community.heads.newest
    assert "/registry/heads" not in served.asked


def test_a_door_refuses_a_fork_and_keeps_what_it_has(
    file: Path, served: Served, service: DoorClient
) -> None:
    store = prepared_at(file, service=service)
    served.community.publish()
    refresh_heads(store, metadata=served.community.metadata, service=service)
    first, second = store.heads()
    newest = served.community.heads.newest
    other = SignedHead.sign(
        replace(newest, grace=newest.grace + 1), private_key=served.community.signing_key
    )
    for heads in ([first, other], [first]):
        served.lies["/registry/heads"] = heads_json(heads)
        with pytest.raises(HeadRefused):
            refresh_heads(store, metadata=served.community.metadata, service=service)
    assert store.heads() == (first, second)


def test_the_age_of_the_door_s_head_is_told(
    file: Path, served: Served, service: DoorClient, capsys: pytest.CaptureFixture[str]
) -> None:
    from client.commands.door import status

    store = prepared_at(file, service=service)
    status(door_file=file, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["head"], told["head_due"]) == (0, False)
    assert told["head_age"] > 0
    store.close()
    with serving(period=60) as due:
        with Transport() as transport:
            prepared_at(file.with_name("due"), service=DoorClient(due.address, transport=transport))
        status(door_file=file.with_name("due"), as_json=False)
    shown = capsys.readouterr()
    assert "A newer registry head was due" in shown.err
    assert "Registry head" in shown.out


def test_a_door_file_without_heads_says_so(file: Path, community: Community) -> None:
    from client.errors import DoorError

    door = desk(file, community=community, door="once")
    with sqlite3.connect(file) as connection:
        connection.execute("DELETE FROM heads")
    with pytest.raises(DoorError, match="prepare it anew"):
        _ = door.heads


def test_a_refusal_by_the_server_teaches_the_door_that_there_is_a_newer_head(
    file: Path, served: Served, service: DoorClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it would let the removed member in as soon as the network goes."""
    door = DoorDesk(prepared_at(file, service=service))
    ana = served.community.enrol()
    shown = code(ana, community=served.community, door="once")
    served.community.publish(ana.issued.handle, grace=0)
    refused = CheckIn(verdict="not_current", first_at=None, first_door=None, disclosed={})
    monkeypatch.setattr(DoorClient, "check_in", lambda *_, **__: refused)
    assert door.scan_online(shown, direction="in", service=service).verdict is Verdict.NOT_CURRENT
    assert door.heads.newest == served.community.heads.newest
    assert verdict(door, shown, now=NOON) is Verdict.NOT_CURRENT
