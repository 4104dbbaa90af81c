"""Every help page of both programs: what each command and option is, and nothing that means
nothing to whoever reads it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from client.commands.main import app as member_program
from server.commands.program import commands as organiser_program

PROGRAMS = {"symbolon": member_program, "symbolon-server": organiser_program}
MEANINGLESS = ("<bool>", "[default: None]", "(dynamic)", "<lambda>", "PosixPath")


def walked(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, sub in getattr(command, "commands", {}).items():
        yield from walked(sub, (*path, name))


PAGES = [
    pytest.param(program, path, command, id=" ".join(path))
    for name, program in PROGRAMS.items()
    for path, command in walked(typer.main.get_command(program), (name,))
]


@pytest.mark.parametrize(("program", "path", "command"), PAGES)
def test_every_help_page_says_what_everything_is(
    program: typer.Typer, path: tuple[str, ...], command: Any
) -> None:
    first = (command.help or "").strip().split("\n\n")[0]
    assert re.match(r"[A-Z].*[.!?)`:]", first, re.DOTALL), f"no first sentence: {first!r}"
    for param in command.params:
        assert (getattr(param, "help", "") or "").strip(), f"{param.name} has no help"
    ran = CliRunner().invoke(program, [*path[1:], "--help"], env={"COLUMNS": "100"})
    assert ran.exit_code == 0
    assert not [word for word in MEANINGLESS if word in ran.output]


def test_pages_are_found() -> None:
    assert len(PAGES) > 90
