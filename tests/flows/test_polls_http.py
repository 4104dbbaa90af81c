"""Polls over HTTP: from the list to the bundle, without account, cookie or session."""

from base64 import b64decode
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.formats import base64url
from credentials.formats.head import SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.poll_bundle import read_bundle
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.promise import SignedPromise
from credentials.log.checkpoint import SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.log.receipt import Receipt
from credentials.merkle import check_consistency, leaf_hash, root_of_leaves
from server.polls.poll import Draft
from tests.community import Community, Member
from tests.flows.http_city import HttpCity
from tests.flows.standing import NOON

ATOM = "{http://www.w3.org/2005/Atom}"


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


def post_ballot(
    city: HttpCity, member: Member, *marks: int, poll: str = "place", sequence: int = 1
) -> httpx.Response:
    ballot = city.standing.ballot(
        member, manifest=manifest_of(city), marks=marks, sequence=sequence
    )
    body = {"ballot": base64url.encode(ballot.to_cbor())}
    return city.http.post(f"/polls/{poll}/ballots", json=body)


def slug(answer: httpx.Response) -> str:
    problem = answer.json()
    return f"{answer.status_code} {str(problem.get('type')).rpartition(':')[2]}"


def test_a_member_reads_the_poll_votes_and_finds_the_own_ballot_in_the_bundle(
    city: HttpCity, ana: Member
) -> None:
    summary = {
        "id": "place",
        "question": "Where do we meet?",
        "state": "open",
        "opens_at": NOON,
        "closes_at": NOON + 60,
        "closes_at_iso": "2026-09-21T14:14:20+00:00",
        "timezone": "UTC",
    }
    assert city.http.get("/polls").json() == {"polls": [summary]}
    body = city.http.get("/polls/place").json()
    manifest = manifest_of(city)
    assert (manifest.options, manifest.poll) == (("Garden", "Roof"), "place")
    assert base64url.decode(body["manifest_hash"]) == manifest.manifest_hash
    head = SignedHead.from_json(body["head"]).open(metadata_key=city.standing.metadata.metadata_key)
    assert (head.hash, body["roll"]) == (manifest.head, head.highest_serial)
    assert (body["sealing"], body["trustees"], body["needed"]) == ("none", [], 0)
    assert (body["tally"], body["ballot_type"], body["closed_at"]) == (
        "plurality/1",
        "single_choice",
        None,
    )
    first = post_ballot(city, ana, 2)
    assert first.status_code == 201
    assert "set-cookie" not in first.headers
    leaf = base64url.decode(first.json()["leaf_hash"])
    promise = SignedPromise(
        octets=base64url.decode(first.json()["promise"]),
        signature=base64url.decode(first.json()["signature"]),
    ).open(metadata_key=city.standing.metadata.metadata_key)
    assert (promise.leaf_hash, promise.manifest_hash) == (leaf, manifest.manifest_hash)
    assert city.http.get("/polls/place").json()["ballots"] == 0
    city.standing.clock.now += 60
    body = city.http.get("/polls/place").json()
    assert (body["state"], body["ballots"], body["closed_at"]) == ("closed", 1, NOON + 60)
    assert slug(city.http.get("/polls/place/bundle")) == "409 poll-not-certified"
    city.standing.poll_office.certify("place")
    bundle = city.http.get("/polls/place/bundle")
    assert bundle.headers["content-type"] == "application/octet-stream"
    assert 'filename="poll-place.symbolon"' in bundle.headers["content-disposition"]
    head_of_bundle, entries = read_bundle(BytesIO(bundle.content))
    leaves = [leaf_hash(entry) for entry in entries]
    assert (leaves[1], len(leaves)) == (leaf, head_of_bundle.entries)
    assert city.http.get("/polls/place/log/leaves").content == b"".join(leaves)


