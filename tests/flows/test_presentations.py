"""Third parties: an app asks, a wallet answers, and there is one verdict for the app alone."""

import secrets
from pathlib import Path

import pytest

from credentials.errors import PolicyError
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from server.bearer import hash_token
from server.presentations.service import EXPIRED, KEEP_SECONDS, NONCE_SECONDS, REQUEST_SECONDS
from server.problems import (
    NonceUsed,
    PolicyRefused,
    PresentationMalformed,
    RequestExpired,
    RequestMalformed,
    RequestUnknown,
    RequestUsed,
    TokenRefused,
)
from tests.community import Community, Member
from tests.flows.standing import Standing

LOGIN = Policy(purpose="login", disclose=("pass",))


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


def ask(city: Standing, app: str = "cafe", policy: Policy = LOGIN) -> PresentationRequest:
    return city.apps.ask(policy, token_hash=city.token_hash(app))


def reply(city: Standing, member: Member, asked: PresentationRequest, *, app: str = "") -> bytes:
    """The wallet's answer; `app` makes it for another app than the one that asked."""
    return city.answer(member, app=app or asked.app, policy=asked.policy, nonce=asked.nonce)


def test_an_app_knows_a_member_again_and_another_app_does_not(city: Standing, ana: Member) -> None:
    pseudonyms = []
    for app in ("cafe", "cafe", "forum"):
        asked = ask(city, app)
        verdict = city.apps.answer(
            asked.id, reply(city, ana, asked), token_hash=city.token_hash(app)
        )
        assert verdict.verified
        assert verdict.disclosed == {"pass": "resident"}
        pseudonyms.append(verdict.pseudonym)
    assert pseudonyms[0] == pseudonyms[1]
    assert pseudonyms[0] != pseudonyms[2]


def test_the_request_is_for_all_and_the_verdict_for_the_app_alone(
    city: Standing, ana: Member
) -> None:
    asked = ask(city)
    assert city.apps.link(asked.id) == f"https://agora.example/presentations/requests/{asked.id}"
    read = city.apps.read(asked.id, token_hash=None)
    assert (read.status, read.verdict) == ("waiting", None)
    assert PresentationRequest.from_cbor(read.octets) == asked
    verdict = city.apps.answer(
        asked.id, reply(city, ana, asked), token_hash=city.token_hash("cafe")
    )
    anyone = city.apps.read(asked.id, token_hash=None)
    assert (anyone.status, anyone.verdict) == ("verified", None)
    assert city.apps.read(asked.id, token_hash=city.token_hash("cafe")).verdict == verdict
    for stranger in (city.token_hash("forum"), city.token_hash("once"), hash_token("guess")):
        with pytest.raises(TokenRefused):
            city.apps.read(asked.id, token_hash=stranger)
        with pytest.raises(TokenRefused):
            city.apps.answer(asked.id, b"", token_hash=stranger)


def test_a_request_is_answered_once(city: Standing, ana: Member, bo: Member) -> None:
    asked, token = ask(city), city.token_hash("cafe")
    answer = reply(city, ana, asked)
    first = city.apps.answer(asked.id, answer, token_hash=token)
    for again in (answer, reply(city, bo, asked)):
        with pytest.raises(RequestUsed):
            city.apps.answer(asked.id, again, token_hash=token)
    assert city.apps.read(asked.id, token_hash=token).verdict == first


@pytest.mark.parametrize("wrong", ["nonce", "app", "stranger", "purpose"])
def test_an_answer_made_for_something_else_is_refused(
    city: Standing, ana: Member, other_community: Community, wrong: str
) -> None:
    asked, token = ask(city), city.token_hash("cafe")
    answers = {
        "nonce": lambda: city.answer(ana, app="cafe", policy=LOGIN, nonce=ask(city).nonce),
        "app": lambda: reply(city, ana, asked, app="forum"),
        "stranger": lambda: reply(city, other_community.enrol(), asked),
        "purpose": lambda: city.answer(
            ana, app="cafe", policy=Policy(purpose="visit", disclose=("pass",)), nonce=asked.nonce
        ),
    }
    verdict = city.apps.answer(asked.id, answers[wrong](), token_hash=token)
    assert (verdict.verified, verdict.pseudonym, verdict.disclosed) == (False, None, {})
    assert verdict.reason
    read = city.apps.read(asked.id, token_hash=token)
    assert (read.status, read.verdict) == ("refused", verdict)
    with pytest.raises(RequestUsed):
        city.apps.answer(asked.id, reply(city, ana, asked), token_hash=token)


