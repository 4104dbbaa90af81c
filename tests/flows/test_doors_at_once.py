"""P6 at doors: whatever comes at the same moment, from whichever process, one scan lets one in."""

import secrets
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from tests.community import Community, Member
from tests.flows.standing import Standing
from tests.flows.together import all_at_once, check_in

SCANS = 45


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


def scans(city: Standing, codes: list[str], *, door: str, **more: object) -> Counter[str]:
    call = partial(check_in, door=door, token_hash=city.token_hash(door), **more)  # type: ignore[arg-type]
    calls = [partial(call, code=code) for code in codes]
    return Counter(all_at_once(city, calls))


@pytest.mark.parametrize("door", ["once", "once-per-day", "re-entry"])
def test_p6_one_of_many_check_ins_of_one_member_is_admitted(
    city: Standing, ana: Member, door: str
) -> None:
    codes = [city.code(ana, door=door) for _ in range(SCANS)]
    assert scans(city, codes, door=door) == {"admitted": 1, "already_in": SCANS - 1}
    assert len(city.rows("door_scans")) == 1


def test_p6_one_code_shown_to_many_scanners_at_once_admits_one(city: Standing, ana: Member) -> None:
    code = city.code(ana, door="members-only")
    assert scans(city, [code] * 20, door="members-only") == {"admitted": 1, "replayed": 19}


def test_p6_one_scan_sent_many_times_at_once_has_one_answer(city: Standing, ana: Member) -> None:
    code, scan_id = city.code(ana, door="once"), secrets.token_bytes(16)
    assert scans(city, [code] * 20, door="once", scan_id=scan_id) == {"admitted": 20}
    assert len(city.rows("door_scans")) == 1


def test_p6_one_refused_scan_sent_many_times_at_once_has_one_answer(
    city: Standing, ana: Member
) -> None:
    city.check_in(city.code(ana, door="once"), door="once")
    code, scan_id = city.code(ana, door="once"), secrets.token_bytes(16)
    assert scans(city, [code] * 20, door="once", scan_id=scan_id) == {"already_in": 20}


def test_p6_one_of_many_exits_of_one_member_counts(city: Standing, ana: Member) -> None:
    door = "re-entry"
    city.check_in(city.code(ana, door=door), door=door)
    codes = [city.code(ana, door=door) for _ in range(20)]
    outcome = scans(city, codes, door=door, direction="out")
    assert outcome == {"checked_out": 1, "not_inside": 19}
