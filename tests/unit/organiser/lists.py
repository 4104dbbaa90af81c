"""Tickets and attendees made by hand, and a register in memory that does what plans say."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from server.issuance.acts import Act, Do
from server.issuance.attendee import Attendee, Decision, State
from server.issuance.person import source_of
from server.organiser.comparison import compare
from server.organiser.finding import REMOVABLE, Comparison, Finding, Kind
from server.organiser.plan import Wishes, plan
from server.organiser.ticket import AttendeeList, Ticket, TicketState

SCOPE = "pretix/agora"
ALL = Wishes(remove=frozenset(REMOVABLE))


def ticket(
    key: str | None,
    name: str,
    email: str = "",
    *,
    state: TicketState = TicketState.VALID,
    line: int = 0,
    order: str = "",
    **attributes: str | int,
) -> Ticket:
    """A ticket with an id, or without; its line is given by `listing`."""
    valid = state is TicketState.VALID
    return Ticket(
        line=line,
        key=None if key is None else key.encode().ljust(32, b"."),
        state=state,
        said="" if valid else state.value,
        order=order or (key or "")[:1],
        name=name,
        email=email or f"{name.lower()}@example.org",
        attributes={"pass": "week", **attributes} if valid else {},
    )


def listing(*tickets: Ticket, scope: str = SCOPE, **more: Any) -> AttendeeList:
    """A list of tickets, on lines of their own."""
    return AttendeeList(
        form=scope.partition("/")[0],
        scope=scope,
        omits_canceled=True,
        tickets=tuple(replace(one, line=line) for line, one in enumerate(tickets, start=2)),
        skipped=more.get("skipped", ()),
    )


class Memory:
    """Attendees in memory, to whom acts are done as the database does them."""

    def __init__(self) -> None:
        self.known: list[Attendee] = []
        self.links = 0

    def compare(self, attendees: AttendeeList, *, several: bool = False) -> Comparison:
        return compare(self.known, attendees, several=several)

    def take(self, attendees: AttendeeList, wishes: Wishes = ALL) -> Comparison:
        """Import a list, with everything confirmed that is wished."""
        comparison = self.compare(attendees, several=wishes.several)
        for act in plan(comparison, scope=attendees.scope, wishes=wishes):
            self._do(act)
        sources = [one.key or source_of(one, scope=one.scope) for one in self.known]
        assert len(set(sources)) == len(sources), "a ticket is two members"
        return comparison

    def _do(self, act: Act) -> None:
        if act.do is Do.ADMIT:
            assert act.person is not None
            self.links += 1
            values = {name: getattr(act.person, name) for name in act.person.__slots__}
            self.known.append(
                Attendee(id=f"id{self.links}", state=State.INVITED, listed=act.listed, **values)
            )
            return
        (before,) = (one for one in self.known if one.id == act.id)
        after = replace(before, listed=act.listed or before.listed)
        if act.decision is not None:
            after = replace(after, decision=act.decision)
        if act.key is not None:
            after = replace(after, key=act.key)
        if act.scope is not None:
            after = replace(after, scope=act.scope)
        if act.person is not None:
            after = replace(
                after, **{name: getattr(act.person, name) for name in act.person.__slots__}
            )
        if act.do in (Do.HAND_OVER, Do.TAKE_BACK):
            self.links += 1
            after = replace(after, state=State.INVITED, claimed=False)
        if act.do is Do.DISMISS:
            after = replace(after, state=State.REMOVED, decision=Decision.NONE)
        self.known[self.known.index(before)] = after

    def set(self, who: str, **values: Any) -> None:
        """Change somebody by hand, as a command does."""
        (before,) = (one for one in self.known if one.name == who)
        self.known[self.known.index(before)] = replace(before, **values)

    def members(self) -> list[tuple[str, str, object]]:
        """Name, address and attributes of all who are members, sorted."""
        return sorted(
            (one.name, one.email, sorted(one.attributes.items()))
            for one in self.known
            if one.is_member
        )


def kinds(comparison: Comparison) -> list[tuple[str, Kind]]:
    """The name in each finding, and what it is, in order."""
    return [(_name(finding), finding.kind) for finding in comparison.findings]


def _name(finding: Finding) -> str:
    somebody = finding.attendee or finding.ticket
    assert somebody is not None
    return somebody.name


def said(comparison: Comparison) -> Sequence[str]:
    """The words beside each finding."""
    return [finding.why for finding in comparison.findings]
