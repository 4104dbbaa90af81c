"""Whom the organiser removed by hand: no list brings them back, by whatever ticket or name.

`attendees restore` and `attendees add` are the ways back, and the organiser's alone.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from server.issuance.attendee import Attendee, Decision
from server.issuance.person import person
from server.organiser.finding import Finding, Kind
from server.organiser.likeness import are_wholly_different
from server.organiser.ticket import Ticket


class Removed:
    """Those whom the organiser removed by hand, by their addresses."""

    def __init__(self, known: Iterable[Attendee]) -> None:
        self._by_address: dict[str, list[Attendee]] = defaultdict(list)
        for one in known:
            if one.decision is Decision.REMOVED and not one.is_member:
                for address in {person(one).address, person(one.listed or one).address} - {""}:
                    self._by_address[address].append(one)

    def kept_out(self, finding: Finding) -> Finding:
        """The finding, or what it is where it would bring one of them back."""
        ticket, attendee = finding.ticket, finding.attendee
        if ticket is None:
            return finding
        here = self._by_address.get(person(ticket).address, [])
        if here and finding.kind is Kind.NEW:
            why = f"the address is that of {here[0].id}, whom you removed"
            return replace(finding, kind=Kind.KEPT, why=why)
        gone = next((one for one in here if _may_be(ticket, one, kind=finding.kind)), None)
        if gone is None or attendee is None or person(attendee) == person(ticket):
            return finding
        why = f"now that of somebody whom you removed: {gone.id}"
        kind = Kind.CANCELED if attendee.is_member else Kind.KEPT
        return replace(finding, kind=kind, why=why, changes={})


def _may_be(ticket: Ticket, gone: Attendee, *, kind: Kind) -> bool:
    """Whether a ticket that comes to another person or spelling is that of one who is gone."""
    if kind is Kind.TRANSFERRED:
        return not are_wholly_different(ticket.name, gone.name)
    if kind in (Kind.CORRECTED, Kind.PAID_AGAIN):
        return person(ticket) == person(gone)
    return False
