"""Doors, told as evenings at the gate: every mode, lost answers, and what is kept of it."""

import secrets
from pathlib import Path

import pytest

from credentials.doors import Verdict
from server.bearer import hash_token
from server.doors.service import First
from server.problems import DoorUnknown, RequestMalformed, TokenRefused
from tests.community import Community, Member
from tests.flows.standing import NOON, Standing


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


def test_ana_gets_in_once_and_the_second_time_is_told_when_and_where(
    city: Standing, ana: Member, bo: Member
) -> None:
    assert city.check_in(city.code(ana, door="once"), door="once").verdict is Verdict.ADMITTED
    city.clock.now += 600
    again = city.check_in(city.code(ana, door="once"), door="once")
    assert again.verdict is Verdict.ALREADY_IN
    assert again.first == First(at=NOON, door="once")
    assert city.check_in(city.code(bo, door="once"), door="once").verdict is Verdict.ADMITTED


def test_a_door_every_day_admits_once_on_each_day_of_the_event(city: Standing, ana: Member) -> None:
    door = "once-per-day"
    verdicts = []
    for seconds in (0, 3600, 86_400, 3600):
        city.clock.now += seconds
        verdicts.append(city.check_in(city.code(ana, door=door), door=door).verdict)
    admitted, already = Verdict.ADMITTED, Verdict.ALREADY_IN
    assert verdicts == [admitted, already, admitted, already]


def test_in_and_out_and_in_again_but_never_twice_in(city: Standing, ana: Member) -> None:
    door = "re-entry"

    def move(direction: str) -> Verdict:
        city.clock.now += 60
        code = city.code(ana, door=door)
        return city.check_in(code, door=door, direction=direction).verdict  # type: ignore[arg-type]

    assert move("out") is Verdict.NOT_INSIDE
    assert move("in") is Verdict.ADMITTED
    assert move("in") is Verdict.ALREADY_IN
    assert move("out") is Verdict.CHECKED_OUT
    assert move("out") is Verdict.NOT_INSIDE
    assert move("in") is Verdict.ADMITTED


def test_the_code_that_let_somebody_in_lets_nobody_out(city: Standing, ana: Member) -> None:
    code = city.code(ana, door="re-entry")
    assert city.check_in(code, door="re-entry").verdict is Verdict.ADMITTED
    passed_on = city.check_in(code, door="re-entry", direction="out")
    assert passed_on.verdict is Verdict.REPLAYED
    fresh = city.code(ana, door="re-entry")
    assert city.check_in(fresh, door="re-entry", direction="out").verdict is Verdict.CHECKED_OUT


def test_movements_within_one_second_keep_their_order_in_the_record(
    city: Standing, ana: Member
) -> None:
    for direction in ("in", "out", "in"):
        code = city.code(ana, door="re-entry")
        city.check_in(code, door="re-entry", direction=direction)  # type: ignore[arg-type]
    kept = sorted(city.rows("door_scans"), key=lambda row: int(str(row["n"])))
    assert [row["at"] for row in kept] == [NOON, NOON + 1, NOON + 2]


def test_a_members_only_door_keeps_the_hash_of_a_code_for_two_minutes_and_nothing_else(
    city: Standing, ana: Member, bo: Member
) -> None:
    code = city.code(ana, door="members-only")
    first = city.check_in(code, door="members-only")
    assert (first.verdict, first.disclosed) == (Verdict.ADMITTED, {})
    assert city.check_in(code, door="members-only").verdict is Verdict.REPLAYED
    # The same member with a new code comes and goes as she likes.
    fresh = city.code(ana, door="members-only")
    assert city.check_in(fresh, door="members-only").verdict is Verdict.ADMITTED
    assert city.rows("door_scans") == city.rows("door_answers") == []
    assert [set(row) for row in city.rows("door_codes_seen")] == 2 * [{"code_hash", "expires_at"}]
    city.clock.now += 120
    city.check_in(city.code(bo, door="members-only"), door="members-only")
    assert len(city.rows("door_codes_seen")) == 1


