"""A door names whose clock is wrong before it sends good members away."""

from pathlib import Path

import pytest

from client.clocks import ClockReading
from client.door.clocks import DoorClocks, own_clock, whose_clock
from client.door.scanning import DoorDesk
from client.door.store import DoorStore
from credentials.verdicts import Verdict
from tests.community import Community
from tests.unit.client.door_file import code, prepared

BEHIND = 42 * 60
PUBLISHED = 1_790_000_000
NOW = PUBLISHED + 7200


@pytest.fixture
def store(tmp_path: Path) -> DoorStore:
    return DoorStore.open(tmp_path / "door", create=True)


def test_several_members_off_by_the_same_mean_the_doors_own_clock(store: DoorStore) -> None:
    clocks = DoorClocks(store._connection)
    runs = [clocks.odd(bytes([who]) * 48, ahead=2520 + who, now=NOW + who) for who in range(3)]
    assert runs == [1, 2, 3]
    words = whose_clock(ahead=2520, alike=3, reading=None, now=NOW, published=PUBLISHED)
    assert "3 members in a row are about 42 minutes ahead of this door" in words
    assert "own clock that is wrong" in words


def test_one_member_who_tries_again_is_no_run(store: DoorStore) -> None:
    clocks = store.clocks
    assert [clocks.odd(bytes(48), ahead=2520, now=NOW + n) for n in range(4)] == [1] * 4
    assert clocks.odd(b"\1" * 48, ahead=-600, now=NOW + 5) == 1
    clocks.good()
    assert clocks.odd(b"\2" * 48, ahead=2520, now=NOW + 6) == 1


def test_a_door_that_was_compared_says_whose_clock_it_is() -> None:
    agreed = ClockReading(own=NOW - 60, server=NOW - 61)
    phone = whose_clock(ahead=-900, alike=1, reading=agreed, now=NOW, published=PUBLISHED)
    assert "it is the phone's" in phone
    off = ClockReading(own=NOW, server=NOW + BEHIND)
    own = whose_clock(ahead=BEHIND, alike=1, reading=off, now=NOW, published=PUBLISHED)
    assert own.startswith("This door's clock is 42 minutes behind the server's.")
    server = whose_clock(ahead=0, alike=1, reading=off, now=NOW, published=PUBLISHED)
    assert "the server is 42 minutes ahead: the server's clock is wrong" in server
    unknown = whose_clock(ahead=900, alike=1, reading=None, now=NOW, published=PUBLISHED)
    assert "not known" in unknown


def test_a_door_whose_clock_stands_before_what_it_fetched_says_so_offline() -> None:
    words = own_clock(None, now=PUBLISHED - 600, published=PUBLISHED)
    assert "This door's clock is wrong: it stands 10 minutes before" in words
    assert own_clock(None, now=NOW, published=PUBLISHED) == ""


def test_a_refused_time_is_explained_at_an_offline_door(tmp_path: Path) -> None:
    community = Community()
    store = prepared(tmp_path / "door", community=community, door="once")
    desk = DoorDesk(store)
    at = community.metadata.published_at + 86_400
    said = []
    for _ in range(3):
        text = code(community.enrol(), community=community, door="once", at=at + BEHIND)
        scanned = desk.scan_offline(text, direction="in", now=at)
        assert scanned.verdict is Verdict.CLOCK_WRONG
        said.append(scanned.explanation)
    assert "this door's own clock that is wrong" in said[-1]
    assert "own clock" not in said[0]
