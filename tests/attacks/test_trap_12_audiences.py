"""Trap 12: a proof used at another audience, no nonce, a scope of the requester's choice."""

import secrets
import time
from dataclasses import replace

import httpx
import pytest

from credentials.doors import door_policy
from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.policy import Policy
from credentials.formats.presentation import Presentation
from credentials.formats.qr import to_qr_text
from credentials.presentation import present
from credentials.scope import door_scope, time_slot
from tests.attacks.city import LOGIN, City, slug
from tests.attacks.wallet import Wallet, ballot_octets, calm_slot, cast, verify


def ask(city: City, app: str, policy: dict[str, object] | None = None) -> tuple[str, bytes]:
    """A request of an app: its id and nonce."""
    answer = city.post("/presentations/requests", {"policy": policy or LOGIN}, bearer=app)
    return answer.json()["id"], base64url.decode(answer.json()["nonce"])


def hand_over(city: City, app: str, request: str, shown: Presentation) -> httpx.Response:
    """An app hands over what a wallet sent."""
    body = {"presentation": base64url.encode(shown.to_cbor())}
    return city.post(f"/presentations/requests/{request}", body, bearer=app)


def test_trap_12_a_proof_for_one_app_is_refused_by_every_other(city: City, mia: Wallet) -> None:
    nonce = secrets.token_bytes(32)
    shown = mia.shown_to("cafe", nonce=nonce).to_cbor()
    for other in ("forum", "apex", "www"):
        told = verify(city, other, shown, nonce=nonce).json()
        assert (told["verdict"], told["pseudonym"], told["disclosed"]) == ("refused", None, {})
    as_visit = verify(city, "cafe", shown, nonce=nonce, policy=Policy(purpose="visit"))
    assert as_visit.json()["verdict"] == "refused"


def test_trap_12_a_proof_answers_one_request_of_one_app(city: City, mia: Wallet) -> None:
    first, nonce = ask(city, "cafe")
    second, _ = ask(city, "cafe")
    theirs, their_nonce = ask(city, "forum")
    shown = mia.shown_to("cafe", nonce=nonce)
    # Another app cannot hand it over, to the request or to its own.
    assert slug(hand_over(city, "forum", first, shown)) == "token-refused"
    assert hand_over(city, "forum", theirs, shown).json()["verdict"] == "refused"
    assert hand_over(city, "cafe", second, shown).json()["verdict"] == "refused"
    # Relayed: the other app's nonce, the member's proof for the café.
    relayed = mia.shown_to("cafe", nonce=their_nonce)
    assert hand_over(city, "forum", ask(city, "forum")[0], relayed).json()["verdict"] == "refused"
    assert hand_over(city, "cafe", first, shown).json()["verdict"] == "verified"
    assert slug(hand_over(city, "cafe", first, shown)) == "request-used"
    kept = city.get(f"/presentations/requests/{first}").json()
    assert kept.get("result") is None, "what was shown is told to the app only"
    assert slug(city.get(f"/presentations/requests/{first}", bearer="forum")) == "token-refused"


