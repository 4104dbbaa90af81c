"""`symbolon-server event add|list`."""

from dataclasses import replace
from typing import Annotated

import typer

from credentials.formats.metadata import Event, Metadata
from credentials.formats.names import mend_shown_text
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
from server.problems import OperatorError

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

    def with_event(metadata: Metadata) -> Metadata:
        if metadata.event(event.id) is not None:
            raise OperatorError(f"There is an event {event.id!r} already; nothing was changed.")
        return replace(metadata, events=(*metadata.events, event))

    published = open_community(data, passphrase_file=passphrase_file).community.publish(with_event)
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
