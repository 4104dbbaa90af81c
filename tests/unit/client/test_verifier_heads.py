"""The SDK and the registry: removed members, newer heads by themselves, bounds, batches."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from client import HeadNotAccepted, PresentationRefused, Verifier
from client.errors import ClientError
from credentials.days import day_of
from credentials.errors import HeadRefused, RequirementNotMet
from credentials.formats import base64url
from credentials.formats.head import SignedHead
from credentials.issuance import draw_handle
from credentials.presentation import VerifiedPresentation
from tests.community import Community, Member
from tests.served_community import Served, heads_json, serving
from tests.unit.client.test_verifier import answer, opened, verifier_of

LOGIN = {"purpose": "login"}


def ask(
    verifier: Verifier, member: Member, *, community: Community, policy: Any = None
) -> dict[str, str]:
    """A request answered by a member's wallet, at the head of its credential."""
    return answer(member, community=community, served=verifier.request(policy or LOGIN))


def current(member: Member, *, community: Community) -> Member:
    return replace(member, credential=community.current(member.credential))


# --- without a network


def test_a_request_names_value_and_time(community: Community) -> None:
    request = opened(verifier_of(community).request(LOGIN))
    assert request.value == community.heads.newest.value
    assert abs(request.asked_at - time.time()) < 60


def test_a_removed_member_is_refused_from_the_next_head_on() -> None:
    community = Community()
    ana, bo = community.enrol(), community.enrol()
    verifier = verifier_of(community)
    assert verifier.verify(ask(verifier, ana, community=community))
    community.publish(ana.issued.handle)
    verifier.refresh(heads_json(community.heads.signed))
    with pytest.raises(HeadNotAccepted, match="removed"):
        verifier.verify(ask(verifier, ana, community=community))
    bo = current(bo, community=community)
    assert verifier.verify(ask(verifier, bo, community=community))


def test_a_wallet_ahead_of_an_app_without_network_is_refused_until_it_gets_heads() -> None:
    community = Community()
    ana = community.enrol()
    verifier = verifier_of(community)
    community.publish(draw_handle())
    ana = current(ana, community=community)
    with pytest.raises(HeadNotAccepted):
        verifier.verify(ask(verifier, ana, community=community))
    verifier.refresh(heads_json(community.heads.signed[-1:]))
    assert verifier.verify(ask(verifier, ana, community=community))
    with pytest.raises(ClientError, match="give the registry heads"):
        verifier.refresh()


def test_heads_that_contradict_those_known_are_refused() -> None:
    community = Community()
    community.publish()
    verifier = verifier_of(community)
    newest = community.heads.newest
    other = SignedHead.sign(replace(newest, grace=1), private_key=community.signing_key)
    for heads in ([other], community.heads.signed[:1]):
        with pytest.raises(HeadRefused):
            verifier.refresh(heads_json(heads))


def test_a_policy_can_ask_for_a_fresh_head() -> None:
    community = Community()
    ana = community.enrol()
    verifier = verifier_of(community)
    policy = LOGIN | {"max_head_age": 3600}
    with pytest.raises(HeadNotAccepted, match="older than the policy"):
        verifier.verify(ask(verifier, ana, community=community, policy=policy))
    community.publish(at=int(time.time()) - 60)
    verifier.refresh(heads_json(community.heads.signed))
    ana = current(ana, community=community)
    assert verifier.verify(ask(verifier, ana, community=community, policy=policy))


def test_a_day_pass_is_good_until_its_last_day_and_shows_no_date() -> None:
    community = Community()
    today = day_of(int(time.time()))
    verifier = verifier_of(community)
    policy = LOGIN | {"require": ["valid_until >= today"]}
    ending = community.enrol(valid_until=today)
    verified = verifier.verify(ask(verifier, ending, community=community, policy=policy))
    assert verified.disclosed == {}
    over = community.enrol(valid_until=today - 1)
    with pytest.raises(RequirementNotMet):
        ask(verifier, over, community=community, policy=policy)


