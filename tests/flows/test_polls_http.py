"""Polls over HTTP: from the list to the bundle, without account, cookie or session."""

from pathlib import Path

import pytest

from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.poll import PollBundle
from server.polls.poll import Draft
from tests.community import Community, Member
from tests.flows.http_city import HttpCity
from tests.flows.standing import NOON


@pytest.fixture
def city(community: Community, tmp_path: Path) -> HttpCity:
    city = HttpCity.of(community, tmp_path)
    draft = Draft(question="Where do we meet?", options=("Garden", "Roof"), closes_after=60)
    for poll in ("place", "later"):
        city.standing.poll_office.create(poll, draft)
    city.standing.poll_office.open("place")
    return city


def manifest_of(city: HttpCity) -> Manifest:
    return Manifest.from_cbor(base64url.decode(city.http.get("/polls/place").json()["manifest"]))


def test_a_member_reads_the_poll_votes_and_finds_the_own_ballot_in_the_bundle(
    city: HttpCity, ana: Member
) -> None:
    summary = {
        "id": "place",
        "question": "Where do we meet?",
        "state": "open",
        "opens_at": NOON,
        "closes_at": NOON + 60,
    }
    assert city.http.get("/polls").json() == {"polls": [summary]}
    manifest = manifest_of(city)
    assert (manifest.options, manifest.poll) == (("Garden", "Roof"), "place")
    ballot = city.standing.ballot(ana, manifest=manifest, choice=2)
    body = {"ballot": base64url.encode(ballot.to_cbor())}
    first = city.http.post("/polls/place/ballots", json=body)
    again = city.http.post("/polls/place/ballots", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"ballot_hash": base64url.encode(ballot.ballot_hash)}
    assert "set-cookie" not in first.headers
    city.standing.clock.now += 60
    result = city.http.get("/polls/place/result").json()
    assert [count["votes"] for count in result["counts"]] == [0, 1]
    assert (result["winner"], result["outcome"], result["ballots"]) == (2, "winner", 1)
    bundle = city.http.get("/polls/place/bundle").json()["bundle"]
    assert PollBundle.from_cbor(base64url.decode(bundle)).ballots == (ballot.to_cbor(),)
    assert city.http.get("/polls/place").json()["state"] == "closed"


def test_what_is_refused_has_a_name_of_its_own(
    city: HttpCity, ana: Member, other_community: Community
) -> None:
    standing, manifest = city.standing, manifest_of(city)

    def cast(member: Member, choice: int, *, poll: str = "place", sequence: int = 1) -> str:
        ballot = standing.ballot(member, manifest=manifest, choice=choice, sequence=sequence)
        answer = city.http.post(
            f"/polls/{poll}/ballots", json={"ballot": base64url.encode(ballot.to_cbor())}
        )
        problem: dict[str, object] = answer.json()
        return f"{answer.status_code} {str(problem.get('type')).rpartition(':')[2]}"

    assert city.http.get("/polls/place/result").status_code == 409
    assert city.http.get("/polls/place/bundle").status_code == 409
    assert city.http.get("/polls/later").status_code == 404  # a draft is nobody's business
    cast(ana, 1)
    assert cast(ana, 2) == "409 already-voted"
    assert cast(ana, 1, poll="nowhere") == "404 poll-unknown"
    assert cast(ana, 1, poll="later") == "404 poll-unknown"
    assert cast(ana, 1, sequence=2) == "409 sequence-wrong"
    assert cast(ana, 3) == "400 ballot-refused"
    assert cast(other_community.enrol(), 1) == "400 ballot-refused"
    standing.clock.now += 60
    assert cast(standing.community.enrol(), 1) == "409 poll-not-open"
    for ballot in ("", "AA", "A", "!"):
        answer = city.http.post("/polls/place/ballots", json={"ballot": ballot})
        assert answer.json()["type"] == "urn:symbolon:problem:encoding-refused"
