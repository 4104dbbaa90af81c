"""What a door will say to this pass, and where an app's day is not the event's, before it is shown.

The rule is the door's own (`credentials.doors`); here it is put into words for the member.
"""

from collections.abc import Mapping

from credentials.days import day_of, door_day, event_day
from credentials.doors import refused_by_attributes
from credentials.errors import MetadataRefused
from credentials.formats.attribute import AttributeValue, date_of
from credentials.formats.metadata import Door, Event, Metadata
from credentials.formats.policy import Policy
from credentials.formats.requirement import TODAY
from credentials.formats.schema import Schema
from credentials.scope import SLOT_SECONDS, time_slot
from credentials.verdicts import Verdict


def refused_in_words(
    values: Mapping[str, AttributeValue], *, door: Door, event: Event, schema: Schema, now: int
) -> str:
    """Why a door will not let these values in at `now`, for the member; empty if it will.

    Raises MetadataRefused where this machine does not know the event's time zone.
    """
    slot = time_slot(now)
    verdict = refused_by_attributes(values, door=door, event=event, slot=slot)
    if verdict is Verdict.EXPIRED:
        last, today = values[door.expires_by], door_day(door, event=event, at=slot * SLOT_SECONDS)
        return (
            f"Your pass was good until {date_of(int(last))}, and at this door it is "
            f"{date_of(today)} already ({event.timezone}). It will not let you in."
        )
    if verdict is Verdict.WRONG_PASS:
        wrong = [one for one in door.admits if values.get(one.attribute) not in one.values]
        admitted = "; ".join(
            f"{one.attribute} {' or '.join(schema.show_text(one.attribute, v) for v in one.values)}"
            for one in wrong
        )
        own = "; ".join(
            f"{one.attribute} {schema.show_text(one.attribute, values[one.attribute])}"
            for one in wrong
        )
        return f"This door admits only {admitted}. Yours is {own}: it will not let you in."
    if verdict is Verdict.HELP_DESK:
        return "Your pass was issued anew: this door will send you to the help desk."
    return ""


def days_in_words(policy: Policy, *, metadata: Metadata, at: int) -> str:
    """Where "today" in an app's policy is another day than at an event; empty if nowhere is.

    Apps name no event, so their day is that of UTC.
    """
    if all(one.bound != TODAY for one in policy.require):
        return ""
    here, other = day_of(at), []
    for event in metadata.events:
        try:
            day = event_day(event, at=at)
        except MetadataRefused:
            continue
        if day != here:
            other.append(f"{date_of(day)} at {event.name} ({event.timezone})")
    if not other:
        return ""
    return f"For apps it is {date_of(here)}, the day in UTC; it is {', '.join(other)}."
