"""`symbolon-server app add|list|edit|remove|token`."""

from dataclasses import replace
from typing import Annotated

import typer

from credentials.formats.addresses import canonical_address
from credentials.formats.metadata import App
from credentials.formats.names import mend_shown_text
from credentials.scope import origin_of
from server.commands.asking import YesOption, agree
from server.commands.names import id_from
from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    JsonOption,
    PassphraseFileOption,
    open_community,
    show,
    show_table,
)
from server.presentations.organiser import (
    AppOffice,
    consequences_of_change,
    consequences_of_removal,
)
from server.problems import OperatorError

AppArgument = Annotated[str, typer.Argument(metavar="ID", help="The app's id.")]

commands = typer.Typer(help="Apps of third parties that check memberships.", no_args_is_help=True)


@commands.command("add")
def add(
    *,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The app's name, shown to members.")],
    response_address: Annotated[
        str,
        typer.Option(
            "--response-address",
            help="Where wallets send their answer: https, or http on this machine only.",
        ),
    ],
    app_id: Annotated[
        str | None, typer.Option("--id", help="A short name: a-z, 0-9, -. Default: from NAME.")
    ] = None,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register an app, publish it, and print its token.

    Members get one pseudonym for the origin of the response address; a wallet sends its answer
    nowhere else. The token lets the app ask and read verdicts; it is shown this once.
    """
    response_address = canonical_address(response_address, name="the response address")
    app = App(
        id=id_from(name, given=app_id),
        name=mend_shown_text(name, name="the app's name"),
        response_address=response_address,
    )
    session = open_community(data, passphrase_file=passphrase_file)
    token = AppOffice(session.database, session.community).add(app)
    origin = origin_of(response_address)
    show(
        {"id": app.id, "origin": origin, "token": token},
        as_json=as_json,
        text=f"App {app.id} added, for {origin}. Its token, shown only now:\n{token}",
    )


@commands.command("list")
def list_apps(data: DataOption = DEFAULT_DATA, as_json: JsonOption = False) -> None:
    """List apps and where their answers go."""
    session = open_community(data)
    apps = AppOffice(session.database, session.community).apps()
    show_table(
        [
            {"id": app.id, "name": app.name, "response_address": app.response_address}
            for app in apps
        ],
        columns=("id", "name", "response_address"),
        as_json=as_json,
        empty="There are no apps yet.",
    )


@commands.command("edit")
def edit(
    *,
    app_id: AppArgument,
    name: Annotated[str | None, typer.Option("--name", help="Another name for members.")] = None,
    response_address: Annotated[
        str | None,
        typer.Option(
            "--response-address",
            help="Where answers go now. At another origin all pseudonyms are others.",
        ),
    ] = None,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change an app's name or response address, and publish that; its id and token stay."""
    session = open_community(data, passphrase_file=passphrase_file)
    office = AppOffice(session.database, session.community)
    before = office.app(app_id)
    if name is None and response_address is None:
        raise OperatorError("Say what is to change: --name, --response-address.")
    after = before
    if name is not None:
        after = replace(after, name=mend_shown_text(name, name="the app's name"))
    if response_address is not None:
        address = canonical_address(response_address, name="the response address")
        after = replace(after, response_address=address)
    agree(consequences_of_change(before, after), yes=yes)
    office.edit(after)
    origin = origin_of(after.response_address)
    show(
        {
            "id": app_id,
            "name": after.name,
            "response_address": after.response_address,
            "origin": origin,
        },
        as_json=as_json,
        text=f"App {app_id} is {after.name} now, and gets its answers at {after.response_address}. "
        "Wallets hear of it with their next refresh.",
    )


@commands.command("remove")
def remove(
    *,
    app_id: AppArgument,
    yes: YesOption = False,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Remove an app, and publish that; its token ends."""
    session = open_community(data, passphrase_file=passphrase_file)
    office = AppOffice(session.database, session.community)
    agree(consequences_of_removal(office.app(app_id)), yes=yes)
    office.remove(app_id)
    show({"id": app_id, "removed": True}, as_json=as_json, text=f"App {app_id} is removed.")


@commands.command("token")
def renew_token(
    *,
    app_id: AppArgument,
    data: DataOption = DEFAULT_DATA,
    as_json: JsonOption = False,
) -> None:
    """Give an app a new token; the one before stops working at once."""
    session = open_community(data)
    token = AppOffice(session.database, session.community).renew_token(app_id)
    show(
        {"id": app_id, "token": token},
        as_json=as_json,
        text=f"The new token of {app_id}, shown only now:\n{token}",
    )
