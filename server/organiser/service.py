"""Importing an attendee list: read it, entitle who is new, and report every row left out."""

from dataclasses import dataclass
from pathlib import Path

from server.community.service import CommunityService
from server.issuance.entitlements import EntitlementService
from server.organiser.attendee_list import SkippedRow, read_attendee_list
from server.organiser.attributes import ProductMapping


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
        invited = self._entitlements.invite(attendees.invitations)
        different = [
            SkippedRow(
                line=attendees.lines[position],
                reason="already there with another name, address or pass; nothing was changed",
            )
            for position in invited.different
        ]
        skipped = sorted((*attendees.skipped, *different), key=lambda row: row.line)
        return ImportReport(
            form=attendees.form,
            imported=invited.new,
            already_there=invited.already_there,
            skipped=tuple(skipped),
        )
