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

from credentials.formats.head import SignedHead
from credentials.formats.plain_text import can_be_shown, text_in
from server import migrations
from server.agreement.catch_up import record
from server.agreement.finding import Finding
from server.agreement.guard import Guard, Role
from server.agreement.keys import check_owner, check_secrets, check_signatures
from server.agreement.standing import Standing, read_standing
from server.community.service import CommunityService
from server.database import Database
from server.issuance.enrolments import Enrolments
from server.issuance.entitlements import EntitlementService
from server.keystore import Keystore
from server.polls.assembly import Polls, assemble_polls
from server.problems import OperatorError
from server.registry.publisher import Publisher
from server.registry.service import RegistryService
from server.sealed_keystore import SealedKeystore
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

    def __init__(
        self, settings: Settings, *, passphrase_file: Path | None, role: Role = Role.COMMAND
    ) -> None:
        self.settings = settings
        self._passphrase_file = passphrase_file
        self.database = Database(settings.database_url)
        self.guard = Guard(
            settings,
            standing=self.standing,
            record=lambda file: record(file, community=self.community, registry=self.registry),
            role=role,
        )
        self.database.after_write.append(self.guard.after_write)
        self.community = CommunityService(
            self.database, signing_key=lambda: self.keystore.metadata_key, guard=self.guard
        )
        self.registry = RegistryService(self.database, self.community)
        self.publisher = Publisher(
            self.database,
            community=self.community,
            registry=self.registry,
            enrolments=Enrolments(self.registry),
            secret_key=lambda: self.keystore.issuer,
            signing_key=lambda: self.keystore.metadata_key,
            guard=self.guard,
        )

    def standing(self) -> Standing:
        """What the database says was published."""
        current = migrations.age(self.database) is migrations.Age.CURRENT
        return read_standing(self.database, self.community, self.registry, complete=current)

    @cached_property
    def polls(self) -> Polls:
        """Polls, as everybody and as the organiser handles them."""
        return assemble_polls(
            self.database,
            community=self.community,
            registry=self.registry,
            publisher=self.publisher,
            keystore=lambda: self.keystore,
            guard=self.guard,
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
        """The keystore, opened at the first use, and found to be the one that was published for.

        Raises OperatorError: WrongPassphrase, or for keys that differ from the published ones.
        """
        settings = self.settings
        sealed = SealedKeystore.read(settings.keystore_file)
        opened = sealed.open(read_passphrase(self._passphrase_file))
        found = check_secrets(
            opened,
            standing=self.standing(),
            keystore=str(settings.keystore_file),
            database=str(settings.database_file),
        )
        if found is not None:
            raise OperatorError(found.words)
        return opened

    def check(self) -> None:
        """Raise OperatorError unless the files of the directory belong together."""
        found = self.disagreement()
        if found is not None:
            raise OperatorError(found.words)

    def disagreement(self) -> Finding | None:
        """What of the directory's files does not belong together, as far as no passphrase tells."""
        settings, standing = self.settings, self.standing()
        keystore, database = str(settings.keystore_file), str(settings.database_file)
        owner = SealedKeystore.read(settings.keystore_file).community_id
        found = check_owner(owner, standing=standing, keystore=keystore, database=database)
        if found is None:
            found = check_signatures(
                self.community.signed(), self._signed_head(standing), database=database
            )
        return found or self.guard.compare(standing)

    def _signed_head(self, standing: Standing) -> SignedHead | None:
        if standing.epoch < 0:
            return None
        with self.database.read() as connection:
            return self.registry.newest(connection)[1]


def open_community(data: Path, *, passphrase_file: Path | None = None) -> Session:
    """Open an existing data directory, whose files belong together and are of this version.

    Raises OperatorError.
    """
    session = open_unchecked(data, passphrase_file=passphrase_file)
    age = migrations.age(session.database)
    if age is migrations.Age.NEWER:
        raise migrations.newer()
    if age is migrations.Age.OLDER:
        raise OperatorError(
            "The database was made by an earlier version of symbolon-server. It is brought to this "
            f"one, after a backup, by: symbolon-server serve --data {data}"
        )
    session.check()
    return session


def open_unchecked(
    data: Path, *, passphrase_file: Path | None = None, role: Role = Role.COMMAND
) -> Session:
    """Open a data directory whatever state it is in; raises OperatorError where there is none."""
    settings = Settings(data_directory=data)
    if not settings.database_file.is_file():
        if settings.keystore_file.is_file():
            raise OperatorError(
                f"There is a keystore in {data}, and no database. Put it back from a backup: "
                f"symbolon-server restore FILE --data {data}"
            )
        raise OperatorError(
            f"There is no community in {data}; make one with: symbolon-server init --data {data}"
        )
    return Session(settings, passphrase_file=passphrase_file, role=role)


def read_passphrase(
    file: Path | None,
    *,
    confirm: bool = False,
    variable: str = PASSPHRASE_VARIABLE,
    prompt: str = "Passphrase of the keystore",
) -> str:
    """The passphrase from `file`, else the environment, else a prompt; never empty."""
    if file is not None:
        try:
            octets = file.read_bytes()
        except OSError as error:
            raise OperatorError(
                f"The passphrase file {file} cannot be read: {error.strerror}."
            ) from None
        passphrase = text_in(octets, name=f"the passphrase file {file}").rstrip("\r\n")
    elif variable in os.environ:
        passphrase = os.environ[variable]
    elif sys.stdin.isatty():
        passphrase = typer.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True)
    else:
        raise OperatorError(f"No passphrase: give --passphrase-file, or set {variable}.")
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
