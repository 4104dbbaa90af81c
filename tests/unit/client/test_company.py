"""P9: the crowd that a wallet shows is true for all that is visible together, or not known."""

from dataclasses import replace

import pytest

from client.poll import Poll
from client.wallet.consent import Asked, asked_by_app, asked_by_door, asked_by_poll
from credentials.doors import door_policy
from credentials.formats.crowd import Crowd, Group, Sheet
from credentials.formats.head import Head
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from tests.community import APPS, DOORS, EVENT, Community, Member
from tests.poll_papers import open_manifest

TODAY = 22_270  # 2030-12-22; ana's pass is good until 22 280
RESIDENT, WEEK, DAY = range(3)
ALONE = "it may be you alone"


@pytest.fixture
def community() -> Community:
    return Community(roll=320)


@pytest.fixture
def ana(community: Community) -> Member:
    return community.enrol()


def table(groups: dict[tuple[int, ...], int], *, members: int = 290, **fields: int) -> Crowd:
    """All attributes on one sheet; counted on the day of the request."""
    sheet = Sheet(
        attributes=("reissued", "pass", "volunteer"),
        groups=tuple(Group(values=key, members=groups[key]) for key in sorted(groups)),
    )
    fields = {"day": TODAY, "highest_serial": 320, **fields}
    return Crowd(members=members, sheets=(sheet,) if groups else (), **fields)


CROWD = table({(0, RESIDENT, 0): 140, (0, RESIDENT, 1): 40, (0, WEEK, 0): 60, (0, WEEK): 20})


def asked(
    community: Community, member: Member, *, crowd: Crowd | None = CROWD, **policy: object
) -> Asked:
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
        metadata=replace(community.metadata, crowd=crowd),
        credential=community.current(member.credential),
    )


# --- disclosed


@pytest.mark.parametrize(
    ("disclose", "at_least"),
    [
        (["reissued"], 260),
        (["pass"], 180),
        (["pass", "reissued"], 180),
        (["pass", "volunteer"], 140),
        (["reissued", "pass", "volunteer"], 140),
    ],
)
def test_p9_the_crowd_is_that_of_all_values_together(
    community: Community, ana: Member, disclose: list[str], at_least: int
) -> None:
    shown = asked(community, ana, disclose=disclose)
    assert shown.crowd == f"At least {at_least} members share all of this, says the organiser."
    assert shown.warning == ""
    assert shown.to_json()["crowd_at_least"] == at_least


def test_p9_a_combination_that_is_not_told_may_be_one_person(
    community: Community, ana: Member
) -> None:
    volunteer = community.enrol(volunteer=1, **{"pass": "week"})
    shown = asked(community, volunteer, disclose=["pass", "volunteer"])
    assert shown.crowd == f"How many members share all of this is not known: {ALONE}."
    assert "may be recognised" in shown.warning
    assert shown.to_json()["crowd_at_least"] is None


def test_p9_a_value_that_identifies_is_in_no_table(community: Community, ana: Member) -> None:
    shown = asked(community, ana, disclose=["pass", "nickname"], identifying=True)
    assert ALONE in shown.crowd
    assert "not an anonymous proof" in shown.warning


def test_p9_a_small_crowd_is_warned_of(community: Community, ana: Member) -> None:
    shown = asked(community, ana, crowd=table({(0, RESIDENT): 20}), disclose=["pass"])
    assert shown.crowd.startswith("At least 20 members")
    assert "Few members" in shown.warning


def test_p9_without_a_table_only_the_number_of_members_is_known(
    community: Community, ana: Member
) -> None:
    shown = asked(community, ana, crowd=None, disclose=["pass"])
    assert ALONE in shown.crowd
    assert shown.warning
    # So many enrolled, says the signed registry head, and nobody was removed.
    whole = asked(community, ana, crowd=None)
    assert whole.crowd == "At least 320 members, says the organiser."
    assert whole.warning == ""


def test_p9_a_community_that_begins_may_be_one_person() -> None:
    community = Community(roll=4)
    shown = asked(community, community.enrol(), crowd=None)
    assert shown.crowd == f"How many members there are is not known: {ALONE}."
    assert shown.warning


# --- since the table was made


def test_p9_whoever_left_since_is_taken_off(community: Community, ana: Member) -> None:
    others = [community.enrol() for _ in range(3)]
    community.publish(*(one.issued.handle for one in others))
    shown = asked(community, ana, disclose=["pass"])
    assert "At least 170 members" in shown.crowd  # 180 less 3
    newer = replace(CROWD, since=3, removals=3)
    assert "At least 180" in asked(community, ana, crowd=newer, disclose=["pass"]).crowd


