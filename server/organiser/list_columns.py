"""Which column of a table is what: by the titles of its form, or as the organiser says.

`--columns name=Full name,email=E-Mail,status=State` names columns by their titles; two titles with
a plus sign between them are read together. Leaves out what is made of the cells (attendee_list.py).
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from server.organiser import column_titles as titles
from server.organiser.column_titles import positions_of
from server.organiser.list_forms import FORM_NAMES, FORMS, PLAIN, ListForm
from server.organiser.shown_text import titles_shown
from server.problems import OperatorError

COLUMN_FIELDS: Final = ("name", "email", "status", "pass", "id", "order")
FILE_FIELDS: Final = ("sheet", "encoding")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumns:
    """Where each field is; the first column with something in it counts.

    joined: fields of which all columns are read together. statuses: the columns that the organiser
    calls statuses, None if nothing was said.
    """

    form: ListForm
    fields: Mapping[str, tuple[int, ...]]
    joined: frozenset[str]
    statuses: tuple[int, ...] | None

    @property
    def key(self) -> tuple[str, ...]:
        """The fields that name a ticket for ever; none where the list has no such ids."""
        key = self.form.key or ("id",)
        return key if all(self.fields.get(field) for field in key) else ()

    @property
    def personal(self) -> frozenset[int]:
        """The columns of names and addresses."""
        fields = ("name", "first name", "last name", "email")
        return frozenset(at for field in fields for at in self.fields.get(field, ()))

    def others(self, columns: Sequence[str]) -> frozenset[int]:
        """The columns that are no status, whatever their titles look like."""
        taken = {at for field in self.fields if field != "status" for at in self.fields[field]}
        return frozenset(taken) | frozenset(positions_of(self.form.no_status, columns=columns))

    def cell(self, cells: Sequence[str], field: str) -> str:
        """What a row says in a field; empty if nothing."""
        found = [cells[at] for at in self.fields.get(field, ()) if cells[at]]
        if field in self.joined:
            return _joined(found)
        return found[0] if found else ""

    def name(self, cells: Sequence[str]) -> str:
        """The name in a row, whole or from its parts."""
        whole = self.cell(cells, "name")
        if whole:
            return whole
        first, last = self.cell(cells, "first name"), self.cell(cells, "last name")
        return _joined([part for part in (first, last) if part])


def read_columns(text: str) -> Mapping[str, str]:
    """What `--columns` says, by field: `name=Full name,email=E-Mail,status=State`.

    A title with a comma stands in quotation marks, together with its field:
    `"name=Last, first",email=E-Mail`. Raises OperatorError.
    """
    columns: dict[str, str] = {}
    known = ", ".join((*COLUMN_FIELDS, *FILE_FIELDS))
    for part in next(csv.reader([text], skipinitialspace=True), []):
        field, sign, title = part.partition("=")
        field = field.strip().lower()
        if not sign or field not in (*COLUMN_FIELDS, *FILE_FIELDS):
            raise OperatorError(
                f"--columns takes FIELD=TITLE, with commas between them, not {part!r}; "
                f"fields are {known}."
            )
        if field in columns:
            raise OperatorError(
                f"--columns names {field!r} twice; write {field}=ONE+OTHER for two columns."
            )
        columns[field] = title.strip()
    if not columns:
        raise OperatorError(f"--columns is empty; it takes FIELD=TITLE; fields are {known}.")
    return columns


def find_columns(
    columns: Sequence[str], *, named: Mapping[str, str], form: str | None
) -> ListColumns | None:
    """The columns of a table, None if it is no list of this form; of any form if that is None.

    Raises OperatorError if `form` or a column of `named` is not known.
    """
    if form is not None and form not in FORM_NAMES:
        raise OperatorError(f"There is no form {form!r}; forms are {', '.join(FORM_NAMES)}.")
    given = {
        field: _positions_named(columns, field=field, title=title)
        for field, title in named.items()
        if field in COLUMN_FIELDS
    }
    statuses = given.pop("status", None)
    for candidate in FORMS:
        if form in (None, candidate.name):
            found = _by_titles(columns, form=candidate)
            fields = {**found, **given}
            if statuses:
                fields["status"] = statuses
            if all(fields.get(mark) for mark in candidate.marks) and _has_name(fields):
                return ListColumns(
                    form=candidate,
                    fields=fields,
                    joined=frozenset(given) & {"name", "pass", "id"},
                    statuses=statuses,
                )
    return None


def missing_columns(columns: Sequence[str], *, form: str | None) -> list[str]:
    """The titles that a list of this form would need and that are not there."""
    wanted = next((one for one in FORMS if one.name == form), PLAIN)
    fields = _by_titles(columns, form=wanted)
    missing = [
        mark if wanted is PLAIN else wanted.columns[mark][0]
        for mark in wanted.marks
        if not fields.get(mark)
    ]
    return missing if _has_name(fields) else ["name", *missing]


def _by_titles(columns: Sequence[str], *, form: ListForm) -> dict[str, tuple[int, ...]]:
    fields = {field: positions_of(known, columns=columns) for field, known in form.columns.items()}
    for field in ("pass", "variation", "id", "order", "event", "add-on to", "quantity"):
        fields[field] = fields.get(field, ())[:1]
    first = fields.get("first name") or positions_of(titles.FIRST_NAME, columns=columns)
    last = fields.get("last name") or positions_of(titles.LAST_NAME, columns=columns)
    if not fields.get("name"):
        # Alone it is the name; beside a first name it is the family's, and the other way about.
        short = positions_of(titles.NAME, columns=columns)[:1]
        same = short in (first[:1], last[:1])
        if short and not same and bool(first) != bool(last):
            first, last = (first, short) if first else (short, last)
        elif not (same and first and last):
            fields["name"] = short
    fields["first name"], fields["last name"] = first[:1], last[:1]
    return fields


def _has_name(fields: Mapping[str, tuple[int, ...]]) -> bool:
    return bool(fields.get("name") or (fields.get("first name") and fields.get("last name")))


def _positions_named(columns: Sequence[str], *, field: str, title: str) -> tuple[int, ...]:
    if not title and field == "status":
        return ()
    whole = positions_of([title], columns=columns)
    if whole:
        return whole[:1] if field != "status" else whole
    parts = [positions_of([part], columns=columns) for part in title.split("+")]
    if title and all(parts):
        return tuple(at for part in parts for at in part[:1])
    raise OperatorError(
        f"There is no column {title!r} for {field}; there are {titles_shown(columns)}."
    )


def _joined(parts: Sequence[str]) -> str:
    """Parts of a name as one; in Chinese, Japanese and Korean the family comes first."""
    if len(parts) == 2 and all("\u3000" < part[0] < "\ud7ff" for part in parts):
        return "".join(reversed(parts))
    return " ".join(parts)
