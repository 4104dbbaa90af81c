"""The organiser's commands for removing, changing and publishing, as typed."""

import json

import pytest

from server.problems import OperatorError, Refusal
from server.registry.schedule import Schedule
from tests.flows.terminal import Terminal

ROWS = """name,email,pass,valid_until
Ana,ana@example.org,resident,2099-12-31
Bo,bo@example.org,resident,2099-12-31
Cy,cy@example.org,day,2099-12-31
Di,di@example.org,day,2099-12-31
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    directory = tmp_path_factory.mktemp("organiser")
    schema = directory / "schema.json"
    attributes = [
        {"name": "pass", "type": "choice", "values": ["resident", "day"]},
        {"name": "valid_until", "type": "date"},
    ]
    schema.write_text(json.dumps({"name": "city", "attributes": attributes}))
    (directory / "attendees.csv").write_text(ROWS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMBOLON_PASSPHRASE", "correct horse")
        terminal = Terminal(directory / "data")
        terminal.text("init", "--name", "Agora", "--schema", str(schema))
        terminal.text("attendees", "import", str(directory / "attendees.csv"))
    return terminal


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", "correct horse")


def states(city: Terminal) -> dict[str, str]:
    return {one["name"]: one["state"] for one in city.json("attendees", "list")}


def epoch(city: Terminal) -> int:
    number: int = city.json("registry", "status")["epoch"]
    return number


def test_a_new_community_has_its_first_head_and_a_schedule(city: Terminal) -> None:
    standing = city.json("registry", "status")
    assert (standing["removals"], standing["pending"]) == (0, 0)
    assert (standing["period"], standing["offset"]) == (86_400, 3 * 3600)
    assert "every 1d at 03:00 UTC" in city.text("registry", "status")


def test_attendees_are_removed_with_the_next_head_or_now(city: Terminal) -> None:
    before = epoch(city)
    told = city.json("attendees", "remove", "ana@example.org", "cy@example.org", "--yes")
    assert (len(told["removed"]), told["epoch"]) == (2, before)
    assert (states(city)["Ana"], states(city)["Cy"]) == ("removed", "removed")
    told = city.json("attendees", "remove", "bo@example.org", "--now", "--yes")
    assert told["epoch"] == before, "nothing was claimed: a head would only stop the others"
    with pytest.raises(Refusal, match="removed already"):
        city.text("attendees", "remove", told["removed"][0], "--emergency", "--yes")
    claimed = city.enrol(**{"pass": "day", "valid_until": 60_000})
    told = city.json("attendees", "remove", claimed, "--yes")
    assert told["epoch"] == before
    assert "Removed with head" in city.text("attendees", "remove", claimed, "--now", "--yes")
    assert epoch(city) == before + 1
    with pytest.raises(OperatorError, match="no attendee"):
        city.text("attendees", "remove", "nobody@example.org", "--yes")


def test_a_removal_is_asked_for_twice(city: Terminal) -> None:
    with pytest.raises(OperatorError, match="--yes"):
        city.text("attendees", "remove", "di@example.org")
    assert states(city)["Di"] == "invited"


def test_a_removed_attendee_gets_a_new_link(city: Terminal) -> None:
    if states(city)["Bo"] != "removed":
        city.text("attendees", "remove", "bo@example.org", "--yes")
    with pytest.raises(Refusal, match="attendees restore"):
        city.text("attendees", "reissue", "bo@example.org", "--yes")
    told = city.json("attendees", "restore", "bo@example.org")
    assert told["state"] == "invited"  # nothing was ever claimed
    assert "#" in told["link"]
    with pytest.raises(OperatorError, match="Choose one"):
        city.text(
            "attendees", "reissue", "bo@example.org", "--emergency", "--at-next-head", "--yes"
        )


def test_attributes_are_changed_and_checked(city: Terminal) -> None:
    told = city.json("attendees", "change", "di@example.org", "--set", "pass=resident", "--settle")
    assert told["state"] == "invited"
    for words, match in (
        (("--set", "pass"), "NAME=VALUE"),
        ((), "Nothing to change"),
    ):
        with pytest.raises(OperatorError, match=match):
            city.text("attendees", "change", "di@example.org", *words)
    city.text("attendees", "remove", "di@example.org", "--yes")
    with pytest.raises(Refusal, match="removed"):
        city.text("attendees", "change", "di@example.org", "--settle")


def test_heads_are_published_and_the_schedule_is_set(city: Terminal) -> None:
    before = city.json("registry", "status")
    after = city.json("registry", "publish", "--emergency")
    assert after["epoch"] == before["epoch"] + 1
    told = city.text("registry", "schedule", "--every", "6h", "--at", "01:30")
    assert "every 6h at 01:30 UTC" in told
    assert city.json("registry", "publish")["next_at"] % 21_600 == 5400
    for words in (("--every", "1w"), ("--at", "25:00"), ("--every", "90s"), ("--every", "32d")):
        with pytest.raises(OperatorError):
            city.text("registry", "schedule", *words)


def test_the_organisers_token_is_shown_once(city: Terminal) -> None:
    first, second = (city.json("organiser", "token")["token"] for _ in range(2))
    assert len(first) == 43
    assert first != second


@pytest.mark.parametrize(
    ("every", "at", "now", "following"),
    [
        ("1d", "03:00", 10_800, 97_200),
        ("1d", "03:00", 10_799, 10_800),
        ("6h", "03:00", 0, 10_800),
        ("6h", "03:00", 10_800, 32_400),
        ("30m", "00:10", 600, 2400),
    ],
)
def test_the_next_head_is_the_first_time_of_the_schedule_that_is_later(
    every: str, at: str, now: int, following: int
) -> None:
    assert Schedule.parse(every=every, at=at).next_after(now) == following
