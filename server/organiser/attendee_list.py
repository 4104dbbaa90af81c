"""Attendee lists: the plain `name,email,pass` file, and pretix's export of order positions.

Source of the column titles and states: pretix, "Order data" export, sheet of positions, English.
A row is one ticket. What names it, so that it is never imported twice, is in pretix event slug,
order code and position id; in a plain file, address and name.
"""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from credentials.formats import cbor
from credentials.formats.schema import Schema
from server.issuance.entitlements import Invitation
from server.organiser.attributes import AttributeReader, ProductMapping, RowUnusable
from server.organiser.table_file import TableFile, read_table
from server.problems import OperatorError

LABEL = "symbolon/attendee/1"

PRETIX_COLUMNS = ("Event slug", "Order code", "Position ID", "Status", "Email", "Product")
PLAIN_COLUMNS = ("name", "email")
IMPORTED_STATES = frozenset({"paid", "pending (confirmed)"})

_ADDRESS = re.compile(r"[^\s@<>\",;:]{1,64}@[^\s@<>\",;:]+\.[^\s@<>\",;:.]+")

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedRow:
    """A row that is not imported: where it begins in the file, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendeeList:
    """A file's usable rows as invitations, each with its line, and the rows that are not."""

    form: str
    invitations: tuple[Invitation, ...]
    lines: tuple[int, ...]
    skipped: tuple[SkippedRow, ...]

    def __repr__(self) -> str:
        return f"AttendeeList({len(self.invitations)} usable, {len(self.skipped)} skipped)"


def read_attendee_list(
    path: Path, *, schema: Schema, mapping: ProductMapping | None = None
) -> AttendeeList:
    """Read an attendee list in either form; raises OperatorError if the file as a whole is no use.

    Rows that cannot be used, and all but the first row of a ticket, are in `skipped`.
    """
    table = read_table(path)
    form, parse = _form_of(table, path=path)
    attributes = AttributeReader(schema, columns=table.columns, mapping=mapping)
    invitations: list[Invitation] = []
    lines: list[int] = []
    skipped: list[SkippedRow] = []
    first_lines: dict[bytes, int] = {}
    for row in table.rows:
        try:
            if row.cells is None:
                raise RowUnusable("it has more or fewer cells than the first line")
            invitation = parse(row.cells, attributes)
            first = first_lines.setdefault(invitation.source, row.line)
            if first != row.line:
                raise RowUnusable(f"the same ticket is on line {first}")
        except RowUnusable as reason:
            skipped.append(SkippedRow(line=row.line, reason=str(reason)))
            continue
        invitations.append(invitation)
        lines.append(row.line)
    return AttendeeList(
        form=form,
        invitations=tuple(invitations),
        lines=tuple(lines),
        skipped=tuple(skipped),
    )


def _form_of(
    table: TableFile, *, path: Path
) -> tuple[str, Callable[[Cells, AttributeReader], Invitation]]:
    if set(PRETIX_COLUMNS) <= set(table.columns):
        return "pretix", _from_pretix
    titles = {title.lower() for title in table.columns}
    if set(PLAIN_COLUMNS) <= titles:
        return "plain", _from_plain
    raise OperatorError(
        f"{path} has neither the columns name and email, "
        f"nor those of a pretix export in English ({', '.join(PRETIX_COLUMNS)})."
    )


def _from_pretix(cells: Cells, attributes: AttributeReader) -> Invitation:
    state = cells["Status"].lower()
    if state not in IMPORTED_STATES:
        raise RowUnusable(f"its status is {_quoted(cells['Status'])}")
    event, order, position = (cells[name] for name in ("Event slug", "Order code", "Position ID"))
    if not event or not order:
        raise RowUnusable("event slug or order code is missing")
    if not re.fullmatch(r"[1-9][0-9]{0,9}", position):
        raise RowUnusable("the position id is not a number")
    return Invitation(
        source=_source("pretix", event, order, position),
        name=_name(cells.get("Attendee name", "")),
        email=_address(cells.get("Attendee email", "") or cells["Email"]),
        attributes=attributes.read(
            cells, product=cells["Product"], variation=cells.get("Variation", "")
        ),
    )


def _from_plain(cells: Cells, attributes: AttributeReader) -> Invitation:
    cells = {(title.lower() if title.lower() in _PLAIN else title): cells[title] for title in cells}
    name = _name(cells["name"])
    if not name:
        raise RowUnusable("the name is missing")
    email = _address(cells["email"])
    return Invitation(
        source=_source("plain", email, name.casefold()),
        name=name,
        email=email,
        attributes=attributes.read(cells, product=cells.get("pass", ""), variation=""),
    )


_PLAIN = frozenset({"name", "email", "pass"})


def _source(*parts: str) -> bytes:
    return hashlib.sha256(cbor.encode((LABEL, *parts))).digest()


def _name(text: str) -> str:
    name = unicodedata.normalize("NFC", text)
    if len(name) > 200 or not name.isprintable():
        raise RowUnusable("the name is too long or holds control characters")
    return name


def _address(text: str) -> str:
    if not text:
        raise RowUnusable("the e-mail address is missing")
    address = unicodedata.normalize("NFC", text).lower()
    if len(address) > 254 or not address.isprintable() or _ADDRESS.fullmatch(address) is None:
        raise RowUnusable("the e-mail address is not valid")
    return address


def _quoted(state: str) -> str:
    """A status for the report; anything long or strange in that column is not repeated."""
    return f"{state!r}" if re.fullmatch(r"[A-Za-z ()]{1,40}", state) else "unknown"
