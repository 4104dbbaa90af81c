"""What all commands share at the terminal: passphrases, questions, tables, JSON, progress.

Results go to standard output; questions, warnings and progress to standard error, so that a script
can read the one without the other. No secret is taken from the command line.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.errors import ClientError, ConsentRefused
from credentials.formats.plain_text import can_be_shown, text_in

if TYPE_CHECKING:
    from client.wallet.vault import Vault

PASSPHRASE_VARIABLE = "SYMBOLON_WALLET_PASSPHRASE"  # noqa: S105 - a name, not the word


def default_folder() -> Path:
    """Where wallet and door files are kept unless said otherwise."""
    return Path(typer.get_app_dir("symbolon"))


def default_wallet() -> Path:
    """The wallet file unless --wallet or SYMBOLON_WALLET says otherwise."""
    return default_folder() / "wallet"


WalletOption = Annotated[
    Path,
    typer.Option(
        "--wallet",
        envvar="SYMBOLON_WALLET",
        default_factory=default_wallet,
        show_default="in your own folder",
        help="The wallet file.",
        metavar="FILE",
    ),
]
PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help=f"A file whose first line is the passphrase (or set {PASSPHRASE_VARIABLE}); "
        "asked for otherwise.",
        metavar="FILE",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask; what is shown is agreed to.")
]
AtOnceOption = Annotated[
    bool,
    typer.Option(
        "--at-once",
        help="Do not keep a quarter of an hour between getting a credential, which tells the "
        "organiser's server who you are, and showing it or voting, which must not.",
    ),
]
CommunityOption = Annotated[
    str | None,
    typer.Option(
        "--community",
        help="Which community, by name, address or fingerprint, if the wallet is in several.",
        metavar="NAME",
    ),
]
CredentialOption = Annotated[
    int | None,
    typer.Option(
        "--credential",
        help="Which credential, by its number in `wallet list`, if there are several.",
        metavar="NUMBER",
    ),
]


def say(text: str = "") -> None:
    """A line of the result."""
    typer.echo(text)


def note(text: str = "") -> None:
    """A line beside the result."""
    typer.echo(text, err=True)


def say_json(value: Any) -> None:
    """The result for a script."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if not can_be_shown(text, encoding=sys.stdout.encoding):
        text = json.dumps(value, indent=2)
    typer.echo(text)


def say_rows(rows: Sequence[tuple[str, str]], *, err: bool = False) -> None:
    """Two columns; long texts are wrapped under themselves."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for title, text in rows:
        table.add_row(Text(title), Text(text))
    Console(stderr=err, highlight=False).print(table)


def read_first_line(file: Path, *, what: str) -> str:
    """The first line of a file that holds a secret. Raises ClientError."""
    try:
        octets = file.read_bytes()
    except OSError as error:
        raise ClientError(f"The {what} file {file} cannot be read: {error.strerror}.") from None
    lines = text_in(octets, name=f"the {what} file {file}", error=ClientError).splitlines()
    if not lines or not lines[0]:
        raise ClientError(f"The {what} file {file} is empty.")
    return lines[0]


def passphrase(
    file: Path | None,
    *,
    new: bool = False,
    title: str = "Wallet passphrase",
    variable: str = PASSPHRASE_VARIABLE,
    secured: str = "the new wallet file",
) -> str:
    """The passphrase from a file, the environment or a question (twice for a new one).

    `variable` is the one of the environment; `secured` says what a new passphrase is for.
    """
    if file is not None:
        return read_first_line(file, what="passphrase")
    given = os.environ.get(variable)
    if given:
        return given
    _need_person(f"use --passphrase-file or set {variable}")
    if new:
        note(f"Choose a passphrase for {secured}. Without it nothing in it can be read.")
    word = _read_hidden(title)
    if new and _read_hidden("The same again") != word:
        raise ClientError("The two passphrases are not the same; nothing was made.")
    return word


def open_wallet(path: Path, file: Path | None) -> "Vault":
    """The wallet, opened with its passphrase, which is asked for only if there is a wallet."""
    from client.wallet.vault import Vault, read_sealed

    read_sealed(path.expanduser())
    return Vault.open(path, passphrase=passphrase(file))


def ask(question: str, *, instead: str, hide: bool = False) -> str:
    """Ask a person for a line. Raises ClientError with what to do `instead` if nobody is there."""
    _need_person(instead)
    return _read_hidden(question) if hide else _read_line(question)


def agree(question: str, *, yes: bool) -> None:
    """Go on only if the person agrees. Raises ConsentRefused."""
    if yes:
        return
    if _read_line(f"{question} [y/N]").strip().lower() not in ("y", "yes"):
        raise ConsentRefused("Nothing was shown and nothing was sent.")


def _read_line(question: str) -> str:
    """A line typed by a person; empty at the end of input. Standard output stays untouched."""
    typer.echo(f"{question}: ", err=True, nl=False)
    line = sys.stdin.readline()
    if not line.endswith("\n"):
        note()
    return line.rstrip("\r\n")


def _read_hidden(question: str) -> str:
    import getpass

    try:
        return getpass.getpass(f"{question}: ", stream=sys.stderr)
    except EOFError:
        raise ClientError("Nothing was typed.") from None


def _need_person(instead: str) -> None:
    if not sys.stdin.isatty():
        raise ClientError(f"Nobody is at the terminal to be asked; {instead}.")


@contextmanager
def progress(title: str, *, total: int | None = None) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on standard error, if a person is watching; call it with (done, of all)."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done, of_all: bar.update(
            task, completed=done, total=of_all if total is None else total
        )
