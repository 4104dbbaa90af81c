"""The SDK: local checks, one answer per request, and nothing but the right answer."""

import json
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client import Policy, PresentationRefused, Verifier
from client.errors import ClientError
from client.nonce_store import MemoryNonceStore
from credentials.days import day_of
from credentials.errors import MetadataRefused, PolicyError
from credentials.formats import base64url
from credentials.formats.presentation import Presentation
from credentials.formats.request import PresentationRequest
from credentials.presentation import present
from credentials.scope import app_scope, door_scope, time_slot
from tests.community import EVENT, Community, Member
from tests.served_community import heads_json

LOGIN = {"purpose": "login", "disclose": ["pass"]}


def verifier_of(community: Community, *, app: str = "cafe", **settings: Any) -> Verifier:
    """An app that has everything from files."""
    heads = heads_json(community.heads.signed)
    return Verifier(community.signed.to_json(), app=app, heads=heads, **settings)


@pytest.fixture
def verifier(community: Community) -> Verifier:
    return verifier_of(community)


def opened(served: dict[str, str]) -> PresentationRequest:
    return PresentationRequest.from_cbor(base64url.decode(served["request"]))


def answer(
    member: Member, *, community: Community, served: dict[str, str], **changes: Any
) -> dict[str, str]:
    """What a wallet sends, with changes that no honest wallet makes."""
    request = opened(served)
    app = community.metadata.app(changes.get("app", request.app))
    assert app is not None
    policy = changes.get("policy", request.policy)
    shown = present(
        member.credential,
        policy=policy,
        scope=changes.get("scope", app_scope(policy.purpose, app.response_address)),
        freshness=changes.get("freshness", request.nonce),
        today=day_of(request.asked_at),
    )
    return {"request": request.id, "presentation": base64url.encode(shown.to_cbor())}


def test_a_member_comes_back_under_the_same_pseudonym(
    verifier: Verifier, community: Community, ana: Member, bo: Member
) -> None:
    def visit(member: Member) -> bytes | None:
        served = verifier.request(LOGIN)
        verified = verifier.verify(answer(member, community=community, served=served))
        assert verified.disclosed == {"pass": "resident"}
        return verified.pseudonym

    assert visit(ana) == visit(ana)
    assert visit(ana) != visit(bo)


def test_another_app_sees_another_pseudonym(
    verifier: Verifier, community: Community, ana: Member
) -> None:
    forum = verifier_of(community, app="forum")
    seen = {
        one.verify(answer(ana, community=community, served=one.request(LOGIN))).pseudonym
        for one in (verifier, forum)
    }
    assert len(seen) == 2


def test_nothing_is_asked_of_the_network(
    verifier: Verifier, community: Community, ana: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "socket", no_network)
    shown = answer(ana, community=community, served=verifier.request(LOGIN))
    assert verifier.verify(shown).pseudonym is not None


def test_a_request_is_answered_once(verifier: Verifier, community: Community, ana: Member) -> None:
    shown = answer(ana, community=community, served=verifier.request(LOGIN))
    verifier.verify(shown)
    with pytest.raises(PresentationRefused, match="answered before"):
        verifier.verify(shown)


def test_a_wrong_answer_uses_the_request_up(
    verifier: Verifier, community: Community, ana: Member
) -> None:
    served = verifier.request(LOGIN)
    with pytest.raises(PresentationRefused):
        verifier.verify({"request": opened(served).id, "presentation": "AAAA"})
    with pytest.raises(PresentationRefused, match="answered before"):
        verifier.verify(answer(ana, community=community, served=served))


def test_a_request_expires(community: Community, ana: Member) -> None:
    verifier = verifier_of(community, request_seconds=1)
    shown = answer(ana, community=community, served=verifier.request(LOGIN))
    time.sleep(2)
    with pytest.raises(PresentationRefused, match="expired"):
        verifier.verify(shown)


def test_an_answer_to_another_request_is_refused(
    verifier: Verifier, community: Community, ana: Member
) -> None:
    first, second = verifier.request(LOGIN), verifier.request(LOGIN)
    shown = answer(ana, community=community, served=first)
    with pytest.raises(PresentationRefused, match="nonce"):
        verifier.verify({**shown, "request": opened(second).id})


def test_an_answer_made_for_another_app_is_refused(
    verifier: Verifier, community: Community, ana: Member
) -> None:
    served = verifier.request(LOGIN)
    with pytest.raises(PresentationRefused):
        verifier.verify(answer(ana, community=community, served=served, app="forum"))


def test_a_door_code_does_not_log_in(verifier: Verifier, community: Community, ana: Member) -> None:
    served = verifier.request({"purpose": "login"})
    slot = time_slot(int(time.time()))
    shown = answer(
        ana,
        community=community,
        served=served,
        policy=Policy(purpose="door"),
        scope=door_scope(community.metadata.community_id, event=EVENT, mode="once", time_slot=slot),
        freshness=slot,
    )
    with pytest.raises(PresentationRefused):
        verifier.verify(shown)


