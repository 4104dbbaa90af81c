"""A row of an attendee list as it was read: one ticket, its state, and whose it is.

Leaves out how files are read (attendee_list.py) and what an import does with the tickets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class TicketState(StrEnum):
    """What a list says of a ticket."""

    VALID = "valid"
    """Gives a membership."""
    PENDING = "pending"
    """Not paid or not approved yet: gives none so far."""
    CANCELED = "canceled"
    """Canceled, declined, refunded, expired or blocked: gives none."""
    OTHER_PRODUCT = "other product"
    """The mapping says that this product gives no membership."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket.

    line: where its row begins in the file. key: 32 octets that name the ticket for ever where the
    shop gives it an id of its own; None in lists without ids, where person and address name it.
    state, and `said`: how the list puts it, as short text for reports ("canceled", "" without such
    a column). order: the order's code, or empty. name, email: as stored (tidy). attributes: what
    the credential would say; empty unless VALID.
    """

    line: int
    key: bytes | None
    state: TicketState
    said: str
    order: str
    name: str
    email: str
    attributes: Mapping[str, str | int]

    def __repr__(self) -> str:
        return f"Ticket(line={self.line}, state={self.state.value!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedRow:
    """A row that is not used: where it begins in the file, and why.

    key: as in Ticket, where the row could be told that much: a ticket of it has not vanished.
    repeated: another row says it, or says it better, so that nothing is lost with this one. whose:
    texts in the row that may be a name or an address: whoever has one of them has not vanished.
    """

    line: int
    reason: str
    key: bytes | None = None
    repeated: bool = False
    whose: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"SkippedRow(line={self.line}, reason={self.reason!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeList:
    """A list as read.

    form: what kind of file it was taken for ("plain", "pretix", "luma" …). scope: names what the
    list is about, so that only tickets of the same scope can have vanished from it: the form and
    the event, such as "pretix/agora-2026"; a plain list is "plain". omits_canceled: whether this
    form leaves canceled tickets out by default, so that one who vanished may have been canceled.
    read_from: for a preview, which column each field was read from, and the sheet. No ticket stands
    twice: neither a key, nor, without keys, a person with one address.
    """

    form: str
    scope: str
    omits_canceled: bool
    tickets: tuple[Ticket, ...]
    skipped: tuple[SkippedRow, ...]
    read_from: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"AttendeeList({len(self.tickets)} tickets, {len(self.skipped)} skipped)"
