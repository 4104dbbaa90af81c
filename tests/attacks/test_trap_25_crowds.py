"""Trap 25: crowds that do not add up, and tables from which a small group can be worked out.

Everything is published by the real service, from real enrolments; the attacker reads what everyone
can read, and the wallet says what it says before it proves.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from client.wallet.consent import Asked, asked_by_app
from credentials.days import day_of
from credentials.errors import EncodingError
from credentials.formats.crowd import Crowd
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from server.registry.publisher import When
from tests.community import APPS
from tests.flows.town import Town, TownWallet

ALONE = "it may be you alone"
FAR = 40_000  # days since 1970: no pass ends here unless it is said


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def join(town: Town, kind: str, count: int, **attributes: str | int) -> list[str]:
    names = [f"{kind}{number}" for number in range(count)]
    town.invite(*names, **{"valid_until": FAR, **attributes})
    for name in names:
        assert TownWallet(town).ask(town.code(name)).status_code == 200
    return names


def asked(town: Town, wallet: TownWallet, **policy: object) -> Asked:
    """What the wallet shows, brought up to date, before it answers an app now."""
    wallet.update()
    request = PresentationRequest(
        id="x",
        community_id=town.metadata.community_id,
        app="cafe",
        policy=Policy.from_json({"purpose": "login", **policy}),
        nonce=bytes(32),
        value=town.head.value,
        asked_at=town.clock(),
        expires_at=2**40,
    )
    return asked_by_app(
        APPS[0], request=request, metadata=town.metadata, credential=wallet.credential
    )


def published(town: Town) -> Crowd | None:
    town.to_next_head()
    return town.metadata.crowd


def members_by_the_heads(town: Town) -> int:
    """What anyone can count while nobody was removed: exactly how many members there are."""
    assert town.head.removals == 0
    return town.head.highest_serial


# --- the combination


def test_trap_25_two_large_groups_may_have_one_member_in_common(town: Town) -> None:
    join(town, "Resident", 40)
    join(town, "Helper", 40, volunteer=1, **{"pass": "week"})
    ana = town.join("Ana", volunteer=1)
    published(town)
    for disclose in (["pass"], ["volunteer"]):
        assert "At least" in asked(town, ana, disclose=disclose).crowd
    both = asked(town, ana, disclose=["pass", "volunteer"])
    assert ALONE in both.crowd
    assert "may be recognised" in both.warning


def test_trap_25_what_is_said_of_a_combination_is_true_of_it(town: Town) -> None:
    join(town, "Resident", 45)
    join(town, "Weekly", 35, **{"pass": "week"})
    helpers = join(town, "Helper", 25, volunteer=1)
    ana = town.join("Ana", volunteer=1)
    published(town)
    shown = asked(town, ana, disclose=["pass", "volunteer", "reissued"])
    assert "At least 20 members share all of this" in shown.crowd
    town.entitlements.remove([town.id(name) for name in helpers[:15]], when=When.EMERGENCY)
    assert ALONE in asked(town, ana, disclose=["pass", "volunteer", "reissued"]).crowd


def test_trap_25_what_is_required_narrows_the_crowd(town: Town) -> None:
    join(town, "Resident", 50)
    ana = town.join("Ana", points=80_000)
    published(town)
    assert "At least 40 members" in asked(town, ana, disclose=["pass"]).crowd
    alone = asked(town, ana, disclose=["pass"], require=["points >= 80000"])
    assert ALONE in alone.crowd
    assert alone.warning


def test_trap_25_a_pass_that_ended_since_is_in_no_crowd_of_today(town: Town) -> None:
    """All but Ana hold passes that end today: after midnight, until the next head, nobody knows."""
    join(town, "Resident", 50, valid_until=day_of(town.clock()) + 1)
    ana = town.join("Ana", valid_until=FAR)
    published(town)
    today = {"require": ["valid_until >= today"]}
    assert "At least 50 members" in asked(town, ana, **today).crowd
    town.clock.now = town.head.next_at - 3600
    old = asked(town, ana, **today)
    assert ALONE in old.crowd
    assert old.warning


def test_trap_25_a_value_that_identifies_has_no_crowd(town: Town) -> None:
    join(town, "Resident", 50)
    ana = town.join("Ana", nickname="the only ana")
    published(town)
    shown = asked(town, ana, disclose=["pass", "nickname"], identifying=True)
    assert ALONE in shown.crowd
    assert "not an anonymous proof" in shown.warning


# --- subtraction


@pytest.mark.parametrize("small", [0, 1, 9])
def test_trap_25_nothing_is_left_over_by_which_a_small_group_shows(town: Town, small: int) -> None:
    """The heads tell how many members there are; ten or more of them are in no group told."""
    join(town, "Resident", 44)
    join(town, "Helper", small, volunteer=1)
    crowd = published(town)
    assert crowd is not None
    assert crowd.sheets
    for sheet in crowd.sheets:
        assert members_by_the_heads(town) - sum(group.members for group in sheet.groups) >= 10
        assert all(group.members >= 20 for group in sheet.groups)


def test_trap_25_a_table_does_not_tell_whether_a_small_group_is_empty(tmp_path: Path) -> None:
    tables = []
    for small in (0, 5):
        folder = tmp_path / str(small)
        folder.mkdir()
        town = Town(folder)
        join(town, "Resident", 45 - small)
        join(town, "Helper", small, volunteer=1)
        tables.append(published(town))
    assert tables[0] == tables[1]


# --- one table after the other


def told(crowd: Crowd | None) -> object:
    return None if crowd is None else (crowd.members, crowd.sheets)


def test_trap_25_who_comes_alone_changes_no_number(town: Town) -> None:
    """Whatever the exact number is, the step to the next ten never names the one who came."""
    join(town, "Resident", 40)
    before, came = told(published(town)), 0
    for number in range(22):
        join(town, f"Helper{number}-", 1, volunteer=1, **{"pass": "day"})
        came += 1
        after = told(published(town))
        if after != before:
            assert came >= 20
            before, came = after, 0
    assert came == 2


def test_trap_25_who_leaves_alone_changes_no_number(town: Town) -> None:
    names = join(town, "Resident", 45) + join(town, "Helper", 25, volunteer=1)
    before, left = told(published(town)), 0
    for name in names[:22]:
        town.entitlements.remove([town.id(name)], when=When.SCHEDULED)
        left += 1
        after = told(published(town))
        if after != before:
            assert left >= 20
            before, left = after, 0
    assert left == 2


def test_trap_25_whose_attributes_change_is_not_seen_in_another_group(town: Town) -> None:
    join(town, "Resident", 60)
    join(town, "Weekly", 29, **{"pass": "week"})
    ana = town.join("Ana")
    before = published(town)
    town.entitlements.change(town.id("Ana"), {"pass": "week"})
    town.to_next_head()
    ana.claim()
    for _ in range(3):
        assert told(published(town)) == told(before)


def test_trap_25_a_crowd_that_leaves_nobody_untold_is_not_believed(town: Town) -> None:
    join(town, "Resident", 60)
    crowd = published(town)
    assert crowd is not None
    with pytest.raises(EncodingError, match="fewer than ten"):
        replace(crowd, members=crowd.sheets[0].members)
