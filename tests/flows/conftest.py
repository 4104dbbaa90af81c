"""A community in a data directory of its own, and a real service over it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from server.commands.make import make_community
from tests.flows.service import PASSPHRASE, Organiser, Served, free_port


def make_organiser(folder: Path) -> Organiser:
    """A new community with one event, `main`, in `folder`; nobody is invited yet."""
    passphrase_file = folder / "passphrase"
    passphrase_file.write_text(PASSPHRASE + "\n")
    organiser = Organiser(data=folder / "data", port=free_port())
    make_community(
        name="Agora",
        address=organiser.address,
        event=["main=Agora 2026"],
        timezone="Europe/Athens",
        data=organiser.data,
        passphrase_file=passphrase_file,
    )
    return organiser


@pytest.fixture
def organiser(tmp_path: Path) -> Organiser:
    """An organiser with a new community."""
    return make_organiser(tmp_path)


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Starts `symbolon-server serve` for an organiser; ends it with the test."""
    with ExitStack() as running:

        def start(organiser: Organiser, *, workers: int = 2) -> Served:
            return running.enter_context(Served(organiser, workers=workers))

        yield start
