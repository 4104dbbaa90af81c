"""Events, doors and apps are changed and removed; what others would notice is asked first."""

from dataclasses import replace
from pathlib import Path

import pytest

from credentials.errors import MetadataRefused
from credentials.formats.metadata import Metadata
from credentials.formats.policy import Policy
from server.bearer import hash_token
from server.commands.session import open_community
from server.community.events import EventOffice
from server.doors import store as doors
from server.doors.organiser import DoorOffice
from server.presentations import store as apps
from server.presentations.organiser import AppOffice
from server.presentations.service import PresentationService
from server.problems import OperatorError, TokenRefused
from tests.flows.terminal import Terminal, with_cheap_passphrase
from tests.flows.town import Town


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    directory = tmp_path_factory.mktemp("organiser")
    with pytest.MonkeyPatch.context() as patch:
        with_cheap_passphrase(patch)
        terminal = Terminal(directory / "data")
        terminal.text("init", "--name", "Agora")
        terminal.text("event", "add", "agora-2026", "--name", "Agora")
        terminal.text("door", "add", "Main gate", "--id", "main", "--event", "agora-2026")
        terminal.text("app", "add", "Café", "--response-address", "https://cafe.example/answer")
    return terminal


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    with_cheap_passphrase(monkeypatch)


def published(city: Terminal) -> Metadata:
    return open_community(city.data).community.metadata()


def refused(city: Terminal, *words: str, match: str) -> None:
    """A command ends with this sentence, and nothing was published."""
    before = published(city).version
    with pytest.raises((OperatorError, MetadataRefused), match=match):
        city.text(*words)
    assert published(city).version == before


def test_a_name_is_changed_without_a_question_in_one_new_version(city: Terminal) -> None:
    before = published(city)
    assert city.json("door", "edit", "main", "--name", "North gate")["name"] == "North gate"
    assert city.json("app", "edit", "cafe", "--name", "Bar")["origin"] == "https://cafe.example"
    assert city.json("event", "edit", "agora-2026", "--name", "Agora 26")["timezone"] == "UTC"
    after = published(city)
    assert after.version == before.version + 3
    assert [after.doors[0].name, after.apps[0].name, after.events[0].name] == [
        "North gate",
        "Bar",
        "Agora 26",
    ]
    assert (after.doors[0].id, after.doors[0].mode) == ("main", "once")


def test_what_is_not_there_or_changes_nothing_is_refused(city: Terminal) -> None:
    refused(city, "door", "edit", "side", "--name", "Side", match="no door")
    refused(city, "event", "edit", "party", "--name", "Party", match="no event")
    refused(city, "app", "edit", "shop", "--name", "Shop", match="no app")
    for thing in ("door", "app", "event"):
        refused(city, thing, "remove", "nothing", "--yes", match=f"no {thing}")
    refused(city, "door", "edit", "main", match="Say what is to change")
    name = published(city).doors[0].name
    refused(city, "door", "edit", "main", "--name", name, match="like that already")
    refused(city, "event", "edit", "agora-2026", "--timezone", "Mars", match="no time zone")


def test_an_app_that_moves_to_another_origin_loses_every_pseudonym_and_that_is_asked(
    city: Terminal,
) -> None:
    refused(
        *(city, "app", "edit", "cafe", "--response-address", "https://bar.example/answer"),
        match="say so with --yes",
    )
    path = city.json("app", "edit", "cafe", "--response-address", "https://cafe.example/new")
    assert path["origin"] == "https://cafe.example"  # the same scope, so nothing is asked
    moved = ("app", "edit", "cafe", "--response-address", "https://bar.example/answer", "--yes")
    assert city.json(*moved)["origin"] == "https://bar.example"
    city.text("app", "add", "Shop", "--response-address", "https://shop.example/answer")
    with pytest.raises(MetadataRefused, match="same origin"):
        city.text("app", "edit", "shop", "--response-address", "https://bar.example/x", "--yes")
    city.text("app", "remove", "shop", "--yes")


