"""P4: a presentation is good for one verifier, one purpose, one action, one nonce or time slot."""

from dataclasses import replace

import pytest

from credentials.doors import Verdict, judge_code
from credentials.errors import PresentationRefused
from credentials.formats.policy import Policy
from credentials.formats.qr import to_qr_text
from credentials.issuance import draw_handle
from credentials.presentation import present, verify_presentation
from credentials.scope import (
    SLOT_SECONDS,
    Scope,
    app_scope,
    door_scope,
    poll_scope,
    presentation_header,
)
from tests.community import EVENT, Community, Member

NONCE = bytes(range(32))
NOW = 1_790_000_000
SLOT = NOW // SLOT_SECONDS
CAFE = app_scope("visit", "https://cafe.example/answer")


def verify(community: Community, presentation, *, scope: Scope = CAFE, **changes):
    arguments = {
        "policy": Policy(purpose=scope.purpose),
        "freshness": NONCE,
        "action": b"",
        "verifier": community.verifier,
        **changes,
    }
    return verify_presentation(presentation, scope=scope, **arguments)


def test_p4_trap_12_a_proof_for_one_audience_is_refused_by_every_other(
    community: Community, ana: Member
):
    community_id = community.metadata.community_id
    made = present(ana.credential, policy=Policy(purpose="visit"), scope=CAFE, freshness=NONCE)
    assert verify(community, made)
    others = [
        app_scope("visit", "https://forum.example/answer"),
        app_scope("visit", "https://www.cafe.example/answer"),
        app_scope("visit", "https://cafe.example:8443/answer"),
        app_scope("login", "https://cafe.example/answer"),
        poll_scope(community_id, bytes(32)),
        door_scope(community_id, EVENT, "once", SLOT),
    ]
    for scope in others:
        with pytest.raises(PresentationRefused):
            verify(community, made, scope=scope)
        # The same with the claims in it rewritten to fit: the proof itself is bound.
        rewritten = replace(made, purpose=scope.purpose, instance=scope.instance)
        with pytest.raises(PresentationRefused):
            verify(community, rewritten, scope=scope)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("freshness", bytes(32)),
        ("freshness", 0),
        ("freshness", SLOT),
        ("action", bytes(32)),
    ],
)
def test_p4_nonce_and_action_are_bound(community: Community, ana: Member, part: str, value):
    made = present(ana.credential, policy=Policy(purpose="visit"), scope=CAFE, freshness=NONCE)
    with pytest.raises(PresentationRefused):
        verify(community, made, **{part: value})
    if part != "action":
        with pytest.raises(PresentationRefused):
            verify(community, replace(made, **{part: value}), **{part: value})


def test_p4_the_registry_value_is_bound():
    community = Community()
    member = community.enrol()
    made = present(member.credential, policy=Policy(purpose="visit"), scope=CAFE, freshness=NONCE)
    assert verify(community, made)
    after = community.publish(draw_handle())
    for claimed in (made, replace(made, removals=after.removals)):
        with pytest.raises(PresentationRefused):
            verify(community, claimed)


def test_p4_trap_12_a_time_slot_does_not_stand_in_for_a_nonce(community: Community, ana: Member):
    made = present(ana.credential, policy=Policy(purpose="visit"), scope=CAFE, freshness=SLOT)
    with pytest.raises(PresentationRefused):
        verify(community, made)


def test_p4_a_number_and_its_octets_are_different_moments():
    """A slot and a nonce cannot be confused, whatever their octets."""
    fixed = {"context_id": bytes(32), "purpose": "visit", "value": bytes(48)}
    as_number = presentation_header(**fixed, freshness=0)
    as_octets = presentation_header(**fixed, freshness=bytes(32))
    assert as_number != as_octets


def code(community: Community, member: Member, slot: int) -> str:
    scope = door_scope(community.metadata.community_id, EVENT, "once", slot)
    policy = Policy(purpose="door", disclose=("reissued",))
    made = present(member.credential, policy=policy, scope=scope, freshness=slot)
    return to_qr_text(made.to_cbor())


def judge(community: Community, text: str, now: int):
    return judge_code(
        text,
        metadata=community.metadata,
        verifier=community.keys,
        heads=community.heads,
        door=community.metadata.door("once"),
        now=now,
        up_to_date=True,
    ).verdict


@pytest.mark.parametrize(
    ("slots_later", "verdict"),
    [
        (-2, Verdict.CLOCK_WRONG),
        (-1, None),
        (0, None),
        (1, None),
        (2, Verdict.CODE_TOO_OLD),
        (3, Verdict.CODE_TOO_OLD),
        (10_000, Verdict.CODE_TOO_OLD),
    ],
)
def test_p4_trap_13_a_code_is_good_in_its_slot_and_the_neighbours(
    community: Community, ana: Member, slots_later: int, verdict
):
    text = code(community, ana, SLOT)
    assert judge(community, text, NOW + slots_later * SLOT_SECONDS) == verdict


def test_p4_trap_13_an_old_code_does_not_pass_with_a_new_time_written_into_it(
    community: Community, ana: Member
):
    old = present(
        ana.credential,
        policy=Policy(purpose="door", disclose=("reissued",)),
        scope=door_scope(community.metadata.community_id, EVENT, "once", SLOT - 20),
        freshness=SLOT - 20,
    )
    redated = replace(old, freshness=SLOT)
    assert judge(community, to_qr_text(redated.to_cbor()), NOW) == Verdict.INVALID