def test_trap_12_door_codes_and_ballots_log_nobody_in(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    at_door, ballot = mia.presentation("gate"), mia.ballot(poll, 1).presentation
    # The ballot's challenge is the poll itself, which each app can use as its nonce once.
    apps = iter(("cafe", "forum", "apex", "www"))
    for purpose in ("login", "visit"):
        policy = Policy(purpose=purpose, disclose=("reissued",))
        for rename in (False, True):
            for shown, app, nonce in (
                (at_door, "cafe", secrets.token_bytes(32)),
                (ballot, next(apps), poll.manifest_hash),
            ):
                renamed = replace(shown, purpose=purpose, instance=b"", freshness=nonce)
                octets = (renamed if rename else shown).to_cbor()
                told = verify(city, app, octets, nonce=nonce, policy=policy)
                assert told.json()["verdict"] == "refused"


def test_trap_12_a_login_opens_no_door_and_casts_no_vote(
    city: City, mia: Wallet, poll: Manifest
) -> None:
    slot = calm_slot(seconds=4)
    policy = Policy(purpose="login", disclose=("reissued",))
    for freshness in (slot, poll.manifest_hash):
        shown = mia.shown_to("cafe", nonce=freshness, policy=policy)
        at_door = replace(shown, purpose="door", instance="agora", freshness=slot)
        for code in (shown, at_door):
            assert mia.enter("gate", code=to_qr_text(code.to_cbor())) == "invalid"
        named = poll.manifest_hash
        as_ballot = replace(shown, purpose="poll", instance=named, freshness=named)
        assert slug(cast(city, poll.poll, ballot_octets(named, 1, 1, as_ballot))) == (
            "ballot-refused"
        )


def test_trap_12_a_code_for_another_door_is_not_taken(city: City, mia: Wallet) -> None:
    calm_slot(seconds=4)
    assert mia.enter("daily", code=mia.code("gate")) == "wrong_event"
    assert mia.enter("gate", code=mia.code("daily")) == "wrong_event"
    assert mia.enter("gate", code=mia.code("lounge")) == "wrong_event"
    assert mia.enter("lounge", code=mia.code("gate")) == "wrong_event"
    elsewhere = door_scope(
        city.metadata.community_id,
        replace(city.metadata.events[0], id="stoa"),
        "once",
        time_slot(int(time.time())),
    )
    door = city.metadata.door("gate")
    assert door is not None
    shown = present(
        mia.credential,
        policy=door_policy(door, schema=city.metadata.schema),
        scope=elsewhere,
        freshness=time_slot(int(time.time())),
    )
    assert mia.enter("gate", code=to_qr_text(shown.to_cbor())) == "wrong_event"
    there = replace(shown, instance="agora")
    assert mia.enter("gate", code=to_qr_text(there.to_cbor())) == "invalid"


def test_trap_12_a_login_without_the_nonce_is_refused(city: City, mia: Wallet) -> None:
    request, nonce = ask(city, "cafe")
    for freshness in (time_slot(int(time.time())), bytes(32), secrets.token_bytes(32)):
        shown = mia.shown_to("cafe", nonce=freshness)
        renamed = replace(shown, freshness=nonce)
        for presentation in (shown, renamed):
            drawn = secrets.token_bytes(32)
            told = verify(city, "cafe", presentation.to_cbor(), nonce=drawn)
            assert told.json()["verdict"] == "refused"
    made = replace(mia.shown_to("cafe", nonce=bytes(32)), freshness=nonce)
    assert hand_over(city, "cafe", request, made).json()["verdict"] == "refused"


def test_trap_12_a_nonce_has_32_octets_and_must_be_given(city: City, mia: Wallet) -> None:
    shown = base64url.encode(mia.shown_to("cafe", nonce=bytes(32)).to_cbor())
    for nonce in ("", base64url.encode(bytes(31)), base64url.encode(bytes(33)), "AA=="):
        body = {"policy": LOGIN, "nonce": nonce, "presentation": shown}
        assert city.post("/presentations/verify", body, bearer="cafe").status_code in (400, 422)
    body = {"policy": LOGIN, "presentation": shown}
    assert city.post("/presentations/verify", body, bearer="cafe").status_code == 422


@pytest.mark.parametrize(
    "wish",
    [
        {"app": "cafe"},
        {"scope": "https://cafe.example"},
        {"context_id": base64url.encode(bytes(32))},
        {"response_address": "https://evil.example/answer"},
        {"redirect_uri": "https://evil.example/answer"},
        {"community_id": base64url.encode(bytes(32))},
        {"verifier": "https://cafe.example", "instance": "1"},
        {"nonce": base64url.encode(bytes(32))},
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_trap_12_a_requester_chooses_neither_scope_nor_address(
    city: City, wish: dict[str, str]
) -> None:
    beside = city.post("/presentations/requests", {"policy": LOGIN, **wish}, bearer="forum")
    assert (beside.status_code, slug(beside)) == (422, "request-malformed")
    inside = city.post("/presentations/requests", {"policy": {**LOGIN, **wish}}, bearer="forum")
    assert (inside.status_code, slug(inside)) == (400, "policy-refused")


def test_trap_12_a_request_always_names_the_app_whose_token_asked(city: City) -> None:
    from credentials.formats.request import PresentationRequest

    for app in ("cafe", "forum"):
        request, nonce = ask(city, app)
        served = city.get(f"/presentations/requests/{request}").json()["request"]
        opened = PresentationRequest.from_cbor(base64url.decode(served))
        assert (opened.app, opened.nonce) == (app, nonce)
        assert opened.community_id == city.metadata.community_id


@pytest.mark.parametrize("purpose", ["door", "poll", "entry", ""])
def test_trap_12_an_app_cannot_ask_in_the_name_of_a_door_or_a_poll(
    city: City, mia: Wallet, purpose: str
) -> None:
    policy = {"purpose": purpose, "disclose": ["reissued"]}
    answer = city.post("/presentations/requests", {"policy": policy}, bearer="cafe")
    assert slug(answer) == "policy-refused"
    body = {
        "policy": policy,
        "nonce": base64url.encode(bytes(32)),
        "presentation": base64url.encode(mia.presentation("gate").to_cbor()),
    }
    assert slug(city.post("/presentations/verify", body, bearer="cafe")) == "policy-refused"


def test_trap_12_a_request_that_names_another_app_gets_a_proof_for_that_app_only(
    city: City, mia: Wallet
) -> None:
    """An evil app shows the café's request; wallets answer to the café, in the café's scope."""
    from client.errors import WalletError
    from client.wallet.showing import answer_request, find_app
    from credentials.formats.request import PresentationRequest

    _, nonce = ask(city, "forum")
    forged = PresentationRequest(
        id="x",
        community_id=city.metadata.community_id,
        app="cafe",
        policy=Policy(purpose="login"),
        nonce=nonce,
        value=city.heads.newest.value,
        asked_at=int(time.time()),
        expires_at=int(time.time()) + 60,
    )
    app = find_app(city.metadata, request=forged)
    assert app.response_address == "https://cafe.example/answer"
    shown = answer_request(mia.credential, request=forged, app=app).to_cbor()
    assert verify(city, "forum", shown, nonce=nonce).json()["verdict"] == "refused"
    with pytest.raises(WalletError):
        find_app(city.metadata, request=replace(forged, app="stranger"))


def test_trap_12_tokens_open_only_what_they_are_for(city: City, mia: Wallet) -> None:
    body = {"code": mia.code("gate")}
    for wrong in ("back-gate", "cafe"):
        answer = city.post("/doors/gate/checkins", body, bearer=wrong)
        assert (answer.status_code, slug(answer)) == (403, "token-refused")
        assert slug(city.post("/doors/gate/sync", {"scans": []}, bearer=wrong)) == "token-refused"
        assert slug(city.get("/doors/gate", bearer=wrong)) == "token-refused"
    for wrong in ("gate", "lounge"):
        asked = city.post("/presentations/requests", {"policy": LOGIN}, bearer=wrong)
        assert slug(asked) == "token-refused"
        assert slug(city.get("/metrics", bearer=wrong)) == "token-refused"
    assert slug(city.post("/doors/gate/checkins", body)) == "token-missing"
    assert city.get("/doors/gate").json()["entries"] is None
    assert mia.enter("gate") == "admitted"
