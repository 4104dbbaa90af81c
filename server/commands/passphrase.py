"""`symbolon-server passphrase change`."""

from pathlib import Path
from typing import Annotated

import typer

from server.commands.session import (
    DEFAULT_DATA,
    DataOption,
    PassphraseFileOption,
    open_community,
    read_passphrase,
)
from server.problems import OperatorError
from server.sealed_keystore import change_passphrase, is_passphrase_of

NEW_PASSPHRASE_VARIABLE = "SYMBOLON_NEW_PASSPHRASE"  # noqa: S105 - the name of a variable

commands = typer.Typer(help="The passphrase of the keystore.", no_args_is_help=True)


@commands.command("change")
def change(
    *,
    new_passphrase_file: Annotated[
        Path | None,
        typer.Option(
            "--new-passphrase-file",
            help=f"A file with the new one; else {NEW_PASSPHRASE_VARIABLE}, else a prompt.",
        ),
    ] = None,
    data: DataOption = DEFAULT_DATA,
    passphrase_file: PassphraseFileOption = None,
) -> None:
    """Put the keystore under another passphrase; the keys stay the same.

    Backups from before keep the passphrase of their time.
    """
    session = open_community(data, passphrase_file=passphrase_file)
    keystore = session.keystore
    passphrase = read_passphrase(
        new_passphrase_file,
        confirm=True,
        variable=NEW_PASSPHRASE_VARIABLE,
        prompt="New passphrase",
    )
    file = session.settings.keystore_file
    if is_passphrase_of(file, passphrase=passphrase):
        raise OperatorError("The keystore has this passphrase already; nothing was changed.")
    change_passphrase(file, keystore=keystore, passphrase=passphrase)
    typer.echo(
        "The passphrase is changed. A service that runs goes on; its next start takes the new one. "
        "Backups from before open with the old one."
    )
