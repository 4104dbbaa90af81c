"""The organiser's side of events: adding, changing and removing them. They stand in the metadata.

An event's id is the scope in which doors know members again, so it never changes.
"""

from dataclasses import replace

from credentials.formats.metadata import Event, Metadata
from server.community.service import CommunityService
from server.problems import OperatorError


class EventOffice:
    """Events as the organiser handles them; each change is a new version of the metadata.

    Raises OperatorError.
    """

    def __init__(self, community: CommunityService) -> None:
        self._community = community

    def add(self, event: Event) -> Metadata:
        """Publish an event."""

        def with_event(metadata: Metadata) -> Metadata:
            if metadata.event(event.id) is not None:
                raise OperatorError(f"There is an event {event.id!r} already; nothing was changed.")
            return replace(metadata, events=(*metadata.events, event))

        return self._community.publish(with_event)

    def edit(self, changed: Event) -> Metadata:
        """Publish an event with another name or time zone."""

        def with_change(metadata: Metadata) -> Metadata:
            before = _found(metadata, changed.id)
            if changed == before:
                raise OperatorError(f"The event {changed.id} is like that already.")
            events = tuple(changed if event == before else event for event in metadata.events)
            return replace(metadata, events=events)

        return self._community.publish(with_change)

    def remove(self, event_id: str) -> Metadata:
        """Publish that an event is no more; not while doors belong to it."""

        def without_event(metadata: Metadata) -> Metadata:
            gone = _found(metadata, event_id)
            _check_without_doors(metadata, event_id)
            events = tuple(event for event in metadata.events if event != gone)
            return replace(metadata, events=events)

        return self._community.publish(without_event)

    def check_removable(self, event_id: str) -> None:
        """Raise OperatorError where `remove` would, so that nobody is asked in vain."""
        metadata = self._community.metadata()
        _found(metadata, event_id)
        _check_without_doors(metadata, event_id)

    def event(self, event_id: str) -> Event:
        """One event."""
        return _found(self._community.metadata(), event_id)

    def consequences_of_change(self, before: Event, after: Event) -> tuple[str, ...]:
        """What members notice, in sentences; none for a name, nor where no door is."""
        doors = [door for door in self._community.metadata().doors if door.event == before.id]
        if after.timezone == before.timezone or not doors:
            return ()
        return (
            f"The days of {after.id} then begin and end as in {after.timezone}. Whoever came in "
            "today at a door that counts once per day may come in once more, and the codes of "
            "wallets that know the old zone are refused around midnight until they fetch the new "
            "one: symbolon wallet refresh. Prepare devices anew: symbolon door prepare",
        )


def consequences_of_removal(event: Event) -> tuple[str, ...]:
    """What it means that an event is removed, in sentences."""
    return (
        f"Wallets will not show {event.name} any more. What its doors recorded stays: an event "
        f"that is added with the id {event.id} later is the same one, and who was in is in.",
    )


def _found(metadata: Metadata, event_id: str) -> Event:
    event = metadata.event(event_id)
    if event is None:
        raise OperatorError(f"There is no event with the id {event_id}.")
    return event


def _check_without_doors(metadata: Metadata, event_id: str) -> None:
    doors = [door.id for door in metadata.doors if door.event == event_id]
    if doors:
        raise OperatorError(
            f"To the event {event_id} belong doors: {', '.join(doors)}. Remove them first: "
            f"symbolon-server door remove {doors[0]}"
        )
