"""Whose day it is: zones, days that begin at another hour, and days of 23 and 25 hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.days import day_at, day_of, door_day, earliest_today, event_day
from credentials.errors import MetadataRefused
from credentials.formats.metadata import Door, Event
from credentials.scope import door_scope, time_slot
from tests.community import Community

ZONES = (
    "UTC",
    "Europe/Lisbon",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "Pacific/Apia",
    "America/Havana",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def test_a_party_at_two_in_the_morning_belongs_to_the_day_before() -> None:
    in_lisbon = {"timezone": "Europe/Lisbon", "begins": 6 * 60}
    assert day_at(at("2026-11-28T02:00+00:00"), **in_lisbon) == date(2026, 11, 27)
    assert day_at(at("2026-11-28T05:59:59+00:00"), **in_lisbon) == date(2026, 11, 27)
    assert day_at(at("2026-11-28T06:00+00:00"), **in_lisbon) == date(2026, 11, 28)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 6, 1), 24)]
)
def test_a_door_day_has_23_24_or_25_hours_as_the_clocks_have(day: date, hours: int) -> None:
    """In Lisbon clocks change on 29 March and 25 October 2026 at 01:00 UTC."""
    noon = at(f"{day}T12:00+00:00")
    seconds = range(noon - 26 * 3600, noon + 26 * 3600, 900)
    inside = [s for s in seconds if day_at(s, timezone="Europe/Lisbon", begins=360) == day]
    assert len(inside) * 900 == hours * 3600
    assert inside == list(range(inside[0], inside[-1] + 1, 900))


def test_a_time_that_clocks_skip_or_show_twice_begins_one_day() -> None:
    skipped = {"timezone": "Europe/Berlin", "begins": 150}  # 02:30, not there on 29 March
    assert day_at(at("2026-03-29T01:29:59+00:00"), **skipped) == date(2026, 3, 28)
    assert day_at(at("2026-03-29T01:30:00+00:00"), **skipped) == date(2026, 3, 29)
    twice = skipped  # on 25 October at 00:30 and at 01:30 UTC
    assert day_at(at("2026-10-25T00:29:59+00:00"), **twice) == date(2026, 10, 24)
    assert day_at(at("2026-10-25T00:30:00+00:00"), **twice) == date(2026, 10, 25)
    assert day_at(at("2026-10-25T01:10:00+00:00"), **twice) == date(2026, 10, 25)


@given(
    moment=st.integers(min_value=1_000_000_000, max_value=4_000_000_000),
    zone=st.sampled_from(ZONES),
    begins=st.integers(min_value=0, max_value=1439),
)
def test_every_instant_belongs_to_one_day_and_days_never_go_back(
    moment: int, zone: str, begins: int
) -> None:
    day = day_at(moment, timezone=zone, begins=begins)
    assert day_at(moment + 1, timezone=zone, begins=begins) >= day
    assert day_at(moment + 50 * 3600, timezone=zone, begins=begins) > day
    local = datetime.fromtimestamp(moment, tz=UTC).date()
    assert abs(local - day) <= timedelta(days=2)


def test_wallet_and_door_have_one_scope_for_one_slot_whatever_the_machine_is_set_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = Event(id="agora", name="Agora", timezone="America/Los_Angeles")
    slot = time_slot(at("2026-11-28T02:00-08:00"))
    scopes = set()
    for own in ("UTC", "Asia/Tokyo", "Pacific/Honolulu"):
        monkeypatch.setenv("TZ", own)
        scopes.add(door_scope(bytes(32), event, "once_per_day", slot, day_begins=360).instance)
    assert scopes == {"agora/2026-11-27"}


def test_a_pass_has_not_ended_while_its_last_day_goes_on_anywhere_it_is_judged() -> None:
    honolulu = Event(id="surf", name="Surf", timezone="Pacific/Honolulu")
    tokyo = Event(id="cherry", name="Cherry", timezone="Asia/Tokyo")
    night = Door(id="club", name="Club", event="surf", mode="once_per_day", day_begins=360)
    community = Community()
    still_the_fifth = at("2026-12-05T23:59:59-10:00")
    fifth = (date(2026, 12, 5) - date(1970, 1, 1)).days

    metadata = replace(community.metadata, events=(tokyo, honolulu), doors=())
    assert event_day(honolulu, at=still_the_fifth) == fifth
    assert day_of(still_the_fifth) == fifth + 1
    assert earliest_today(metadata, at=still_the_fifth) == fifth
    assert earliest_today(metadata, at=still_the_fifth + 1) == fifth + 1

    until_six = replace(metadata, doors=(night,))
    assert door_day(night, event=honolulu, at=at("2026-12-06T05:59:00-10:00")) == fifth
    assert earliest_today(until_six, at=at("2026-12-06T05:59:00-10:00")) == fifth
    assert earliest_today(until_six, at=at("2026-12-06T06:00:00-10:00")) == fifth + 1

    nowhere = replace(metadata, events=(replace(tokyo, timezone="Nowhere/Land"),))
    assert earliest_today(nowhere, at=at("2026-12-06T11:59:00+00:00")) == fifth
    only_tokyo = replace(metadata, events=(tokyo,))
    assert earliest_today(only_tokyo, at=at("2026-12-05T23:00:00+00:00")) == fifth


def test_a_zone_that_nobody_knows_is_refused_and_not_guessed() -> None:
    for name in ("Nowhere/Land", "Europe"):
        with pytest.raises(MetadataRefused):
            day_at(0, timezone=name)
