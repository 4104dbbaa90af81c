"""From what a list says, and what the organiser wants done about it, to what is done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from server.issuance.acts import Act, Do
from server.issuance.attendee import Attendee, Decision, Invitation, Listed, State
from server.organiser.finding import ASKED, Comparison, Finding, Kind
from server.organiser.matching import covers
from server.organiser.ticket import Ticket, TicketState


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What an import is to do: the kinds of whom members are removed, and the rest of `ASKED`."""

    remove: frozenset[Kind] = frozenset()
    several: bool = False
    """Whether one person can have several memberships."""


def plan(comparison: Comparison, *, scope: str, wishes: Wishes) -> list[Act]:
    """All acts for a comparison, in its order."""
    acts = (_act(finding, scope=scope, wishes=wishes) for finding in comparison.findings)
    return [act for act in acts if act is not None]


def removals(comparison: Comparison, wishes: Wishes) -> list[Finding]:
    """The findings whose member is to be removed."""
    return [one for one in comparison.findings if one.removes and one.kind in wishes.remove]


def is_covered(acts: Iterable[Act], *, by: Sequence[Act]) -> bool:
    """Whether everything that changes something for somebody is among other acts."""
    shown = {_effect(act) for act in by}
    return all(act.do is Do.NOTE or _effect(act) in shown for act in acts)


def _effect(act: Act) -> tuple[object, ...]:
    someone = act.person
    if someone is None:
        return (act.do, act.id)
    said = (someone.key, someone.name, someone.email, *sorted(someone.attributes.items()))
    return (act.do, act.id, *said)


_DO = {
    Kind.CORRECTED: Do.REWRITE,
    Kind.MOVED: Do.REWRITE,
    Kind.CHANGED: Do.REWRITE,
    Kind.TRANSFERRED: Do.HAND_OVER,
    Kind.PAID_AGAIN: Do.TAKE_BACK,
}


def _act(finding: Finding, *, scope: str, wishes: Wishes) -> Act | None:
    ticket, attendee = finding.ticket, finding.attendee
    if ticket is not None and finding.kind is Kind.NEW:
        return Act(
            do=Do.ADMIT, person=_as_listed(ticket, scope=scope), listed=_listed(ticket, None)
        )
    if attendee is None or attendee.state is State.DELETED or finding.kind is Kind.UNREAD:
        return None
    if ticket is not None and finding.kind in ASKED:
        return Act(
            do=_DO[finding.kind],
            id=attendee.id,
            person=_as_it_will_be(ticket, attendee, finding=finding, scope=scope),
            listed=_listed(ticket, None),
            decision=_without_restored(attendee),
        )
    return Act(
        do=Do.DISMISS if finding.removes and finding.kind in wishes.remove else Do.NOTE,
        id=attendee.id,
        key=finding.key if finding.key != attendee.key else None,
        scope=None if covers(scope, attendee.scope) else scope,
        listed=_noted(finding, attendee),
        decision=_without_restored(attendee) if _is_valid(finding) else None,
    )


def _as_listed(ticket: Ticket, *, scope: str) -> Invitation:
    return Invitation(
        key=ticket.key,
        scope=scope,
        order=ticket.order,
        name=ticket.name,
        email=ticket.email,
        attributes=ticket.attributes,
    )


def _as_it_will_be(
    ticket: Ticket, attendee: Attendee, *, finding: Finding, scope: str
) -> Invitation:
    """What is known, with what the list says otherwise in its place."""
    changed = finding.changes.keys()
    said = {name: value for name, value in ticket.attributes.items() if name in changed}
    return replace(
        _as_listed(ticket, scope=attendee.scope if covers(scope, attendee.scope) else scope),
        order=ticket.order or attendee.order,
        name=ticket.name if "name" in changed else attendee.name,
        email=ticket.email if "email" in changed else attendee.email,
        attributes={**attendee.attributes, **said},
    )


def _listed(ticket: Ticket, before: Listed | Attendee | None) -> Listed:
    """What is noted of a ticket; name, address and attributes as before where they are not done."""
    said = ticket if before is None else before
    return Listed(
        state=ticket.state.value, name=said.name, email=said.email, attributes=said.attributes
    )


def _noted(finding: Finding, attendee: Attendee) -> Listed:
    before = attendee.listed or attendee
    if finding.ticket is None:
        state = TicketState.CANCELED.value if finding.kind is Kind.CANCELED else "vanished"
        return Listed(
            state=state, name=before.name, email=before.email, attributes=before.attributes
        )
    if finding.kind is Kind.CANCELED:
        return replace(_listed(finding.ticket, before), state=TicketState.CANCELED.value)
    if _is_valid(finding) and attendee.is_member:
        return _listed(finding.ticket, None)
    return _listed(finding.ticket, before)


def _is_valid(finding: Finding) -> bool:
    return finding.ticket is not None and finding.ticket.state is TicketState.VALID


def _without_restored(attendee: Attendee) -> Decision | None:
    """What was restored by hand needs that no longer once a list says so too."""
    return Decision.NONE if attendee.decision is Decision.RESTORED else None
