"""What the commands share: the data directory, the passphrase, and how results are shown.

A command that changes nothing secret asks for no passphrase: the keystore is opened at its first
use. Results go to stdout, as a table or with --json as one JSON document; all else to stderr.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer

from credentials.formats.plain_text import can_be_shown, text_in
from server.community.service import CommunityService
from server.database import Database
from server.issuance.enrolments import Enrolments
from server.issuance.entitlements import EntitlementService
from server.keystore import Keystore, open_keystore
from server.polls.assembly import Polls, assemble_polls
from server.problems import OperatorError
from server.registry.publisher import Publisher
from server.registry.service import RegistryService
from server.settings import Settings

PASSPHRASE_VARIABLE = "SYMBOLON_PASSPHRASE"  # noqa: S105 - the name of a variable

DataOption = Annotated[
    Path,
    typer.Option("--data", envvar="SYMBOLON_DATA", help="The community's data directory."),
]
PassphraseFileOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="A file with the keystore's passphrase; else SYMBOLON_PASSPHRASE, else a prompt.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

DEFAULT_DATA = Path("symbolon-data")


class Session:
    """An opened data directory, for one command."""

    def __init__(self, settings: Settings, *, passphrase_file: Path | None) -> None:
        self.settings = settings
        self._passphrase_file = passphrase_file
        self.database = Database(settings.database_url)
        self.community = CommunityService(
            self.database, signing_key=lambda: self.keystore.metadata_key
        )
        self.registry = RegistryService(self.database, self.community)
        self.publisher = Publisher(
            self.database,
            community=self.community,
            registry=self.registry,
            enrolments=Enrolments(self.registry),
            secret_key=lambda: self.keystore.issuer,
            signing_key=lambda: self.keystore.metadata_key,
        )

    @cached_property
    def polls(self) -> Polls:
        """Polls, as everybody and as the organiser handles them."""
        return assemble_polls(
            self.database,
            community=self.community,
            registry=self.registry,
            publisher=self.publisher,
            keystore=lambda: self.keystore,
        )

    @cached_property
    def entitlements(self) -> EntitlementService:
        """What the organiser does with attendees."""
        return EntitlementService(
            self.database,
            community=self.community,
            registry=self.registry,
            publisher=self.publisher,
            link_key=lambda: self.keystore.link_key,
        )

    @cached_property
    def keystore(self) -> Keystore:
        """The keystore, opened at the first use; raises OperatorError for a wrong passphrase."""
        passphrase = read_passphrase(self._passphrase_file)
        return open_keystore(self.settings.keystore_file, passphrase=passphrase)


def open_community(data: Path, *, passphrase_file: Path | None = None) -> Session:
    """Open an existing data directory; raises OperatorError where there is none."""
    settings = Settings(data_directory=data)
    if not settings.exists:
        raise OperatorError(
            f"There is no community in {data}; make one with: symbolon-server init --data {data}"
        )
    return Session(settings, passphrase_file=passphrase_file)


def read_passphrase(file: Path | None, *, confirm: bool = False) -> str:
    """The passphrase from `file`, else the environment, else a prompt; never empty."""
    if file is not None:
        try:
            octets = file.read_bytes()
        except OSError as error:
            raise OperatorError(
                f"The passphrase file {file} cannot be read: {error.strerror}."
            ) from None
        passphrase = text_in(octets, name=f"the passphrase file {file}").rstrip("\r\n")
    elif PASSPHRASE_VARIABLE in os.environ:
        passphrase = os.environ[PASSPHRASE_VARIABLE]
    elif sys.stdin.isatty():
        passphrase = typer.prompt(
            "Passphrase of the keystore", hide_input=True, confirmation_prompt=confirm, err=True
        )
    else:
        raise OperatorError(f"No passphrase: give --passphrase-file, or set {PASSPHRASE_VARIABLE}.")
    if not passphrase:
        raise OperatorError("The passphrase is empty.")
    return passphrase


@contextmanager
def working(what: str, *, session: Session) -> Iterator[None]:
    """Say on a terminal that something goes on; the passphrase is asked for before that."""
    _ = session.keystore
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield


def show(document: Any, *, as_json: bool, text: str | None = None) -> None:
    """Print a result: `document` as JSON, or `text` for people."""
    if as_json:
        written = json.dumps(document, indent=2, ensure_ascii=False)
        if not can_be_shown(written, encoding=sys.stdout.encoding):
            written = json.dumps(document, indent=2)
        typer.echo(written)
    elif text is not None:
        typer.echo(text)


def show_table(
    rows: Sequence[dict[str, Any]], *, columns: Sequence[str], as_json: bool, empty: str
) -> None:
    """Print rows as a table of `columns`, or as a JSON array; `empty` is said of none."""
    if as_json:
        show(list(rows), as_json=True)
        return
    if not rows:
        typer.echo(empty)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text(str(row.get(column, ""))) for column in columns))
    Console().print(table)
