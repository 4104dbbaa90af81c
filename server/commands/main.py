"""`symbolon-server`: the organiser's command, and the one place where its errors are told."""

import os
import sys

import typer

from credentials.errors import SymbolonError
from server.commands import apps, attendees, doors, events, polls
from server.commands.make import make_community
from server.commands.serve import serve
from server.problems import OperatorError, Refusal

commands = typer.Typer(
    help="Run a community of anonymous members: attendees in, claim links out, doors, polls, apps.",
    no_args_is_help=True,
    add_completion=False,
    # A traceback with local variables would print keys and addresses.
    pretty_exceptions_enable=False,
)
commands.command("init")(make_community)
commands.command("serve")(serve)
commands.add_typer(attendees.commands, name="attendees")
commands.add_typer(events.commands, name="event")
commands.add_typer(doors.commands, name="door")
commands.add_typer(polls.commands, name="poll")
commands.add_typer(apps.commands, name="app")


def run() -> None:
    """Run the command; what goes wrong is one sentence on stderr and exit status 1."""
    try:
        commands()
    except (OperatorError, Refusal, SymbolonError) as error:
        _end_with(str(error))
    except BrokenPipeError:
        # Whoever read the output has gone; nothing may be written to it at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        _end_with(f"{error.strerror or 'A file or the network failed'}{place}")
    except Exception as error:
        from sqlalchemy.exc import DatabaseError

        if not isinstance(error, DatabaseError):
            raise
        _end_with("The database cannot be read or written; is it whole, and the disk not full?")


def _end_with(sentence: str) -> None:
    sentence = sentence[:1].upper() + sentence[1:]
    typer.echo(sentence if sentence.endswith((".", "!", "?")) else sentence + ".", err=True)
    raise SystemExit(1) from None


if __name__ == "__main__":
    run()
