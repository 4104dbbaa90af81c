"""Which ticket of a list is whose of those known: by its id, or by name and address without ids.

Persons keep their memberships where tickets change hands among them: who has another ticket now is
matched with that one. Leaves out what follows from a match (comparison.py).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from server.issuance.attendee import Attendee
from server.issuance.person import Person, is_another, person
from server.organiser.ticket import AttendeeList, Ticket, TicketState

_LIKE = 0.7
"""How like two names of one address are, from 0 to 1, for a removed attendee to be meant."""

_Finder = Callable[[Sequence[Ticket], Sequence[Attendee]], Iterator[tuple[Ticket, Attendee]]]


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
    _match_persons(in_scope, without, found=found)
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
    return is_another(holder, ticket) and not _is_of(holder, ticket)


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


# --- tickets without ids


def _match_persons(known: Sequence[Attendee], tickets: Sequence[Ticket], *, found: Matches) -> None:
    """By address and name; then by the address, then by the name alone, where that is clear."""
    owners: dict[int, Attendee] = {}
    placed: set[str] = set()

    def settle(find: _Finder) -> None:
        open_tickets = [ticket for ticket in tickets if ticket.line not in owners]
        waiting = [one for one in known if one.id not in placed]
        for ticket, attendee in find(open_tickets, waiting):
            owners[ticket.line] = attendee
            placed.add(attendee.id)

    settle(lambda rows, waiting: _same(rows, waiting, who=person))
    settle(lambda rows, waiting: _same(rows, waiting, who=lambda one: person(one.listed or one)))
    settle(lambda rows, waiting: _closest(rows, _members(waiting), least=0.0))
    settle(lambda rows, waiting: _same_name(rows, _members(waiting)))
    settle(lambda rows, waiting: _closest(rows, waiting, least=_LIKE))
    found.pairs += [(ticket, owners.get(ticket.line)) for ticket in tickets]
    found.missing += [(one, None) for one in known if one.id not in placed]


def _members(known: Iterable[Attendee]) -> list[Attendee]:
    return [one for one in known if one.is_member]


def _same(
    tickets: Sequence[Ticket], known: Sequence[Attendee], *, who: Callable[[Attendee], Person]
) -> Iterator[tuple[Ticket, Attendee]]:
    by_person = {who(one): one for one in known}
    for ticket in tickets:
        attendee = by_person.pop(person(ticket), None)
        if attendee is not None:
            yield ticket, attendee


def _closest(
    tickets: Sequence[Ticket], known: Sequence[Attendee], *, least: float
) -> Iterator[tuple[Ticket, Attendee]]:
    """Of those who have one address, the names that are most alike, one after the other."""
    by_address: dict[str, list[Attendee]] = defaultdict(list)
    for one in known:
        by_address[person(one).address].append(one)
    ranked = sorted(
        (
            (-_likeness(ticket, one), ticket.line, number, ticket, one)
            for ticket in tickets
            if ticket.state is TicketState.VALID
            for number, one in enumerate(by_address[person(ticket).address])
        ),
        key=lambda row: row[:3],
    )
    taken: set[object] = set()
    for unlike, line, _, ticket, one in ranked:
        if -unlike >= least and not {line, one.id} & taken:
            taken |= {line, one.id}
            yield ticket, one


def _likeness(ticket: Ticket, attendee: Attendee) -> float:
    return SequenceMatcher(None, person(ticket).name, person(attendee).name).ratio()


def _same_name(
    tickets: Sequence[Ticket], known: Sequence[Attendee]
) -> Iterator[tuple[Ticket, Attendee]]:
    """A name that one ticket and one attendee alone have: the address was corrected."""
    of_tickets: dict[str, list[Ticket]] = defaultdict(list)
    of_known: dict[str, list[Attendee]] = defaultdict(list)
    for ticket in tickets:
        if ticket.state is TicketState.VALID:
            of_tickets[person(ticket).name].append(ticket)
    for one in known:
        of_known[person(one).name].append(one)
    for name, (first, *others) in of_tickets.items():
        if name and not others and len(of_known[name]) == 1:
            yield first, of_known[name][0]
