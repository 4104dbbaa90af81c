"""What `attendees import` shows: counts, rows by kind, and the one command for each kind."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from credentials.formats.attribute import date_of
from credentials.formats.schema import Schema
from server.commands.attendee_options import command_on
from server.organiser.finding import QUIET, REMOVABLE, Comparison, Finding, Kind
from server.organiser.plan import Wishes
from server.organiser.service import Look

_SHOWN = tuple(kind for kind in Kind if kind not in (*QUIET, Kind.NEW))

_MEANING = {
    Kind.CORRECTED: "The same person and ticket with another name or address.",
    Kind.MOVED: "The same person by another ticket or in another order; the credential stays.",
    Kind.CHANGED: "The ticket says something else; the wallet keeps its pseudonyms.",
    Kind.TRANSFERRED: "Another person has it: the old credential goes, a new link comes.",
    Kind.PAID_AGAIN: "Removed before, and good again: a new link.",
    Kind.DOUBLED: "A further ticket of one person. Not added: one person is one member. "
    "If it is right that one person has several votes, say --each-ticket.",
    Kind.CANCELED: "Members still, until you remove them: --remove canceled, or",
    Kind.VANISHED: "Members still, until you remove them: --remove vanished, or",
    Kind.PENDING: "Who was a member is one still, until you remove them: --remove pending, or",
    Kind.UNREAD: "Left as they are, because their rows are of no use: see below.",
    Kind.KEPT: "You decided otherwise by hand. Whom you removed, `attendees restore` takes back; "
    "somebody else of that address comes in with `attendees add`.",
}


def report_json(look: Look, *, schema: Schema) -> dict[str, Any]:
    """The comparison as one document; what is unchanged is only counted."""
    comparison = look.comparison
    return {
        "form": look.attendees.form,
        "scope": look.attendees.scope,
        "read_from": dict(look.attendees.read_from),
        "omits_canceled": look.attendees.omits_canceled,
        "counts": {kind.value: comparison.count(kind) for kind in Kind},
        "findings": [
            _finding_json(one, schema=schema)
            for one in comparison.findings
            if one.kind not in QUIET
        ],
        "several": [
            {"name": one.name, "email": one.email, "lines": one.lines, "ids": one.ids}
            for one in comparison.several
        ],
        "already_there": already_there(comparison),
        "not_imported": [{"line": line, "reason": reason} for line, reason in _left_out(look)],
        "imported_before": look.imported_before,
    }


def report_text(look: Look, *, wishes: Wishes, schema: Schema, data: Path) -> str:
    """The comparison for people, and what would be done about it."""
    comparison, attendees = look.comparison, look.attendees
    lines = [f"{len(attendees.tickets)} tickets of {attendees.scope}: {_counts(comparison)}."]
    if attendees.read_from:
        read = ", ".join(f"{what} from “{title}”" for what, title in attendees.read_from.items())
        lines.append(f"Read {read}.")
    if look.imported_before is not None:
        lines.append(
            f"CAREFUL: this very list was imported before, on {date_of(look.imported_before)}, "
            "and a newer one after it. Importing it goes back."
        )
    for kind in _SHOWN:
        findings = comparison.of(kind)
        if findings:
            lines += ["", f"{kind.value.capitalize()}: {len(findings)}"]
            lines += ["  " + _row(one, schema=schema) for one in findings]
            advice = _advice(kind, findings, look=look, wishes=wishes, data=data)
            lines += [f"  {line}" for line in advice]
    if comparison.several:
        lines += ["", f"Persons with several tickets or memberships: {len(comparison.several)}"]
        for one in comparison.several:
            where = [*(f"line {line}" for line in one.lines), *one.ids]
            lines.append(f"  {one.name} <{one.email}>: {one.count} ({', '.join(where)})")
    left_out = list(_left_out(look))
    if left_out:
        lines += ["", f"Not imported: {len(left_out)}"]
        lines += [f"  line {line}: {reason}" for line, reason in left_out]
    return "\n".join(lines)


def already_there(comparison: Comparison) -> int:
    """How many tickets of members say nothing new."""
    return sum(
        one.kind in (Kind.UNCHANGED, Kind.KEPT) and one.ticket is not None
        for one in comparison.findings
    )


def _counts(comparison: Comparison) -> str:
    counted = ((kind, comparison.count(kind)) for kind in Kind)
    return ", ".join(f"{count} {kind.value}" for kind, count in counted if count) or "none"


def _left_out(look: Look) -> Iterator[tuple[int, str]]:
    """Every row that makes nobody a member, with the reason."""
    rows = [(row.line, row.reason) for row in look.attendees.skipped]
    for one in look.comparison.of(Kind.NO_TICKET, Kind.PENDING, Kind.DOUBLED):
        is_member = one.attendee is not None and one.attendee.is_member
        if one.ticket is not None and not is_member:
            state = one.ticket.state.value if one.kind is Kind.NO_TICKET else one.kind.value
            said = f" ({one.why})" if one.why not in ("", state) else ""
            rows.append((one.ticket.line, f"{state}{said}"))
    yield from sorted(rows)


def _advice(
    kind: Kind, findings: Sequence[Finding], *, look: Look, wishes: Wishes, data: Path
) -> Iterator[str]:
    """What a kind means, and the one command for it."""
    if kind is Kind.VANISHED:
        who = look.attendees.form
        yield (
            f"Lists of {who} leave canceled tickets out unless you ask for them, so these may be "
            "canceled."
            if look.attendees.omits_canceled
            else f"Lists of {who} hold canceled tickets too, so these are gone from the shop."
        )
    if kind in wishes.remove:
        yield "To be removed: link and credential will be dead for ever."
        return
    command = _command(kind, findings)
    if kind in REMOVABLE and command is None:
        yield "None of them is a member."
        return
    yield _MEANING[kind]
    if command is not None:
        yield command_on(data, command)


def _row(one: Finding, *, schema: Schema) -> str:
    place = "-" if one.line is None else f"line {one.line}"
    somebody = one.attendee or one.ticket
    if somebody is None:
        return place
    known = "" if one.attendee is None else f"{one.attendee.id}  {one.attendee.state.value}  "
    said = [_change(name, *values, schema=schema) for name, values in one.changes.items()]
    why = "; ".join([*said, *([one.why] if one.why else [])])
    name = somebody.name or "(no name)"
    return f"{place}  {known}{name} <{somebody.email}>" + (f": {why}" if why else "")


def _change(field: str, before: str | int, after: str | int, *, schema: Schema) -> str:
    return (
        f"{field} {_value(field, before, schema=schema)} -> {_value(field, after, schema=schema)}"
    )


def _value(field: str, value: str | int, *, schema: Schema) -> str:
    known = {one.name for one in schema.attributes}
    if field not in known or value == "":
        return f"{value}"
    return schema.show_text(field, value)


def _finding_json(one: Finding, *, schema: Schema) -> dict[str, Any]:
    somebody = one.attendee or one.ticket
    return {
        "kind": one.kind.value,
        "line": one.line,
        "id": None if one.attendee is None else one.attendee.id,
        "state": None if one.attendee is None else one.attendee.state.value,
        "name": "" if somebody is None else somebody.name,
        "email": "" if somebody is None else somebody.email,
        "changes": {
            name: [_value(name, value, schema=schema) for value in values]
            for name, values in one.changes.items()
        },
        "why": one.why,
    }


def _command(kind: Kind, findings: Sequence[Finding]) -> str | None:
    """The command that does by hand what a kind asks for; for the first, where it takes one."""
    known = [one for one in findings if one.attendee is not None and one.attendee.is_member]
    if kind in (Kind.CANCELED, Kind.VANISHED, Kind.PENDING):
        ids = [one.attendee.id for one in known if one.attendee is not None]
        return f"remove {' '.join(ids)}" if ids else None
    first = findings[0]
    attendee, ticket = first.attendee, first.ticket
    if attendee is None or ticket is None:
        return None
    given = kind is Kind.TRANSFERRED
    words = {
        "--name": ticket.name if "name" in first.changes else "",
        "--email": ticket.email if given or "email" in first.changes else "",
    }
    said = " ".join(f"{option} {shlex.quote(word)}" for option, word in words.items() if word)
    commands = {
        Kind.CORRECTED: f"edit {attendee.id} {said}",
        Kind.TRANSFERRED: f"transfer {attendee.id} {said}",
        Kind.PAID_AGAIN: f"restore {attendee.id}",
        Kind.CHANGED: f"change {attendee.id} --set …",
    }
    return commands.get(kind)
