"""Which day it is: at an event, at a door of it, and for a pass that ends.

Source: docs/protocol.md, "Days". A day belongs to a place, so it comes from a time zone (IANA), and
at a door it may begin at another hour than midnight. Every instant is in exactly one day, which
goes from the instant at which it begins to that at which the next one does. The zone comes from
signed metadata, never from the machine that computes. Pure: the instant is given.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from credentials.errors import MetadataRefused
from credentials.formats.metadata import Door, Event, Metadata

SECONDS_PER_DAY: Final = 86_400
_EPOCH: Final = date(1970, 1, 1)
_LAST_ZONE_SECONDS: Final = 12 * 3600
"""Nowhere on earth does a day end later after its end in UTC."""


def day_of(unix_seconds: int) -> int:
    """The UTC day of a moment, in days since 1970-01-01: what an app's policy calls today."""
    return unix_seconds // SECONDS_PER_DAY


def zone_named(name: str) -> ZoneInfo:
    """The time zone of this name; raises MetadataRefused where this machine does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError):  # a directory of zones is an OSError
        raise MetadataRefused(f"the time zone {name} is not known on this machine") from None


def day_at(unix_seconds: int, *, timezone: str, begins: int = 0) -> date:
    """The day in a zone, of days that begin so many minutes after midnight by the clock there.

    Where clocks skip that time, the day begins as much later as they skip; where they show it
    twice, it begins the first time (RFC 5545, section 3.3.5). Raises MetadataRefused.
    """
    zone = zone_named(timezone)
    day = datetime.fromtimestamp(unix_seconds, tz=zone).date() + timedelta(days=1)
    while _begin(day, zone=zone, minutes=begins) > unix_seconds:
        day -= timedelta(days=1)
    return day


def event_day(event: Event, *, at: int) -> int:
    """The day at an event, in days since 1970-01-01. Raises MetadataRefused."""
    return _number(day_at(at, timezone=event.timezone))


def door_day(door: Door, *, event: Event, at: int) -> int:
    """The day at a door of an event, in days since 1970-01-01: by it passes end, and entries of a
    once-per-day door count. Raises MetadataRefused."""
    return _number(day_at(at, timezone=event.timezone, begins=door.day_begins))


def earliest_today(metadata: Metadata, *, at: int) -> int:
    """The earliest day that is still today anywhere where a pass is judged (days since 1970-01-01).

    That is at each event, each door, and for apps in UTC. A pass whose last day is before it has
    ended everywhere. A zone that this machine does not know counts as the last one on earth.
    """
    days = [day_of(at)]
    for event in metadata.events:
        begins = [0, *(door.day_begins for door in metadata.doors if door.event == event.id)]
        try:
            days += [_number(day_at(at, timezone=event.timezone, begins=one)) for one in begins]
        except MetadataRefused:
            days.append(day_of(at - _LAST_ZONE_SECONDS - max(begins) * 60))
    return min(days)


def common_zone(metadata: Metadata) -> str:
    """The time zone of all events of a community, where they have one; else UTC."""
    zones = {event.timezone for event in metadata.events}
    return zones.pop() if len(zones) == 1 else "UTC"


def _begin(day: date, *, zone: ZoneInfo, minutes: int) -> int:
    """The instant, in Unix seconds, at which a day begins."""
    clock = time(minutes // 60, minutes % 60)
    return int(datetime.combine(day, clock, tzinfo=zone).astimezone(UTC).timestamp())


def _number(day: date) -> int:
    return (day - _EPOCH).days
