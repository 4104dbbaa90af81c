"""Doors without network: their scans are merged by time, and the ones that lost are named."""

import secrets
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from credentials import domain_tags
from credentials.doors import Verdict
from credentials.formats.metadata import Metadata
from credentials.formats.qr import from_qr_text, to_qr_text
from server.doors.movements import Direction
from server.doors.service import First
from server.doors.settled import Outcome, QueuedScan
from tests.community import Community, Member
from tests.flows.standing import NOON, Standing


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


def queued(
    city: Standing, member: Member, *, door: str, at: int, direction: Direction = "in"
) -> QueuedScan:
    return QueuedScan(
        scan_id=secrets.token_bytes(16),
        code=city.code(member, door=door, at=at),
        direction=direction,
        scanned_at=at,
    )


def test_a_scan_made_without_network_counts_when_it_arrives(city: Standing, ana: Member) -> None:
    scan = queued(city, ana, door="once", at=NOON)
    city.clock.now += 7200
    assert [result.verdict for result in city.hand_over(scan, door="once")] == [Verdict.ADMITTED]
    late = city.check_in(city.code(ana, door="once"), door="once")
    assert (late.verdict, late.first) == (Verdict.ALREADY_IN, First(at=NOON, door="once"))


def test_the_earlier_scan_wins_over_one_that_the_server_decided(
    city: Standing, ana: Member
) -> None:
    scan = queued(city, ana, door="once", at=NOON)
    city.clock.now += 60
    assert city.check_in(city.code(ana, door="once"), door="once").verdict is Verdict.ADMITTED
    (result,) = city.hand_over(scan, door="once")
    assert (result.verdict, result.first) == (Verdict.ADMITTED, None)
    (conflict,) = city.door_office.conflicts()
    assert (conflict.scan.at, conflict.verdict) == (NOON + 60, Verdict.ALREADY_IN)
    assert conflict.against is not None
    assert conflict.against.at == NOON


def test_a_queue_may_be_sent_again_and_changes_nothing(city: Standing, ana: Member) -> None:
    queue = [queued(city, ana, door="once", at=NOON + seconds) for seconds in (0, 40)]
    city.clock.now += 3600
    first = city.hand_over(*queue, door="once")
    rows = city.rows("door_scans")
    assert [result.verdict for result in first] == [Verdict.ADMITTED, Verdict.ALREADY_IN]
    assert first[1].first == First(at=NOON, door="once")
    assert city.hand_over(*queue, door="once") == first
    assert city.hand_over(queue[1], queue[0], queue[1], door="once") == [first[1], *first]
    assert city.rows("door_scans") == rows


@pytest.mark.parametrize("door", ["once", "once-per-day", "re-entry"])
def test_any_order_of_arrival_leaves_the_same_rows_and_conflicts(
    community: Community, ana: Member, bo: Member, tmp_path: Path, door: str
) -> None:
    planner = Standing(community, tmp_path / "plan.db").make()
    queue = [
        queued(planner, ana, door=door, at=NOON),
        queued(planner, ana, door=door, at=NOON + 100),
        queued(planner, bo, door=door, at=NOON + 100),
        queued(planner, ana, door=door, at=NOON + 100),
    ]
    if door == "re-entry":
        queue.append(queued(planner, ana, door=door, at=NOON + 50, direction="out"))
    ends = set()
    for number, order in enumerate(list(permutations(queue))[::5]):
        city = Standing(community, tmp_path / f"{number}.db").make()
        city.clock.now += 3600
        for scan in order:
            city.hand_over(scan, door=door)
        ends.add((str(city.rows("door_scans")), str(city.door_office.conflicts())))
    assert len(ends) == 1


def test_an_answer_that_was_lost_and_then_queued_is_one_entry(city: Standing, ana: Member) -> None:
    scan = queued(city, ana, door="once", at=NOON)
    decided = city.check_in(scan.code, door="once", scan_id=scan.scan_id)
    assert decided.verdict is Verdict.ADMITTED
    (merged,) = city.hand_over(replace(scan, scanned_at=NOON + 3), door="once")
    assert (merged.verdict, merged.first) == (Verdict.ADMITTED, None)
    assert city.door_office.conflicts() == []


def test_codes_are_held_against_the_time_of_their_scan(city: Standing, ana: Member) -> None:
    good = queued(city, ana, door="once", at=NOON)
    expected = {
        replace(good, scanned_at=NOON + 100): Verdict.CODE_TOO_OLD,
        replace(good, scanned_at=NOON - 100): Verdict.CLOCK_WRONG,
        replace(good, code="SYM1:NONSENSE"): Verdict.INVALID,
    }
    results = city.hand_over(*expected, door="once")
    assert [result.verdict for result in results] == list(expected.values())
    assert {result.outcome for result in results} == {Outcome.REFUSED}
    assert all(result.reason for result in results)
    assert city.rows("door_scans") == []


