"""P9: before anything is proven, the member sees all that it means."""

from client.wallet.consent import CROWD_UNKNOWN, asked_by_app, asked_by_door, asked_by_poll
from credentials.doors import door_policy
from credentials.formats.policy import Policy
from tests.community import APPS, DOORS, EVENT, Community, Member
from tests.unit.client.test_audit import poll


def test_p9_an_app_is_shown_by_its_own_origin_and_with_values(
    community: Community, ana: Member
) -> None:
    asked = asked_by_app(
        APPS[0],
        policy=Policy(purpose="login", disclose=("pass",)),
        metadata=community.metadata,
        credential=ana.credential,
    )
    text = " ".join(text for _, text in asked.lines())
    assert "https://cafe.example" in text
    assert "pass = resident" in text
    assert "same pseudonym" in text
    assert CROWD_UNKNOWN in text
    assert asked.warning == ""


def test_p9_what_identifies_is_said_aloud(community: Community, ana: Member) -> None:
    asked = asked_by_app(
        APPS[0],
        policy=Policy(purpose="login", disclose=("nickname",), identifying=True),
        metadata=community.metadata,
        credential=ana.credential,
    )
    assert "not an anonymous proof" in asked.warning
    assert "nickname = owl" in " ".join(text for _, text in asked.lines())


def test_p9_a_proof_without_pseudonym_is_said_to_be_unlinkable(
    community: Community, ana: Member
) -> None:
    asked = asked_by_app(
        APPS[0],
        policy=Policy(purpose="visit", pseudonym=False),
        metadata=community.metadata,
        credential=ana.credential,
    )
    assert asked.linkable.startswith("No")


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
        ).linkable
        for door in DOORS
        if door.mode != "re_entry"
    }
    assert len(said) == 3


def test_p9_a_vote_is_shown_with_its_exact_words(community: Community, ana: Member) -> None:
    asked = asked_by_poll(
        poll(community), answer="Soup", metadata=community.metadata, credential=ana.credential
    )
    assert "Soup" in asked.action
    assert "What is for lunch?" in asked.action
