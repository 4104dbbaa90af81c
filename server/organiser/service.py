"""Importing an attendee list: what it says beside what is known, and then what was confirmed.

`look` only reads. `carry_out` does in one transaction what was shown, and nothing that was not:
where somebody else changed something meanwhile, it does nothing at all.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from server.community.service import CommunityService
from server.issuance.acts import Act
from server.issuance.attendee import Attendee
from server.issuance.entitlements import EntitlementService
from server.organiser.attendee_list import read_attendee_list
from server.organiser.comparison import compare
from server.organiser.finding import Comparison, Kind
from server.organiser.plan import Wishes, is_covered, plan, removals
from server.organiser.product_mapping import ProductMapping
from server.organiser.ticket import AttendeeList
from server.problems import OperatorError
from server.registry.publisher import When


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A list beside what is known; for the organiser's eyes, never for the log.

    imported_before: the day on which this very list was imported (days since 1970-01-01), if a
    newer one of its kind came after it.
    """

    attendees: AttendeeList
    comparison: Comparison
    imported_before: int | None

    def __repr__(self) -> str:
        return f"Look({self.comparison!r})"

    @property
    def unreadable(self) -> int:
        """How many rows could not be used, and are in no other row either."""
        return sum(not row.repeated for row in self.attendees.skipped)

    @property
    def usable(self) -> bool:
        """Whether the list says anything of anybody: one who is in, or one who was."""
        idle = (Kind.NO_TICKET, Kind.PENDING)
        return any(
            one.ticket is not None and (one.kind not in idle or one.attendee is not None)
            for one in self.comparison.findings
        )


class OrganiserService:
    """The organiser's work on attendee lists."""

    def __init__(self, *, community: CommunityService, entitlements: EntitlementService) -> None:
        self._community = community
        self._entitlements = entitlements

    def read(
        self,
        path: Path,
        *,
        mapping_file: Path | None = None,
        columns: Mapping[str, str] | None = None,
        form: str | None = None,
    ) -> AttendeeList:
        """Read a list; raises OperatorError if file or mapping cannot be used at all."""
        schema = self._community.metadata().schema
        mapping = ProductMapping.read(mapping_file, schema=schema) if mapping_file else None
        return read_attendee_list(path, schema=schema, mapping=mapping, columns=columns, form=form)

    def look(self, attendees: AttendeeList, *, several: bool = False) -> Look:
        """Compare a list with what is known."""
        return Look(
            attendees=attendees,
            comparison=compare(self._entitlements.attendees(), attendees, several=several),
            imported_before=self._entitlements.imported_before(
                scope=attendees.scope, digest=_digest(attendees)
            ),
        )

    def carry_out(
        self, look: Look, wishes: Wishes, *, when: When, most: bool = False
    ) -> list[Attendee]:
        """Do what was shown and is wished, all or nothing; those who have a new link.

        Unless `most` is said, no more than half of the members are removed. Raises OperatorError.
        """
        attendees = look.attendees
        _check_removals(look, wishes, most=most)
        shown = plan(look.comparison, scope=attendees.scope, wishes=wishes)

        def decide(known: Sequence[Attendee]) -> Sequence[Act]:
            now = compare(known, attendees, several=wishes.several)
            acts = plan(now, scope=attendees.scope, wishes=wishes)
            if not is_covered(acts, by=shown):
                raise OperatorError(
                    "The attendees were changed meanwhile, so nothing was done: "
                    "import the list again, and see what it says now."
                )
            return acts

        return self._entitlements.carry_out(
            decide, scope=attendees.scope, digest=_digest(attendees), when=when
        )


def _check_removals(look: Look, wishes: Wishes, *, most: bool) -> None:
    going = removals(look.comparison, wishes)
    nameless = sum(row.key is None and not row.repeated for row in look.attendees.skipped)
    if nameless and any(one.kind is Kind.VANISHED for one in going):
        raise OperatorError(
            f"{nameless} rows could not be read, so nobody can be said to have vanished: "
            "mend these rows first, or leave out --remove vanished."
        )
    if len(going) > 1 and 2 * len(going) > look.comparison.members and not most:
        raise OperatorError(
            f"This would remove {len(going)} of {look.comparison.members} members: is it the whole "
            "list, and the right one? If so, say --remove-most. Nothing was changed."
        )


def _digest(attendees: AttendeeList) -> bytes:
    """What a list says, whatever the order of its rows and the form of its file."""
    tickets = sorted(
        json.dumps(
            [
                "" if one.key is None else one.key.hex(),
                one.state.value,
                one.order,
                one.name,
                one.email,
                sorted(one.attributes.items()),
            ]
        )
        for one in attendees.tickets
    )
    return hashlib.sha256("\n".join(tickets).encode()).digest()
