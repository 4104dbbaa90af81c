"""`symbolon-server`: runs the organiser's command, and tells what goes wrong in one sentence.

Imports nothing before it runs: every worker of `serve` loads this file again as its main module.
"""

import codecs
import io
import os
import sys


def run() -> None:
    """Run the command; what goes wrong is one sentence on stderr and exit status 1."""
    try:
        _run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _run() -> None:
    from credentials.errors import SymbolonError
    from credentials.formats.plain_text import wants_no_colour
    from server.commands.program import commands
    from server.problems import OperatorError, Refusal

    _let_output_degrade()
    try:
        commands(color=False if wants_no_colour(os.environ) else None)
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


def _let_output_degrade() -> None:
    """What a terminal cannot show is spelled otherwise: no command ends over a check mark."""
    from credentials.formats.plain_text import SPELL_OUT, spell_out

    codecs.register_error(SPELL_OUT, spell_out)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=SPELL_OUT)


def _end_with(sentence: str) -> None:
    sentence = sentence[:1].upper() + sentence[1:]
    sys.stderr.write((sentence if sentence.endswith((".", "!", "?")) else sentence + ".") + "\n")
    raise SystemExit(1) from None


if __name__ == "__main__":
    run()
