"""Attendee lists as shops, forms and people write them, read into tickets.

A row is one ticket, and no ticket stands twice in what is read. Only who is VALID gets attributes,
and whoever has a name or an address that cannot be taken is skipped with the reason. Leaves out
what an import does with the tickets.
"""

from collections.abc import Mapping
from pathlib import Path

from credentials.formats.schema import REISSUED, Schema
from credentials.formats.text import fold, tidy
from server.email_address import email_key
from server.organiser.attribute_reader import AttributeReader
from server.organiser.column_titles import positions_of
from server.organiser.list_columns import ListColumns, read_columns
from server.organiser.list_forms import ListForm
from server.organiser.list_sheet import choose_table
from server.organiser.product_mapping import ProductMapping
from server.organiser.row_unusable import RowUnusable
from server.organiser.table_file import TableFile
from server.organiser.ticket import AttendeeList, SkippedRow, Ticket, TicketState
from server.organiser.ticket_row import TicketReader
from server.organiser.ticket_status import StatusReader

__all__ = ["read_attendee_list", "read_columns"]


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
    of no use.
    """
    table, found = choose_table(path, named=columns or {}, form=form)
    statuses = StatusReader(
        table,
        named=found.statuses,
        by_form=found.fields.get("status", ()),
        others=found.others(table.columns),
        personal=found.personal | _attribute_columns(table, schema=schema),
        statuses=mapping.statuses if mapping is not None else {},
        path=path,
    )
    reader = TicketReader(
        columns=found,
        statuses=statuses,
        attributes=AttributeReader(schema, columns=table.columns, mapping=mapping, path=path),
        mapping=mapping or ProductMapping({}),
    )
    tickets, skipped = _read_rows(table, reader=reader, form=found.form)
    return AttendeeList(
        form=found.form.name,
        scope=_scope(table, columns=found),
        omits_canceled=found.form.omits_canceled or not statuses.titles,
        tickets=tuple(sorted(tickets, key=lambda ticket: ticket.line)),
        skipped=tuple(sorted(skipped, key=lambda row: row.line)),
        read_from=_preview(table, columns=found, statuses=statuses),
    )


def _read_rows(
    table: TableFile, *, reader: TicketReader, form: ListForm
) -> tuple[list[Ticket], list[SkippedRow]]:
    tickets: dict[object, Ticket] = {}
    skipped: list[SkippedRow] = []
    for row in table.rows:
        try:
            ticket = reader.read(row)
        except RowUnusable as unusable:
            key = reader.key_of(row)
            skipped.append(SkippedRow(line=row.line, reason=str(unusable), key=key))
            continue
        identity = _identity(ticket, form=form)
        earlier = tickets.setdefault(identity, ticket)
        if earlier is not ticket:
            kept, left_out = _which_counts(earlier, ticket, form=form)
            tickets[identity] = kept
            again = "address answered again" if form.newest_counts else "ticket is"
            reason = f"the same {again} on line {kept.line}"
            skipped.append(SkippedRow(line=left_out.line, reason=reason, key=kept.key))
    return list(tickets.values()), skipped


def _identity(ticket: Ticket, *, form: ListForm) -> object:
    if ticket.key is not None:
        return ticket.key
    email = email_key(ticket.email)
    return email if form.newest_counts else (email, fold(ticket.name))


def _which_counts(earlier: Ticket, later: Ticket, *, form: ListForm) -> tuple[Ticket, Ticket]:
    """Of two rows of one ticket: the one that counts, and the other.

    Where ids say that they are one, a cancellation wins; a person without an id may have canceled
    and come back, so that there what is valid wins.
    """
    if form.newest_counts:
        return later, earlier
    order = [
        TicketState.CANCELED,
        TicketState.PENDING,
        TicketState.OTHER_PRODUCT,
        TicketState.VALID,
    ]
    if earlier.key is None:
        order.reverse()
    if order.index(later.state) < order.index(earlier.state):
        return later, earlier
    return earlier, later


def _scope(table: TableFile, *, columns: ListColumns) -> str:
    events = {
        tidy(columns.cell(row.cells, "event")) for row in table.rows if row.cells is not None
    } - {""}
    return "/".join([columns.form.name, "+".join(sorted(events))]).rstrip("/")


def _attribute_columns(table: TableFile, *, schema: Schema) -> frozenset[int]:
    names = [one.name for one in schema.attributes if one.name != REISSUED]
    return frozenset(positions_of(names, columns=table.columns))


def _preview(
    table: TableFile, *, columns: ListColumns, statuses: StatusReader
) -> Mapping[str, str]:
    fields = {
        field: " + ".join(table.columns[at] for at in positions)
        for field, positions in columns.fields.items()
        if positions and field != "status"
    }
    if fields.get("name"):
        fields.pop("first name", None)
        fields.pop("last name", None)
    sheet = {"sheet": table.sheet} if table.sheet else {}
    status = {"status": " + ".join(statuses.titles)} if statuses.titles else {}
    return {**sheet, **fields, **status}
