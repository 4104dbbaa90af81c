"""Drafts of polls: shown as voters will see them, changed and deleted; what is open stays."""

from pathlib import Path

import pytest

from server.commands.session import open_community
from server.problems import OperatorError
from tests.flows.terminal import Terminal, with_cheap_passphrase

OPTIONS = ("--option", "Garden", "--option", "Roof", "--closes", "2h")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    with pytest.MonkeyPatch.context() as patch:
        with_cheap_passphrase(patch)
        terminal = Terminal(tmp_path_factory.mktemp("organiser") / "data")
        terminal.text("init", "--name", "Agora")
        for _ in range(2):
            terminal.enrol(**{"pass": "member"})
    return terminal


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    with_cheap_passphrase(monkeypatch)


def test_a_draft_shows_what_voters_will_see_before_it_is_opened(city: Terminal) -> None:
    said = city.text("poll", "create", "Where?", "--id", "where", *OPTIONS, "--quorum", "2")
    for part in (
        "Where?",
        "1. Garden",
        "2. Roof",
        "Each voter chooses one option.",
        "At least 2 ballots",
        "if it opens now",
        "The votes are not sealed",
        "No witness is pinned",
        "2 if it opens now; who claims later has no vote",
        "poll open where",
    ):
        assert part in said
    shown = city.json("poll", "draft", "show", "where")
    assert shown["roll"] == {"least": 2, "most": 2}
    assert (shown["question"], shown["options"]) == ("Where?", ["Garden", "Roof"])
    assert (shown["closes_at"], shown["closes_after"]) == (None, 7200)
    assert shown["problem"] is None
    assert [one["id"] for one in city.json("poll", "draft", "list")] == ["where"]


def test_a_draft_is_changed_part_by_part(city: Terminal) -> None:
    city.text("poll", "create", "Lunch", "--id", "lunch", *OPTIONS)
    edited = city.json(
        *("poll", "draft", "edit", "lunch", "--question", "Lunch?", "--type", "ranked"),
        *("--option", "Soup", "--option", "Rice", "--option", "Bread", "--live"),
        *("--require", "pass=member", "--threshold", "1/2"),
    )
    assert edited["question"] == "Lunch?"
    assert edited["options"] == ["Soup", "Rice", "Bread"]
    assert edited["require"] == {"pass": "member"}
    assert "struck out" in edited["rules"]["Count"]
    assert "more than 1/2" in edited["rules"]["Threshold"]
    assert "while voting goes on" in edited["rules"]["Live"]
    assert "may be alone" in edited["rules"]["Crowd"]
    again = city.json(
        *("poll", "draft", "edit", "lunch", "--method", "schulze", "--threshold", "0/1"),
        *("--require-nothing", "--not-live"),
    )
    assert again["require"] == {}
    assert again["question"] == "Lunch?"
    assert "compared with every other" in again["rules"]["Count"]
    fixed = city.json("poll", "draft", "edit", "lunch", "--closes", "2035-01-01T00:00Z")
    assert (fixed["closes_at"], fixed["closes_after"]) == (2_051_222_400, None)


def test_a_change_that_cannot_be_leaves_the_draft_as_it_was(city: Terminal) -> None:
    city.text("poll", "create", "Tea", "--id", "tea", *OPTIONS)
    for words, match in (
        (("--closes", "2001-01-01T00:00Z"), "close before it opens"),
        (("--closes", "99999d"), "99999d is more than 10 years away"),
        (("--closes", "2999-01-01T00:00Z"), "more than 10 years away"),
        (("--option", "Only one"), "cannot be made"),
        (("--lot", "trustees"), "cannot be made"),
        (("--method", "stv"), "counted by"),
        ((), "Say what is to change"),
        (("--require", "pass=member", "--require-nothing"), "not both"),
    ):
        with pytest.raises(OperatorError, match=match):
            city.text("poll", "draft", "edit", "tea", *words)
    shown = city.json("poll", "draft", "show", "tea")
    assert (shown["options"], shown["closes_after"]) == (["Garden", "Roof"], 7200)


def test_a_draft_is_deleted_after_a_question_and_its_id_is_free(city: Terminal) -> None:
    city.text("poll", "create", "Wrong", "--id", "again", *OPTIONS)
    with pytest.raises(OperatorError, match="--yes"):
        city.text("poll", "draft", "delete", "again")
    assert city.json("poll", "draft", "delete", "again", "--yes")["deleted"] is True
    with pytest.raises(OperatorError, match="no poll"):
        city.text("poll", "draft", "show", "again")
    assert city.json("poll", "create", "Right", "--id", "again", *OPTIONS)["question"] == "Right"


def test_what_is_open_is_neither_changed_nor_deleted(city: Terminal) -> None:
    city.text("poll", "create", "Open?", "--id", "opened", *OPTIONS, "--open")
    for words in (
        ("show", "opened"),
        ("edit", "opened", "--question", "Other"),
        ("delete", "opened", "--yes"),
    ):
        with pytest.raises(OperatorError, match="was opened"):
            city.text("poll", "draft", *words)
    assert "opened" not in [one["id"] for one in city.json("poll", "draft", "list")]
    assert city.json("poll", "show", "opened")["question"] == "Open?"


def test_a_draft_whose_time_is_past_is_shown_with_what_is_wrong(city: Terminal) -> None:
    city.text("poll", "create", "Late", "--id", "late", *OPTIONS)
    session = open_community(city.data)
    drafts = session.polls.office.drafts
    drafts._clock = lambda: 40_000_000_000
    city.text("poll", "draft", "edit", "late", "--closes", "2035-01-01T00:00Z")
    paper = drafts.paper("late")
    assert paper.poll is None
    assert "close before it opens" in paper.problem


def test_every_option_of_a_new_poll_can_be_changed_in_its_draft(tmp_path: Path) -> None:
    import inspect

    from server.commands.drafts import edit
    from server.commands.polls import create

    only_new = {"open_now", "yes"}
    assert set(inspect.signature(create).parameters) - only_new <= set(
        inspect.signature(edit).parameters
    )
