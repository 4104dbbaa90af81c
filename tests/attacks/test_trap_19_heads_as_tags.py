"""Trap 19: an organiser who publishes heads to tell members apart learns nothing from any of them.

On the system as it was, a head before each claim gave every wallet a head of its own, and each
presentation named it: 16 of 16 members were found at the door, and again at the apps.
"""

import secrets
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from client.errors import WalletError
from credentials.doors import door_policy
from credentials.formats.presentation import Presentation
from credentials.issuance import draw_handle
from credentials.presentation import present, verify_presentation
from credentials.scope import door_scope, time_slot
from tests.attacks.forger import CAFE, NONCE, VISIT
from tests.community import DOORS, EVENT, Community, Member
from tests.served_community import Served, serving
from tests.unit.client.member import NOON, Person, member

MEMBERS = 16
RANDOM = {"proof", "pseudonym"}
"""What is random, or means nothing outside its scope; `test_p1_unlinkable` looks into these."""


def told(shown: Presentation) -> tuple[object, ...]:
    """All that a presentation says in plain."""
    return tuple(getattr(shown, one.name) for one in fields(shown) if one.name not in RANDOM)


def claimed_between_heads(*, removing: bool = False) -> tuple[Community, list[Member]]:
    """A community that publishes a head before each claim, with or without removing somebody."""
    community, members = Community(), []
    for number in range(MEMBERS):
        stranger = [draw_handle()] if removing else []
        community.publish(*stranger, at=NOON + 10 * number)
        members.append(community.enrol())
    return community, members


def at_the_door(community: Community, one: Member) -> Presentation:
    door = next(door for door in DOORS if door.mode == "once")
    slot = time_slot(NOON)
    return present(
        one.credential,
        policy=door_policy(door, schema=community.schema),
        scope=door_scope(community.metadata.community_id, EVENT, door.mode, slot),
        freshness=slot,
    )


def test_trap_19_a_head_before_each_claim_tags_nobody() -> None:
    community, members = claimed_between_heads()
    heads = {one.credential.keys.head.head.hash for one in members}
    assert len(heads) == MEMBERS, "the organiser did give each wallet a head of its own"
    assert len({told(at_the_door(community, one)) for one in members}) == 1
    shown = [present(one.credential, policy=VISIT, scope=CAFE, freshness=NONCE) for one in members]
    assert len({told(one) for one in shown}) == 1
    for one in shown:
        assert verify_presentation(
            one, verifier=community.verifier, policy=VISIT, scope=CAFE, freshness=NONCE
        )


def test_trap_19_however_many_values_are_made_two_are_accepted() -> None:
    community, members = claimed_between_heads(removing=True)
    shown = [present(one.credential, policy=VISIT, scope=CAFE, freshness=NONCE) for one in members]
    assert len({one.removals for one in shown}) == MEMBERS
    now = community.heads.newest.published_at
    accepted = {head.removals for head in community.heads.accepted(now=now)}
    assert accepted == {MEMBERS, MEMBERS - 1}


# --- the wallet decides at which value it proves


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def ana(served: Served, tmp_path: Path) -> Person:
    return member(served, tmp_path)


def test_trap_19_an_app_that_knows_another_registry_is_shown_nothing(
    served: Served, ana: Person
) -> None:
    served.asked.clear()
    with pytest.raises(WalletError, match="Nothing was shown"):
        ana.stand(value=secrets.token_bytes(48))
    assert served.asked == ["/registry/heads"], "it looked, and asked for what is everyone's"


def test_trap_19_an_app_cannot_lead_a_wallet_back_to_an_old_value(
    served: Served, ana: Person
) -> None:
    old = served.community.heads.newest
    served.community.publish(draw_handle())
    ana.update()
    standing = ana.stand(value=old.value)
    assert standing.credential.keys.head.head.removals == 1


def test_trap_19_a_wallet_that_is_out_of_date_shows_nothing_to_an_app(
    tmp_path: Path,
) -> None:
    with serving() as served:
        ana = member(served, tmp_path)
        value = served.community.heads.newest.value
    with pytest.raises(WalletError, match="out of date"):
        ana.stand(value=value, now=NOON + 2**31)


def test_trap_19_removals_out_of_turn_are_told_before_anything_is_shown(
    served: Served, ana: Person
) -> None:
    for removals in range(1, 4):
        served.community.publish(draw_handle(), at=NOON + removals)
        ana.update(now=NOON + removals)
        caution = ana.stand(now=NOON + removals).caution
        assert bool(caution) == (removals > 2)
    assert "3 times within a day outside its schedule" in caution
    assert ana.stand(now=NOON + 86_500).caution == "", "a day later it is past"
