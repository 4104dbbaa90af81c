"""A list beside what is known: what is new in it, and what it says otherwise.

A list is a state, and not an addition. Whatever the organiser mended by hand stays as long as the
list says what it said before (`Attendee.listed`). Pure: nothing is read or written here.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from credentials.formats.schema import VALID_UNTIL
from server.issuance.attendee import Attendee, Decision, State
from server.issuance.person import Named, Person, is_another, person
from server.organiser.finding import Changes, Comparison, Finding, Kind, Several
from server.organiser.likeness import are_wholly_different
from server.organiser.matching import covers, match
from server.organiser.removed import Removed
from server.organiser.ticket import AttendeeList, Ticket, TicketState

_NOTHING: Changes = {}


def compare(
    known: Sequence[Attendee], attendees: AttendeeList, *, several: bool = False
) -> Comparison:
    """One finding for each ticket of the list, and for each member of its scope who is not in it.

    With `several` a further ticket of one person counts like any other, and is not `doubled`.
    """
    found = match(known, attendees)
    sure = [pair for pair in found.pairs if pair[0].state is TicketState.VALID]
    taken = _Taken(_members_by_other_means(known, sure))
    removed = Removed(known)
    findings = [
        _missing(attendee, key)
        for attendee, key in found.missing
        if attendee.is_member or key != attendee.key
    ]
    findings += [
        Finding(kind=Kind.UNREAD, attendee=one, changes=_NOTHING, key=one.key)
        for one in found.unread
        if one.is_member
    ]
    for ticket, attendee in sorted(found.pairs, key=_settled_first):
        finding = removed.kept_out(_judge(ticket, attendee))
        if not several:
            finding = _unless_doubled(finding, taken)
        if finding.kind in _GIVES_MEMBERSHIP:
            taken.add(ticket, of=attendee)
        findings.append(finding)
    return Comparison(
        findings=tuple(sorted(findings, key=lambda one: (one.line is None, one.line or 0))),
        several=_several(known, sure),
        members=sum(one.is_member and covers(attendees.scope, one.scope) for one in known),
    )


_GIVES_MEMBERSHIP = (Kind.NEW, Kind.PAID_AGAIN, Kind.TRANSFERRED)


def _settled_first(pair: tuple[Ticket, Attendee | None]) -> tuple[int, int]:
    """Those who are members go before those who would be, and the named before the nameless."""
    ticket, attendee = pair
    return (0 if attendee is not None else 1 if ticket.name else 2, ticket.line)


# --- one ticket


def _judge(ticket: Ticket, attendee: Attendee | None) -> Finding:
    if attendee is None:
        return _plain(_KIND_OF_STRANGER[ticket.state], ticket, why=ticket.said)
    if attendee.is_member:
        return _judge_member(ticket, attendee)
    if ticket.state is not TicketState.VALID:
        return _plain(Kind.NO_TICKET, ticket, attendee=attendee, why=ticket.said)
    changes = _changes(ticket, attendee)
    kind, why = _for_who_is_none(ticket, attendee, changes=changes)
    return _plain(kind, ticket, attendee=attendee, changes=changes, why=why)


def _for_who_is_none(ticket: Ticket, attendee: Attendee, *, changes: Changes) -> tuple[Kind, str]:
    """What a good ticket means for somebody who was a member, and is none."""
    if attendee.state is State.DELETED:
        return Kind.KEPT, "deleted by you"
    if attendee.state is State.ENDED:
        if VALID_UNTIL not in changes:
            return Kind.UNCHANGED, "ended"
        given = _is_given_away(ticket, attendee, changes=changes)
        return (Kind.TRANSFERRED if given else Kind.CHANGED), "had ended"
    if attendee.decision is Decision.REMOVED:
        if ticket.key is None and "name" in changes:
            return Kind.KEPT, f"the address is that of {attendee.id}, whom you removed"
        return Kind.KEPT, "removed by you"
    return Kind.PAID_AGAIN, ticket.said


_KIND_OF_STRANGER = {
    TicketState.VALID: Kind.NEW,
    TicketState.PENDING: Kind.PENDING,
    TicketState.CANCELED: Kind.NO_TICKET,
    TicketState.OTHER_PRODUCT: Kind.NO_TICKET,
}


def _judge_member(ticket: Ticket, attendee: Attendee) -> Finding:
    if ticket.state is not TicketState.VALID:
        kind = Kind.PENDING if ticket.state is TicketState.PENDING else Kind.CANCELED
        why = ticket.said or ticket.state.value
        if attendee.decision is Decision.RESTORED:
            kind, why = Kind.KEPT, f"restored by you; the list says {why}"
        return _plain(kind, ticket, attendee=attendee, why=why)
    changes = _changes(ticket, attendee)
    if _is_given_away(ticket, attendee, changes=changes):
        kind = Kind.TRANSFERRED
    elif {"name", "email"} & changes.keys():
        kind = Kind.CORRECTED
    elif "ticket" in changes:
        kind = Kind.MOVED
    elif changes:
        kind = Kind.CHANGED
    elif _said_otherwise(ticket, attendee):
        return _plain(Kind.KEPT, ticket, attendee=attendee, why="changed by you")
    else:
        kind = Kind.UNCHANGED
    return _plain(kind, ticket, attendee=attendee, changes=changes)


def _is_given_away(ticket: Ticket, attendee: Attendee, *, changes: Changes) -> bool:
    """Whether it is another person's now: the name is wholly another, or name and address are."""
    if "name" not in changes:
        return False
    names = (attendee.name, (attendee.listed or attendee).name)
    if all(are_wholly_different(ticket.name, name) for name in names):
        return True
    return "email" in changes and is_another(attendee, ticket)