@pytest.mark.parametrize("seconds", [121, 600, 86_400, -86_400])
def test_a_scan_is_taken_though_the_server_s_clock_is_wrong(
    city: Standing, ana: Member, seconds: int
) -> None:
    """The member's phone and the door agree; the third clock is the wrong one."""
    ahead = queued(city, ana, door="once", at=NOON + seconds)
    (result,) = city.hand_over(ahead, door="once")
    assert (result.outcome, result.verdict) == (Outcome.RECORDED, Verdict.ADMITTED)
    city.clock.now = NOON + seconds + 60
    assert city.check_in(city.code(ana, door="once"), door="once").verdict is Verdict.ALREADY_IN


def test_a_members_only_code_handed_in_early_is_forgotten_in_time(
    city: Standing, ana: Member
) -> None:
    ahead = queued(city, ana, door="members-only", at=NOON + 86_400)
    assert city.hand_over(ahead, door="members-only")[0].outcome is Outcome.RECORDED
    city.clock.now += 120
    city.hand_over(door="members-only")
    assert city.rows("door_codes_seen") == []


def test_a_scan_that_was_moved_behind_another_one_is_still_of_its_code(
    city: Standing, ana: Member
) -> None:
    """A door moves the second of two scans within a second on, here over the edge of a slot."""
    slot_ends = (NOON // 30 + 2) * 30
    scan = queued(city, ana, door="re-entry", at=NOON)
    moved = replace(scan, scanned_at=slot_ends + 14)
    assert city.hand_over(moved, door="re-entry")[0].outcome is Outcome.RECORDED


def changed_door(city: Standing, door: str, **changes: object) -> None:
    """The organiser changes a door."""

    def change(metadata: Metadata) -> Metadata:
        doors = tuple(
            replace(one, **changes) if one.id == door else one  # type: ignore[arg-type]
            for one in metadata.doors
        )
        return replace(metadata, doors=doors)

    city.published.publish(change)


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "once_per_day"},
        {"mode": "members_only"},
        {"disclose": ("reissued", "volunteer")},
        {"expires_by": "valid_until"},
    ],
)
def test_a_scan_of_a_door_that_was_changed_since_is_for_later(
    city: Standing, ana: Member, changes: dict[str, object]
) -> None:
    scan = queued(city, ana, door="once", at=NOON)
    before = next(door for door in city.metadata.doors if door.id == "once")
    changed_door(city, "once", **changes)
    (result,) = city.hand_over(scan, door="once")
    assert result.outcome is Outcome.LATER
    assert result.reason is not None
    assert "once was changed" in result.reason
    assert city.rows("door_scans") == []
    changed_door(city, "once", **{name: getattr(before, name) for name in changes})
    assert city.hand_over(scan, door="once")[0].outcome is Outcome.RECORDED
    # What stands in the record is settled, whatever becomes of the door.
    changed_door(city, "once", **changes)
    assert city.hand_over(scan, door="once")[0].outcome is Outcome.RECORDED


def test_a_way_out_is_for_later_where_the_door_counts_nobody_out_any_more(
    city: Standing, ana: Member
) -> None:
    scan = queued(city, ana, door="once", at=NOON, direction="out")
    (result,) = city.hand_over(scan, door="once")
    assert (result.outcome, result.verdict) == (Outcome.LATER, Verdict.INVALID)


def test_a_scan_at_a_head_that_the_server_lacks_is_for_later(
    city: Standing, ana: Member, bo: Member, tmp_path: Path
) -> None:
    """The server came back from a backup, and the door knows a head that it does not."""
    old = Standing(city.community, tmp_path / "old.db").make()
    city.remove(bo)
    scan = queued(city, city.current(ana), door="once", at=NOON)
    (result,) = old.hand_over(scan, door="once")
    assert (result.outcome, result.verdict) == (Outcome.LATER, Verdict.NOT_CURRENT)


def test_a_code_of_a_newer_format_is_for_later(city: Standing, ana: Member) -> None:
    scan = queued(city, ana, door="once", at=NOON)
    octets = from_qr_text(scan.code)
    label = domain_tags.PRESENTATION.encode()
    newer = octets.replace(label, label[:-1] + b"9")
    (result,) = city.hand_over(replace(scan, code=to_qr_text(newer)), door="once")
    assert result.outcome is Outcome.LATER
    assert result.reason is not None
    assert "format" in result.reason


