"""What a list says of one ticket beside what is known: exactly one finding for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.issuance.attendee import Attendee
from server.organiser.ticket import Ticket

Changes = Mapping[str, tuple[str | int, str | int]]


class Kind(StrEnum):
    """What a finding is."""

    NEW = "new"
    CORRECTED = "corrected"
    """The same ticket and person; name or address is another."""
    MOVED = "moved"
    """The same person, by another ticket or in another order."""
    CHANGED = "changed"
    """The ticket says other attributes."""
    TRANSFERRED = "given to another person"
    """The same ticket; the name is wholly another, or name and address are both others."""
    PAID_AGAIN = "paid again"
    """Removed because a list said so, and valid now."""
    DOUBLED = "doubled"
    """A further ticket of somebody who has one."""
    CANCELED = "canceled"
    """A member whose ticket gives no membership any more."""
    VANISHED = "vanished"
    """A member whose ticket is not in the list."""
    PENDING = "pending"
    """Not paid or not approved yet."""
    UNREAD = "in a row that cannot be read"
    """A member whose row is there and of no use; nothing is done."""
    KEPT = "kept as you decided"
    """The organiser decided otherwise by hand, and the list says nothing new; or it has the address
    of somebody whom the organiser removed."""
    NO_TICKET = "without membership"
    """Canceled or another product, and not a member either."""
    UNCHANGED = "unchanged"


ASKED = (Kind.CORRECTED, Kind.MOVED, Kind.CHANGED, Kind.TRANSFERRED, Kind.PAID_AGAIN)
"""What an import does once it is confirmed."""

REMOVABLE = (Kind.CANCELED, Kind.VANISHED, Kind.PENDING)
"""Those of whom a member is removed where the organiser says so for the kind."""

QUIET = (Kind.UNCHANGED, Kind.NO_TICKET)
"""What is counted and not shown row by row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding.

    line: of the ticket's row, or None for who is not in the list. changes: by field, what is known
    and what the list says. why: a few words more, without names.
    """

    kind: Kind
    ticket: Ticket | None = None
    attendee: Attendee | None = None
    changes: Changes
    why: str = ""
    key: bytes | None = None
    """The key of the ticket that is the attendee's from now on."""

    def __repr__(self) -> str:
        return f"Finding({self.kind.value!r}, line={self.line})"

    @property
    def line(self) -> int | None:
        """Where the row begins."""
        return None if self.ticket is None else self.ticket.line

    @property
    def removes(self) -> bool:
        """Whether it is of a kind for which a member can be removed, and there is one."""
        return self.kind in REMOVABLE and self.attendee is not None and self.attendee.is_member


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """A person with more than one ticket or membership: name, address, and how many."""

    name: str
    email: str
    lines: tuple[int, ...]
    ids: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Several(lines={self.lines})"

    @property
    def count(self) -> int:
        """Tickets in the list, and memberships by another list or by hand."""
        return len(self.lines) + len(self.ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A whole list beside what is known."""

    findings: tuple[Finding, ...]
    several: tuple[Several, ...]
    members: int
    """How many members of this scope there were before."""

    def __repr__(self) -> str:
        return f"Comparison({len(self.findings)} findings)"

    def count(self, kind: Kind) -> int:
        """How many findings are of one kind."""
        return sum(finding.kind is kind for finding in self.findings)

    def of(self, *kinds: Kind) -> list[Finding]:
        """The findings of some kinds, in the list's order."""
        return [finding for finding in self.findings if finding.kind in kinds]
