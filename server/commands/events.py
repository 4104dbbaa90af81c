"""`symbolon-server event add|list|edit|remove`."""

from dataclasses import replace
from typing import Annotated

import typer

from credentials.formats.metadata import Event
from credentials.formats.names import mend_shown_text
from server.commands.asking import YesOption, agree
from server.commands.make import check_timezone
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    open_community,
    show,
    show_table,
)
from server.community.events import EventOffice, consequences_of_removal
from server.problems import OperatorError

EventArgument = Annotated[str, typer.Argument(metavar="ID", help="The event's id.")]

commands = typer.Typer(help="Events: what a door belongs to.", no_args_is_help=True)


@commands.command("add")
def add(
    *,
    event_id: Annotated[str, typer.Argument(metavar="ID", help="A short name: a-z, 0-9, -.")],
    name: Annotated[str, typer.Option("--name", help="The event's name, shown to members.")],
    timezone: Annotated[
        str, typer.Option("--timezone", help="Its time zone, such as Europe/Lisbon.")
    ] = "UTC",
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an event and publish it in the community's metadata."""
    check_timezone(timezone)
    event = Event(
        id=event_id, name=mend_shown_text(name, name="the event's name"), timezone=timezone
    )
    session = open_community(data, passphrase_file=passphrase_file)
    published = EventOffice(session.community).add(event)
    show(
        {"id": event.id, "name": event.name, "version": published.version},
        as_json=as_json,
        text=f"Event {event.id} added. Next: symbolon-server door add",
    )


@commands.command("list")
def list_events(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List the events."""
    metadata = open_community(data).community.metadata()
    show_table(
        [
            {"id": event.id, "name": event.name, "timezone": event.timezone}
            for event in metadata.events
        ],
        columns=("id", "name", "timezone"),
        as_json=as_json,
        empty="There are no events yet.",
    )


@commands.command("edit")
def edit(
    *,
    event_id: EventArgument,
    name: Annotated[str | None, typer.Option("--name", help="Another name for members.")] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Another time zone, such as Europe/Lisbon.")
    ] = None,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change an event's name or time zone, and publish that.

    Its id stays: doors know members again by it.
    """
    if name is None and timezone is None:
        raise OperatorError("Say what is to change: --name, --timezone.")
    session = open_community(data, passphrase_file=passphrase_file)
    office = EventOffice(session.community)
    before = office.event(event_id)
    if timezone is not None:
        check_timezone(timezone)
    after = replace(
        before,
        name=before.name if name is None else mend_shown_text(name, name="the event's name"),
        timezone=before.timezone if timezone is None else timezone,
    )
    agree(office.consequences_of_change(before, after), yes=yes)
    published = office.edit(after)
    show(
        {
            "id": after.id,
            "name": after.name,
            "timezone": after.timezone,
            "version": published.version,
        },
        as_json=as_json,
        text=f"Event {after.id} is {after.name} now, in {after.timezone}.",
    )


@commands.command("remove")
def remove(
    *,
    event_id: EventArgument,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove an event, and publish that; its doors have to be removed before."""
    session = open_community(data, passphrase_file=passphrase_file)
    office = EventOffice(session.community)
    office.check_removable(event_id)
    agree(consequences_of_removal(office.event(event_id)), yes=yes)
    published = office.remove(event_id)
    show(
        {"id": event_id, "removed": True, "version": published.version},
        as_json=as_json,
        text=f"Event {event_id} is removed.",
    )
