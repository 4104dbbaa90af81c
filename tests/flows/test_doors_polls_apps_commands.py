"""The organiser's commands for doors, polls and apps, as typed."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.audit import audit
from credentials.log.cosignature import WitnessKey
from server.commands.session import open_community
from server.problems import OperatorError
from tests.flows.terminal import Terminal

OPTIONS = ("--option", "Garden", "--option", "Roof", "--closes", "2h")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    directory = tmp_path_factory.mktemp("organiser")
    schema = directory / "schema.json"
    attributes = [
        {"name": "pass", "type": "choice", "values": ["resident", "day"]},
        {"name": "valid_until", "type": "date"},
    ]
    schema.write_text(json.dumps({"name": "city", "attributes": attributes}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMBOLON_PASSPHRASE", "correct horse")
        terminal = Terminal(directory / "data")
        terminal.text("init", "--name", "Agora", "--schema", str(schema))
        terminal.text("event", "add", "agora-2026", "--name", "Agora")
    return terminal


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMBOLON_PASSPHRASE", "correct horse")


def test_a_door_is_added_listed_and_given_a_new_token(city: Terminal) -> None:
    added = city.json("door", "add", "Main gate", "--mode", "re_entry", "--disclose", "pass")
    assert (added["id"], added["event"], added["mode"]) == ("main-gate", "agora-2026", "re_entry")
    assert len(added["token"]) == 43
    (listed,) = city.json("door", "list")
    assert (listed["name"], listed["mode"], listed["entries"]) == ("Main gate", "re_entry", 0)
    renewed = city.json("door", "token", "main-gate")
    assert renewed["token"] != added["token"]
    assert added["token"] not in city.text("door", "list")
    assert city.json("door", "conflicts") == []
    with pytest.raises(OperatorError, match="already a door"):
        city.text("door", "add", "Main gate")


def test_a_door_may_begin_its_day_at_six_and_admit_some_passes_only(city: Terminal) -> None:
    door = ("door", "add", "Club", "--mode", "once_per_day", "--day-begins", "6:00")
    added = city.json(*door, "--admits", "pass=resident, day")
    assert (added["day_begins"], added["admits"]) == ("06:00", "pass=resident,day")
    (listed,) = [one for one in city.json("door", "list") if one["id"] == "club"]
    assert (listed["day_begins"], listed["admits"]) == ("06:00", "pass=resident,day")
    community = open_community(city.data).community.metadata()
    club = community.door("club")
    assert club is not None
    assert club.day_begins == 360
    assert club.asks == ("reissued", "pass")
    for wrong in ("24:00", "6", "06:60", "-1:00"):
        with pytest.raises(OperatorError, match="06:00"):
            city.text("door", "add", "Bar", f"--day-begins={wrong}")
    with pytest.raises(OperatorError, match="resident, day"):
        city.text("door", "add", "Bar", "--admits", "pass=gold")
    with pytest.raises(OperatorError, match="neither"):
        city.text("door", "add", "Bar", "--admits", "valid_until=2026-12-01")
    with pytest.raises(OperatorError, match="no attribute"):
        city.text("door", "add", "Bar", "--admits", "height=1")
    with pytest.raises(OperatorError, match="ATTRIBUTE=VALUE"):
        city.text("door", "add", "Bar", "--admits", "day")


def test_a_door_that_cannot_be_is_refused_in_one_sentence(city: Terminal) -> None:
    with pytest.raises(OperatorError, match="no event"):
        city.text("door", "add", "Side", "--event", "nowhere")
    with pytest.raises(OperatorError, match="short id"):
        city.text("door", "add", "Πύλη")
    with pytest.raises(Exception, match="no attribute"):
        city.text("door", "add", "Side", "--disclose", "height")
    with pytest.raises(Exception, match="not a date"):
        city.text("door", "add", "Side", "--expires-by", "pass")
    with pytest.raises(OperatorError, match="no door"):
        city.text("door", "token", "side")


def test_a_closing_is_given_and_shown_in_the_events_zone_and_in_utc(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    terminal.text("init", "--name", "Agora")
    terminal.text("event", "add", "surf", "--name", "Surf", "--timezone", "Pacific/Honolulu")
    options = ("--option", "Garden", "--option", "Roof")
    told = terminal.text("poll", "create", "Lunch?", *options, "--closes", "2035-12-01 18:00")
    shown = "Sat 1 Dec 2035, 18:00 Pacific/Honolulu (Sun 2 Dec 2035, 04:00 UTC)"
    assert f"Voting ends {shown}." in told
    assert shown in terminal.text("poll", "show", "lunch")
    (listed,) = terminal.json("poll", "list")
    assert listed["closes_at"] == 2_080_180_800
    assert listed["closes_at_iso"] == "2035-12-01T18:00:00-10:00"
    here = ("--timezone", "Europe/Berlin", "--closes")
    made = terminal.json("poll", "create", "Tea?", *options, *here, "2035-12-01 18:00")
    assert (made["timezone"], made["closes_at_iso"]) == (
        "Europe/Berlin",
        "2035-12-01T18:00:00+01:00",
    )
    with pytest.raises(OperatorError, match="comes twice in Europe/Berlin: write"):
        terminal.text("poll", "create", "Rum?", *options, *here, "2035-10-28 02:30")
    with pytest.raises(OperatorError, match=r"does not come in Europe/Berlin: write .*T03:30"):
        terminal.text("poll", "create", "Rum?", *options, *here, "2035-03-25 02:30")
    with pytest.raises(OperatorError, match="such as 2026-12-01 18:00"):
        terminal.text("poll", "create", "Rum?", *options, "--closes", "next week")


def test_an_app_is_added_for_the_origin_of_its_address(city: Terminal) -> None:
    added = city.json("app", "add", "Café", "--response-address", "https://cafe.example/answer")
    assert (added["id"], added["origin"]) == ("cafe", "https://cafe.example")
    (listed,) = city.json("app", "list")
    assert listed["response_address"] == "https://cafe.example/answer"
    assert city.json("app", "token", "cafe")["token"] != added["token"]
    local = city.json("app", "add", "Local", "--response-address", "http://127.0.0.1:9000/answer")
    assert local["origin"] == "http://127.0.0.1:9000"
    with pytest.raises(Exception, match="https"):
        city.text("app", "add", "Open", "--response-address", "http://cafe.example/answer")


def test_a_poll_waits_until_somebody_is_on_its_roll(tmp_path: Path) -> None:
    new = Terminal(tmp_path / "data")
    new.text("init", "--name", "Agora")
    with pytest.raises(OperatorError, match="Nobody has claimed"):
        new.text("poll", "create", "Where?", *OPTIONS, "--open")
    (kept,) = new.json("poll", "list")
    assert kept["state"] == "draft"
    new.enrol(**{"pass": "member"})
    assert new.json("poll", "open", kept["id"])["state"] == "open"


def test_a_poll_is_created_opened_closed_certified_and_recounted(
    city: Terminal, tmp_path: Path
) -> None:
    created = city.json("poll", "create", "Where do we meet?", *OPTIONS)
    assert (created["id"], created["state"]) == ("where-do-we-meet", "draft")
    city.enrol(**{"pass": "day", "valid_until": 60_000})
    assert city.json("poll", "open", created["id"])["state"] == "open"
    assert "open" in city.text("poll", "list")
    with pytest.raises(OperatorError, match="open"):
        city.text("poll", "result", created["id"])
    extended = city.json(
        *("poll", "extend", created["id"], "--until", "1h", "--reason", "The network was down.")
    )
    opened = city.json("poll", "show", created["id"])
    assert (opened["state"], opened["closes_at"]) == ("open", extended["closes_at"])
    closed = city.json("poll", "close", created["id"], "--reason", "Everybody has voted.")
    assert closed["state"] == "closed"
    result = city.json("poll", "result", created["id"])
    assert (result["outcome"], result["winners"], result["provisional"]) == ("no_votes", [], True)
    said = city.text("poll", "certify", created["id"])
    assert "certified. No winner: nobody voted" in said
    assert "0 of 1 member voted" in city.text("poll", "result", created["id"])
    assert "poll bundle" in city.text("poll", "show", created["id"])
    listed = {poll["id"]: poll["ballots"] for poll in city.json("poll", "list")}
    assert listed["where-do-we-meet"] == 0
    file = tmp_path / "poll.symbolon"
    bundle = city.json("poll", "bundle", created["id"], "--out", str(file))
    assert (bundle["entries"], bundle["octets"]) == (4, file.stat().st_size)
    with file.open("rb") as octets:
        assert audit(octets, fingerprint=None).sound


def test_a_poll_takes_a_time_a_share_and_a_requirement(city: Terminal) -> None:
    city.enrol(**{"pass": "day", "valid_until": 60_000})
    created = city.json(
        *("poll", "create", "Crew?", "--id", "crew", "--open"),
        *("--option", "Yes", "--option", "No", "--closes", "2035-01-01T00:00Z"),
        *("--quorum", "3", "--threshold", "2/4", "--require", "pass=resident"),
    )
    assert (created["state"], created["closes_at"]) == ("open", 2_051_222_400)


def test_a_poll_is_not_extended_by_more_than_ten_years(city: Terminal) -> None:
    city.enrol(**{"pass": "day", "valid_until": 60_000})
    city.text("poll", "create", "Long?", "--id", "long", *OPTIONS, "--open")
    before = city.json("poll", "show", "long")["closes_at"]
    for until in ("99999d", "3653d", "2999-01-01T00:00Z"):
        with pytest.raises(OperatorError, match=f"--until {until} is more than 10 years away"):
            city.text("poll", "extend", "long", "--until", until, "--reason", "More time.")
    assert city.json("poll", "show", "long")["closes_at"] == before


def test_a_poll_is_cancelled_with_a_reason(city: Terminal) -> None:
    city.enrol(**{"pass": "day", "valid_until": 60_000})
    city.text("poll", "create", "Really?", "--id", "really", *OPTIONS, "--open")
    assert "cancelled" in city.text("poll", "cancel", "really", "--reason", "Wrong question.")
    with pytest.raises(OperatorError, match="cancelled"):
        city.text("poll", "result", "really")
    with pytest.raises(OperatorError, match="cancelled already"):
        city.text("poll", "cancel", "really", "--reason", "Again.")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ("single_choice", "plurality/1", 0)),
        (("--type", "approval"), ("approval", "approval/1", 0)),
        (("--type", "score"), ("score", "score/1", 5)),
        (("--type", "ranked"), ("ranked", "irv/1", 0)),
        (("--type", "ranked", "--method", "schulze"), ("ranked", "schulze/1", 0)),
        (("--type", "ranked", "--method", "stv", "--seats", "2"), ("ranked", "stv/2", 0)),
        (("--type", "quadratic", "--limit", "16"), ("quadratic", "quadratic/1", 16)),
    ],
)
def test_the_method_follows_from_the_type_unless_it_is_said(
    city: Terminal, words: tuple[str, ...], expected: tuple[str, str, int]
) -> None:
    name = "-".join(["how", *words]).replace("--", "").replace("_", "-")[:32].strip("-")
    more = ("--option", "Cellar") if "stv" in words else ()
    city.text("poll", "create", "How?", "--id", name, *OPTIONS, *more, *words)
    drafts = open_community(city.data).polls.office
    draft = drafts.poll(name).draft
    assert (draft.ballot_type, draft.tally, draft.limit) == expected


def test_a_poll_sealed_by_the_server_says_so_and_opens_by_itself(city: Terminal) -> None:
    city.enrol(**{"pass": "day", "valid_until": 60_000})
    city.text("poll", "create", "Secret?", "--id", "secret", *OPTIONS, "--seal", "server", "--open")
    assert "whoever runs it can open them" in city.text("poll", "show", "secret")
    closed = city.json("poll", "close", "secret", "--reason", "Everybody has voted.")
    assert closed["state"] == "unsealed"
    assert city.json("poll", "certify", "secret")["state"] == "certified"


def test_witnesses_are_listed_and_taken_off(city: Terminal) -> None:
    key = WitnessKey(name="owl.example", private_key=Ed25519PrivateKey.generate()).verifier_key
    assert city.json("witness", "list") == []
    city.text("witness", "add", "Owl", key.to_text())
    assert city.json("witness", "list") == [{"name": "Owl", "key": key.to_text()}]
    with pytest.raises(OperatorError, match="listed already"):
        city.text("witness", "add", "Owl", key.to_text())
    city.text("witness", "remove", "Owl")
    assert "No witnesses" in city.text("witness", "list")


def test_a_poll_pins_all_listed_witnesses_and_needs_more_than_half_unless_it_is_said(
    tmp_path: Path,
) -> None:
    city = Terminal(tmp_path / "data")
    city.text("init", "--name", "Agora")
    for name in ("Ada", "Ben", "Cy"):
        key = WitnessKey(
            name=f"{name.lower()}.example", private_key=Ed25519PrivateKey.generate()
        ).verifier_key
        city.text("witness", "add", name, key.to_text())
    said = city.text("poll", "create", "Where?", "--id", "all", *OPTIONS)
    assert "2 of 3 pinned witnesses must have cosigned the closing" in said
    for words, names, needed in (
        ((), ["ada.example", "ben.example", "cy.example"], 2),
        (("--witnesses-needed", "3"), ["ada.example", "ben.example", "cy.example"], 3),
        (("--witness", "Cy", "--witness", "Ada"), ["cy.example", "ada.example"], 2),
        (("--witness", "Ben"), ["ben.example"], 1),
        (("--no-witnesses",), [], 0),
    ):
        poll = f"poll-{len(city.json('poll', 'list'))}"
        made = city.json("poll", "create", "Where?", "--id", poll, *OPTIONS, *words)
        assert (made["witnesses"], made["witnesses_needed"]) == (names, needed)
    assert "No witness is pinned" in city.text(
        *("poll", "create", "Where?", "--id", "none", "--no-witnesses"), *OPTIONS
    )
    for wrong, sentence in (
        (("--witness", "Dora"), "No witness is listed as 'Dora'"),
        (("--witnesses-needed", "1"), "from 2 to 3 can be needed"),
        (("--witnesses-needed", "4"), "from 2 to 3 can be needed"),
        (("--no-witnesses", "--witness", "Ada"), "not both"),
    ):
        with pytest.raises(OperatorError, match=sentence):
            city.text("poll", "create", "Where?", "--id", "wrong", *OPTIONS, *wrong)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--witnesses-needed", "1"), "No witness is listed"),
        (("--closes", "soon"), "duration"),
        (("--closes", "99999d"), "--closes 99999d is more than 10 years away"),
        (("--closes", "3653d"), "within 10 years"),
        (("--closes", "2999-01-01T00:00Z"), "more than 10 years away"),
        (("--closes", "2035-01-01"), "a time is a date and a time of the day"),
        (("--closes", "2001-01-01T00:00Z"), "later closing time"),
        (("--threshold", "half"), "share"),
        (("--threshold", "3/2"), "fraction"),
        (("--require", "pass"), "ATTRIBUTE=VALUE"),
        (("--require", "pass=captain"), "pass"),
        (("--id", "Not An Id"), "id"),
        (("--type", "lottery"), "--type is one of"),
        (("--type", "ranked", "--method", "score"), "irv, schulze, stv"),
        (("--seal", "nowhere.json"), "cannot be read"),
        (("--seal", "/dev/null"), "not the result of a key ceremony"),
        (("--batch", "often"), "--batch takes a duration"),
        (("--seats", "2"), "cannot be made"),
    ],
)
def test_a_poll_that_cannot_be_is_refused_in_one_sentence(
    city: Terminal, words: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(Exception, match=sentence):
        city.text("poll", "create", "Again?", *OPTIONS, *words)
    assert "Again?" not in city.text("poll", "list")