def test_octets_that_are_no_presentation_do_not_use_the_request_up(
    city: Standing, ana: Member
) -> None:
    asked, token = ask(city), city.token_hash("cafe")
    for octets in (b"", b"\x80", reply(city, ana, asked) + b"\0"):
        with pytest.raises(PresentationMalformed):
            city.apps.answer(asked.id, octets, token_hash=token)
    assert city.apps.answer(asked.id, reply(city, ana, asked), token_hash=token).verified


def test_a_request_expires_and_is_deleted_some_time_later(city: Standing, ana: Member) -> None:
    asked, token = ask(city), city.token_hash("cafe")
    answer = reply(city, ana, asked)
    city.clock.now += REQUEST_SECONDS
    assert city.apps.read(asked.id, token_hash=None).status == EXPIRED
    with pytest.raises(RequestExpired):
        city.apps.answer(asked.id, answer, token_hash=token)
    city.clock.now += KEEP_SECONDS
    ask(city)
    with pytest.raises(RequestUnknown):
        city.apps.read(asked.id, token_hash=None)
    assert len(city.rows("presentation_requests")) == 1


def test_a_policy_that_is_not_an_apps_is_refused(city: Standing) -> None:
    for purpose in ("door", "poll"):
        with pytest.raises(PolicyRefused):
            ask(city, policy=Policy(purpose=purpose))
    with pytest.raises(PolicyError, match="no attribute"):
        ask(city, policy=Policy(purpose="login", disclose=("height",)))
    with pytest.raises(PolicyError, match="identify"):
        ask(city, policy=Policy(purpose="login", disclose=("nickname",)))
    assert city.rows("presentation_requests") == []


def test_a_policy_may_identify_if_it_says_so_or_ask_for_no_pseudonym(
    city: Standing, ana: Member
) -> None:
    token = city.token_hash("cafe")
    named = ask(city, policy=Policy(purpose="login", disclose=("nickname",), identifying=True))
    verdict = city.apps.answer(named.id, reply(city, ana, named), token_hash=token)
    assert verdict.disclosed == {"nickname": "owl"}
    nameless = ask(city, policy=Policy(purpose="visit", pseudonym=False))
    verdict = city.apps.answer(nameless.id, reply(city, ana, nameless), token_hash=token)
    assert (verdict.verified, verdict.pseudonym) == (True, None)


def test_a_nonce_of_the_apps_own_is_good_for_one_verdict(
    city: Standing, ana: Member, bo: Member
) -> None:
    nonce, token = secrets.token_bytes(32), city.token_hash("cafe")
    shown = city.answer(ana, app="cafe", policy=LOGIN, nonce=nonce)
    assert city.apps.verify(shown, policy=LOGIN, nonce=nonce, token_hash=token).verified
    for again in (shown, city.answer(bo, app="cafe", policy=LOGIN, nonce=nonce)):
        with pytest.raises(NonceUsed):
            city.apps.verify(again, policy=LOGIN, nonce=nonce, token_hash=token)
    # Another app may draw the same octets; the proof is not for it.
    elsewhere = city.apps.verify(
        shown, policy=LOGIN, nonce=nonce, token_hash=city.token_hash("forum")
    )
    assert not elsewhere.verified


def test_used_nonces_are_forgotten_after_a_day(city: Standing, ana: Member) -> None:
    token = city.token_hash("cafe")

    def verify() -> None:
        nonce = secrets.token_bytes(32)
        shown = city.answer(ana, app="cafe", policy=LOGIN, nonce=nonce)
        assert city.apps.verify(shown, policy=LOGIN, nonce=nonce, token_hash=token).verified

    verify()
    city.clock.now += NONCE_SECONDS
    verify()
    assert len(city.rows("presentation_nonces")) == 1


def test_a_nonce_of_the_wrong_length_is_refused(city: Standing, ana: Member) -> None:
    shown = city.answer(ana, app="cafe", policy=LOGIN, nonce=bytes(32))
    with pytest.raises(RequestMalformed):
        city.apps.verify(shown, policy=LOGIN, nonce=b"", token_hash=city.token_hash("cafe"))


def test_the_database_keeps_no_proof_of_what_was_shown(city: Standing, ana: Member) -> None:
    asked = ask(city)
    answer = reply(city, ana, asked)
    city.apps.answer(asked.id, answer, token_hash=city.token_hash("cafe"))
    content = b"".join(path.read_bytes() for path in city.file.parent.iterdir())
    assert answer[-64:] not in content