def test_a_door_asks_for_what_is_said_and_what_its_mode_needs(city: Terminal) -> None:
    refused(city, "door", "edit", "main", "--disclose", "pass", match="--yes")
    edited = city.json("door", "edit", "main", "--disclose", "pass", "--yes")
    assert edited["disclose"] == ["reissued", "pass"]
    club = city.json("door", "edit", "main", "--mode", "members_only", "--yes")
    assert (club["mode"], club["disclose"]) == ("members_only", ["pass"])
    bare = city.json("door", "edit", "main", "--disclose-nothing", "--yes")
    assert bare["disclose"] == []
    again = city.json("door", "edit", "main", "--mode", "once", "--yes")
    assert again["disclose"] == ["reissued"]
    with pytest.raises(Exception, match="no attribute"):
        city.text("door", "edit", "main", "--disclose", "height", "--yes")


def test_the_zone_of_an_event_with_doors_is_asked_for(city: Terminal) -> None:
    refused(city, "event", "edit", "agora-2026", "--timezone", "Asia/Tokyo", match="--yes")
    city.text("event", "edit", "agora-2026", "--timezone", "Asia/Tokyo", "--yes")
    assert published(city).events[0].timezone == "Asia/Tokyo"


def test_an_event_is_removed_after_its_doors(city: Terminal) -> None:
    city.text("event", "add", "party", "--name", "Party")
    token = city.json("door", "add", "Cellar", "--event", "party")["token"]
    refused(city, "event", "remove", "party", "--yes", match="belong doors: cellar")
    with pytest.raises(OperatorError, match="belong doors"):  # also for who did not look before
        EventOffice(open_community(city.data).community).remove("party")
    refused(city, "door", "remove", "cellar", match="--yes")
    assert city.json("door", "remove", "cellar", "--yes") == {"id": "cellar", "removed": True}
    with open_community(city.data).database.read() as connection:
        assert doors.door_of_token(connection, hash_token(token)) is None
    city.text("event", "remove", "party", "--yes")
    assert published(city).event("party") is None


def test_look_alike_names_are_refused_with_the_pair(city: Terminal) -> None:
    city.text("event", "add", "spring", "--name", "Spring fair")
    alike = ("event", "add", "other", "--name", "spring  FAIR")
    refused(city, *alike, match="Spring fair.*spring FAIR")
    city.text("door", "add", "East", "--event", "spring")
    cyrillic = ("door", "add", "\u0415\u0430st", "--id", "e", "--event", "spring")
    refused(city, *cyrillic, match="East .spring.*st .spring")
    city.text("door", "add", "East", "--id", "east-2", "--event", "agora-2026")  # elsewhere
    city.text("app", "add", "Radio", "--response-address", "https://radio.example/answer")
    refused(city, "app", "edit", "cafe", "--name", "RADIO", match="RADIO.*Radio")


def test_the_mode_of_a_door_that_let_somebody_in_stays(tmp_path: Path) -> None:
    town = Town(tmp_path)
    ana = town.join("Ana")
    office = DoorOffice(town.database, town.community)
    assert ana.enter("once") == "admitted"
    with pytest.raises(OperatorError, match="has let people in"):
        office.edit("once", lambda door: replace(door, mode="once_per_day"))
    assert office.edit("once", lambda door: replace(door, name="Another name")).mode == "once"
    assert office.door("once").entries == 1
    # The record of the event outlives its door.
    office.remove("once")
    assert town.get("/doors/once").status_code == 404
    assert ana.enter("re-entry") == "already_in"


def test_a_removed_app_can_ask_and_be_answered_no_more(tmp_path: Path) -> None:
    town = Town(tmp_path)
    app = town.metadata.apps[0].id
    office = AppOffice(town.database, town.community)
    token = hash_token(town.tokens[app])
    service = PresentationService(town.database, town.community, town.registry, clock=town.clock)
    asked = service.ask(Policy.from_json({"purpose": "login"}), token_hash=token)
    office.remove(app)
    with pytest.raises(TokenRefused):
        service.ask(Policy.from_json({"purpose": "login"}), token_hash=token)
    with town.database.read() as connection:
        assert apps.request_row(connection, asked.id) is None
