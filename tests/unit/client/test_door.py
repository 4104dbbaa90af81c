"""A door without network: the same verdicts as with one, each member exactly once."""

import multiprocessing
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from client.answers import Entry, QueuedScan
from client.door.scanning import DoorDesk
from client.door.store import DoorStore
from client.errors import DoorError
from credentials.doors import Verdict
from credentials.formats.presentation import Presentation
from credentials.formats.qr import from_qr_text, to_qr_text
from tests.community import Community, Member
from tests.unit.client.door_file import NOON, code, desk, prepared


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "door"


def test_a_member_comes_in_once(file: Path, community: Community, ana: Member) -> None:
    door = desk(file, community=community, door="once")
    shown = code(ana, community=community, door="once")
    assert door.scan_offline(shown, direction="in", now=NOON).verdict is Verdict.ADMITTED
    again = door.scan_offline(shown, direction="in", now=NOON + 5)
    assert (again.verdict, again.first_at, again.first_door) == (
        Verdict.ALREADY_IN,
        NOON,
        "once",
    )


def test_a_new_code_of_the_same_member_does_not_come_in_again(
    file: Path, community: Community, ana: Member
) -> None:
    door = desk(file, community=community, door="once")
    first = code(ana, community=community, door="once")
    later = code(ana, community=community, door="once", at=NOON + 600)
    door.scan_offline(first, direction="in", now=NOON)
    assert door.scan_offline(later, direction="in", now=NOON + 600).verdict is Verdict.ALREADY_IN


def test_a_once_per_day_door_lets_in_again_on_the_next_day(
    file: Path, community: Community, ana: Member
) -> None:
    door = desk(file, community=community, door="once-per-day")
    tomorrow = NOON + 86_400
    for now in (NOON, tomorrow):
        shown = code(ana, community=community, door="once-per-day", at=now)
        assert door.scan_offline(shown, direction="in", now=now).verdict is Verdict.ADMITTED
        assert door.scan_offline(shown, direction="in", now=now).verdict is Verdict.ALREADY_IN


def test_a_re_entry_door_counts_in_and_out(file: Path, community: Community, ana: Member) -> None:
    door = desk(file, community=community, door="re-entry")
    steps = [
        ("out", Verdict.NOT_INSIDE),
        ("in", Verdict.ADMITTED),
        ("in", Verdict.ALREADY_IN),
        ("out", Verdict.CHECKED_OUT),
        ("out", Verdict.NOT_INSIDE),
        ("in", Verdict.ADMITTED),
    ]
    for number, (direction, verdict) in enumerate(steps):
        now = NOON + 60 * number
        shown = code(ana, community=community, door="re-entry", at=now)
        assert door.scan_offline(shown, direction=direction, now=now).verdict is verdict


def test_movements_of_one_member_never_share_a_second(
    file: Path, community: Community, ana: Member
) -> None:
    store = prepared(file, community=community, door="re-entry")
    door = DoorDesk(store)
    for direction in ("in", "out", "in"):
        shown = code(ana, community=community, door="re-entry")
        assert door.scan_offline(shown, direction=direction, now=NOON).first_at is None
    scans = store.queue.waiting()
    assert [scan.scanned_at for scan in scans] == [NOON, NOON + 1, NOON + 2]
    assert [scan.direction for scan in scans] == ["in", "out", "in"]


def test_one_code_does_not_bring_two_people_through_a_re_entry_door(
    file: Path, community: Community, ana: Member
) -> None:
    door = desk(file, community=community, door="re-entry")
    shown = code(ana, community=community, door="re-entry")
    assert door.scan_offline(shown, direction="in", now=NOON).verdict is Verdict.ADMITTED
    assert door.scan_offline(shown, direction="out", now=NOON).verdict is Verdict.REPLAYED


def test_a_members_only_door_remembers_the_code_and_nobody(
    file: Path, community: Community, ana: Member
) -> None:
    store = prepared(file, community=community, door="members-only")
    door = DoorDesk(store)
    shown = code(ana, community=community, door="members-only")
    assert door.scan_offline(shown, direction="in", now=NOON).verdict is Verdict.ADMITTED
    assert door.scan_offline(shown, direction="in", now=NOON + 1).verdict is Verdict.REPLAYED
    another = code(ana, community=community, door="members-only")
    assert door.scan_offline(another, direction="in", now=NOON + 2).verdict is Verdict.ADMITTED
    assert (store.movements(), store.queue.counts()) == (0, (0, 0))


@pytest.mark.parametrize(
    ("late", "verdict"),
    [
        (0, Verdict.ADMITTED),
        (30, Verdict.ADMITTED),
        (61, Verdict.CODE_TOO_OLD),
        (-61, Verdict.CLOCK_WRONG),
    ],
)
def test_a_code_is_good_for_its_slot_and_its_neighbours(
    file: Path, community: Community, ana: Member, late: int, verdict: Verdict
) -> None:
    door = desk(file, community=community, door="once")
    shown = code(ana, community=community, door="once")
    assert door.scan_offline(shown, direction="in", now=NOON + late).verdict is verdict


