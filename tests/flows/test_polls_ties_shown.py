"""A tie is said the same way to everybody, and so is where its lot comes from."""

from dataclasses import replace
from pathlib import Path

from credentials.beacon import CHAIN_HASH
from tests.beacons import OwnBeacon
from tests.community import Community, Member
from tests.flows.beacon_poll import DRAFT, audited, crowd, due, network
from tests.flows.http_city import HttpCity
from tests.flows.service import Organiser

__all__ = ["crowd", "network"]


def test_a_tie_is_said_the_same_way_everywhere(
    community: Community, crowd: list[Member], tmp_path: Path
) -> None:
    http = HttpCity.of(community, tmp_path)
    city = http.standing
    manifest = city.open_poll("place", replace(DRAFT, tie_rule=None))
    for number, member in enumerate(crowd):
        city.vote(member, 1 + number % 2, manifest=manifest)
    city.clock.now = manifest.closes_at
    sentence = "Tie between “Garden” and “Roof”."
    city.poll_office.certify("place")
    told = http.http.get("/polls/place/result").json()
    assert (told["outcome"], told["winners"], told["sentence"]) == ("tie", [], sentence)
    assert told["tied"] == [{"option": 1, "text": "Garden"}, {"option": 2, "text": "Roof"}]
    assert told["rounds"][0]["tied"] == [1, 2]
    assert sentence in http.http.get("/polls/place", headers={"accept": "text/html"}).text
    assert sentence in http.http.get("/polls/feed.atom").text
    assert http.http.get("/polls/place/chart.svg").text.count(">tied<") == 2
    paper = http.http.get("/polls/place").json()
    assert (paper["tie_rule"], paper["beacon"]) == ("none/1", None)
    report = audited(city)
    assert report.sound
    assert report.result is not None
    assert report.result.tied == (1, 2)


def test_a_page_says_which_round_the_lot_will_be_drawn_from(
    community: Community, crowd: list[Member], tmp_path: Path, network: OwnBeacon
) -> None:
    http = HttpCity.of(community, tmp_path)
    city = http.standing
    manifest = city.open_poll("place", DRAFT)
    assert manifest.beacon is not None
    number = manifest.beacon.number
    paper = http.http.get("/polls/place").json()
    assert paper["tie_rule"] == "beacon/1"
    assert paper["beacon"] == {
        "chain": CHAIN_HASH.hex(),
        "round": number,
        "at": manifest.beacon.due_at,
    }
    for each, member in enumerate(crowd):
        city.vote(member, 1 + each % 2, manifest=manifest)
    city.clock.now = manifest.closes_at
    page = http.http.get("/polls/place", headers={"accept": "text/html"}).text
    assert f"drawn from round {number} of the public beacon drand" in page
    assert "Tie between “Garden” and “Roof”." in page
    assert "A lot will decide." in page
    due(city)
    city.poll_office.draw("place", network.signature(manifest.beacon))
    city.poll_office.certify("place")
    page = http.http.get("/polls/place", headers={"accept": "text/html"}).text
    assert "A tie was broken by lot." in page
    assert "The lot will decide." not in page


def test_the_commands_name_the_round_and_refuse_another(
    organiser: Organiser, tmp_path: Path
) -> None:
    ask = ("poll", "create", "Where?", "--id", "place", "--option", "Garden", "--option", "Roof")
    wrong = organiser.run(*ask, "--closes", "1h", "--lot", "coin")
    assert (wrong.returncode, "trustees, beacon, none" in wrong.stderr) == (1, True)
    made = organiser.run(*ask, "--closes", "1h", "--lot", "trustees")
    assert made.returncode == 1
    assert "without trustees there is no opening value" in made.stderr
    organiser.ask(*ask, "--closes", "1h", "--lot", "beacon")
    early = organiser.run("poll", "beacon", "place")
    assert early.returncode == 1
    assert "waits for no round" in early.stderr
    served = organiser.run("serve", "--beacon", "drand", "--port", "0")
    assert served.returncode == 1
    assert "The beacon's address" in served.stderr
    short = organiser.run("poll", "beacon", "place", "--signature", "ab")
    assert "96 hex digits" in short.stderr
