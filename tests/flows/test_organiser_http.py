"""The organiser's endpoints: for one token only, and with the same rules as the commands."""

from pathlib import Path

import pytest

from credentials.formats.claim_link import ClaimLink
from server.organiser.access import OrganiserAccess
from tests.flows.town import Town, TownWallet, slug

PERSON = {"name": "Bo", "email": "bo@example.net"}
VALUES = {
    "pass": "resident",
    "nickname": "owl",
    "points": 70_000,
    "valid_until": "2031-12-31",
}
ENDPOINTS = [
    ("POST", "/organiser/attendees", {**PERSON, "attributes": VALUES}),
    ("GET", "/organiser/attendees/x", None),
    ("POST", "/organiser/attendees/x/edit", {"name": "Bo"}),
    ("POST", "/organiser/attendees/x/transfer", PERSON),
    ("POST", "/organiser/attendees/x/restore", {}),
    ("POST", "/organiser/attendees/x/delete", {}),
    ("POST", "/organiser/attendees/x/remove", {}),
    ("POST", "/organiser/attendees/x/reissue", {}),
    ("POST", "/organiser/attendees/x/attributes", {"attributes": {"pass": "day"}}),
    ("POST", "/organiser/registry/heads", {}),
    ("GET", "/organiser/registry", None),
]


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


@pytest.mark.parametrize(("method", "path", "body"), ENDPOINTS)
def test_only_the_organisers_token_opens_them(
    town: Town, method: str, path: str, body: object
) -> None:
    def answer(bearer: str | None) -> tuple[int, str]:
        if method == "GET":
            return slug(town.get(path, bearer=bearer))
        return slug(town.post(path, body, bearer=bearer))

    assert answer(None) == (401, "token-missing")
    assert answer("once") == (403, "token-refused")
    stolen = town.tokens["organiser"]
    OrganiserAccess(town.database).renew_token()
    town.tokens["stolen"] = stolen
    assert answer("stolen") == (403, "token-refused")
    assert town.head.epoch == 0


def test_the_database_holds_no_token(town: Town) -> None:
    content = b"".join(path.read_bytes() for path in town.directory.iterdir() if path.is_file())
    assert town.tokens["organiser"].encode() not in content


def test_an_attendee_is_revoked_now_and_the_answer_names_nobody(town: Town) -> None:
    town.join("Ana")
    path = f"/organiser/attendees/{town.id('Ana')}/remove"
    told = town.post(path, {"when": "now"}, bearer="organiser")
    assert told.json() == {"id": town.id("Ana"), "state": "removed"}
    assert (town.head.epoch, town.head.removals) == (1, 1)
    again = town.post(path, {"when": "scheduled"}, bearer="organiser")
    assert slug(again) == (409, "attendee-not-current")
    assert (town.head.epoch, town.head.removals) == (1, 1)


def test_an_attendee_is_issued_anew_with_the_link_in_the_answer(town: Town) -> None:
    town.join("Ana")
    path = f"/organiser/attendees/{town.id('Ana')}/reissue"
    told = town.post(path, {}, bearer="organiser").json()
    assert told["state"] == "reissued"
    assert town.head.removals == 1
    TownWallet(town).claim(ClaimLink.parse(told["link"]).code)


def test_a_shop_adds_corrects_transfers_removes_restores_and_deletes(town: Town) -> None:
    def ask(path: str, **body: object) -> dict[str, str]:
        answer = town.post(f"/organiser/attendees{path}", body, bearer="organiser")
        assert answer.is_success, answer.text
        told: dict[str, str] = answer.json()
        assert not {"name", "email"} & told.keys()
        return told

    added = ask("", **PERSON, attributes=VALUES)
    me = f"/{added['id']}"
    corrected = ask(f"{me}/edit", email="bo@example.org")
    assert corrected["link"] not in (None, added["link"])
    assert ask(f"{me}/edit", name="Bo Berg")["link"] is None
    holder = TownWallet(town)
    holder.claim(ClaimLink.parse(corrected["link"]).code)
    given = ask(f"{me}/transfer", name="Hana", email="hana@example.org")
    assert town.head.removals == 1
    assert slug(holder.ask()) == (410, "commitment-retired")
    TownWallet(town).claim(ClaimLink.parse(given["link"]).code)
    assert ask(f"{me}/remove")["state"] == "removed"
    assert ask(f"{me}/restore")["state"] == "reissued"
    assert ask(f"{me}/delete")["state"] == "deleted"
    path = f"/organiser/attendees{me}"
    assert town.get(path, bearer="organiser").json() == {"id": added["id"], "state": "deleted"}

    def refusal(path: str, **body: object) -> tuple[int, str]:
        return slug(town.post(f"/organiser/attendees{path}", body, bearer="organiser"))

    assert refusal(f"{me}/restore") == (409, "attendee-not-current")
    assert refusal("", **{**PERSON, "email": "nowhere"}, attributes=VALUES)[0] == 422
    assert refusal("", **{**PERSON, "name": "\u202e"}, attributes=VALUES)[0] == 422
    assert refusal("", **PERSON, attributes={"height": 3})[0] == 422
    ask("", **PERSON, attributes=VALUES)
    assert refusal("", **PERSON, attributes=VALUES) == (409, "attendee-known")


