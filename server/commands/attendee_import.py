"""`symbolon-server attendees import`: a list beside what is known, a question, and what was said.

Ends with status 1 where rows could not be read, or where the list says nothing of anybody.
"""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from credentials.formats.schema import Schema
from credentials.formats.text import tidy
from server.commands.attendee_options import (
    EmergencyOption,
    NowOption,
    YesOption,
    command_on,
    time,
    when_removing,
)
from server.commands.attendee_report import report_json, report_text
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    Session,
    open_community,
    show,
    working,
)
from server.issuance.attendee import Attendee
from server.organiser.attendee_list import read_columns
from server.organiser.finding import ASKED, REMOVABLE, Kind
from server.organiser.list_forms import FORM_NAMES
from server.organiser.plan import Wishes, removals
from server.organiser.service import Look, OrganiserService
from server.organiser.ticket import AttendeeList
from server.problems import OperatorError
from server.registry.publisher import When


def import_list(
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX or ODS.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what the list says, and change nothing.")
    ] = False,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--map",
            help="JSON: product, `product - variation` or `*`, to attribute values; null for a "
            "product that gives no membership.",
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns", help="Which column is what: name=Full name,email=Contact,status=State."
        ),
    ] = None,
    form: Annotated[
        str | None, typer.Option("--form", help=f"What the file is: {', '.join(FORM_NAMES)}.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Option("--list", help="A name for a list without an event, if you have several."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(
            "--remove",
            metavar="KIND",
            help="Also remove members who are canceled, vanished or pending; may be repeated.",
        ),
    ] = None,
    remove_most: Annotated[
        bool, typer.Option("--remove-most", help="Even if that is more than half of them.")
    ] = False,
    each_ticket: Annotated[
        bool,
        typer.Option("--each-ticket", help="A membership for each ticket, also of one person."),
    ] = False,
    now: NowOption = False,
    emergency: EmergencyOption = False,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the attendees to what a list says: import the shop's export as often as you like.

    First it shows what is new, and who is canceled, gone, paid again, in another order, another
    person, corrected or doubled. It asks before it does more than adding who is new. Canceled and
    vanished attendees are only shown, unless --remove says so. One person is one member: further
    tickets of a name and address are shown and left, also with --yes, unless --each-ticket is said.
    What you changed by hand stays until the list says something new. Importing the same list again
    changes nothing.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    service = OrganiserService(community=session.community, entitlements=session.entitlements)
    schema = session.community.metadata().schema
    wishes = Wishes(remove=_kinds(remove), several=each_ticket)
    attendees = _named(
        service.read(
            file,
            mapping_file=mapping,
            columns=None if columns is None else read_columns(columns),
            form=form,
        ),
        name=name,
    )
    look = service.look(attendees, several=each_ticket)
    if not as_json:
        typer.echo(report_text(look, wishes=wishes, schema=schema, data=data))
    if dry_run or not look.usable:
        _tell(look, session=session, as_json=as_json, schema=schema, fresh=None)
    else:
        if not yes:
            look, wishes = _ask(look, wishes, service=service, as_json=as_json)
        when = when_removing(now=now, emergency=emergency)
        with working("Importing attendees", session=session):
            fresh = service.carry_out(look, wishes, when=when, most=remove_most)
        _tell(
            look,
            session=session,
            as_json=as_json,
            schema=schema,
            fresh=fresh,
            wishes=wishes,
            when=when,
            data=data,
        )
    if look.unreadable or not look.usable:
        raise typer.Exit(1)


def _kinds(words: list[str] | None) -> frozenset[Kind]:
    known = {kind.value: kind for kind in REMOVABLE}
    for word in words or ():
        if word not in known:
            raise OperatorError(f"--remove takes {', '.join(known)}, not {word!r}.")
    return frozenset(known[word] for word in words or ())


def _named(attendees: AttendeeList, *, name: str | None) -> AttendeeList:
    if name is None:
        return attendees
    if "/" in attendees.scope:
        raise OperatorError("This list names its event itself; --list is for lists that do not.")
    plain = tidy(name)
    if not plain or "/" in plain or "+" in plain:
        raise OperatorError("--list takes a name without / and +.")
    return replace(attendees, scope=f"{attendees.scope}/{plain}")


def _ask(
    look: Look, wishes: Wishes, *, service: OrganiserService, as_json: bool
) -> tuple[Look, Wishes]:
    """Ask for what goes beyond adding who is new; raises OperatorError without a terminal."""
    comparison, going = look.comparison, removals(look.comparison, wishes)
    terminal = sys.stdin.isatty() and not as_json
    if comparison.count(Kind.DOUBLED) and terminal:
        question = f"Make {comparison.count(Kind.DOUBLED)} further tickets memberships, too?"
        if typer.confirm(question, default=False, err=True):
            wishes = replace(wishes, several=True)
            look = service.look(look.attendees, several=True)
            comparison = look.comparison
    changes = [f"{comparison.count(kind)} {kind.value}" for kind in ASKED if comparison.count(kind)]
    if going:
        changes.append(f"{len(going)} to be removed")
    if look.imported_before is not None:
        changes.append("an older list than the last")
    if not changes:
        return look, wishes
    what = f"This changes more than who is new: {', '.join(changes)}."
    if not terminal:
        raise OperatorError(
            f"{what} Nothing was done: confirm it with --yes, or look first with --dry-run."
        )
    typer.confirm(f"{what} Do all of it?", abort=True, err=True)
    return look, wishes


def _tell(
    look: Look,
    *,
    session: Session,
    as_json: bool,
    schema: Schema,
    fresh: list[Attendee] | None,
    wishes: Wishes | None = None,
    when: When = When.SCHEDULED,
    data: Path = DEFAULT_DATA,
) -> None:
    """What was done; nothing where `fresh` is None."""
    comparison = look.comparison
    done = fresh is not None
    imported = comparison.count(Kind.NEW) if done else 0
    changed = sum(comparison.count(kind) for kind in ASKED) if done else 0
    removed = len(removals(comparison, wishes)) if wishes is not None else 0
    document = {
        **report_json(look, schema=schema),
        "dry_run": not done,
        "imported": imported,
        "changed": changed,
        "removed": removed,
        "new_links": [one.id for one in fresh or ()],
    }
    unread = f" Could not be read: {look.unreadable}." if look.unreadable else ""
    if not done:
        what = "Nothing was changed." if look.usable else "No row is of use; nothing was changed."
        show(document, as_json=as_json, text=f"\n{what}{unread}")
        return
    lines = [
        f"\nImported: {imported}. Changed: {changed}. Removed: {removed}. "
        f"Already there: {document['already_there']}. "
        f"Not imported: {len(document['not_imported'])}.{unread}"
    ]
    if when is When.SCHEDULED and session.registry.status().pending:
        next_at = time(session.registry.status().head.next_at)
        lines.append(
            f"What was signed before is removed with the head of {next_at}, and good for an hour "
            "more where nobody heard of it; links that take its place work from then on."
        )
    if fresh:
        lines.append(f"New links: {command_on(data, 'links --new --out links.csv')}")
    show(document, as_json=as_json, text="\n".join(lines))
