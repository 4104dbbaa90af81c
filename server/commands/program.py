"""The tree of the organiser's commands."""

from typing import Annotated

import typer

from server.commands import (
    apps,
    attendees,
    believing,
    doors,
    events,
    organiser,
    passphrase,
    polls,
    registry,
    witnesses,
)
from server.commands.backing_up import backup, restore
from server.commands.make import make_community
from server.commands.serve import serve
from server.commands.status import status
from server.version import VERSION

commands = typer.Typer(
    help="Run a community of anonymous members: attendees in, claim links out, doors, polls, apps.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",  # joins the lines of a paragraph before it wraps them
    # A traceback with local variables would print keys and addresses.
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"symbolon-server {VERSION}")
        raise typer.Exit


@commands.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and stop."
        ),
    ] = False,
) -> None:
    pass


commands.command("init")(make_community)
commands.command("serve")(serve)
commands.command("status")(status)
commands.command("backup")(backup)
commands.command("restore")(restore)
commands.add_typer(passphrase.commands, name="passphrase")
commands.add_typer(believing.commands, name="clock")
commands.add_typer(attendees.commands, name="attendees")
commands.add_typer(registry.commands, name="registry")
commands.add_typer(events.commands, name="event")
commands.add_typer(doors.commands, name="door")
commands.add_typer(polls.commands, name="poll")
commands.add_typer(witnesses.commands, name="witness")
commands.add_typer(apps.commands, name="app")
commands.add_typer(organiser.commands, name="organiser")
