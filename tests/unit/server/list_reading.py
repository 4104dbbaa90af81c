"""Reading a list in a test, from text or a sheet, for a community with one flag."""

from collections.abc import Sequence
from pathlib import Path

from credentials.formats.schema import Schema
from server.organiser.attendee_list import AttendeeList, read_attendee_list, read_columns
from server.organiser.product_mapping import ProductMapping
from tests.spreadsheets import xlsx

SCHEMA = Schema.from_json({"name": "club", "attributes": [{"name": "volunteer", "type": "flag"}]})


def read(
    folder: Path,
    table: Sequence[Sequence[str]] | str | bytes,
    *,
    mapping: str | None = None,
    form: str | None = None,
    columns: str | None = None,
) -> AttendeeList:
    path = folder / "list"
    if isinstance(table, str):
        table = table.encode()
    path.write_bytes(table if isinstance(table, bytes) else xlsx({"Sheet": table}))
    return read_file(path, mapping=mapping, form=form, columns=columns)


def read_file(
    path: Path, *, mapping: str | None = None, form: str | None = None, columns: str | None = None
) -> AttendeeList:
    products = None
    if mapping is not None:
        (path.parent / "map.json").write_text(mapping)
        products = ProductMapping.read(path.parent / "map.json", schema=SCHEMA)
    return read_attendee_list(
        path,
        schema=SCHEMA,
        mapping=products,
        form=form,
        columns=read_columns(columns) if columns is not None else None,
    )


def states(attendees: AttendeeList) -> list[str]:
    return [ticket.state.value for ticket in attendees.tickets]
