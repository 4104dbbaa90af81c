"""Importing an attendee list: read it, entitle who is new, and report every row left out."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from server.community.service import CommunityService
from server.issuance.entitlements import EntitlementService, Invitation
from server.organiser.attendee_list import read_attendee_list
from server.organiser.product_mapping import ProductMapping
from server.organiser.ticket import SkippedRow, Ticket, TicketState


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did; for the organiser's eyes, never for the log."""

    form: str
    imported: int
    already_there: int
    skipped: tuple[SkippedRow, ...]


class OrganiserService:
    """The organiser's work on attendee lists."""

    def __init__(self, *, community: CommunityService, entitlements: EntitlementService) -> None:
        self._community = community
        self._entitlements = entitlements

    def import_attendees(self, path: Path, *, mapping_file: Path | None = None) -> ImportReport:
        """Import a file, all usable rows in one transaction; a second time changes nothing.

        Raises OperatorError if file or mapping cannot be used at all.
        """
        schema = self._community.metadata().schema
        mapping = ProductMapping.read(mapping_file, schema=schema) if mapping_file else None
        attendees = read_attendee_list(path, schema=schema, mapping=mapping)
        valid = [one for one in attendees.tickets if one.state is TicketState.VALID]
        invited = self._entitlements.invite([_invitation(ticket) for ticket in valid])
        left_out = [
            SkippedRow(line=one.line, reason=f"its status is {(one.said or one.state.value)!r}")
            for one in attendees.tickets
            if one.state is not TicketState.VALID
        ]
        different = [
            SkippedRow(
                line=valid[position].line,
                reason="already there with another name, address or pass; nothing was changed",
            )
            for position in invited.different
        ]
        skipped = sorted((*attendees.skipped, *left_out, *different), key=lambda row: row.line)
        return ImportReport(
            form=attendees.form,
            imported=invited.new,
            already_there=invited.already_there,
            skipped=tuple(skipped),
        )


def _invitation(ticket: Ticket) -> Invitation:
    person = f"{ticket.email}\n{ticket.name.casefold()}".encode()
    return Invitation(
        source=ticket.key or hashlib.sha256(person).digest(),
        name=ticket.name,
        email=ticket.email,
        attributes=ticket.attributes,
    )
