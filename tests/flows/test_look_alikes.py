"""Texts that people could not tell apart are not published; harmless spellings are mended."""

from pathlib import Path

import pytest

from credentials.errors import SymbolonError
from server.problems import OperatorError
from tests.flows.terminal import Terminal, with_cheap_passphrase


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    with_cheap_passphrase(monkeypatch)
    terminal = Terminal(tmp_path / "data")
    terminal.text("init", "--name", "Agora", "--event", "main=Agora 2026")
    return terminal


def options(*texts: str) -> list[str]:
    return ["--closes", "2h", *(word for text in texts for word in ("--option", text))]


@pytest.mark.parametrize(
    "texts", [("Ana Lee", "Ana  Lee"), ("Ana Lee", "Ana\xa0Lee"), ("Ana Lee", "Аna Lee")]
)
def test_options_that_look_the_same_are_refused_with_the_pair(
    terminal: Terminal, texts: tuple[str, str]
) -> None:
    with pytest.raises((OperatorError, SymbolonError), match=r"Ana Lee.*numbers 2 and 3"):
        terminal.text("poll", "create", "Who?", *options("Bo", *texts))
    assert terminal.json("poll", "list") == []


def test_an_option_is_brought_to_its_one_spelling(terminal: Terminal) -> None:
    terminal.text("poll", "create", "Where?", *options("Cafe\u0301", "\u200bStage  two "))
    shown = terminal.json("poll", "draft", "show", "where")
    assert shown["options"] == ["Café", "Stage two"]


@pytest.mark.parametrize(
    "words",
    [
        ("event", "add", "other", "--name", "AGORA  2026"),
        ("door", "add", "Μain", "--id", "second", "--event", "main"),
        ("app", "add", "Саfe", "--id", "second", "--response-address", "https://b.example/a"),
    ],
)
def test_names_that_look_the_same_are_refused_with_the_pair(
    terminal: Terminal, words: tuple[str, ...]
) -> None:
    terminal.text("door", "add", "Main", "--event", "main")
    terminal.text("app", "add", "Cafe", "--response-address", "https://a.example/a")
    with pytest.raises((OperatorError, SymbolonError), match="numbers 1 and 2"):
        terminal.text(*words)