def test_a_time_slot_in_place_of_the_nonce_does_not_log_in(
    verifier: Verifier, community: Community, ana: Member
) -> None:
    served = verifier.request(LOGIN)
    shown = answer(ana, community=community, served=served, freshness=time_slot(int(time.time())))
    with pytest.raises(PresentationRefused, match="nonce or time slot"):
        verifier.verify(shown)


def test_what_was_not_asked_is_not_taken(
    verifier: Verifier, community: Community, ana: Member
) -> None:
    for disclose in ((), ("volunteer",), ("pass", "volunteer")):
        served = verifier.request(LOGIN)
        policy = replace(opened(served).policy, disclose=disclose)
        with pytest.raises(PresentationRefused, match="disclose"):
            verifier.verify(answer(ana, community=community, served=served, policy=policy))


def test_an_altered_disclosure_is_refused(
    verifier: Verifier, community: Community, ana: Member
) -> None:
    served = verifier.request(LOGIN)
    shown = answer(ana, community=community, served=served)
    octets = Presentation.from_cbor(base64url.decode(shown["presentation"]))
    forged = replace(octets, disclosed=((octets.disclosed[0][0], "day"),))
    with pytest.raises(PresentationRefused):
        verifier.verify({**shown, "presentation": base64url.encode(forged.to_cbor())})


def test_a_stranger_is_refused(
    verifier: Verifier, community: Community, other_community: Community
) -> None:
    stranger = other_community.enrol()
    with pytest.raises(PresentationRefused):
        verifier.verify(answer(stranger, community=community, served=verifier.request(LOGIN)))


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"request": 1, "presentation": 2},
        {"request": "x"},
        {"request": "x", "presentation": "y"},
    ],
)
def test_nonsense_is_refused_and_nothing_else(verifier: Verifier, nonsense: dict[str, Any]) -> None:
    with pytest.raises(PresentationRefused):
        verifier.verify(nonsense)


def test_fifty_threads_with_one_answer_get_one_login(
    verifier: Verifier, community: Community, ana: Member
) -> None:
    shown = answer(ana, community=community, served=verifier.request(LOGIN))
    outcomes: list[bool] = []

    def log_in() -> None:
        try:
            verifier.verify(shown)
        except PresentationRefused:
            outcomes.append(False)
        else:
            outcomes.append(True)

    threads = [threading.Thread(target=log_in) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(True) == 1
    assert len(outcomes) == 50


def test_the_store_of_requests_does_not_grow_without_end() -> None:
    store = MemoryNonceStore(size=3)
    soon = int(time.time()) + 60
    for number in range(5):
        store.put(str(number), b"request", expires_at=soon)
    assert [store.take(str(number)) is None for number in range(5)] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "policy",
    [
        {"purpose": "door"},
        {"purpose": "login", "disclose": ["shoe_size"]},
        {"purpose": "login", "disclose": ["nickname"]},
        {"purpose": "login", "require": ["nickname >= today"]},
        {"purpose": "login", "require": ["serial <= 5"]},
        {"purpose": "login", "colour": "green"},
    ],
)
def test_a_policy_that_cannot_be_met_is_refused_at_once(
    verifier: Verifier, policy: dict[str, Any]
) -> None:
    with pytest.raises(PolicyError):
        verifier.request(policy)


def test_metadata_comes_from_a_file_and_is_pinned(community: Community, tmp_path: Path) -> None:
    file = tmp_path / "community.json"
    file.write_text(json.dumps(community.signed.to_json()))
    heads = tmp_path / "heads.json"
    heads.write_text(json.dumps(heads_json(community.heads.signed)))
    first = Verifier(file, app="cafe", heads=heads)
    second = Verifier(str(file), app="cafe", heads=str(heads), fingerprint=first.fingerprint)
    assert second.metadata.name == "Agora"
    with pytest.raises(ClientError, match="give the registry heads"):
        Verifier(file, app="cafe")
    with pytest.raises(ClientError, match="no registry heads"):
        Verifier(file, app="cafe", heads=file)


def test_metadata_of_another_community_is_refused(
    verifier: Verifier, other_community: Community
) -> None:
    with pytest.raises(MetadataRefused):
        Verifier(other_community.signed.to_json(), app="cafe", fingerprint=verifier.fingerprint)


def test_an_unknown_app_is_told_which_there_are(community: Community) -> None:
    with pytest.raises(ClientError, match="cafe, forum"):
        verifier_of(community, app="bar")


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="cannot be read"):
        Verifier(tmp_path / "none.json", app="cafe")
