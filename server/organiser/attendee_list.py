"""Attendee lists as shops, forms and people write them, read into tickets.

A row is one ticket, and no ticket stands twice in what is read. Only who is VALID gets attributes,
and whoever has a name or an address that cannot be taken is skipped with the reason. Leaves out
what an import does with the tickets.
"""

from collections.abc import Mapping
from pathlib import Path

from credentials.formats.schema import REISSUED, Schema
from credentials.formats.text import tidy
from server.organiser.answer_times import AnswerTimes
from server.organiser.attribute_reader import AttributeReader
from server.organiser.column_titles import positions_of
from server.organiser.list_columns import ListColumns, read_columns
from server.organiser.list_sheet import choose_table
from server.organiser.product_mapping import ProductMapping
from server.organiser.repeated_rows import newest_of_each, one_of_each
from server.organiser.row_unusable import RowUnusable
from server.organiser.table_file import TableFile
from server.organiser.ticket import AttendeeList, SkippedRow, Ticket
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
    tickets, skipped = _read_rows(table, reader=reader, columns=found)
    return AttendeeList(
        form=found.form.name,
        scope=_scope(table, columns=found),
        omits_canceled=found.form.omits_canceled or not statuses.titles,
        tickets=tuple(sorted(tickets, key=lambda ticket: ticket.line)),
        skipped=tuple(sorted(skipped, key=lambda row: row.line)),
        read_from=_preview(table, columns=found, statuses=statuses),
    )


def _read_rows(
    table: TableFile, *, reader: TicketReader, columns: ListColumns
) -> tuple[list[Ticket], list[SkippedRow]]:
    read: list[Ticket] = []
    unusable: list[SkippedRow] = []
    for row in table.rows:
        try:
            read.append(reader.read(row))
        except RowUnusable as error:
            key, whose = reader.key_of(row), reader.whose(row)
            unusable.append(SkippedRow(line=row.line, reason=str(error), key=key, whose=whose))
    if columns.form.newest_counts:
        tickets, repeated = newest_of_each(read, times=_answer_times(table, columns=columns))
    else:
        tickets, repeated = one_of_each(read)
    return tickets, unusable + repeated


def _answer_times(table: TableFile, *, columns: ListColumns) -> AnswerTimes:
    return AnswerTimes(
        {
            row.line: columns.cell(row.cells, "submitted")
            for row in table.rows
            if row.cells is not None
        }
    )


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