def _changes(ticket: Ticket, attendee: Attendee) -> Changes:
    """What the list says otherwise than before and than what is known, by field."""
    before: Named = attendee.listed or attendee
    changes: dict[str, tuple[str | int, str | int]] = {}
    for name in ("name", "email"):
        known, says = getattr(attendee, name), getattr(ticket, name)
        if says and says not in (known, getattr(before, name)):
            changes[name] = (known, says)
    if ticket.key != attendee.key or (
        ticket.order and attendee.order and ticket.order != attendee.order
    ):
        changes["ticket"] = (attendee.order or "another", ticket.order or "this one")
    said = attendee.attributes if attendee.listed is None else attendee.listed.attributes
    for name, value in ticket.attributes.items():
        if value not in (attendee.attributes.get(name), said.get(name)):
            changes[name] = (attendee.attributes.get(name, ""), value)
    return changes


def _said_otherwise(ticket: Ticket, attendee: Attendee) -> bool:
    return (person(ticket) != person(attendee) and bool(ticket.name)) or dict(
        ticket.attributes
    ) != dict(attendee.attributes)


def _missing(attendee: Attendee, key: bytes | None) -> Finding:
    kind, why = Kind.VANISHED, "" if key == attendee.key else "its ticket is another member's now"
    if not attendee.is_member:
        kind = Kind.UNCHANGED
    elif attendee.decision is Decision.RESTORED:
        kind, why = Kind.KEPT, "restored by you; it is not in the list"
    return Finding(kind=kind, attendee=attendee, changes=_NOTHING, why=why, key=key)


def _plain(
    kind: Kind,
    ticket: Ticket,
    *,
    attendee: Attendee | None = None,
    changes: Changes = _NOTHING,
    why: str = "",
) -> Finding:
    return Finding(
        kind=kind, ticket=ticket, attendee=attendee, changes=changes, why=why, key=ticket.key
    )


# --- one person, several tickets


class _Taken:
    """Who has a membership already, and by what."""

    def __init__(self, members: Iterable[tuple[Named, str]]) -> None:
        self._by_person: dict[Person, str] = {}
        self._by_address: dict[str, str] = {}
        for member, by in members:
            self._note(member, by)

    def add(self, ticket: Ticket, *, of: Attendee | None) -> None:
        """Note that a ticket gives a membership."""
        self._note(ticket, f"line {ticket.line}" if of is None else of.id)

    def of(self, ticket: Ticket) -> str | None:
        """By what the person of a ticket is a member; without a name the address tells."""
        who = person(ticket)
        if not who.name:
            return self._by_address.get(who.address)
        return self._by_person.get(who)

    def _note(self, member: Named, by: str) -> None:
        who = person(member)
        self._by_address.setdefault(who.address, by)
        if who.name:
            self._by_person.setdefault(who, by)


def _members_by_other_means(
    known: Iterable[Attendee], sure: Iterable[tuple[Ticket, Attendee | None]]
) -> list[tuple[Named, str]]:
    """Members as they will be called, but for those whose ticket another person has now."""
    tickets = {attendee.id: ticket for ticket, attendee in sure if attendee is not None}
    members: list[tuple[Named, str]] = []
    corrected: list[tuple[Named, str]] = []
    for one in known:
        if not one.is_member:
            continue
        ticket = tickets.get(one.id)
        changes = _NOTHING if ticket is None else _changes(ticket, one)
        if (
            ticket is None
            or person(ticket) == person(one)
            or not {"name", "email"} & changes.keys()
        ):
            members.append((one, one.id))
        elif not _is_given_away(ticket, one, changes=changes):
            corrected.append((ticket, one.id))
    return members + corrected


def _unless_doubled(finding: Finding, taken: _Taken) -> Finding:
    """The finding, or what it is where it would make somebody a member for a second time."""
    ticket, attendee = finding.ticket, finding.attendee
    if ticket is None or finding.kind not in (*_GIVES_MEMBERSHIP, Kind.CORRECTED):
        return finding
    by = taken.of(ticket)
    if by is None:
        return finding
    if attendee is not None and attendee.is_member:
        if by == attendee.id or person(attendee) == person(ticket):
            return finding
        why = f"now that of somebody who is a member already: {by}"
        return _plain(Kind.CANCELED, ticket, attendee=attendee, why=why)
    why = f"name and address are those of {by}"
    if not ticket.name:
        why = f"without a name, and the address is that of {by}"
    return _plain(Kind.DOUBLED, ticket, attendee=attendee, changes=finding.changes, why=why)


def _several(
    known: Iterable[Attendee], sure: Sequence[tuple[Ticket, Attendee | None]]
) -> tuple[Several, ...]:
    """Who has more than one ticket in the list, or is a member by another list or by hand too."""
    here = {attendee.id for _, attendee in sure if attendee is not None}
    lines: dict[Person, list[Ticket]] = defaultdict(list)
    others: dict[Person, list[str]] = defaultdict(list)
    for ticket, _ in sure:
        lines[person(ticket)].append(ticket)
    for one in known:
        if one.is_member and one.id not in here:
            others[person(one)].append(one.id)
    return tuple(
        Several(
            name=tickets[0].name,
            email=tickets[0].email,
            lines=tuple(ticket.line for ticket in tickets),
            ids=tuple(others[who]),
        )
        for who, tickets in lines.items()
        if len(tickets) + len(others[who]) > 1
    )
