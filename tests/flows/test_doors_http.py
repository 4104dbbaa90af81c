"""Doors over HTTP: what a scanner sends and shows."""

import secrets
from pathlib import Path

import pytest

from credentials.formats import base64url
from credentials.formats.head import SignedHead
from credentials.formats.metadata import SignedMetadata
from credentials.registry.chain import HeadChain
from tests.community import Community, Member
from tests.flows.http_city import HttpCity
from tests.flows.standing import NOON


@pytest.fixture
def city(community: Community, tmp_path: Path) -> HttpCity:
    return HttpCity.of(community, tmp_path)


def test_a_scanner_shows_green_then_red(city: HttpCity, ana: Member) -> None:
    def scan() -> dict[str, object]:
        answer = city.http.post(
            "/doors/once/checkins",
            json={"code": city.standing.code(ana, door="once")},
            headers=city.bearer("once"),
        )
        assert answer.status_code == 200
        body: dict[str, object] = answer.json()
        return body

    first, second = scan(), scan()
    assert first == {
        "verdict": "admitted",
        "colour": "green",
        "symbol": "✓",
        "sound": "accept",
        "instruction": "Let this person in.",
        "first": None,
        "disclosed": {"reissued": 0},
    }
    assert (second["verdict"], second["colour"]) == ("already_in", "red")
    assert second["first"] == {"at": NOON, "door": "once"}


def test_a_claim_letter_is_named_and_a_wrapped_code_is_judged(city: HttpCity, ana: Member) -> None:
    letter = f"https://agora.example/claim#{'A' * 26}.{'A' * 43}"
    code = city.standing.code(ana, door="once")
    answers = [
        city.http.post("/doors/once/checkins", json={"code": text}, headers=city.bearer("once"))
        for text in (letter, f"]Q3{code}\t")
    ]
    told = [(answer.json()["verdict"], answer.json()["instruction"]) for answer in answers]
    assert told == [
        ("invalid", "This is a claim letter: its owner must claim it first."),
        ("admitted", "Let this person in."),
    ]


def test_a_code_that_is_none_is_judged_too(city: HttpCity) -> None:
    answer = city.http.post(
        "/doors/once/checkins", json={"code": "https://example"}, headers=city.bearer("once")
    )
    assert (answer.status_code, answer.json()["verdict"]) == (200, "invalid")


def test_an_offline_door_prepares_and_syncs(city: HttpCity, ana: Member, bo: Member) -> None:
    public = city.http.get("/doors/once").json()
    signed = SignedMetadata.from_json(
        {"metadata": public["metadata"], "signature": public["signature"]}
    )
    assert signed.open_unpinned() == city.standing.metadata
    assert (public["event"], public["mode"], public["now"]) == ("agora-26", "once", NOON)
    assert public["disclose"] == ["reissued"]
    assert public["entries"] is None
    heads = HeadChain.start(
        [SignedHead.from_json(one) for one in public["heads"]], metadata=city.standing.metadata
    )
    assert heads == city.standing.registry.chain()
    scans = [
        {
            "scan_id": base64url.encode(secrets.token_bytes(16)),
            "code": city.standing.code(member, door="once", at=at),
            "direction": "in",
            "scanned_at": at,
        }
        for member, at in ((ana, NOON + 60), (bo, NOON), (ana, NOON))
    ]
    city.standing.clock.now += 3600
    for _ in range(2):
        body = city.http.post(
            "/doors/once/sync", json={"scans": scans}, headers=city.bearer("once")
        ).json()
        assert [result["scan_id"] for result in body["results"]] == [
            scan["scan_id"] for scan in scans
        ]
        assert [result["verdict"] for result in body["results"]] == [
            "already_in",
            "admitted",
            "admitted",
        ]
        assert body["results"][0]["conflict"] == {"at": NOON, "door": "once"}
        assert body["results"][1]["conflict"] is None
        assert body["heads"] == public["heads"]
    own = city.http.get("/doors/once", headers=city.bearer("once")).json()
    assert own["entries"] == body["entries"]
    assert [(entry["n"], entry["at"], entry["door"]) for entry in own["entries"]] == [
        (0, NOON, "once"),
        (0, NOON, "once"),
    ]


def test_a_door_needs_its_own_token(city: HttpCity, ana: Member) -> None:
    body = {"code": city.standing.code(ana, door="once")}
    expected = {
        ("once", None): (401, "token-missing"),
        ("once", "re-entry"): (403, "token-refused"),
        ("nowhere", "once"): (404, "door-unknown"),
    }
    for (door, token), (status, slug) in expected.items():
        headers = city.bearer(token) if token else {}
        for path, payload in (("checkins", body), ("sync", {"scans": []})):
            answer = city.http.post(f"/doors/{door}/{path}", json=payload, headers=headers)
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["type"] == f"urn:symbolon:problem:{slug}"
    assert city.http.get("/doors/once", headers=city.bearer("cafe")).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": ""},
        {"code": "A" * 2049},
        {"code": "A", "direction": "up"},
        {"code": "A", "scan_id": "short"},
        {"code": "A", "name": "Ana"},
        {"code": "A", "direction": "out"},
    ],
)
def test_a_malformed_scan_is_refused_without_an_echo(city: HttpCity, body: dict[str, str]) -> None:
    answer = city.http.post("/doors/once/checkins", json=body, headers=city.bearer("once"))
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:symbolon:problem:request-malformed"
    assert "Ana" not in answer.text
