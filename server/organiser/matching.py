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
from server.organiser.ticket import Ticket, TicketState

_LIKE = 0.7
"""How like two names of one address are, from 0 to 1, for a removed attendee to be meant."""

_Finder = Callable[[Sequence[Ticket], Sequence[Attendee]], Iterator[tuple[Ticket, Attendee]]]

_BEST_FIRST = (
    TicketState.VALID,
    TicketState.PENDING,
    TicketState.CANCELED,
    TicketState.OTHER_PRODUCT,
)


@dataclass(slots=True)
class Matches:
    """What was found.

    pairs: each ticket that counts, with the attendee whose it is, or None. missing: attendees of
    this scope whose ticket is not in the list, each with the key that is theirs from now on.
    repeated: rows that say again what another row says, with its line. contradicted: rows of one
    ticket that do not agree, with the others' line.
    """

    pairs: list[tuple[Ticket, Attendee | None]] = field(default_factory=list)
    missing: list[tuple[Attendee, bytes | None]] = field(default_factory=list)
    repeated: list[tuple[Ticket, int]] = field(default_factory=list)
    contradicted: list[tuple[Ticket, int]] = field(default_factory=list)


def match(known: Sequence[Attendee], tickets: Sequence[Ticket], *, scope: str) -> Matches:
    """Match the tickets of a list of one scope with everybody who is known."""
    found = Matches()
    with_ids = [ticket for ticket in tickets if ticket.key is not None]
    without = [ticket for ticket in tickets if ticket.key is None]
    _match_ids(known, _one_for_each_id(with_ids, found), scope=scope, found=found)
    _match_persons(
        [one for one in known if one.key is None and one.scope == scope],
        _one_for_each_person(without, found),
        found=found,
    )
    found.pairs.sort(key=lambda pair: pair[0].line)
    return found


# --- rows that are one ticket


def _one_for_each_id(tickets: Iterable[Ticket], found: Matches) -> list[Ticket]:
    rows: dict[bytes | None, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        rows[ticket.key].append(ticket)
    single = []
    for first, *others in rows.values():
        if all(_says(other) == _says(first) for other in others):
            single.append(first)
            found.repeated += [(other, first.line) for other in others]
        else:
            found.contradicted += [(first, others[0].line)]
            found.contradicted += [(other, first.line) for other in others]
    return single


def _says(ticket: Ticket) -> object:
    return (ticket.state, ticket.name, ticket.email, dict(ticket.attributes))


def _one_for_each_person(tickets: Iterable[Ticket], found: Matches) -> list[Ticket]:
    rows: dict[Person, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        rows[person(ticket)].append(ticket)
    single = []
    for same in rows.values():
        best = min(same, key=lambda ticket: (_BEST_FIRST.index(ticket.state), ticket.line))
        single.append(best)
        found.repeated += [(other, best.line) for other in same if other is not best]
    return single


# --- tickets with ids


def _match_ids(
    known: Sequence[Attendee], tickets: Sequence[Ticket], *, scope: str, found: Matches
) -> None:
    by_key = {one.key: one for one in known if one.key is not None}
    listed = {ticket.key: ticket for ticket in tickets}
    unclear = {ticket.key for ticket, _ in found.contradicted}
    holders = {key: by_key.get(key) for key in listed}
    here = {key: one for key, one in by_key.items() if one.scope == scope or key in listed}
    keys = {one.id: key for key, one in here.items()}
    homeless = _Homeless(
        one
        for key, one in here.items()
        if one.is_member and key not in unclear and _is_left(one, listed.get(key))
    )
    for key, ticket in listed.items():
        holder = holders[key]
        if ticket.state is not TicketState.VALID or _is_of(holder, ticket):
            continue
        mover = homeless.take(ticket, besides=holder)
        if mover is None:
            continue
        left = keys[mover.id]
        holders[key], keys[mover.id] = mover, key
        if left in holders:
            holders[left] = holder
        if holder is not None:
            keys[holder.id] = left
    placed = {one.id for one in holders.values() if one is not None}
    found.pairs += [(ticket, holders[key]) for key, ticket in listed.items()]
    found.missing += [
        (one, keys[one.id])
        for key, one in here.items()
        if one.id not in placed and key not in unclear
    ]


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
            if one.name:
                self._by_person[person(one)].append(one)

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
    known: Sequence[Attendee], tickets: Sequence[Ticket], *, found: Matches
) -> None:
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
