"""One row of an attendee list, read into a ticket.

What names a ticket for ever are the ids that the list's form gives; in lists without ids, person
and address name it. Whatever is not VALID may lack a name or an address.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from credentials.formats import cbor
from credentials.formats.text import fold, tidy, unshowable
from server.email_address import EmailRefused, take_email
from server.organiser.attribute_reader import AttributeReader
from server.organiser.list_columns import ListColumns
from server.organiser.product_mapping import ProductMapping
from server.organiser.row_unusable import RowUnusable
from server.organiser.shown_text import shown
from server.organiser.status_doubts import begins_with_no
from server.organiser.table_file import Row
from server.organiser.ticket import Ticket, TicketState
from server.organiser.ticket_status import StatusReader

LABEL: Final = "symbolon/attendee/1"
MAX_NAME: Final = 200  # characters
MAX_KEY: Final = 200  # characters of each id

_PLACEHOLDERS: Final = frozenset(
    {"info requested", "info requested info requested", "n/a", "n/a n/a", "-", "--", "tba", "tbd"}
)
"""What shops write where they have no name yet, folded."""

_ADDRESS_IN_BRACKETS: Final = re.compile(r"[^<>]*<([^<>]+)>\s*")  # Ana Amaro <ana@example.org>


class TicketReader:
    """Reads the rows of one table."""

    def __init__(
        self,
        *,
        columns: ListColumns,
        statuses: StatusReader,
        attributes: AttributeReader,
        mapping: ProductMapping,
    ) -> None:
        self._columns = columns
        self._statuses = statuses
        self._attributes = attributes
        self._mapping = mapping

    def read(self, row: Row) -> Ticket:
        """The ticket of a row; raises RowUnusable."""
        cells = row.cells
        if cells is None:
            raise RowUnusable("it has more or fewer cells than the first line")
        state, said = self._statuses.read(cells)
        if state is None:
            raise RowUnusable("its status is empty")
        product = self._cell(cells, "pass")
        variation = self._cell(cells, "variation")
        if self._mapping.gives_none(product, variation=variation):
            state = TicketState.OTHER_PRODUCT
        elif self._is_unnamed_add_on(cells, product=product, variation=variation):
            state, said = TicketState.OTHER_PRODUCT, "an add-on of another position"
        elif state is TicketState.VALID and self._refuses(product, variation=variation):
            state, said = TicketState.PENDING, shown(product) or "its product"
        valid = state is TicketState.VALID
        ticket = Ticket(
            line=row.line,
            key=self._key(cells),
            state=state,
            said=said,
            order=self._order(cells),
            name=self._name(cells, needed=valid),
            email=self._email(cells, needed=valid),
            attributes={},
        )
        if ticket.key is None and not (ticket.name and ticket.email):
            missing = "e-mail address" if ticket.name else "name"
            raise RowUnusable(f"the {missing} is missing")
        if not valid:
            return ticket
        if ticket.key is None and self._cell(cells, "quantity") not in ("", "1"):
            raise RowUnusable("it is an order of several tickets: export the attendees instead")
        values = self._attributes.read(cells, product=product, variation=variation)
        return replace(ticket, attributes=values)

    def key_of(self, row: Row) -> bytes | None:
        """The key of a row, None where it has none."""
        try:
            return self._key(row.cells) if row.cells is not None else None
        except RowUnusable:
            return None

    def whose(self, row: Row) -> tuple[str, ...]:
        """What the row has for a name and an address, or all of it where its cells are torn."""
        if row.cells is None:
            return row.torn
        email = _ADDRESS_IN_BRACKETS.sub(r"\1", self._cell(row.cells, "email"))
        return tuple(text for text in (self._columns.name(row.cells), email) if text)

    def _key(self, cells: Sequence[str]) -> bytes | None:
        fields = self._columns.key
        if not fields:
            return None
        parts = [tidy(self._cell(cells, field)) for field in fields]
        if not all(parts):
            raise RowUnusable("the id of the ticket or of its order is missing")
        if any(len(part) > MAX_KEY or unshowable(part) is not None for part in parts):
            raise RowUnusable("the id of the ticket or of its order cannot be one")
        form = self._columns.form.name
        return hashlib.sha256(cbor.encode((LABEL, form, *parts))).digest()

    def _is_unnamed_add_on(self, cells: Sequence[str], *, product: str, variation: str) -> bool:
        return (
            bool(self._cell(cells, "add-on to"))
            and not self._mapping.names(product, variation=variation)
            and not self._attributes.is_pass(product, variation=variation)
        )

    def _refuses(self, product: str, *, variation: str) -> bool:
        """Whether a product is called like a waiting list or a refusal, and no mapping names it."""
        named = self._mapping.names(product, variation=variation)
        return bool(begins_with_no([(0, product)])) and not named

    def _order(self, cells: Sequence[str]) -> str:
        order = tidy(self._cell(cells, "order"))
        return order if len(order) <= MAX_NAME and unshowable(order) is None else ""

    def _name(self, cells: Sequence[str], *, needed: bool) -> str:
        name = tidy(self._columns.name(cells))
        if fold(name) in _PLACEHOLDERS:
            name = ""
        refused = unshowable(name)
        if refused is None and len(name) <= MAX_NAME:
            return name
        if not needed:
            return ""
        if refused is not None:
            raise RowUnusable(f"the name holds {refused}")
        raise RowUnusable(f"the name is longer than {MAX_NAME} characters")

    def _email(self, cells: Sequence[str], *, needed: bool) -> str:
        try:
            return take_email(_ADDRESS_IN_BRACKETS.sub(r"\1", self._cell(cells, "email")))
        except EmailRefused as error:
            if needed:
                raise RowUnusable(str(error)) from None
            return ""

    def _cell(self, cells: Sequence[str], field: str) -> str:
        return self._columns.cell(cells, field)
