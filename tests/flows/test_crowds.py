"""How the crowd table comes about: scheduled heads count, many members at a time."""

from pathlib import Path

import pytest

from credentials.days import day_of
from credentials.formats.crowd import Crowd, Group, Sheet
from server.registry import watch
from server.registry.publisher import When
from tests.flows.town import Town, TownWallet


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def join(town: Town, *names: str, **attributes: str | int) -> None:
    town.invite(*names, **attributes)
    for name in names:
        assert TownWallet(town).ask(town.code(name)).status_code == 200


def crowd_of(town: Town) -> Crowd:
    town.to_next_head()
    crowd = town.metadata.crowd
    assert crowd is not None
    return crowd


def leave(town: Town, *names: str) -> None:
    town.entitlements.remove([town.id(name) for name in names], when=When.SCHEDULED)


def residents(count: int, *, first: int = 0) -> list[str]:
    return [f"Resident{number}" for number in range(first, first + count)]


def test_a_scheduled_head_publishes_the_crowd(town: Town) -> None:
    join(town, *residents(33))
    join(town, "Ana", "Bo", **{"pass": "day"})
    join(town, "Cy", "Di", **{"pass": "day", "volunteer": 1})
    town.invite("Not here yet")
    # The pass of these ends today.
    join(town, *(f"Guest{n}" for n in range(20)), valid_until=day_of(town.clock()))
    assert town.metadata.crowd is None
    crowd = crowd_of(town)
    assert crowd == Crowd(
        day=day_of(town.clock()),
        since=20,
        removals=20,
        highest_serial=37,
        members=30,
        sheets=(
            Sheet(
                attributes=("reissued", "pass", "volunteer"),
                groups=(Group(values=(0, 0, 0), members=20),),
            ),
        ),
    )


def test_a_table_that_did_not_change_is_true_for_another_day(town: Town) -> None:
    join(town, *residents(40))
    before = crowd_of(town)
    after = crowd_of(town)
    assert after.day == before.day + 1
    assert (after.members, after.sheets) == (before.members, before.sheets)


def test_the_tenth_claim_makes_the_first_table_without_a_head(town: Town) -> None:
    join(town, *residents(9))
    assert not town.publisher.publish_first_crowd()
    assert town.metadata.crowd is None
    join(town, *residents(1, first=9))
    head, version = town.head, town.metadata.version
    assert town.publisher.publish_first_crowd()
    assert town.metadata.crowd == Crowd(day=day_of(town.clock()), highest_serial=10, members=10)
    assert town.head == head
    # It comes once, whoever asks again and whoever comes then.
    join(town, *residents(12, first=10))
    assert not town.publisher.publish_first_crowd()
    assert town.metadata.version == version + 1


def test_the_first_table_says_the_same_whatever_its_members_are(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    alike, mixed = Town(tmp_path / "1"), Town(tmp_path / "2")
    join(alike, *residents(29))
    join(mixed, *residents(20))
    join(mixed, *(f"Guest{n}" for n in range(9)), **{"pass": "day", "volunteer": 1})
    for one in (alike, mixed):
        assert one.publisher.publish_first_crowd()
    assert alike.metadata.crowd == mixed.metadata.crowd
    assert crowd_of(alike).sheets == ()


def test_newcomers_are_counted_by_tens_until_there_are_thirty_and_then_by_twenties(
    town: Town,
) -> None:
    join(town, *residents(9))
    town.to_next_head()
    assert town.metadata.crowd is None
    join(town, *residents(1, first=9))
    assert crowd_of(town).members == 10
    join(town, *residents(9, first=10))
    assert crowd_of(town).highest_serial == 10
    join(town, *residents(11, first=19))
    assert crowd_of(town).members == 30
    join(town, *residents(19, first=30))
    waiting = crowd_of(town)
    assert (waiting.members, waiting.highest_serial) == (30, 30)
    join(town, *residents(1, first=49))
    assert (crowd_of(town).members, crowd_of(town).highest_serial) == (50, 50)


def test_a_pass_that_has_ended_is_in_no_first_table(town: Town) -> None:
    join(town, *residents(10))
    join(town, "Guest", valid_until=day_of(town.clock()))
    town.clock.now += 86_400 - town.clock.now % 86_400 + 60  # past midnight, before the head
    assert not town.publisher.publish_first_crowd()
    assert crowd_of(town).members == 10


def test_who_left_stays_in_the_count_until_twenty_have_left(town: Town) -> None:
    join(town, *residents(60))
    full = crowd_of(town)
    leave(town, *residents(19))
    held = crowd_of(town)
    assert town.head.removals == 19
    assert (held.members, held.sheets, held.since) == (full.members, full.sheets, 0)
    leave(town, *residents(1, first=19))
    fresh = crowd_of(town)
    assert (fresh.members, fresh.since, fresh.removals) == (40, 20, 20)


def test_who_is_changed_leaves_and_comes(town: Town) -> None:
    join(town, *residents(60))
    wallets = []
    town.invite(*residents(25, first=60))
    for name in residents(25, first=60):
        wallets.append(TownWallet(town))
        assert wallets[-1].ask(town.code(name)).status_code == 200
    full = crowd_of(town)
    assert full.members == 80
    for name in residents(25, first=60):
        town.entitlements.change(town.id(name), {"pass": "week"})
    fresh = crowd_of(town)
    assert (fresh.members, fresh.since) == (60, 25)  # they have no good credential now
    for wallet in wallets:
        assert wallet.ask().status_code == 200
    again = crowd_of(town)
    assert (again.members, again.highest_serial) == (80, 85)
    assert again.sheets[0].groups == (
        Group(values=(0, 0, 0), members=50),  # so that ten stay untold
        Group(values=(0, 1, 0), members=20),
    )


def test_heads_at_once_publish_no_table(town: Town) -> None:
    join(town, *residents(40))
    town.publisher.publish()
    leave(town, "Resident0")
    town.publisher.publish(emergency=True)
    assert town.metadata.crowd is None


def test_the_service_makes_the_first_table_by_itself(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slept(BaseException):
        pass

    def sleep(seconds: float) -> None:
        raise Slept

    join(town, *residents(10))
    monkeypatch.setattr(watch.time, "sleep", sleep)
    with pytest.raises(Slept):
        watch._watch(town.publisher)
    assert town.metadata.crowd is not None
