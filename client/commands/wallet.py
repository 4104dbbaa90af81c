"""`symbolon wallet`: the list of its commands, in the order in which a member meets them."""

import typer

from client.commands.backup import backup, restore
from client.commands.claim import claim
from client.commands.listing import list_credentials, show
from client.commands.present import present
from client.commands.refreshing import keep, refresh, renew
from client.commands.vote import vote

commands = typer.Typer(
    help="Your credentials: claim, show, vote, back up.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
commands.command("claim")(claim)
commands.command("list")(list_credentials)
commands.command("show")(show)
commands.command("present")(present)
commands.command("vote")(vote)
commands.command("refresh")(refresh)
commands.command("renew")(renew)
commands.command("keep")(keep)
commands.command("backup")(backup)
commands.command("restore")(restore)