def test_attributes_are_changed_within_their_schema(town: Town) -> None:
    ana = town.join("Ana")
    path = f"/organiser/attendees/{town.id('Ana')}/attributes"

    def change(**attributes: object) -> tuple[int, str]:
        answer = town.post(path, {"attributes": attributes}, bearer="organiser")
        return (200, "") if answer.status_code == 200 else slug(answer)

    assert change(height=3) == (422, "request-malformed")
    assert change(points=-1) == (422, "request-malformed")
    assert change(reissued=False) == (422, "request-malformed")
    assert change() == (422, "request-malformed")
    assert town.get("/organiser/registry", bearer="organiser").json()["pending"] == 0
    assert change(volunteer=True, valid_until="2030-01-01") == (200, "")
    assert town.get("/organiser/registry", bearer="organiser").json()["pending"] == 1
    town.post("/organiser/registry/heads", {}, bearer="organiser")
    ana.claim()
    assert ana.credential.attributes["volunteer"] == 1


def test_a_revoked_attendee_is_not_changed_and_an_ended_one_not_issued_anew(town: Town) -> None:
    town.join("Ana")
    town.join("Bo", valid_until=1)
    town.to_next_head()
    path = f"/organiser/attendees/{town.id('Bo')}"
    assert slug(town.post(f"{path}/reissue", {}, bearer="organiser")) == (
        409,
        "attendee-not-current",
    )
    path = f"/organiser/attendees/{town.id('Ana')}"
    town.post(f"{path}/remove", {}, bearer="organiser")
    body = {"attributes": {"pass": "day"}}
    assert slug(town.post(f"{path}/attributes", body, bearer="organiser")) == (
        409,
        "attendee-not-current",
    )
    unknown = town.post("/organiser/attendees/nobody/remove", {}, bearer="organiser")
    assert slug(unknown) == (404, "attendee-unknown")


def test_a_head_is_published_and_told(town: Town) -> None:
    town.clock.now += 5
    told = town.post("/organiser/registry/heads", {"emergency": True}, bearer="organiser")
    assert told.status_code == 201
    assert told.json() == {
        "epoch": 1,
        "published_at": town.clock.now,
        "next_at": town.head.next_at,
        "removals": 0,
    }
    assert town.head.grace == 0
    standing = town.get("/organiser/registry", bearer="organiser").json()
    assert standing == {**told.json(), "pending": 0}


def test_heads_log_and_digits_are_static_where_they_are_full(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.registry.service.SEGMENT_HEADS", 2)
    monkeypatch.setattr("server.registry.service.SEGMENT_ENTRIES", 2)
    for name in ("Ana", "Bo", "Cy"):
        town.join(name)
        path = f"/organiser/attendees/{town.id(name)}/remove"
        town.post(path, {"when": "now"}, bearer="organiser")
    for_ever, again = "public, max-age=31536000, immutable", "no-cache"
    for path, caching in (
        ("/registry/heads", again),
        ("/registry/heads/0", for_ever),
        ("/registry/heads/1", for_ever),
        ("/registry/log/0", for_ever),
        ("/registry/log/1", again),
        ("/registry/digits", for_ever),
    ):
        assert town.get(path).headers["cache-control"] == caching, path
    assert len(town.get("/registry/heads").json()["heads"]) == 4
    for path in ("/registry/heads/2", "/registry/log/2"):
        assert slug(town.get(path)) == (404, "not-found")
    assert slug(town.get("/registry/heads/-1")) == (422, "request-malformed")
