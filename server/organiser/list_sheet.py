"""Which table of a file is the attendee list: the only one that can be, or the one that was named.

Leaves out what the rows say (attendee_list.py).
"""

from collections.abc import Mapping
from pathlib import Path

from server.organiser.column_titles import positions_of
from server.organiser.list_columns import ListColumns, find_columns, missing_columns
from server.organiser.pretix_words import TITLES
from server.organiser.shown_text import titles_shown
from server.organiser.table_file import TableFile, find_sheet, read_tables
from server.problems import OperatorError


def choose_table(
    path: Path, *, named: Mapping[str, str], form: str | None
) -> tuple[TableFile, ListColumns]:
    """The attendee list in a file and its columns; raises OperatorError if it is not clear.

    named: what `--columns` says. form: as in find_columns.
    """
    tables = read_tables(path, encoding=named.get("encoding"))
    if "sheet" in named:
        tables = [find_sheet(tables, name=named["sheet"], path=path)]
    lists: list[tuple[TableFile, ListColumns]] = []
    problems: list[OperatorError] = []
    for table in tables:
        try:
            found = find_columns(table.columns, named=named, form=form)
            if _is_pretix_orders(table):
                raise _orders_sheet(path)
            if found is None:
                raise _no_list(table, path=path, form=form)
        except OperatorError as error:
            problems.append(error)
        else:
            lists.append((table, found))
    if not lists:
        raise problems[0]
    if len(lists) > 1:
        sheets = ", ".join(repr(table.sheet) for table, _ in lists)
        raise OperatorError(
            f"{path} has several sheets that may be the list: {sheets}. "
            f"Say which one, such as --columns sheet={lists[0][0].sheet}"
        )
    return lists[0]


def _is_pretix_orders(table: TableFile) -> bool:
    def has(field: str) -> bool:
        return bool(positions_of(TITLES[field], columns=table.columns))

    if not (has("event") and has("order")):
        return False
    return has("orders or fees") or not has("id")


def _orders_sheet(path: Path) -> OperatorError:
    return OperatorError(
        f"{path} is pretix's list of orders or fees, which does not say who has a ticket: "
        "export “Order data” again, as the sheet of order positions or as Excel with all sheets."
    )


def _no_list(table: TableFile, *, path: Path, form: str | None) -> OperatorError:
    if any("@" in title for title in table.columns):
        return OperatorError(
            f"{path} begins with a person and not with titles: put a row such as "
            "name,email above the list."
        )
    missing = ", ".join(repr(title) for title in missing_columns(table.columns, form=form))
    where = f"{path}, sheet {table.sheet!r}," if table.sheet else str(path)
    kind = f" of the form {form}" if form else ""
    return OperatorError(
        f"{where} is no attendee list{kind}: no column is found for {missing}. Its columns are "
        f"{titles_shown(table.columns)}. Say which is which, such as "
        "--columns name=Full name,email=Contact"
    )