def test_p9_a_table_of_a_later_head_than_the_wallet_s_is_not_taken_too_high(
    community: Community, ana: Member
) -> None:
    later = replace(CROWD, removals=25)
    assert "At least 150" in asked(community, ana, crowd=later, disclose=["pass"]).crowd


# --- required


@pytest.mark.parametrize(
    "requirement",
    [
        "points >= 1",
        "points <= 80000",
        "valid_until >= 2030-12-23",
        "valid_until <= 2031-06-01",
    ],
)
def test_p9_what_is_required_narrows_the_crowd(
    community: Community, ana: Member, requirement: str
) -> None:
    shown = asked(community, ana, disclose=["pass"], require=[requirement])
    assert shown.crowd_at_least is None
    assert shown.crowd == (
        "At least 180 members share what is shown, says the organiser. How many of them meet what "
        f"is required is not known: {ALONE}."
    )
    assert shown.warning
    alone = asked(community, ana, require=[requirement])
    assert alone.crowd == f"How many members share all of this is not known: {ALONE}."


def test_p9_all_who_were_counted_today_have_a_pass_today(community: Community, ana: Member) -> None:
    for bound in ("today", "2030-12-01"):
        shown = asked(community, ana, disclose=["pass"], require=[f"valid_until >= {bound}"])
        assert shown.crowd_at_least == 180
        both = asked(community, ana, require=[f"valid_until >= {bound}", "points >= 1"])
        assert both.crowd_at_least is None


def test_p9_a_table_of_yesterday_says_nothing_of_passes_that_are_good_today(
    community: Community, ana: Member
) -> None:
    yesterday = replace(CROWD, day=TODAY - 1)
    shown = asked(community, ana, crowd=yesterday, require=["valid_until >= today"])
    assert shown.crowd_at_least is None
    assert ALONE in shown.crowd


# --- doors and polls


def test_p9_a_door_that_sees_reissued_has_its_crowd(community: Community, ana: Member) -> None:
    for door in DOORS:
        shown = asked_by_door(
            door,
            event=EVENT,
            policy=door_policy(door, schema=community.schema),
            metadata=replace(community.metadata, crowd=CROWD),
            credential=ana.credential,
            now=1_790_000_000,
        )
        assert shown.crowd_at_least == (320 if door.mode == "members_only" else 260)


def in_poll(community: Community, member: Member, *, head: Head, crowd: Crowd | None) -> Asked:
    manifest = open_manifest(community, head=head.hash)
    return asked_by_poll(
        Poll(id="lunch", manifest=manifest, head=head, state="open", closes_at=manifest.closes_at),
        answer="Tea",
        metadata=replace(community.metadata, crowd=crowd),
        credential=member.credential,
    )


def later_head(community: Community, **changes: int) -> Head:
    head = community.heads.newest
    return replace(head, epoch=1, previous=head.hash, **changes)


def test_p9_the_roll_bounds_the_crowd_of_a_poll(community: Community, ana: Member) -> None:
    shown = in_poll(community, ana, head=later_head(community), crowd=CROWD)
    assert shown.crowd == (
        "At most 320 are on the roll of this poll. At least 320 members, says the organiser."
    )
    assert shown.warning == ""


def test_p9_who_came_after_a_poll_was_opened_is_not_in_its_crowd(
    community: Community, ana: Member
) -> None:
    """The table counts 290; of them at most 120 came after the 200 on the roll."""
    head = later_head(community, highest_serial=200, removals=100)
    shown = in_poll(community, ana, head=head, crowd=replace(CROWD, since=100, removals=100))
    assert shown.crowd_at_least == 170
    assert "At most 200 are on the roll" in shown.crowd


def test_p9_a_short_roll_is_warned_of_whatever_the_organiser_says(
    community: Community, ana: Member
) -> None:
    """The roll is in the signed head; the crowd is only claimed."""
    claimed = Crowd(members=290)
    shown = in_poll(community, ana, head=later_head(community, highest_serial=2), crowd=claimed)
    assert "At most 2 are on the roll" in shown.crowd
    assert shown.crowd_at_least is None
    assert "Few members are on the roll" in shown.warning


def test_p9_a_table_without_an_attribute_says_nothing_of_it(
    community: Community, ana: Member
) -> None:
    bare = Crowd(day=TODAY, members=290)
    assert asked(community, ana, crowd=bare, disclose=["pass"]).crowd_at_least is None