def test_whoever_goes_out_without_having_come_in_is_a_conflict(city: Standing, ana: Member) -> None:
    scan = queued(city, ana, door="re-entry", at=NOON, direction="out")
    (result,) = city.hand_over(scan, door="re-entry")
    assert (result.outcome, result.verdict) == (Outcome.CONFLICT, Verdict.NOT_INSIDE)
    assert len(city.rows("door_scans")) == 1


def test_a_scan_id_cannot_be_taken_over_by_another_code(
    city: Standing, ana: Member, bo: Member
) -> None:
    scan = queued(city, ana, door="once", at=NOON)
    city.hand_over(scan, door="once")
    stolen = replace(queued(city, bo, door="once", at=NOON), scan_id=scan.scan_id)
    (result,) = city.hand_over(stolen, door="once")
    assert (result.verdict, result.outcome) == (Verdict.INVALID, Outcome.REFUSED)


def test_a_merge_turns_a_later_movement_around(city: Standing, ana: Member) -> None:
    """In at noon without network; the server, not knowing, lets her in ten minutes later."""
    door = "re-entry"
    offline = queued(city, ana, door=door, at=NOON)
    city.clock.now += 600
    city.check_in(city.code(ana, door=door), door=door)
    city.hand_over(offline, door=door)
    city.clock.now += 600
    leaving = city.check_in(city.code(ana, door=door), door=door, direction="out")
    assert leaving.verdict is Verdict.CHECKED_OUT
    (entry,) = city.sync.entries(door, token_hash=city.token_hash(door))
    assert (entry.n, entry.at) == (1, NOON + 1200)
    assert [lost.scan.at for lost in city.door_office.conflicts()] == [NOON + 600]


def test_a_door_takes_along_who_is_in_at_all_doors_of_its_event(
    city: Standing, ana: Member, bo: Member
) -> None:
    city.check_in(city.code(ana, door="once"), door="once")
    city.check_in(city.code(bo, door="once-per-day"), door="once-per-day")
    for door in ("once", "once-per-day"):
        entries = city.sync.entries(door, token_hash=city.token_hash(door))
        assert sorted(entry.door for entry in entries) == ["once", "once-per-day"]
    city.clock.now += 3 * 86_400
    assert city.sync.entries("once-per-day", token_hash=city.token_hash("once-per-day")) == []


def test_nothing_is_kept_of_a_members_only_scan_but_that_its_code_was_seen(
    city: Standing, ana: Member
) -> None:
    door = "members-only"
    scan = queued(city, ana, door=door, at=NOON)
    for _ in range(2):
        assert city.hand_over(scan, door=door)[0].verdict is Verdict.ADMITTED
    assert city.check_in(scan.code, door=door).verdict is Verdict.REPLAYED
    city.clock.now += 120
    assert city.hand_over(scan, door=door)[0].verdict is Verdict.ADMITTED
    assert city.rows("door_codes_seen") == city.rows("door_scans") == []


def test_whoever_an_offline_door_let_in_was_in_whatever_head_was_published_since(
    city: Standing, ana: Member, bo: Member
) -> None:
    before = queued(city, ana, door="once", at=NOON)
    city.clock.now += 60
    city.remove(bo, emergency=True)
    unaware = queued(city, bo, door="once", at=NOON + 60)  # the door has not heard of the head
    aware = queued(city, city.current(ana), door="members-only", at=NOON + 60)
    assert city.check_in(unaware.code, door="once").verdict is Verdict.NOT_CURRENT
    city.clock.now += 7200
    verdicts = [result.verdict for result in city.hand_over(before, unaware, door="once")]
    assert verdicts == [Verdict.ADMITTED, Verdict.ADMITTED]
    (result,) = city.hand_over(aware, door="members-only")
    assert result.verdict is Verdict.ADMITTED


def test_of_a_queue_with_a_forged_code_every_other_scan_counts(city: Standing) -> None:
    members = [city.community.enrol() for _ in range(5)]
    queue = [queued(city, member, door="once", at=NOON) for member in members]
    octets = bytearray(from_qr_text(queue[2].code))
    octets[-40] ^= 1
    queue[2] = replace(queue[2], code=to_qr_text(bytes(octets)))
    verdicts = [result.verdict for result in city.hand_over(*queue, door="once")]
    assert verdicts == [Verdict.INVALID if number == 2 else Verdict.ADMITTED for number in range(5)]
