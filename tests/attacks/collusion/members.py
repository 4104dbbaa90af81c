"""Members at their terminals: the real `symbolon wallet` commands, run in this process.

So whatever order of requests, connections and refusals a command has is what is tried here. What is
not as at home: the time is the festival's (see `clock`); what comes out alike at every command (the
stretched passphrase of a wallet, the machine's list of certificates, whether a credential and the
signature of a registry head verify) is worked out once and remembered; a wallet that asks for its
credentials stops at the first that is unknown; tables are printed without frames; and no file is
flushed to the disk.
"""

import io
import json
import os
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import typer
from rich.console import Console
from rich.table import Table

from client import sealed_file
from client.commands.main import app
from client.commands.terminal import PASSPHRASE_VARIABLE
from client.wallet import enrolling, restore
from credentials.errors import SymbolonError
from credentials.formats.head import SignedHead
from credentials.formats.metadata import Metadata, SignedMetadata
from credentials.registry.chain import HeadChain
from tests.attacks.collusion.clock import Clock

PASSPHRASE = "an owl in the agora"
QUICKEST = 14
"""The least work that a wallet file may ask for, as log2 n of scrypt."""


_start = cache(HeadChain.start)


def _start_once(signed: Sequence[SignedHead], *, metadata: Metadata) -> HeadChain:
    return _start(tuple(signed), metadata=metadata)


def _print_plainly(console: Console, table: Table, **_: object) -> None:
    for cells in zip(*(column.cells for column in table.columns), strict=True):
        console.file.write("  ".join(map(str, cells)) + "\n")


@contextmanager
def at_the_true_time(
    now: Callable[[], float] = time.time, running: Callable[[int], float] = time.clock_gettime
) -> Iterator[None]:
    """Found a city as an organiser does, also while another festival is on."""
    with (
        mock.patch.object(time, "time", now),
        mock.patch.object(time, "clock_gettime", running),
    ):
        yield


@contextmanager
def at_home(clock: Clock) -> Iterator[None]:
    """Run commands at the festival's time, and quickly."""
    with (
        mock.patch.object(time, "time", clock),
        mock.patch.object(time, "clock_gettime", clock.running),
        mock.patch.object(sealed_file, "LOG2_N", QUICKEST),
        mock.patch.object(sealed_file, "_derive", cache(sealed_file._derive)),
        mock.patch.object(ssl, "create_default_context", cache(ssl.create_default_context)),
        mock.patch.object(SignedHead, "open", cache(SignedHead.open)),
        mock.patch.object(SignedMetadata, "open", cache(SignedMetadata.open)),
        mock.patch.object(HeadChain, "start", staticmethod(_start_once)),
        mock.patch.object(enrolling, "accept", cache(enrolling.accept)),
        mock.patch.object(Console, "print", _print_plainly),
        mock.patch.object(restore, "UNKNOWN_IN_A_ROW", 1),
        mock.patch.object(os, "fsync", return_value=None),
        mock.patch.dict(os.environ, {PASSPHRASE_VARIABLE: PASSPHRASE, "COLUMNS": "200"}),
    ):
        yield


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    said: str
    noted: str

    @property
    def json(self) -> Any:
        """The JSON that it printed; it must have succeeded."""
        assert self.status == 0, self.noted
        return json.loads(self.said)


@dataclass
class Member:
    """A person with a wallet file; `number` says which attendee, and is nobody else's to know."""

    number: int
    file: Path

    def run(self, command: str, *arguments: str | Path, typed: str = "") -> Done:
        """Run `symbolon wallet COMMAND …` on the wallet."""
        words = ["wallet", command, *map(str, arguments), "--wallet", str(self.file)]
        said, noted, status = io.StringIO(), io.StringIO(), 0
        with (
            redirect_stdout(said),
            redirect_stderr(noted),
            mock.patch.object(sys, "stdin", io.StringIO(typed)),
        ):
            try:
                _commands()(words, prog_name="symbolon")
            except SystemExit as end:
                status = int(end.code or 0)
            except SymbolonError as error:
                status = 1
                noted.write(str(error))
        return Done(status, said.getvalue(), noted.getvalue())


@cache
def _commands() -> Any:
    return typer.main.get_command(app)