def test_a_stranger_and_nonsense_are_invalid(
    file: Path, community: Community, other_community: Community
) -> None:
    door = desk(file, community=community, door="once")
    stranger = other_community.enrol()
    shown = code(stranger, community=other_community, door="once")
    for text in (
        shown,
        "SYM1:",
        "https://example.org",
        "",
        "SYM1:" + "A" * 3000,
    ):
        assert door.scan_offline(text, direction="in", now=NOON).verdict is Verdict.INVALID
    # A value that the door does not know may be newer than its own: only with network can it tell.
    ahead = replace(Presentation.from_cbor(from_qr_text(shown)), removals=7)
    scanned = door.scan_offline(to_qr_text(ahead.to_cbor()), direction="in", now=NOON)
    assert scanned.verdict is Verdict.DOOR_OUT_OF_DATE


def test_a_reissued_member_goes_to_the_help_desk(file: Path, community: Community) -> None:
    door = desk(file, community=community, door="once")
    cy = community.enrol(reissued=1)
    shown = code(cy, community=community, door="once")
    assert door.scan_offline(shown, direction="in", now=NOON).verdict is Verdict.HELP_DESK


def test_only_those_who_passed_are_queued(file: Path, community: Community, ana: Member) -> None:
    store = prepared(file, community=community, door="once")
    door = DoorDesk(store)
    shown = code(ana, community=community, door="once")
    for now in (NOON, NOON + 1, NOON + 100):
        door.scan_offline(shown, direction="in", now=now)
    (queued,) = store.queue.waiting()
    assert (queued.code, queued.scanned_at) == (shown, NOON)


def test_going_out_is_refused_where_nobody_is_counted_out(
    file: Path, community: Community, ana: Member
) -> None:
    door = desk(file, community=community, door="once")
    shown = code(ana, community=community, door="once")
    with pytest.raises(DoorError, match="re_entry"):
        door.scan_offline(shown, direction="out", now=NOON)


def _scan(file: Path, shown: str, start: object, verdicts: object) -> None:
    door = DoorDesk(DoorStore.open(file))
    start.wait()  # type: ignore[attr-defined]
    verdicts.put(door.scan_offline(shown, direction="in", now=NOON).verdict.value)  # type: ignore[attr-defined]


def test_four_scanners_on_one_file_admit_exactly_one(
    file: Path, community: Community, ana: Member
) -> None:
    prepared(file, community=community, door="once").close()
    spawn = multiprocessing.get_context("spawn")
    verdicts, start = spawn.Queue(), spawn.Barrier(4)
    scanners = [
        spawn.Process(
            target=_scan,
            args=(file, code(ana, community=community, door="once"), start, verdicts),
        )
        for _ in range(4)
    ]
    for scanner in scanners:
        scanner.start()
    found = sorted(verdicts.get(timeout=60) for _ in scanners)
    for scanner in scanners:
        scanner.join()
    assert found == ["admitted", "already_in", "already_in", "already_in"]


def test_the_server_s_word_replaces_the_door_s_but_not_what_is_still_queued(
    file: Path, community: Community
) -> None:
    store = prepared(file, community=community, door="once")
    scope, here, queued = b"s" * 32, b"a" * 48, b"b" * 48

    def entry(pseudonym: bytes, *, n: int, at: int, door: str) -> Entry:
        return Entry(context_id=scope, pseudonym=pseudonym, n=n, at=at, door=door)

    with store.transaction():
        store.add_movement(entry(here, n=4, at=100, door="once"), scan_id=b"1" * 16)
        store.add_movement(entry(queued, n=0, at=200, door="once"), scan_id=b"2" * 16)
        store.queue.add(QueuedScan(scan_id=b"2" * 16, code="SYM1:", direction="in", scanned_at=200))
        store.merge_entries(
            (entry(here, n=1, at=50, door="gate"), entry(queued, n=1, at=60, door="gate"))
        )
    assert store.last_movement(scope, pseudonym=here) == entry(here, n=1, at=50, door="gate")
    assert store.last_movement(scope, pseudonym=queued) == entry(queued, n=0, at=200, door="once")


def test_a_scan_stays_queued_until_it_is_settled(file: Path, community: Community) -> None:
    store = prepared(file, community=community, door="once")
    scan = QueuedScan(scan_id=b"1" * 16, code="SYM1:", direction="in", scanned_at=NOON)
    store.queue.add(scan)
    store.queue.add(scan)
    assert DoorStore.open(file).queue.waiting() == (scan,)
    store.queue.settle((scan.scan_id,))
    assert DoorStore.open(file).queue.waiting() == ()


def test_a_door_file_is_its_owner_s_and_shows_no_token(file: Path, community: Community) -> None:
    store = prepared(file, community=community, door="once")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "a token" not in repr(store.identity())


def test_a_door_file_of_an_earlier_version_is_to_be_prepared_anew(
    file: Path, community: Community
) -> None:
    prepared(file, community=community, door="once").close()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(DoorError, match="prepare the door anew"):
        DoorStore.open(file)


def test_a_missing_or_foreign_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DoorError, match="door prepare"):
        DoorStore.open(tmp_path / "none")
    (tmp_path / "text").write_text("not a door file at all, and longer than a header of SQLite" * 9)
    with pytest.raises(DoorError, match="not a door file"):
        DoorStore.open(tmp_path / "text")