def test_a_lost_answer_is_given_again_under_the_same_scan_id(city: Standing, ana: Member) -> None:
    scan_id, code = secrets.token_bytes(16), city.code(ana, door="once")
    given = city.check_in(code, door="once", scan_id=scan_id)
    assert given.verdict is Verdict.ADMITTED
    for seconds in (0, 20, 300, 7200):  # long after the code's slot, and after the answer's end
        city.clock.now += seconds
        assert city.check_in(code, door="once", scan_id=scan_id) == given
    assert city.check_in(code, door="once", scan_id=secrets.token_bytes(16)).verdict is (
        Verdict.CODE_TOO_OLD
    )


def test_a_refusal_is_given_again_even_if_the_member_has_left_meanwhile(
    city: Standing, ana: Member
) -> None:
    door, scan_id = "re-entry", secrets.token_bytes(16)
    city.check_in(city.code(ana, door=door), door=door)
    second = city.code(ana, door=door)
    refused = city.check_in(second, door=door, scan_id=scan_id)
    assert refused.verdict is Verdict.ALREADY_IN
    city.check_in(city.code(ana, door=door), door=door, direction="out")
    assert city.check_in(second, door=door, scan_id=scan_id) == refused


def test_a_scan_id_stands_for_one_code_only(city: Standing, ana: Member, bo: Member) -> None:
    scan_id = secrets.token_bytes(16)
    city.check_in(city.code(ana, door="once"), door="once", scan_id=scan_id)
    with pytest.raises(RequestMalformed):
        city.check_in(city.code(bo, door="once"), door="once", scan_id=scan_id)


def test_refused_codes_leave_no_trace_but_a_short_answer(city: Standing, ana: Member) -> None:
    old = city.code(ana, door="once", at=NOON - 90)
    early = city.code(ana, door="once", at=NOON + 90)
    for code, verdict in {
        old: Verdict.CODE_TOO_OLD,
        early: Verdict.CLOCK_WRONG,
        "SYM1:NONSENSE": Verdict.INVALID,
    }.items():
        given = city.check_in(code, door="once", scan_id=secrets.token_bytes(16))
        assert (given.verdict, given.first, given.disclosed) == (verdict, None, {})
    assert city.rows("door_scans") == []
    assert len(city.rows("door_answers")) == 3
    city.clock.now += 600
    city.check_in(city.code(ana, door="once"), door="once")
    assert city.rows("door_answers") == []


def test_a_reissued_member_is_sent_to_the_help_desk_and_not_recorded(city: Standing) -> None:
    cy = city.community.enrol(reissued=1)
    given = city.check_in(city.code(cy, door="once"), door="once")
    assert given.verdict is Verdict.HELP_DESK
    assert city.rows("door_scans") == []


def test_only_the_doors_own_token_opens_it(city: Standing, ana: Member) -> None:
    code = city.code(ana, door="once")
    for token_hash in (city.token_hash("re-entry"), city.token_hash("cafe"), hash_token("guess")):
        with pytest.raises(TokenRefused):
            city.doors.check_in("once", token_hash=token_hash, code=code)
    with pytest.raises(DoorUnknown):
        city.doors.check_in("nowhere", token_hash=city.token_hash("once"), code=code)
    stolen = city.token_hash("once")
    city.tokens["once"] = city.door_office.renew_token("once")
    with pytest.raises(TokenRefused):
        city.doors.check_in("once", token_hash=stolen, code=code)
    assert city.check_in(code, door="once").verdict is Verdict.ADMITTED


def test_there_is_no_way_out_of_a_door_that_counts_no_exits(city: Standing, ana: Member) -> None:
    with pytest.raises(RequestMalformed):
        city.check_in(city.code(ana, door="once"), door="once", direction="out")


def test_the_database_holds_no_token(city: Standing) -> None:
    kept = {row["token_hash"] for row in city.rows("door_tokens")}
    assert kept == {city.token_hash(door.id) for door in city.metadata.doors}
    content = b"".join(path.read_bytes() for path in city.file.parent.iterdir())
    assert not any(token.encode() in content for token in city.tokens.values())
