"""The organiser's commands as typed, in this process."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from server.commands.program import commands


class Terminal:
    """Commands on one data directory."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def text(self, *words: str) -> str:
        """What a command prints; raises what it ends with."""
        ran = CliRunner().invoke(commands, [*words, "--data", str(self._data)])
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            raise ran.exception
        assert ran.exit_code == 0, ran.output
        return ran.stdout

    def json(self, *words: str) -> Any:
        """The JSON document that a command prints."""
        return json.loads(self.text(*words, "--json"))
