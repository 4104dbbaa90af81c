"""Asking before what cannot be undone, or what others will notice."""

from collections.abc import Sequence
from typing import Annotated

import typer

from server.problems import OperatorError

YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask; what it means is agreed to.")
]


def agree(consequences: Sequence[str], *, yes: bool) -> None:
    """Say what an act means, and ask; without consequences there is nothing to ask.

    Raises OperatorError if the answer is no, or nobody is there to give one.
    """
    if not consequences:
        return
    for sentence in consequences:
        typer.echo(sentence, err=True)
    if yes:
        return
    try:
        agreed = typer.confirm("Go on?", err=True)
    except typer.Abort:
        raise OperatorError("Nothing was changed. If it is meant, say so with --yes.") from None
    if not agreed:
        raise OperatorError("Nothing was changed.")
