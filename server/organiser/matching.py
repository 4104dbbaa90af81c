"""Which ticket of a list is whose of those known: by its id, or by name and address without ids.

Persons keep their memberships where tickets change hands among them: who has another ticket now is
matched with that one. Leaves out what follows from a match (comparison.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from server.issuance.attendee import Attendee
from server.issuance.person import Person, is_another, person
from server.organiser.likeness import are_wholly_different
from server.organiser.matching_persons import match_persons
from server.organiser.mentioned import Mentioned
from server.organiser.ticket import AttendeeList, Ticket, TicketState


@dataclass(slots=True)
class Matches:
    """What was found.

    pairs: each ticket with the attendee whose it is, or None. missing: attendees whom the list
    would hold, and does not, each with the key that is theirs from now on. unread: those whose row
    is there and cannot be used.
    """

    pairs: list[tuple[Ticket, Attendee | None]] = field(default_factory=list)
    missing: list[tuple[Attendee, bytes | None]] = field(default_factory=list)
    unread: list[Attendee] = field(default_factory=list)


def covers(scope: str, other: str) -> bool:
    """Whether a list of one scope holds all that a list of the other does: `shop/a+b` and `shop/a`.

    Who was added by hand is in no list.
    """
    form, _, events = scope.partition("/")
    other_form, _, other_events = other.partition("/")
    return form == other_form and set(other_events.split("+")) <= set(events.split("+"))


def match(known: Sequence[Attendee], attendees: AttendeeList) -> Matches:
    """Match the tickets of a list with everybody known."""
    tickets, scope = attendees.tickets, attendees.scope
    unread = {row.key for row in attendees.skipped if row.key is not None and not row.repeated}
    unread -= {ticket.key for ticket in tickets}
    found = Matches(unread=[one for one in known if one.key in unread])
    known = [one for one in known if one.key is None or one.key not in unread]
    with_ids = [ticket for ticket in tickets if ticket.key is not None]
    without = [ticket for ticket in tickets if ticket.key is None]
    _match_ids(known, with_ids, scope=scope, found=found)
    in_scope = [one for one in known if one.key is None and covers(scope, one.scope)]
    mentioned = Mentioned(attendees.skipped)
    owners = match_persons(in_scope, without, mentioned=mentioned)
    placed = {one.id for one in owners.values()}
    found.pairs += [(ticket, owners.get(ticket.line)) for ticket in without]
    found.missing += [(one, None) for one in in_scope if one.id not in placed]
    found.missing, unread_persons = mentioned.apart(found.missing)
    found.unread += unread_persons
    found.pairs.sort(key=lambda pair: pair[0].line)
    return found


# --- tickets with ids


def _match_ids(
    known: Sequence[Attendee], tickets: Sequence[Ticket], *, scope: str, found: Matches
) -> None:
    by_key = {one.key: one for one in known if one.key is not None}
    listed = {ticket.key: ticket for ticket in tickets if ticket.key is not None}
    holders = {key: by_key.get(key) for key in listed}
    here = {key: one for key, one in by_key.items() if key in listed or covers(scope, one.scope)}
    keys = {one.id: key for key, one in here.items()}
    homeless = _Homeless(
        one for key, one in here.items() if one.is_member and _is_left(one, listed.get(key))
    )
    moved = True
    while moved:  # who has to give up a ticket may have another one, further up
        moved = False
        for key, ticket in listed.items():
            holder = holders[key]
            if ticket.state is not TicketState.VALID or _is_of(holder, ticket):
                continue
            mover = homeless.take(ticket, besides=holder)
            if mover is None:
                continue
            moved, left = True, keys[mover.id]
            holders[key], keys[mover.id] = mover, key
            if left in holders:
                holders[left] = holder
            if holder is not None:
                keys[holder.id] = left
                if holder.is_member and _is_left(holder, listed.get(left)):
                    homeless.add(holder)
    placed = {one.id for one in holders.values() if one is not None}
    found.pairs += [(ticket, holders[key]) for key, ticket in listed.items()]
    found.missing += [(one, keys[one.id]) for one in here.values() if one.id not in placed]


def _is_of(holder: Attendee | None, ticket: Ticket) -> bool:
    """Whether a ticket is that of its holder, by the very name and address."""
    if holder is None:
        return False
    return person(ticket) in (person(holder), person(holder.listed or holder))


def _is_left(holder: Attendee, ticket: Ticket | None) -> bool:
    """Whether the holder has this ticket no longer: it is gone, canceled or wholly another's."""
    if ticket is None or ticket.state is not TicketState.VALID:
        return True
    given = is_another(holder, ticket) or are_wholly_different(holder.name, ticket.name)
    return given and not _is_of(holder, ticket)


class _Homeless:
    """Members whose own ticket is gone, canceled or another person's, by who they are."""

    def __init__(self, attendees: Iterable[Attendee]) -> None:
        self._by_person: dict[Person, list[Attendee]] = defaultdict(list)
        for one in attendees:
            self.add(one)

    def add(self, attendee: Attendee) -> None:
        """One more, unless it is there already; nobody without a name."""
        waiting = self._by_person[person(attendee)]
        if attendee.name and attendee not in waiting:
            waiting.append(attendee)

    def take(self, ticket: Ticket, *, besides: Attendee | None) -> Attendee | None:
        """The one whose ticket this is now, those with its very attributes first."""
        waiting = [one for one in self._by_person[person(ticket)] if one is not besides]
        if not waiting:
            return None
        chosen = min(waiting, key=lambda one: dict(one.attributes) != dict(ticket.attributes))
        self._by_person[person(ticket)].remove(chosen)
        return chosen
