"""Importing every day of a season, as typed: what is shown, what is asked, and what is done."""

import hashlib
import json
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from server.commands.program import commands
from server.problems import OperatorError
from tests.flows.terminal import Terminal

TITLES = (
    "Event slug;Order code;Position ID;Status;Email;Product;Variation;Attendee name;Attendee email"
)
MONDAY = (
    "agora;AAAA1;1;paid;buyer@example.org;Week pass;;Ana Canceled;ana@example.org",
    "agora;BBBB2;1;paid;buyer2@example.org;Week pass;;Bo Vanish;bo@example.org",
    "agora;CCCC3;1;paid;dara@exmaple.org;Week pass;;Dara Typo;",
    "agora;DDDD4;1;paid;elio@example.org;Week pass;;Elio Transfers;elio@example.org",
)
FRIDAY = (
    "agora;AAAA1;1;canceled;buyer@example.org;Week pass;;Ana Canceled;ana@example.org",
    "agora;CCCC3;1;paid;dara@example.org;Week pass;;Dara Typo;",
    "agora;DDDD4;1;paid;elio@example.org;Week pass;;Hana Receives;hana@example.org",
)
SCHEMA = {
    "name": "city",
    "attributes": [
        {"name": "pass", "type": "choice", "values": ["week", "day"]},
        {"name": "volunteer", "type": "flag"},
    ],
}
MAPPING = {"Week pass": {"pass": "week"}, "Day ticket": {"pass": "day"}, "T-shirt": None}


