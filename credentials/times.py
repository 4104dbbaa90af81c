"""How a moment is written for people, and how a time that a person wrote is read.

One wording for server and client: a moment is shown by the clocks of the place that it is about,
and in UTC beside it; a time of another day has its date. Pure: "now" and the zone are given. A zone
that this machine does not know is left out, and UTC said alone. Sources: ISO 8601 for what is read;
names of zones are those of the IANA database.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from credentials.days import zone_named
from credentials.errors import MetadataRefused, TimeUnclear

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_WRITTEN: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2}(?::\d{2})?) ?(Z|UTC|[+-]\d{2}:?\d{2}|[A-Z][\w/+-]+)?",
    re.ASCII,
)
_FAR: Final = 253_402_300_800 - 2 * 86_400  # before the year 10000, in every zone


def in_words(at: int, *, timezone: str = "UTC") -> str:
    """A moment in a zone and in UTC: "Tue 1 Dec 2026, 18:00 Europe/Berlin (17:00 UTC)"."""
    if not 0 <= at < _FAR:
        return "after the year 9999"
    utc = datetime.fromtimestamp(at, tz=UTC)
    zone = _zone(timezone)
    if zone is None:
        return f"{_date(utc)}, {_clock(utc)} UTC"
    there = utc.astimezone(zone)
    shown = _clock(utc) if there.date() == utc.date() else f"{_date(utc)}, {_clock(utc)}"
    return f"{_date(there)}, {_clock(there)} {timezone} ({shown} UTC)"


def on_the_wall(at: int, *, now: int, timezone: str = "UTC") -> str:
    """A moment by the clocks of a zone, for people who are there: "23:10:05" if it is of today,
    else "Mon 30 Nov, 23:10", with the year if that is another one."""
    if not 0 <= at < _FAR:
        return "after the year 9999"
    zone = _zone(timezone) or UTC
    there, here = (datetime.fromtimestamp(each, tz=zone) for each in (at, min(now, _FAR - 1)))
    if there.date() == here.date():
        return f"{there:%H:%M:%S}"
    return f"{_date(there, year=there.year != here.year)}, {there:%H:%M}"


def iso(at: int, *, timezone: str = "UTC") -> str | None:
    """A moment as ISO 8601 by the clocks of a zone, with its offset; None after the year 9999."""
    if not 0 <= at < _FAR:
        return None
    return datetime.fromtimestamp(at, tz=_zone(timezone) or UTC).isoformat()


def read_moment(text: str, *, timezone: str) -> int:
    """Unix seconds of a date and time: with an offset, Z or the name of a zone at its end, or else
    by the clocks of `timezone`.

    Raises TimeUnclear, which says what to write, also for a time that these clocks show twice or
    skip; MetadataRefused for a zone that this machine does not know.
    """
    read = _WRITTEN.fullmatch(text.strip())
    if read is None:
        raise TimeUnclear(
            "a time is a date and a time of the day, such as 2026-12-01 18:00, or "
            "2026-12-01T18:00+02:00"
        )
    day, clock, place = read.groups()
    hour = clock if len(clock.partition(":")[0]) == 2 else f"0{clock}"
    own = place is None or place[0] not in "Z+-"
    try:
        if not own:
            return int(datetime.fromisoformat(f"{day}T{hour}{place}").timestamp())
        naive = datetime.fromisoformat(f"{day}T{hour}")
    except ValueError:
        raise TimeUnclear(f"there is no {text.strip()} in the calendar") from None
    return _by_clocks_of(naive, timezone=timezone if place is None else place)


def how_long(seconds: int) -> str:
    """A length of time for people, in its two largest units: "42 minutes", "1 day 3 hours"."""
    rest, parts = abs(seconds), list[str]()
    for name, unit in (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, unit)
        if count or (name == "second" and not parts):
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
        elif parts:
            break
    return " ".join(parts[:2])


def _by_clocks_of(naive: datetime, *, timezone: str) -> int:
    zone = zone_named(timezone)
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return int(first.timestamp())
    shown = f"{naive:%Y-%m-%d %H:%M}"
    if first < second:
        twice = (f"{each.astimezone(zone):%Y-%m-%dT%H:%M%z}" for each in (first, second))
        raise TimeUnclear(
            f"clocks are put back then, and {shown} comes twice in {timezone}: write "
            + " or ".join(twice)
        )
    later = first.astimezone(zone)
    raise TimeUnclear(
        f"clocks are put forward then, and {shown} does not come in {timezone}: write "
        f"{later:%Y-%m-%dT%H:%M%z} for {_length(first - second)} later"
    )


def _length(time: timedelta) -> str:
    return how_long(int(time.total_seconds()))


def _zone(name: str) -> tzinfo | None:
    """A zone other than UTC, where this machine knows it."""
    if name == "UTC":
        return None
    try:
        return zone_named(name)
    except MetadataRefused:
        return None


def _date(there: datetime, *, year: bool = True) -> str:
    shown = f"{_DAYS[there.weekday()]} {there.day} {_MONTHS[there.month - 1]}"
    return f"{shown} {there.year}" if year else shown


def _clock(there: datetime) -> str:
    return f"{there:%H:%M:%S}" if there.second else f"{there:%H:%M}"
