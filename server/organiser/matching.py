"""Which ticket of a list is whose of those known: by its id, or by name and address without ids.

Persons keep their memberships where tickets change hands among them: who has another ticket now is
matched with that one. Leaves out what follows from a match (comparison.py).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from credentials.formats.text import fold
from server.email_address import email_key
from server.issuance.attendee import Attendee, Decision
from server.issuance.person import Person, is_another, person
from server.organiser.likeness import are_wholly_different, likeness
from server.organiser.ticket import AttendeeList, SkippedRow, Ticket, TicketState

_LIKE = 0.7
"""How like two names of one address are, from 0 to 1, for one whom a list removed to be meant."""

_Fits = Callable[[Ticket, Attendee], bool]

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
    mentioned = _Mentioned(attendees.skipped)
    _match_persons(in_scope, without, mentioned=mentioned, found=found)
    found.missing, unread_persons = mentioned.apart(found.missing)
    found.unread += unread_persons
    found.pairs.sort(key=lambda pair: pair[0].line)
    return found


class _Mentioned:
    """Who may be meant by rows that cannot be used and name no ticket: by name or by address."""

    def __init__(self, rows: Iterable[SkippedRow]) -> None:
        said = [text for row in rows if row.key is None and not row.repeated for text in row.whose]
        self._names = {fold(text) for text in said}
        self._addresses = {email_key(text) for text in said if "@" in text}

    def has(self, attendee: Attendee) -> bool:
        """Whether a row has the name or the address, as it is known or as a list had it."""
        return any(
            (bool(who.name) and who.name in self._names) or who.address in self._addresses
            for who in (person(attendee), person(attendee.listed or attendee))
        )

    def apart(
        self, missing: Sequence[tuple[Attendee, bytes | None]]
    ) -> tuple[list[tuple[Attendee, bytes | None]], list[Attendee]]:
        """Those who are missing indeed, and those whose row is there."""
        here = [one for one, key in missing if key == one.key and self.has(one)]
        return [(one, key) for one, key in missing if one not in here], here


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


# --- tickets without ids


def _match_persons(
    known: Sequence[Attendee],
    tickets: Sequence[Ticket],
    *,
    mentioned: _Mentioned,
    found: Matches,
) -> None:
    """By address and name; then by the address, then by the name alone, where that is clear.

    Who has another's address, and no part of the name, is matched last: the ticket was given away.
    """
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
    settle(lambda rows, waiting: _closest(rows, _members(waiting), fits=_may_be))
    settle(lambda rows, waiting: _same_name(rows, _members(waiting)))
    settle(lambda rows, waiting: _closest(rows, waiting, fits=_may_have_been))
    settle(lambda rows, waiting: _ended(rows, _members(waiting), fits=_may_be))
    settle(lambda rows, waiting: _closest(rows, _without(waiting, mentioned), fits=_any))
    settle(lambda rows, waiting: _ended(rows, _without(waiting, mentioned), fits=_any))
    found.pairs += [(ticket, owners.get(ticket.line)) for ticket in tickets]
    found.missing += [(one, None) for one in known if one.id not in placed]


def _members(known: Iterable[Attendee]) -> list[Attendee]:
    return [one for one in known if one.is_member]


def _without(known: Iterable[Attendee], mentioned: _Mentioned) -> list[Attendee]:
    return [one for one in _members(known) if not mentioned.has(one)]


def _may_be(ticket: Ticket, attendee: Attendee) -> bool:
    return not are_wholly_different(ticket.name, attendee.name)


def _may_have_been(ticket: Ticket, attendee: Attendee) -> bool:
    """Of those who are no members: whom the organiser removed comes back by no part of a name."""
    if attendee.decision is Decision.REMOVED:
        return _may_be(ticket, attendee)
    return likeness(ticket.name, attendee.name) >= _LIKE


def _any(_ticket: Ticket, _attendee: Attendee) -> bool:
    return True


def _same(
    tickets: Sequence[Ticket], known: Sequence[Attendee], *, who: Callable[[Attendee], Person]
) -> Iterator[tuple[Ticket, Attendee]]:
    by_person = {who(one): one for one in known}
    for ticket in tickets:
        attendee = by_person.pop(person(ticket), None)
        if attendee is not None:
            yield ticket, attendee


def _closest(
    tickets: Sequence[Ticket], known: Sequence[Attendee], *, fits: _Fits
) -> Iterator[tuple[Ticket, Attendee]]:
    """Of those who have one address, the names that are most alike, one after the other."""
    valid = [ticket for ticket in tickets if ticket.state is TicketState.VALID]
    return _most_alike(valid, _by_address(known), fits=fits)


def _ended(
    tickets: Sequence[Ticket], known: Sequence[Attendee], *, fits: _Fits
) -> Iterator[tuple[Ticket, Attendee]]:
    """Tickets that give no membership any more, where one alone is left of their address."""
    ended = [ticket for ticket in tickets if ticket.state is not TicketState.VALID]
    alone = {address: some for address, some in _by_address(known).items() if len(some) == 1}
    return _most_alike(ended, alone, fits=fits)


def _by_address(known: Iterable[Attendee]) -> dict[str, list[Attendee]]:
    found: dict[str, list[Attendee]] = defaultdict(list)
    for one in known:
        found[person(one).address].append(one)
    return found


def _most_alike(
    tickets: Iterable[Ticket], by_address: Mapping[str, Sequence[Attendee]], *, fits: _Fits
) -> Iterator[tuple[Ticket, Attendee]]:
    ranked = sorted(
        (
            (-likeness(ticket.name, one.name), ticket.line, number, ticket, one)
            for ticket in tickets
            for number, one in enumerate(by_address.get(person(ticket).address, ()))
            if fits(ticket, one)
        ),
        key=lambda row: row[:3],
    )
    taken: set[object] = set()
    for _, line, _, ticket, one in ranked:
        if not {line, one.id} & taken:
            taken |= {line, one.id}
            yield ticket, one


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
