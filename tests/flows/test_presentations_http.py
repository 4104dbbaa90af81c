"""Third parties over HTTP: ask, show a link or QR, hand over the answer, read the verdict."""

import secrets
from pathlib import Path

import pytest

from credentials.formats import base64url
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from tests.community import Community, Member
from tests.flows.http_city import HttpCity
from tests.flows.standing import NOON

LOGIN = {"purpose": "login", "disclose": ["pass"]}


@pytest.fixture
def city(community: Community, tmp_path: Path) -> HttpCity:
    return HttpCity.of(community, tmp_path)


def test_an_app_asks_and_is_told_what_the_member_showed(city: HttpCity, ana: Member) -> None:
    cafe = city.bearer("cafe")
    asked = city.http.post("/presentations/requests", json={"policy": LOGIN}, headers=cafe)
    assert asked.status_code == 201
    body = asked.json()
    assert body["link"] == f"https://agora.example/presentations/requests/{body['id']}"
    assert body["qr_svg"].startswith("<svg")
    assert body["expires_at"] == NOON + 600
    path = f"/presentations/requests/{body['id']}"
    seen = city.http.get(path).json()
    request = PresentationRequest.from_cbor(base64url.decode(seen["request"]))
    assert (request.app, request.nonce) == ("cafe", base64url.decode(body["nonce"]))
    assert (seen["status"], seen["result"]) == ("waiting", None)
    shown = city.standing.answer(ana, app="cafe", policy=request.policy, nonce=request.nonce)
    answer = {"presentation": base64url.encode(shown)}
    verdict = city.http.post(path, json=answer, headers=cafe)
    assert verdict.status_code == 200
    assert verdict.json()["verdict"] == "verified"
    assert verdict.json()["disclosed"] == {"pass": "resident"}
    assert len(base64url.decode(verdict.json()["pseudonym"])) == 48
    again = city.http.post(path, json=answer, headers=cafe)
    assert (again.status_code, again.json()["type"]) == (409, "urn:symbolon:problem:request-used")
    public = city.http.get(path)
    assert (public.json()["status"], public.json()["result"]) == ("verified", None)
    assert verdict.json()["pseudonym"] not in public.text
    assert city.http.get(path, headers=cafe).json()["result"] == verdict.json()
    assert city.http.get(path, headers=city.bearer("forum")).status_code == 403


def test_one_check_with_a_nonce_of_the_apps_own(city: HttpCity, ana: Member) -> None:
    nonce = secrets.token_bytes(32)
    shown = city.standing.answer(
        ana, app="cafe", policy=Policy(purpose="login", disclose=("pass",)), nonce=nonce
    )
    body = {
        "policy": LOGIN,
        "nonce": base64url.encode(nonce),
        "presentation": base64url.encode(shown),
    }
    first = city.http.post("/presentations/verify", json=body, headers=city.bearer("cafe"))
    assert first.json()["verdict"] == "verified"
    again = city.http.post("/presentations/verify", json=body, headers=city.bearer("cafe"))
    assert (again.status_code, again.json()["type"]) == (409, "urn:symbolon:problem:nonce-used")
    elsewhere = city.http.post("/presentations/verify", json=body, headers=city.bearer("forum"))
    assert elsewhere.json() == {
        "verdict": "refused",
        "pseudonym": None,
        "disclosed": {},
        "reason": elsewhere.json()["reason"],
    }


@pytest.mark.parametrize(
    ("policy", "status", "slug"),
    [
        ({}, 400, "policy-refused"),
        ({"purpose": "poll"}, 400, "policy-refused"),
        ({"purpose": "login", "disclose": ["height"]}, 400, "policy-refused"),
        ({"purpose": "login", "scope": "another"}, 400, "policy-refused"),
        ({"purpose": "login", "require": ["pass >= 3"]}, 400, "policy-refused"),
        ({"purpose": "login", "max_head_age": 59}, 400, "policy-refused"),
        ("login", 422, "request-malformed"),
    ],
)
def test_a_policy_that_cannot_be_met_is_refused(
    city: HttpCity, policy: object, status: int, slug: str
) -> None:
    answer = city.http.post(
        "/presentations/requests", json={"policy": policy}, headers=city.bearer("cafe")
    )
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:symbolon:problem:{slug}")


def test_only_apps_ask(city: HttpCity) -> None:
    for headers, status in (({}, 401), (city.bearer("once"), 403)):
        answer = city.http.post("/presentations/requests", json={"policy": LOGIN}, headers=headers)
        assert answer.status_code == status
    assert city.http.get("/presentations/requests/unknown").status_code == 404
