"""`symbolon-server app add|list|token`."""

from typing import Annotated

import typer

from credentials.formats.addresses import canonical_address
from credentials.formats.metadata import App
from credentials.formats.names import mend_shown_text
from credentials.scope import origin_of
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
from server.presentations.organiser import AppOffice

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


@commands.command("token")
def renew_token(
    *,
    app_id: Annotated[str, typer.Argument(metavar="ID", help="The app's id.")],
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
