"""`symbolon-server witness add|list|remove`: who watches the logs of polls."""

from typing import Annotated

import typer

from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    open_community,
    show,
    show_table,
)

commands = typer.Typer(
    help="Witnesses: programs of other people that watch the logs of polls and cosign them.",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="How people know the witness.")]


@commands.command("add")
def add(
    *,
    name: NameArgument,
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="What `symbolon witness key` prints there.")
    ],
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """List a witness, so that its cosignatures are taken and shown with every poll."""
    open_community(data).polls.witnesses.add(name, key)
    show({"name": name, "key": key}, as_json=as_json, text=f"{name} is listed as a witness.")


@commands.command("list")
def list_witnesses(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List the witnesses."""
    show_table(
        [{"name": name, "key": key} for name, key in open_community(data).polls.witnesses.all()],
        columns=("name", "key"),
        as_json=as_json,
        empty="No witnesses are listed.",
    )


@commands.command("remove")
def remove(
    *, name: NameArgument, data: DataOption = DEFAULT_DATA, as_json: JsonOption = False
) -> None:
    """Take a witness off the list; the cosignatures that it gave stay where they are."""
    open_community(data).polls.witnesses.remove(name)
    show({"name": name}, as_json=as_json, text=f"{name} is no longer listed.")