def test_the_very_same_ballot_again_is_no_new_one(city: HttpCity, ana: Member) -> None:
    ballot = city.standing.ballot(ana, manifest=manifest_of(city), marks=(1,))
    body = {"ballot": base64url.encode(ballot.to_cbor())}
    first = city.http.post("/polls/place/ballots", json=body)
    again = city.http.post("/polls/place/ballots", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()


def test_what_is_refused_has_a_name_of_its_own(
    city: HttpCity, ana: Member, other_community: Community
) -> None:
    assert slug(city.http.get("/polls/place/result")) == "409 poll-still-open"
    assert slug(city.http.get("/polls/place/chart.svg")) == "409 poll-still-open"
    for path in ("", "/result", "/bundle", "/log/checkpoint", "/log/events", "/log/leaves"):
        # A draft is nobody's business.
        assert slug(city.http.get(f"/polls/later{path}")) == "404 poll-unknown"
    post_ballot(city, ana, 1)
    wrong = post_ballot(city, ana, 2, sequence=3)
    assert (slug(wrong), wrong.json()["expected"]) == ("409 sequence-wrong", 2)
    assert slug(post_ballot(city, ana, 1, poll="nowhere")) == "404 poll-unknown"
    assert slug(post_ballot(city, ana, 1, poll="later")) == "404 poll-unknown"
    assert slug(post_ballot(city, other_community.enrol(), 1)) == "400 ballot-refused"
    share = {"trustee": 1, "share": base64url.encode(bytes(48))}
    assert slug(city.http.post("/polls/place/shares", json=share)) == "422 share-refused"
    late = city.standing.community.enrol()
    city.standing.clock.now += 60
    assert slug(post_ballot(city, late, 1)) == "409 poll-not-open"
    for ballot in ("", "AA", "A", "!"):
        answer = city.http.post("/polls/place/ballots", json={"ballot": ballot})
        assert answer.json()["type"] == "urn:symbolon:problem:encoding-refused"
    draft = Draft(question="Where do we meat?", options=("Garden", "Roof"), closes_after=60)
    city.standing.open_poll("wrong", draft)
    city.standing.poll_office.cancel("wrong", reason="The question was wrong.")
    assert slug(city.http.get("/polls/wrong/result")) == "409 poll-cancelled"


def test_the_log_is_followed_over_http(city: HttpCity, ana: Member, bo: Member) -> None:
    key = city.standing.metadata.metadata_key
    origin = manifest_of(city).origin

    def checkpoint() -> SignedCheckpoint:
        answer = city.http.get("/polls/place/log/checkpoint")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        return SignedCheckpoint.parse(answer.text)

    before = checkpoint().open(origin=origin, key=key)
    leaf = base64url.decode(post_ballot(city, ana, 1).json()["leaf_hash"])
    post_ballot(city, bo, 2)
    missing = city.http.get(f"/polls/place/log/proof/{base64url.encode(leaf)}")
    assert slug(missing) == "404 leaf-unknown"
    city.standing.clock.now += 60
    after = checkpoint().open(origin=origin, key=key)
    assert (before.size, after.size) == (1, 4)
    answer = city.http.get("/polls/place/log/consistency?from=1&to=4")
    check_consistency(
        first=1,
        first_root=before.root,
        second=4,
        second_root=after.root,
        proof=[b64decode(each, validate=True) for each in answer.json()["proof"]],
    )
    leaves = city.http.get("/polls/place/log/leaves?from=1").content
    assert len(leaves) == 3 * 32
    assert leaf in (leaves[:32], leaves[32:64])
    everything = city.http.get("/polls/place/log/leaves").content
    assert root_of_leaves(everything[at : at + 32] for at in range(0, 128, 32)) == after.root
    receipt = city.http.get(f"/polls/place/log/proof/{base64url.encode(leaf)}").text
    assert Receipt.parse(receipt).check(leaf, origin=origin, key=key) == after
    (closing,) = city.http.get("/polls/place/log/events").json()["events"]
    assert (closing["index"], closing["kind"], closing["at"]) == (3, "closing", NOON + 60)
    assert PollEvent.from_cbor(base64url.decode(closing["octets"])).kind is Kind.CLOSING
    for query in ("from=0&to=1", "from=1&to=5", "from=3&to=2", "from=1", "from=a&to=b"):
        answer = city.http.get(f"/polls/place/log/consistency?{query}")
        assert slug(answer) == "422 request-malformed", query


def test_a_witness_hands_in_its_line_as_text(city: HttpCity) -> None:
    owl = WitnessKey(name="owl.example", private_key=Ed25519PrivateKey.generate())
    note = SignedCheckpoint.parse(city.http.get("/polls/place/log/checkpoint").text)
    line = owl.cosign(note.note.text, time=NOON + 3).to_line()
    path = "/polls/place/log/cosignatures"
    assert slug(city.http.post_text(path, line)) == "403 witness-unknown"
    city.standing.witnesses.add("Owl", owl.verifier_key.to_text())
    assert city.http.post_text(path, line).status_code == 204
    assert city.http.get("/polls/place").json()["witnesses"] == [
        {"name": "Owl", "at": NOON + 3, "pinned": False}
    ]
    assert city.http.get("/polls/place/log/checkpoint").text.endswith(line)
    wrong = owl.cosign(note.note.text + "x", time=NOON + 3).to_line()
    assert slug(city.http.post_text(path, wrong)) == "422 cosignature-refused"
    assert slug(city.http.post_text(path, "")) == "422 request-malformed"
    assert slug(city.http.post_text("/polls/later/log/cosignatures", line)) == "404 poll-unknown"


def test_the_feed_tells_what_happens_to_polls_and_nothing_of_people(
    city: HttpCity, ana: Member
) -> None:
    empty = ElementTree.fromstring(city.http.get("/polls/feed.atom").text)  # noqa: S314
    assert [one.findtext(f"{ATOM}title") for one in empty.iter(f"{ATOM}entry")] == [
        "Voting has begun: Where do we meet?"
    ]
    post_ballot(city, ana, 1)
    office = city.standing.poll_office
    office.extend("place", closes_at=NOON + 90, reason="Rain & <wind>.")
    city.standing.clock.now += 90
    city.http.get("/polls/place")
    city.standing.clock.now += 5
    office.certify("place")
    answer = city.http.get("/polls/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ElementTree.fromstring(answer.text)  # noqa: S314
    entries = list(feed.iter(f"{ATOM}entry"))
    assert [one.findtext(f"{ATOM}title") for one in entries] == [
        "The result is certified: Where do we meet?",
        "Voting has ended: Where do we meet?",
        "Voting goes on for longer: Where do we meet?",
        "Voting has begun: Where do we meet?",
    ]
    assert entries[2].findtext(f"{ATOM}summary") == (
        "Until Mon 21 Sep 2026, 14:14:50 UTC: Rain & <wind>."
    )
    ids = [one.findtext(f"{ATOM}id") for one in entries]
    assert len(set(ids)) == 4
    # What an entry is called does not change when others come.
    assert ids[-1] == next(empty.iter(f"{ATOM}entry")).findtext(f"{ATOM}id")
    assert "later" not in answer.text
