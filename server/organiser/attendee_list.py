"""Attendee lists as shops, forms and people write them, read into tickets.

A row is one ticket. What names it, so that it is never imported twice, are ids that its form gives;
in lists without ids, person and address name it. Only who is VALID gets attributes, and whoever
has a name or an address that cannot be taken is skipped with the reason. Leaves out what an import
does with them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from credentials.formats import cbor
from credentials.formats.schema import REISSUED, Schema
from credentials.formats.text import fold, tidy, unshowable
from server.email_address import EmailRefused, email_key, take_email
from server.organiser.attribute_reader import AttributeReader
from server.organiser.column_titles import positions_of
from server.organiser.list_columns import (
    ListColumns,
    find_columns,
    missing_columns,
    read_columns,
)
from server.organiser.list_forms import PRETIX_ORDERS
from server.organiser.product_mapping import ProductMapping
from server.organiser.row_unusable import RowUnusable
from server.organiser.shown_text import quoted
from server.organiser.table_file import Row, TableFile, find_sheet, read_tables
from server.organiser.ticket import AttendeeList, SkippedRow, Ticket, TicketState
from server.organiser.ticket_status import StatusReader
from server.problems import OperatorError

__all__ = ["read_attendee_list", "read_columns"]

LABEL = "symbolon/attendee/1"
MAX_NAME = 200  # characters


def read_attendee_list(
    path: Path,
    *,
    schema: Schema,
    mapping: ProductMapping | None = None,
    columns: Mapping[str, str] | None = None,
    form: str | None = None,
) -> AttendeeList:
    """The list in a CSV, XLSX or ODS file.

    columns: what read_columns gives. form: one of list_forms.FORM_NAMES; both are found by the
    titles of the columns where they are not given. Raises OperatorError if the file as a whole is
    of no use. No ticket stands twice in a list.
    """
    named = columns or {}
    tables = read_tables(path, encoding=named.get("encoding"))
    if "sheet" in named:
        tables = [find_sheet(tables, name=named["sheet"], path=path)]
    table, found = _choose_table(tables, path=path, named=named, form=form)
    return _ListReader(path, table=table, columns=found, schema=schema, mapping=mapping).read()


class _ListReader:
    """Reads the rows of one table."""

    def __init__(
        self,
        path: Path,
        *,
        table: TableFile,
        columns: ListColumns,
        schema: Schema,
        mapping: ProductMapping | None,
    ) -> None:
        self._path = path
        self._table = table
        self._columns = columns
        self._mapping = mapping or ProductMapping({})
        self._attributes = AttributeReader(
            schema, columns=table.columns, mapping=mapping, path=path
        )
        self._statuses = StatusReader(
            table,
            named=columns.statuses,
            others=self._others(schema),
            statuses=self._mapping.statuses,
            path=path,
        )

    def read(self) -> AttendeeList:
        """All tickets, and the rows that are none."""
        tickets: dict[object, Ticket] = {}
        skipped: list[SkippedRow] = []
        for row in self._table.rows:
            try:
                ticket = self._ticket(row)
                earlier = tickets.get(_identity(ticket))
                if earlier is None:
                    tickets[_identity(ticket)] = ticket
                    continue
                kept, left_out = self._which_counts(earlier, ticket)
                tickets[_identity(ticket)] = kept
                skipped.append(
                    SkippedRow(
                        line=left_out.line,
                        reason=(
                            f"the same person answered again on line {kept.line}"
                            if self._columns.form.newest_counts
                            else f"the same ticket is on line {kept.line}"
                        ),
                        repeated=True,
                    )
                )
            except RowUnusable as reason:
                skipped.append(SkippedRow(line=row.line, reason=str(reason)))
        form = self._columns.form
        return AttendeeList(
            form=form.name,
            scope=self._scope(),
            omits_canceled=form.omits_canceled or not self._statuses.titles,
            tickets=tuple(sorted(tickets.values(), key=lambda ticket: ticket.line)),
            skipped=tuple(sorted(skipped, key=lambda row: row.line)),
        )

    def _ticket(self, row: Row) -> Ticket:
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
        ticket = Ticket(
            line=row.line,
            key=self._key(cells),
            state=state,
            said=said,
            order=self._order(cells),
            name=self._name(cells, needed=state is TicketState.VALID),
            email=self._email(cells, needed=state is TicketState.VALID),
            attributes={},
        )
        if ticket.key is None and not (ticket.name and ticket.email):
            raise RowUnusable(
                "the name is missing" if not ticket.name else "the e-mail address is missing"
            )
        if state is not TicketState.VALID:
            return ticket
        values = self._attributes.read(cells, product=product, variation=variation)
        return replace(ticket, attributes=values)

    def _which_counts(self, earlier: Ticket, later: Ticket) -> tuple[Ticket, Ticket]:
        """Of two rows of one ticket: the one that counts, and the other.

        Where ids say that they are one, a cancellation wins; a person without an id may have
        canceled and come back, so that what is valid wins.
        """
        if self._columns.form.newest_counts:
            return later, earlier
        order = [TicketState.CANCELED, TicketState.PENDING, TicketState.OTHER_PRODUCT]
        order = [*order, TicketState.VALID] if earlier.key else [TicketState.VALID, *order[::-1]]
        if order.index(later.state) < order.index(earlier.state):
            return later, earlier
        return earlier, later

    def _key(self, cells: Sequence[str]) -> bytes | None:
        form = self._columns.form
        fields = ("id",) if form.name == "plain" and self._columns.fields.get("id") else form.key
        parts = [self._cell(cells, field) for field in fields]
        if not fields or (form.name == "eventbrite" and not self._columns.fields.get("id")):
            return None
        if not all(parts):
            raise RowUnusable("the id of the ticket or of its order is missing")
        if form.name == "pretix" and not (parts[-1].isascii() and parts[-1].isdigit()):
            raise RowUnusable("the position id is not a number")
        return hashlib.sha256(cbor.encode((LABEL, form.name, *parts))).digest()

    def _is_unnamed_add_on(self, cells: Sequence[str], *, product: str, variation: str) -> bool:
        return (
            bool(self._cell(cells, "add-on to"))
            and not self._mapping.names(product, variation=variation)
            and not self._attributes.is_pass(product, variation=variation)
        )

    def _order(self, cells: Sequence[str]) -> str:
        order = tidy(self._cell(cells, "order"))
        return order if len(order) <= MAX_NAME and unshowable(order) is None else ""

    def _name(self, cells: Sequence[str], *, needed: bool) -> str:
        name = tidy(self._columns.name(cells))
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
            return take_email(self._cell(cells, "email"))
        except EmailRefused as error:
            if needed:
                raise RowUnusable(str(error)) from None
            return ""

    def _cell(self, cells: Sequence[str], field: str) -> str:
        return self._columns.cell(cells, field)

    def _scope(self) -> str:
        form = self._columns.form
        if not self._columns.fields.get("event"):
            return form.name
        events = {
            tidy(self._cell(row.cells, "event"))
            for row in self._table.rows
            if row.cells is not None
        }
        return "/".join([form.name, "+".join(sorted(event for event in events if event))])

    def _others(self, schema: Schema) -> frozenset[int]:
        """The columns that are no status, whatever their titles look like."""
        fields = self._columns.fields
        taken = {at for field in fields if field != "status" for at in fields[field]}
        attributes = [one.name for one in schema.attributes if one.name != REISSUED]
        known = (*attributes, *self._columns.form.no_status)
        return frozenset(taken) | frozenset(positions_of(known, columns=self._table.columns))


def _identity(ticket: Ticket) -> object:
    return ticket.key or (email_key(ticket.email), fold(ticket.name))


def _choose_table(
    tables: list[TableFile], *, path: Path, named: Mapping[str, str], form: str | None
) -> tuple[TableFile, ListColumns]:
    """The one table that is an attendee list; raises OperatorError if there is none, or several."""
    lists: list[tuple[TableFile, ListColumns]] = []
    problem: OperatorError | None = None
    for table in tables:
        try:
            found = find_columns(table.columns, named=named, form=form)
            if found is None:
                raise _no_list(table, path=path, form=form)
            if found.form.name != "pretix" and _is_pretix_orders(table):
                raise _orders_sheet(path)
        except OperatorError as error:
            problem = problem or error
            continue
        lists.append((table, found))
    if len(lists) == 1:
        return lists[0]
    if lists:
        sheets = ", ".join(repr(table.sheet) for table, _ in lists)
        raise OperatorError(
            f"{path} has several sheets that may be the list: {sheets}. "
            f"Say which one, such as --columns sheet={lists[0][0].sheet}"
        )
    raise problem or OperatorError(f"{path} is empty.")


def _is_pretix_orders(table: TableFile) -> bool:
    return bool(positions_of(PRETIX_ORDERS, columns=table.columns)) and (
        find_columns(table.columns, named={}, form="pretix") is None
    )


def _orders_sheet(path: Path) -> OperatorError:
    return OperatorError(
        f"{path} is pretix's list of orders, which does not say who has a ticket: "
        "export “Order data” again, as the sheet of order positions or as Excel with all sheets."
    )


def _no_list(table: TableFile, *, path: Path, form: str | None) -> OperatorError:
    missing = ", ".join(repr(title) for title in missing_columns(table.columns, form=form))
    titles = ", ".join(quoted(title, otherwise="a long one") for title in table.columns if title)
    where = f"{path}, sheet {table.sheet!r}," if table.sheet else str(path)
    kind = f" of the form {form}" if form else ""
    return OperatorError(
        f"{where} is no attendee list{kind}: no column is found for {missing}. Its columns are "
        f"{titles}. Say which is which, such as --columns name=Full name,email=Contact"
    )
