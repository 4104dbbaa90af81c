"""P9: before anything is proven, the member sees all that it means."""

import time

import pytest

from client.errors import ClientError
from client.poll import Poll
from client.transport import Json, Transport
from client.wallet.consent import Asked, asked_by_app, asked_by_door, asked_by_poll
from client.wallet.showing import fetch_request
from credentials.doors import door_policy
from credentials.errors import RequirementNotMet
from credentials.formats import base64url
from credentials.formats.head import Head
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from tests.community import APPS, DOORS, EVENT, Community, Member
from tests.poll_papers import open_manifest

TODAY = 22_270  # 2030-12-22; ana's pass is good until 22 280


def asked(community: Community, member: Member, **policy: object) -> Asked:
    """What the cafe's request would mean."""
    request = PresentationRequest(
        id="x",
        community_id=community.metadata.community_id,
        app="cafe",
        policy=Policy.from_json({"purpose": "login", **policy}),
        nonce=bytes(32),
        value=community.heads.newest.value,
        asked_at=TODAY * 86_400 + 5,
        expires_at=2**40,
    )
    return asked_by_app(
        APPS[0],
        request=request,
        metadata=community.metadata,
        credential=member.credential,
    )


def text_of(asked: Asked) -> str:
    return " ".join(f"{title}: {text}" for title, text in asked.lines())


def test_p9_an_app_is_shown_by_its_own_origin_and_with_values(
    community: Community, ana: Member
) -> None:
    text = text_of(asked(community, ana, disclose=["pass"]))
    assert "https://cafe.example" in text
    assert "pass = resident" in text
    assert "same pseudonym" in text
    assert "They will know" not in text


def test_p9_what_identifies_is_said_aloud(community: Community, ana: Member) -> None:
    shown = asked(community, ana, disclose=["nickname"], identifying=True)
    assert "not an anonymous proof" in shown.warning
    assert "nickname = owl" in text_of(shown)


def test_p9_a_proof_without_pseudonym_is_said_to_be_unlinkable(
    community: Community, ana: Member
) -> None:
    assert asked(community, ana, purpose="visit", pseudonym=False).linkable.startswith("No")


def test_p9_what_is_proven_without_being_seen_is_said_in_words(
    community: Community, ana: Member
) -> None:
    shown = asked(
        community,
        ana,
        require=["valid_until >= today", "points >= 100", "points <= 80000"],
    )
    assert shown.proven == (
        "that valid_until is 2030-12-22 or later, without seeing the date",
        "that points is 100 or more, without seeing the number",
        "that points is 80000 or less, without seeing the number",
    )
    assert "They will know: that valid_until" in text_of(shown)
    assert shown.to_json()["proven"] == list(shown.proven)


@pytest.mark.parametrize(
    ("requirement", "sentence"),
    [
        ("valid_until >= 2031-01-02", "Your valid_until is 2031-01-01, and 2031-01-02 or later"),
        ("valid_until <= today", "2030-12-22 or earlier is asked for; nothing was sent"),
        ("points >= 70001", "Your points is 70000, and 70001 or more"),
    ],
)
def test_p9_what_is_not_met_is_named_to_the_member(
    community: Community, ana: Member, requirement: str, sentence: str
) -> None:
    with pytest.raises(RequirementNotMet, match=sentence):
        asked(community, ana, require=[requirement])


def test_p9_bounds_themselves_are_met(community: Community, ana: Member) -> None:
    for requirement in ("valid_until >= 2031-01-01", "points >= 70000", "points <= 70000"):
        assert asked(community, ana, require=[requirement]).proven


def test_p9_each_kind_of_door_says_who_will_know_you_again(
    community: Community, ana: Member
) -> None:
    said = {
        asked_by_door(
            door,
            event=EVENT,
            policy=door_policy(door, schema=community.schema),
            metadata=community.metadata,
            credential=ana.credential,
            now=1_790_000_000,
        ).linkable
        for door in DOORS
        if door.mode != "re_entry"
    }
    assert len(said) == 3


def paper_of(community: Community, *, head: Head) -> Poll:
    manifest = open_manifest(community, head=head.hash)
    return Poll(
        id="lunch", manifest=manifest, head=head, state="open", closes_at=manifest.closes_at
    )


def test_p9_a_vote_is_shown_with_its_exact_words(community: Community, ana: Member) -> None:
    paper = paper_of(community, head=community.heads.newest)
    shown = asked_by_poll(
        paper, answer="Soup", metadata=community.metadata, credential=ana.credential
    )
    assert "Soup" in shown.action
    assert "What is for lunch?" in shown.action
    assert shown.proven == ("that you were a member when the poll was opened",)


@pytest.mark.parametrize("days", [-2, 2])
def test_p9_a_request_that_calls_another_day_today_is_not_answered(
    community: Community, days: int
) -> None:
    request = PresentationRequest(
        id="x",
        community_id=community.metadata.community_id,
        app="cafe",
        policy=Policy(purpose="login"),
        nonce=bytes(32),
        value=community.heads.newest.value,
        asked_at=int(time.time()) + days * 86_400,
        expires_at=2**40,
    )

    class Served(Transport):
        def get(self, *_: object, **__: object) -> Json:
            return {"request": base64url.encode(request.to_cbor())}

    with pytest.raises(ClientError, match="another day"):
        fetch_request("https://cafe.example/membership", transport=Served())
