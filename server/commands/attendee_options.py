"""What the attendees' commands share: options, the question before something is done, and times."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from credentials.formats.schema import Schema
from server.commands.session import DEFAULT_DATA, Session
from server.issuance.attendee import Claim, Values
from server.organiser.attributes import read_values
from server.organiser.claim_links import link_for
from server.problems import OperatorError
from server.registry.publisher import When

AttendeeArgument = Annotated[
    str, typer.Argument(metavar="ID", help="The attendee's id, or e-mail address.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]
NowOption = Annotated[
    bool, typer.Option("--now", help="Publish a registry head now, with an hour of grace.")
]
EmergencyOption = Annotated[
    bool, typer.Option("--emergency", help="Publish one now, without any grace.")
]
AtNextHeadOption = Annotated[
    bool,
    typer.Option(
        "--at-next-head",
        help="Leave what was signed before to the next scheduled head; the new link waits for it.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="An attribute; may be repeated."),
]


def confirm(what: str, *, yes: bool) -> None:
    """Ask, and end the command without a yes; raises OperatorError where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise OperatorError(f"{what} Nothing was done: confirm it with --yes.")
    typer.confirm(f"{what} Go on?", abort=True, err=True)


def when_removing(*, now: bool, emergency: bool) -> When:
    """When what is taken ceases to pass: on the schedule unless it is said otherwise."""
    if emergency:
        return When.EMERGENCY
    return When.NOW if now else When.SCHEDULED


def when_replacing(*, emergency: bool, at_next_head: bool) -> When:
    """When a new link takes the place of something signed: at once unless it is said otherwise."""
    if emergency and at_next_head:
        raise OperatorError("Choose one of --emergency and --at-next-head.")
    return When.SCHEDULED if at_next_head else when_removing(now=True, emergency=emergency)


def read_attributes(values: list[str] | None, *, schema: Schema) -> Values:
    """What `--set NAME=VALUE` says; raises OperatorError and SchemaError."""
    given = {}
    for text in values or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise OperatorError("--set takes NAME=VALUE.")
        given[name.strip()] = value
    return read_values(schema, given)


def link_of(claim: Claim, *, session: Session) -> str:
    """An attendee's claim link."""
    metadata = session.community.metadata()
    return link_for(claim, address=metadata.address, fingerprint=metadata.community_id)


def told_link(claim: Claim, link: str, *, what: str, session: Session, when: When) -> str:
    """What is said of a new link, and from when on it works."""
    waits = ""
    if when is When.SCHEDULED and session.entitlements.is_waiting(claim.attendee.id):
        next_at = time(session.registry.status().head.next_at)
        waits = f"\nIt works after the head of {next_at}; what was signed before is removed there."
    return f"{what} The new claim link, for this attendee only:\n{link}{waits}"


def time(unix_seconds: int) -> str:
    """A time for people."""
    return datetime.fromtimestamp(unix_seconds, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")


def command_on(data: Path, words: str) -> str:
    """A command as it is to be typed for this data directory."""
    return f"symbolon-server attendees {words}" + (
        "" if data == DEFAULT_DATA else f" --data {data}"
    )
