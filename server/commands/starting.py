"""What `serve` looks at before it serves: that it is alone, that all agrees, and the schema's age.

What needs an answer is asked before anything is begun; what cannot be answered without a terminal
is refused, but for a clock in doubt: then the service begins on hold.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from server import migrations
from server.agreement.finding import Finding, Part
from server.backup.making import make_backup
from server.commands.asking import agree
from server.commands.backing_up import source_of
from server.commands.believing import consequences
from server.commands.session import Session
from server.files import FileLock
from server.problems import OperatorError
from server.settings import Settings

_PATIENCE_SECONDS = 1.0


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the lock of a data directory, which ends with the process; raises OperatorError."""
    lock = FileLock(settings.serve_lock)
    limit = time.monotonic() + _PATIENCE_SECONDS  # a command that looks has it for a moment
    while not lock.take():
        if time.monotonic() > limit:
            raise OperatorError(
                f"The community in {settings.data_directory} is served already, by another process "
                "on this machine. One service has as many workers as you want: --workers 4"
            )
        time.sleep(0.05)
    try:
        yield
    finally:
        lock.release()


@dataclass(slots=True)
class Start:
    """One start of the service, from the first look to the moment in which workers may begin."""

    session: Session
    clock_is_right: bool
    yes: bool
    doubt: Finding | None = None

    def look(self) -> None:
        """Look at everything that no passphrase is needed for, and ask what has to be asked."""
        age = migrations.age(self.session.database)
        if age is migrations.Age.NEWER:
            raise migrations.newer()
        self.session.check()
        if self.clock_is_right:
            self.session.guard.confirm()
        self.doubt = self.session.guard.look()
        if self.doubt is not None and self.doubt.part is not Part.CLOCK:
            raise OperatorError(self.doubt.words)
        if age is migrations.Age.OLDER and self.doubt is not None:
            raise OperatorError(
                f"The database is of an earlier version, and is left alone meanwhile: "
                f"{self.doubt.words} Or serve with --clock-is-right."
            )
        if self.doubt is not None and sys.stdin.isatty() and not self.yes:
            self._ask()
        if age is migrations.Age.OLDER:
            agree(migrations.losses(self.session.database), yes=self.yes)

    def _ask(self) -> None:
        if self.doubt is None:
            return
        for sentence in (self.doubt.words, *consequences(self.session)):
            typer.echo(sentence, err=True)
        if typer.confirm("Is the clock right?", err=True):
            self.session.guard.confirm()
            self.doubt = self.session.guard.look()

    def make_ready(self) -> str:
        """Bring the database to this version, after a backup; what is to be said when it serves.

        The keystore was opened, and fits.
        """
        session = self.session
        if migrations.age(session.database) is migrations.Age.OLDER:
            folder = session.settings.backups_directory
            folder.mkdir(mode=0o700, exist_ok=True)
            out = make_backup(source_of(session), out=folder, now=session.guard.wall())
            typer.echo(f"A backup from before the update is in {out}.", err=True)
            migrations.upgrade(session.database)
            self._check_after_update()
        if self.doubt is None:
            return ""
        return (
            f"\nOn hold: {self.doubt.words} Until then no heads are published, no polls closed and "
            "no passes ended; doors and everything that is read go on."
        )

    def _check_after_update(self) -> None:
        found = self.session.guard.compare(self.session.standing())
        if found is not None:
            raise OperatorError(found.words)
