"""Moments in words, and times as people write them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import MetadataRefused, TimeUnclear
from credentials.times import how_long, in_words, iso, on_the_wall, read_moment

LISBON, BERLIN, HONOLULU = "Europe/Lisbon", "Europe/Berlin", "Pacific/Honolulu"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def test_a_moment_is_shown_where_it_matters_and_in_utc() -> None:
    closing = at("2026-12-01T18:00+00:00")
    assert in_words(closing) == "Tue 1 Dec 2026, 18:00 UTC"
    assert in_words(closing, timezone=BERLIN) == ("Tue 1 Dec 2026, 19:00 Europe/Berlin (18:00 UTC)")
    assert in_words(at("2026-12-01T20:00:27-10:00"), timezone=HONOLULU) == (
        "Tue 1 Dec 2026, 20:00:27 Pacific/Honolulu (Wed 2 Dec 2026, 06:00:27 UTC)"
    )
    assert in_words(closing, timezone="Nowhere/Land") == "Tue 1 Dec 2026, 18:00 UTC"
    assert in_words(2**40) == "after the year 9999"
    assert iso(closing, timezone=BERLIN) == "2026-12-01T19:00:00+01:00"
    assert (iso(closing), iso(2**40)) == ("2026-12-01T18:00:00+00:00", None)


def test_a_time_of_an_earlier_day_shows_its_date() -> None:
    scan = at("2026-11-30T23:10:05+00:00")
    assert on_the_wall(scan, now=scan + 60, timezone=LISBON) == "23:10:05"
    assert on_the_wall(scan, now=scan + 3600, timezone=LISBON) == "Mon 30 Nov, 23:10"
    assert on_the_wall(scan, now=scan + 3600, timezone=HONOLULU) == "13:10:05"
    assert on_the_wall(scan, now=at("2027-01-01T00:10+00:00")) == "Mon 30 Nov 2026, 23:10"


def test_a_time_without_a_zone_is_that_of_the_event() -> None:
    for text in ("2026-12-01 18:00", "2026-12-01T18:00", " 2026-12-01 18:00:00 "):
        assert read_moment(text, timezone=HONOLULU) == at("2026-12-01T18:00-10:00")
    for text in ("2026-12-01T18:00Z", "2026-12-01 18:00 UTC", "2026-12-01 20:00+02:00"):
        assert read_moment(text, timezone=HONOLULU) == at("2026-12-01T18:00+00:00")
    assert read_moment("2026-12-01 9:30 Europe/Berlin", timezone="UTC") == at(
        "2026-12-01T09:30+01:00"
    )


def test_a_time_that_comes_twice_or_never_is_refused_with_what_to_write() -> None:
    with pytest.raises(TimeUnclear, match="comes twice") as twice:
        read_moment("2026-10-25 02:30", timezone=BERLIN)
    assert "2026-10-25T02:30+0200 or 2026-10-25T02:30+0100" in str(twice.value)
    with pytest.raises(TimeUnclear, match="does not come in Europe/Berlin") as never:
        read_moment("2026-03-29 02:30", timezone=BERLIN)
    assert "write 2026-03-29T03:30+0200 for 1 hour later" in str(never.value)
    for offered in ("2026-10-25T02:30+0200", "2026-10-25T02:30+0100", "2026-03-29T03:30+0200"):
        assert read_moment(offered, timezone="UTC") == at(offered)


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "2026-12-01", "18:00", "2026-13-01 18:00", "2026-12-01 25:00", "1/2/26"],
)
def test_what_is_no_date_and_time_is_refused(text: str) -> None:
    with pytest.raises(TimeUnclear):
        read_moment(text, timezone="UTC")


def test_a_zone_that_is_not_known_is_refused_where_it_decides() -> None:
    with pytest.raises(MetadataRefused):
        read_moment("2026-12-01 18:00", timezone="Nowhere/Land")


@given(
    moment=st.integers(min_value=0, max_value=4_000_000_000),
    zone=st.sampled_from(["UTC", LISBON, HONOLULU, "Australia/Lord_Howe"]),
)
def test_what_is_written_is_read_again(moment: int, zone: str) -> None:
    written = iso(moment, timezone=zone)
    assert written is not None
    assert read_moment(written, timezone=HONOLULU) == moment


def test_lengths_are_said_in_their_two_largest_units() -> None:
    assert [how_long(s) for s in (0, 1, 42 * 60, -3900, 90_061, 2300 * 86_400)] == [
        "0 seconds",
        "1 second",
        "42 minutes",
        "1 hour 5 minutes",
        "1 day 1 hour",
        "2300 days",
    ]