def test_yesterday_s_proof_of_today_is_refused() -> None:
    community = Community()
    verifier = verifier_of(community)
    policy = LOGIN | {"require": ["valid_until >= today"]}
    over = community.enrol(valid_until=day_of(int(time.time())) - 1)
    served = verifier.request(policy)
    yesterday = replace(opened(served), asked_at=int(time.time()) - 86_400)
    old = {"request": base64url.encode(yesterday.to_cbor())}
    with pytest.raises(PresentationRefused):
        verifier.verify(answer(over, community=community, served=old))


def test_many_answers_come_back_in_order_with_the_bad_ones_named(community: Community) -> None:
    verifier = verifier_of(community)
    members = [community.enrol() for _ in range(6)]
    answers: list[dict[str, str]] = [
        ask(verifier, member, community=community) for member in members
    ]
    answers[1] = answers[0]  # the same again
    answers[3] = {**answers[3], "presentation": answers[2]["presentation"]}  # another's proof
    answers[4] = {"request": "x"}
    spoilt = bytearray(base64url.decode(answers[5]["presentation"]))
    spoilt[-1] ^= 1
    answers[5] = {**answers[5], "presentation": base64url.encode(bytes(spoilt))}
    outcomes = verifier.verify_many(answers)
    good = [isinstance(outcome, VerifiedPresentation) for outcome in outcomes]
    assert good == [True, False, True, False, False, False]
    assert verifier.verify_many([]) == []


# --- with the community's address


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Verifier that does not wait 30 seconds between two fetches of its own."""
    monkeypatch.setattr("client.verifier.REFRESH_SECONDS", 0.0)


@pytest.mark.usefixtures("at_once")
def test_an_app_learns_an_unknown_head_by_itself(served: Served) -> None:
    verifier = Verifier(served.address, app="cafe")
    ana = served.community.enrol()
    served.community.publish(draw_handle())
    served.asked.clear()
    ana = current(ana, community=served.community)
    assert verifier.verify(ask(verifier, ana, community=served.community))
    assert served.asked == ["/registry/heads", "/.well-known/symbolon.json"]
    verifier.verify(ask(verifier, ana, community=served.community))
    assert served.asked == ["/registry/heads", "/.well-known/symbolon.json"]


def test_an_app_fetches_at_most_once_in_half_a_minute(served: Served) -> None:
    verifier = Verifier(served.address, app="cafe")
    ana = served.community.enrol()
    served.community.publish(draw_handle())
    served.asked.clear()
    ana = current(ana, community=served.community)
    for _ in range(3):
        with pytest.raises(HeadNotAccepted):
            verifier.verify(ask(verifier, ana, community=served.community))
    assert served.asked == []
    verifier.refresh()
    assert verifier.verify(ask(verifier, ana, community=served.community))


@pytest.mark.usefixtures("at_once")
def test_an_app_fetches_heads_when_they_are_due() -> None:
    with serving(period=60) as served:
        verifier = Verifier(f"{served.address}/.well-known/symbolon.json", app="cafe")
        head = served.community.publish(at=int(time.time()))
        assert opened(verifier.request(LOGIN)).value == head.value
        served.asked.clear()
        verifier.request(LOGIN)
        assert served.asked == []
    # The server is gone: what the app knows must do.
    assert opened(verifier.request(LOGIN)).value == head.value


@pytest.mark.usefixtures("at_once")
def test_a_fork_is_loud(served: Served) -> None:
    served.community.publish()
    verifier = Verifier(served.address, app="cafe")
    ana = served.community.enrol()
    community = served.community
    other = SignedHead.sign(
        replace(community.heads.newest, grace=1), private_key=community.signing_key
    )
    served.lies["/registry/heads"] = heads_json([community.heads.signed[0], other])
    community.publish(draw_handle())
    with pytest.raises(HeadRefused):
        verifier.verify(ask(verifier, current(ana, community=community), community=community))


def test_an_app_hears_of_an_emergency_after_ten_minutes_though_nobody_names_its_head(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    verifier = Verifier(served.address, app="cafe")
    ana = served.community.enrol()
    served.community.publish(ana.issued.handle, grace=0)
    assert verifier.verify(ask(verifier, ana, community=served.community)), "it knows no better yet"
    later = time.monotonic() + 600
    monkeypatch.setattr("client.verifier.time.monotonic", lambda: later)
    with pytest.raises(HeadNotAccepted, match="removed"):
        verifier.verify(ask(verifier, ana, community=served.community))
