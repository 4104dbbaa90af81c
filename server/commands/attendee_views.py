"""`symbolon-server attendees list|show`: who there is, and how many."""

from collections import Counter
from typing import Annotated, Any

import typer

from credentials.formats.text import fold
from server.commands.attendee_options import AttendeeArgument, read_attributes
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    open_community,
    show,
    show_table,
)
from server.issuance.attendee import BY_HAND, Attendee, State
from server.problems import OperatorError

_NOBODY = "There are no attendees yet."


def list_attendees(
    *,
    search: Annotated[
        str, typer.Argument(metavar="[TEXT]", help="Part of a name, address, order or id.")
    ] = "",
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help=f"Only those who are {', '.join(State)}; may be repeated."),
    ] = None,
    passes: Annotated[
        list[str] | None, typer.Option("--pass", help="Only this pass; may be repeated.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="NAME=VALUE", help="Only those with this attribute."),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """List attendees with id, name, address, pass and state, and how many there are of each."""
    unknown = sorted(set(state or ()) - set(State))
    if unknown:
        raise OperatorError(f"There is no state {unknown[0]!r}; states are {', '.join(State)}.")
    session = open_community(data)
    schema = session.community.metadata().schema
    wanted = read_attributes(where, schema=schema)
    found = [
        one
        for one in session.entitlements.attendees()
        if (not state or one.state in state)
        and (not passes or str(one.attributes.get("pass")) in passes)
        and wanted.items() <= dict(one.attributes).items()
        and fold(search) in fold(" ".join((one.id, one.name, one.email, one.order)))
    ]
    show_table(
        [_row(one) for one in found],
        columns=("id", "name", "email", "pass", "state"),
        as_json=as_json,
        empty="Nobody is found." if any((search, state, passes, where)) else _NOBODY,
    )
    if found and not as_json:
        typer.echo(_totals(found))


def show_attendee(
    *, attendee: AttendeeArgument, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False
) -> None:
    """Show all that is known of an attendee, what the newest list said, and how the link stands."""
    session = open_community(data)
    one = session.entitlements.attendee(session.entitlements.find(attendee))
    schema = session.community.metadata().schema
    attributes = {name: schema.show_text(name, value) for name, value in one.attributes.items()}
    document = {
        **_row(one),
        "claimed": one.claimed,
        "reissued": one.reissued,
        "attributes": attributes,
        "list": one.scope,
        "order": one.order,
        "listed": None if one.listed is None else one.listed.state,
        "link_written": one.link_written,
        "waits_for_head": session.entitlements.is_waiting(one.id),
    }
    told = {
        **{name: document[name] for name in ("id", "name", "email", "state")},
        **attributes,
        "came by": "hand" if one.scope == BY_HAND else f"{one.scope} {one.order}".strip(),
        "the newest list says": "nothing" if one.listed is None else one.listed.state,
        "link": _link_words(one),
    }
    if document["waits_for_head"]:
        told["before"] = "what was signed before waits for the head that removes it"
    width = max(len(name) for name in told)
    show(
        document,
        as_json=as_json,
        text="\n".join(f"{name:<{width}}  {value}" for name, value in told.items()),
    )


def _row(one: Attendee) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "email": one.email,
        "pass": one.attributes.get("pass", ""),
        "state": one.state.value,
    }


def _link_words(one: Attendee) -> str:
    if not one.is_member:
        return "dead"
    if one.claimed:
        return "used"
    return "written into a file, not used yet" if one.link_written else "in no file yet"


def _totals(found: list[Attendee]) -> str:
    counts = Counter(one.state for one in found)
    parts = ", ".join(f"{counts[state]} {state.value}" for state in State if counts[state])
    return f"Together {len(found)}: {parts}."
