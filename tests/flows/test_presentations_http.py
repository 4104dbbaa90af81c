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


def test_what_the_wallet_sent_is_handed_over_as_it_came(city: HttpCity, ana: Member) -> None:
    cafe = city.bearer("cafe")
    body = city.http.post("/presentations/requests", json={"policy": LOGIN}, headers=cafe).json()
    request = PresentationRequest.from_cbor(base64url.decode(body["request"]))
    shown = city.standing.answer(ana, app="cafe", policy=request.policy, nonce=request.nonce)
    sent = {"request": body["id"], "presentation": base64url.encode(shown)}
    path = f"/presentations/requests/{body['id']}"
    elsewhere = city.http.post(path, json=sent | {"request": "another"}, headers=cafe)
    assert (elsewhere.status_code, "another request" in elsewhere.text) == (422, True)
    assert city.http.post(path, json=sent, headers=cafe).json()["verdict"] == "verified"


def test_the_link_of_a_request_opens_as_a_page(city: HttpCity) -> None:
    asked = {"policy": LOGIN | {"require": ["valid_until >= today"]}}
    body = city.http.post("/presentations/requests", json=asked, headers=city.bearer("cafe")).json()
    path = f"/presentations/requests/{body['id']}"
    page = city.http.get(path, headers={"accept": "text/html,application/xhtml+xml"})
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src" not in page.headers["content-security-policy"]
    for words in (
        "asks members of",
        "valid_until &gt;= today",
        body["link"],
        "Opening it here sent",
    ):
        assert words in page.text
    assert city.http.get(path).json()["status"] == "waiting"


def test_a_description_says_which_token_each_address_needs(city: HttpCity) -> None:
    described = city.http.get("/openapi.json").json()
    schemes = described["components"]["securitySchemes"]
    assert set(schemes) == {"app", "door", "organiser", "metrics"}
    for path, methods in described["paths"].items():
        for operation in methods.values():
            (scheme,) = [name for one in operation.get("security", [{}]) for name in one] or [""]
            owner = path.split("/")[1]
            needed = {"presentations": "app", "doors": "door", "metrics": "metrics"}
            assert scheme == needed.get(owner, "organiser" if owner == "organiser" else ""), path


def test_what_is_missing_in_a_request_is_named(city: HttpCity) -> None:
    typed = city.bearer("cafe") | {"content-type": "text/plain"}
    untyped = city.http.post("/presentations/requests", json={"policy": LOGIN}, headers=typed)
    assert "Content-Type: application/json" in untyped.json()["detail"]
    nobody = city.http.post("/presentations/requests", json={"policy": LOGIN})
    assert (nobody.status_code, "Authorization: Bearer" in nobody.text) == (401, True)


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