class Shop:
    """A community, and the exports that come to it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.terminal = Terminal(self.data)
        self.map = directory / "map.json"
        self.map.write_text(json.dumps(MAPPING))
        schema = directory / "schema.json"
        schema.write_text(json.dumps(SCHEMA))
        self.terminal.text("init", "--name", "Agora", "--schema", str(schema))

    def export(self, *rows: str, name: str = "orders.csv", titles: str = TITLES) -> str:
        path = self.directory / name
        path.write_text("\n".join((titles, *rows)) + "\n")
        return str(path)

    def bring(self, *rows: str, words: tuple[str, ...] = ()) -> dict[str, Any]:
        """Import an export, confirmed."""
        found: dict[str, Any] = self.terminal.json(
            "attendees", "import", self.export(*rows), "--map", str(self.map), "--yes", *words
        )
        return found

    def try_to(self, *words: str) -> tuple[int, str]:
        """The exit status, and what is printed or told."""
        ran = CliRunner().invoke(commands, ["attendees", *words, "--data", str(self.data)])
        if ran.exception is not None and not isinstance(ran.exception, SystemExit):
            return 1, ran.output + str(ran.exception)
        return ran.exit_code, ran.output

    def people(self) -> dict[str, str]:
        listed = self.terminal.json("attendees", "list")
        return {one["name"]: one["state"] for one in listed}

    def dump(self) -> list[str]:
        """Everything that the database holds."""
        with sqlite3.connect(self.data / "symbolon.db") as connection:
            return list(connection.iterdump())

    def links(self, *words: str) -> list[dict[str, str]]:
        import csv

        out = self.directory / "links.csv"
        self.terminal.text("attendees", "links", "--out", str(out), *words)
        with out.open(newline="") as file:
            return list(csv.DictReader(file))


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """The passphrase stretched once for each test, and not for each command."""
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", "nine muses and a lyre")
    monkeypatch.setattr(hashlib, "scrypt", lru_cache(hashlib.scrypt))


@pytest.fixture
def shop(tmp_path: Path, passphrase: None) -> Shop:
    return Shop(tmp_path)


def test_two_exports_of_a_week_are_told_asked_and_done(shop: Shop) -> None:
    assert shop.bring(*MONDAY)["imported"] == 4
    before = shop.links()
    friday, mapping = shop.export(*FRIDAY), ("--map", str(shop.map))
    held = shop.dump()
    status, told = shop.try_to("import", friday, *mapping, "--dry-run")
    assert status == 0
    for words in (
        "Canceled: 1",
        "Vanished: 1",
        "leave canceled tickets out",
        "Given to another person: 1",
        "name Elio Transfers -> Hana Receives",
        "Corrected: 1",
        "dara@exmaple.org -> dara@example.org",
        "attendees remove",
        "attendees transfer",
        "attendees edit",
        "Nothing was changed.",
    ):
        assert words in told
    status, told = shop.try_to("import", friday, *mapping)
    assert status == 1
    assert "--yes" in told
    assert "--dry-run" in told
    assert shop.dump() == held, "what was not confirmed was written"

    done = shop.bring(*FRIDAY)
    assert (done["imported"], done["changed"], done["removed"]) == (0, 2, 0)
    assert shop.people() == {
        "Ana Canceled": "invited",
        "Bo Vanish": "invited",
        "Dara Typo": "invited",
        "Hana Receives": "invited",
    }
    links = {row["email"]: row["link"] for row in shop.links("--new")}
    assert set(links) == {"dara@example.org", "hana@example.org"}
    assert not set(links.values()) & {row["link"] for row in before}

    done = shop.bring(*FRIDAY, words=("--remove", "canceled", "--remove", "vanished"))
    assert done["removed"] == 2
    assert {name for name, state in shop.people().items() if state == "removed"} == {
        "Ana Canceled",
        "Bo Vanish",
    }
    again = shop.bring(*MONDAY[:2], *FRIDAY[1:])
    assert again["counts"]["paid again"] == 2
    assert set(shop.people().values()) == {"invited"}


def test_one_person_with_two_tickets_and_a_shirt_is_counted_and_asked_about(shop: Shop) -> None:
    rows = (
        "fest;AAAA1;1;paid;ana@example.org;Day ticket;;Ana Amaro;ana@example.org",
        "fest;AAAA1;2;paid;ana@example.org;Day ticket;;Ana Amaro;ana@example.org",
        "fest;AAAA1;3;paid;ana@example.org;T-shirt;M;;",
    )
    found = shop.bring(*rows)
    assert (found["imported"], found["counts"]["doubled"]) == (1, 1)
    (several,) = found["several"]
    assert (several["name"], several["lines"]) == ("Ana Amaro", [2, 3])
    assert [row["line"] for row in found["not_imported"]] == [3, 4]
    assert shop.bring(*rows)["imported"] == 0
    assert shop.bring(*rows, words=("--each-ticket",))["imported"] == 1
    assert len(shop.people()) == 1
    assert len(shop.terminal.json("attendees", "list")) == 2


def test_the_same_list_again_changes_nothing_but_the_note_that_it_came(shop: Shop) -> None:
    shop.bring(*MONDAY)
    shop.bring(*FRIDAY)
    before = [line for line in shop.dump() if "imported_lists" not in line]
    again = shop.bring(*FRIDAY)
    assert (again["imported"], again["changed"], again["removed"]) == (0, 0, 0)
    assert [line for line in shop.dump() if "imported_lists" not in line] == before


def test_an_older_list_after_a_newer_one_is_known_again(shop: Shop) -> None:
    shop.bring(*MONDAY)
    shop.bring(*FRIDAY)
    status, told = shop.try_to("import", shop.export(*MONDAY), "--map", str(shop.map), "--dry-run")
    assert status == 0
    assert "CAREFUL" in told
    status, told = shop.try_to("import", shop.export(*MONDAY), "--map", str(shop.map))
    assert status == 1
    assert "an older list than the last" in told


def test_rows_that_cannot_be_read_are_counted_and_nobody_vanishes_by_them(shop: Shop) -> None:
    shop.bring(*MONDAY)
    broken = MONDAY[1].replace("bo@example.org", "nowhere")
    words = ("--map", str(shop.map), "--yes", "--remove", "vanished")
    status, told = shop.try_to("import", shop.export(MONDAY[0], broken, *MONDAY[2:]), *words)
    assert status == 1
    assert "line 3: the e-mail address does not have one @" in told
    assert "Could not be read: 1" in told
    status, told = shop.try_to("import", shop.export(MONDAY[0], "a;b", *MONDAY[2:]), *words)
    assert status == 1
    assert "nobody can be said to have vanished" in told
    assert set(shop.people().values()) == {"invited"}


def test_a_list_that_removes_most_needs_a_word_of_its_own(shop: Shop) -> None:
    shop.bring(*MONDAY)
    path, words = shop.export(MONDAY[0]), ("--map", str(shop.map), "--yes", "--remove", "vanished")
    status, told = shop.try_to("import", path, *words)
    assert status == 1
    assert "3 of 4 members" in told
    assert set(shop.people().values()) == {"invited"}
    assert shop.try_to("import", path, *words, "--remove-most")[0] == 0
    assert list(shop.people().values()).count("removed") == 3


@pytest.mark.parametrize(
    "rows",
    [(), ("agora;X1;1;canceled;x@example.org;Week pass;;X;",), ("agora;X1;1;paid;;T-shirt;;;",)],
)
def test_a_list_of_no_use_ends_with_status_1(shop: Shop, rows: tuple[str, ...]) -> None:
    shop.bring(*MONDAY)
    status, told = shop.try_to("import", shop.export(*rows), "--map", str(shop.map), "--yes")
    assert status == 1
    assert "use" in told or "empty" in told
    assert set(shop.people().values()) == {"invited"}


def test_plain_lists_know_people_by_address_and_have_names_of_their_own(shop: Shop) -> None:
    def bring(*rows: str, words: tuple[str, ...]) -> Any:
        path = shop.export(*rows, titles="name,email,pass")
        return shop.terminal.json("attendees", "import", path, "--yes", *words)

    friends, staff = ("--list", "friends"), ("--list", "staff")
    bring("Ana,ana@example.org,week", "Bo,home@example.org,week", words=friends)
    assert bring("Cy,cy@example.org,day", words=staff)["counts"]["vanished"] == 0
    found = bring("Anna,ANA@example.org,week", "Bo,home@example.org,week", words=friends)
    assert (found["counts"]["corrected"], found["counts"]["new"]) == (1, 0)
    found = bring("Bo,home@example.org,day", "Di,home@example.org,week", words=friends)
    assert (found["counts"]["changed"], found["counts"]["new"]) == (1, 1)
    assert found["counts"]["vanished"] == 1


def test_plain_lists_bring_back_cancel_and_lose_nobody_wrongly(shop: Shop) -> None:
    """Found by a hostile tester: what lists without ids say of people under other names."""

    def bring(*rows: str) -> dict[str, int]:
        path = shop.export("name,email,pass,status", *rows, titles="")
        ran = shop.try_to("import", path, "--yes", "--json")
        counts: dict[str, int] = json.loads(ran[1][: ran[1].rindex("}") + 1])["counts"]
        return {kind: count for kind, count in counts.items() if count}

    bring(*(f"{who},{who.lower()}@x.org,week,paid" for who in ("Ana", "Bo", "Cy")))
    shop.terminal.text("attendees", "remove", "ana@x.org", "--yes")
    before = {one["name"]: one["link"] for one in shop.links()}
    found = bring(
        "Ana Amaro,ana@x.org,week,paid", "Da,bo@x.org,week,paid", "Cy C.,cy@x.org,week,canceled"
    )
    assert found == {"kept as you decided": 1, "given to another person": 1, "canceled": 1}
    assert shop.people() == {"Ana": "removed", "Da": "invited", "Cy": "invited"}
    after = {one["name"]: one["link"] for one in shop.links()}
    assert after["Da"] != before["Bo"]
    assert after["Cy"] == before["Cy"]
    found = bring("Da,da(at)x.org,week,paid", "Cy", "Eva,eva@x.org,week,paid")
    assert found == {"in a row that cannot be read": 2, "new": 1}


def test_the_verbs_do_what_they_say_and_refuse_what_is_done(shop: Shop) -> None:
    added = shop.terminal.json(
        *("attendees", "add", "--name", "Ana  Amaro", "--email", "ANA@example.org"),
        *("--set", "pass=week"),
    )
    assert "#" in added["link"]
    one = shop.terminal.json("attendees", "show", "ana@Example.org")
    assert (one["name"], one["email"], one["link_written"]) == (
        "Ana Amaro",
        "ana@example.org",
        False,
    )
    assert one["attributes"] == {"pass": "week", "volunteer": "no"}
    me = added["id"]
    corrected = shop.terminal.json("attendees", "edit", me, "--email", "amaro@example.org")
    assert corrected["link"] not in (None, added["link"])
    assert shop.terminal.json("attendees", "edit", me, "--name", "Ana A.")["link"] is None
    kept = shop.terminal.json("attendees", "edit", me, "--email", "a@example.org", "--keep-link")
    assert kept["link"] == corrected["link"]
    given = shop.terminal.json(
        *("attendees", "transfer", me, "--name", "Bo", "--email", "bo@example.org", "--yes")
    )
    assert given["link"] != kept["link"]
    shop.terminal.text("attendees", "change", me, "--set", "pass=day")
    shop.terminal.text("attendees", "remove", me, "--yes")
    restored = shop.terminal.json("attendees", "restore", me)
    assert (restored["state"], restored["link"] != given["link"]) == ("invited", True)

    person = ("--name", "Bo", "--email", "bo@example.org")
    for words, reason in (
        (("restore", me), "not removed"),
        (("add", *person, "--set", "pass=day"), "a member already"),
        (("transfer", me, *person, "--yes"), "has the ticket already"),
        (("edit", me, "--name", "Bo"), "already"),
        (("edit", me), "Nothing to correct"),
        (("edit", me, "--name", "Bo\u202e"), "U+202E"),
        (("edit", me, "--email", "nowhere"), "does not have one @"),
        (("delete", "nobody", "--yes"), "no attendee"),
        (("delete", me), "--yes"),
    ):
        status, told = shop.try_to(*words)
        assert (status, reason in told) == (1, True), told
    shop.terminal.text("attendees", "delete", me, "--yes")
    (gone,) = shop.terminal.json("attendees", "list")
    assert (gone["name"], gone["email"], gone["state"]) == ("", "", "deleted")
    assert not any("example.org" in line for line in shop.dump())
    for words in (("delete", me, "--yes"), ("restore", me), ("edit", me, "--name", "Ana")):
        assert "deleted" in shop.try_to(*words)[1]


def test_the_list_is_searched_filtered_and_counted(shop: Shop) -> None:
    shop.bring(*MONDAY)
    shop.terminal.text("attendees", "remove", "ana@example.org", "--yes")
    shop.terminal.text("attendees", "change", "bo@example.org", "--set", "volunteer=yes")

    def names(*words: str) -> list[str]:
        return [one["name"] for one in shop.terminal.json("attendees", "list", *words)]

    assert names("DARA") == ["Dara Typo"]
    assert names("bbbb2") == names("--where", "volunteer=yes") == ["Bo Vanish"]
    assert names("--state", "removed") == ["Ana Canceled"]
    assert names("--pass", "day") == []
    told = shop.terminal.text("attendees", "list", "--pass", "week")
    assert "bo@example.org" in told
    assert "Together 4: 3 invited, 1 removed." in told
    with pytest.raises(OperatorError, match="no state"):
        names("--state", "here")


def test_new_links_are_those_that_no_file_had(shop: Shop) -> None:
    shop.bring(*MONDAY)
    assert len(shop.links("--new")) == 4
    assert shop.links("--new") == []
    late = "agora;ZZZZ9;1;paid;late@example.org;Week pass;;Zoe Late;"
    shop.bring(*MONDAY, late)
    assert [row["name"] for row in shop.links("--new")] == ["Zoe Late"]
    shop.terminal.text("attendees", "reissue", "bo@example.org", "--yes")
    assert [row["name"] for row in shop.links("--new")] == ["Bo Vanish"]
    assert len(shop.links()) == 5
    assert "Choose one" in shop.try_to("links", "--out", "x.csv", "--new", "--all")[1]
