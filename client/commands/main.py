"""The entry point of `symbolon`: puts the commands together and turns errors into one sentence."""

import codecs
import io
import os
import sqlite3
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer

from client.commands import audit, doctor, verify
from client.commands.door import commands as door_commands
from client.commands.poll import commands as poll_commands
from client.commands.trustee import commands as trustee_commands
from client.commands.wallet import commands as wallet_commands
from client.commands.witness import commands as witness_commands
from credentials.errors import SymbolonError
from credentials.formats.plain_text import SPELL_OUT, spell_out, wants_no_colour

EXIT_FAILED = 1

app = typer.Typer(
    name="symbolon",
    help="Prove that you are a member, and nothing else.",
    epilog="Begin with `symbolon wallet claim LINK`; the organiser sent you the link.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.add_typer(wallet_commands, name="wallet")
app.add_typer(door_commands, name="door")
app.add_typer(poll_commands, name="poll")
app.command("audit")(audit.audit)
app.add_typer(trustee_commands, name="trustee")
app.add_typer(witness_commands, name="witness")
app.command("verify")(verify.verify)
app.command("doctor")(doctor.doctor)


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            typer.echo(f"symbolon {version('symbolon-pass')}")
        except PackageNotFoundError:
            typer.echo("symbolon (not installed)")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and stop."
        ),
    ] = False,
) -> None:
    pass


def sentence(error: Exception) -> str:
    """An error's words as one sentence."""
    text = str(error).strip() or "something went wrong"
    # A file's name or an address at the beginning keeps its own spelling.
    begins = text.partition(" ")[0].isalpha()
    text = text[0].upper() + text[1:] if begins else text
    return text if text.endswith((".", "!", "?", ")")) else text + "."


def run() -> None:
    """Run the command line; an error is one sentence on standard error and exit status 1."""
    _let_output_degrade()
    colour = False if wants_no_colour(os.environ) else None
    try:
        app(prog_name="symbolon", color=colour)
    except SymbolonError as error:
        _say_error(sentence(error), colour=colour)
        sys.exit(EXIT_FAILED)
    except BrokenPipeError:
        # Whoever read the output has gone; nothing may be written to it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(EXIT_FAILED)
    except sqlite3.Error:
        _say_error(
            "The door file cannot be read or written; is it whole, and the disk not full?",
            colour=colour,
        )
        sys.exit(EXIT_FAILED)
    except OSError as error:
        _say_error(f"The system refused: {error.strerror or 'an error'}.", colour=colour)
        sys.exit(EXIT_FAILED)
    except KeyboardInterrupt:
        sys.exit(130)


def _let_output_degrade() -> None:
    """What a terminal cannot show is spelled otherwise: no verdict is lost over a check mark."""
    codecs.register_error(SPELL_OUT, spell_out)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=SPELL_OUT)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def _say_error(text: str, *, colour: bool | None) -> None:
    typer.secho(text, fg="red", err=True, color=colour)


if __name__ == "__main__":
    run()
