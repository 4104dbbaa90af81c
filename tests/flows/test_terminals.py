"""Terminals that cannot show every character: no command ends before it has said its result."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NAME = "Fête der Bäume \U0001f333 Łódź"


def ran(*words: str, program: str = "server", **environment: str) -> subprocess.CompletedProcess:
    """A command of `program` in a process of its own, with `environment` added."""
    return subprocess.run(
        [sys.executable, "-m", f"{program}.commands.main", *words],
        capture_output=True,
        env=os.environ | {"SYMBOLON_PASSPHRASE": "a long enough passphrase"} | environment,
        check=False,
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("terminal") / "data"
    made = ran(
        "init", "--name", NAME, "--address", "https://agora.example", "--data", str(folder),
        "--event", f"feast={NAME}", PYTHONIOENCODING="cp1252",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "utf-8"])
def test_a_list_is_shown_whatever_the_terminal_can_show(data: Path, encoding: str) -> None:
    listed = ran("event", "list", "--data", str(data), PYTHONIOENCODING=encoding)
    assert listed.returncode == 0, listed.stderr
    assert "te der B" in listed.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_json_loses_no_character(data: Path, encoding: str) -> None:
    listed = ran("event", "list", "--data", str(data), "--json", PYTHONIOENCODING=encoding)
    (event,) = json.loads(listed.stdout.decode(encoding))
    assert event["name"] == NAME


@pytest.mark.parametrize("program", ["server", "client"])
def test_an_error_with_a_strange_name_in_it_is_still_said(program: str, tmp_path: Path) -> None:
    missing = str(tmp_path / "\U0001f333.json")
    words = {
        "server": ("attendees", "import", missing, "--data", str(tmp_path)),
        "client": ("audit", missing),
    }[program]
    failed = ran(*words, program=program, PYTHONIOENCODING="ascii")
    assert failed.returncode == 1
    assert failed.stderr.strip().endswith(b".")
    assert failed.stderr.count(b"\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colours_are_left_out_where_they_are_not_wanted(
    environment: dict[str, str], coloured: bool, tmp_path: Path
) -> None:
    shown = on_a_terminal("audit", str(tmp_path / "missing"), **environment)
    assert b"cannot be read" in shown
    assert (b"\x1b[" in shown) is coloured


def on_a_terminal(*words: str, **environment: str) -> bytes:
    """What a command of `symbolon` writes to a terminal."""
    import pty

    ours, theirs = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run(
        [sys.executable, "-m", "client.commands.main", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=plain | {"TERM": "xterm"} | environment,
        check=False,
    )
    os.close(theirs)
    shown = os.read(ours, 65536)
    os.close(ours)
    return shown
