"""Whose a ticket without an id is: by name and address, in whatever spelling.

Leaves out tickets with ids (matching.py) and what follows from a match (comparison.py).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from server.issuance.attendee import Attendee, Decision
from server.issuance.person import Person, person
from server.organiser.likeness import are_wholly_different, likeness
from server.organiser.mentioned import Mentioned
from server.organiser.ticket import Ticket, TicketState

_LIKE = 0.7
"""How like two names of one address are, from 0 to 1, for one whom a list removed to be meant."""

_Fits = Callable[[Ticket, Attendee], bool]

_Finder = Callable[[Sequence[Ticket], Sequence[Attendee]], Iterator[tuple[Ticket, Attendee]]]


def match_persons(
    known: Sequence[Attendee], tickets: Sequence[Ticket], *, mentioned: Mentioned
) -> dict[int, Attendee]:
    """Whose each ticket is, by its line.

    By address and name; then by the address, then by the name alone, where that is clear. Who has
    another's address, and no part of the name, is matched last: the ticket was given away.
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
    return owners


def _members(known: Iterable[Attendee]) -> list[Attendee]:
    return [one for one in known if one.is_member]


def _without(known: Iterable[Attendee], mentioned: Mentioned) -> list[Attendee]:
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
