"""What a door says to a code, before it looks at who is in."""

from dataclasses import replace

import pytest

from credentials.doors import (
    MEMBERS_ONLY,
    VERDICT_SIGNS,
    Judged,
    Verdict,
    door_policy,
    judge_code,
    largest_code,
)
from credentials.errors import MetadataRefused
from credentials.formats.metadata import Admission, Door, Event, Metadata
from credentials.formats.presentation import Presentation
from credentials.formats.qr import to_qr_text
from credentials.presentation import present
from credentials.registry.chain import HeadChain
from credentials.scope import app_scope, door_scope, time_slot
from tests.community import EVENT, Community, Member

NOW = 1_790_000_000  # 2026-09-21 14:13:20 UTC


def door_of(community: Community, mode: str) -> Door:
    return next(door for door in community.metadata.doors if door.mode == mode)


def code_for(
    member: Member, *, metadata: Metadata, door: Door, at: int = NOW
) -> tuple[str, Presentation]:
    event = metadata.event(door.event)
    assert event is not None
    slot = time_slot(at)
    shown = present(
        member.credential,
        policy=door_policy(door, schema=metadata.schema),
        scope=door_scope(metadata.community_id, event, door.mode, slot, day_begins=door.day_begins),
        freshness=slot,
    )
    return to_qr_text(shown.to_cbor()), shown


def judge(
    community: Community,
    code: str | bytes,
    *,
    door: Door,
    now: int = NOW,
    heads: HeadChain | None = None,
    up_to_date: bool = True,
) -> Judged:
    return judge_code(
        code,
        metadata=community.metadata,
        verifier=community.verifier,
        heads=heads or community.heads,
        door=door,
        now=now,
        up_to_date=up_to_date,
    )


def test_every_verdict_has_a_sign() -> None:
    assert set(VERDICT_SIGNS) == set(Verdict)
    assert all(sign.instruction.endswith(".") for sign in VERDICT_SIGNS.values())


@pytest.mark.parametrize("mode", ["once", "once_per_day", "re_entry"])
def test_a_good_code_is_left_to_the_record_of_entries(
    community: Community, ana: Member, mode: str
) -> None:
    door = door_of(community, mode)
    code, shown = code_for(ana, metadata=community.metadata, door=door)
    judged = judge(community, code, door=door)
    assert judged.verdict is None
    assert judged.pseudonym == shown.pseudonym
    assert judged.disclosed == {"reissued": 0}
    assert judge(community, shown.to_cbor(), door=door) == judged


def test_a_members_only_door_sees_no_pseudonym(community: Community, ana: Member) -> None:
    door = door_of(community, MEMBERS_ONLY)
    code, shown = code_for(ana, metadata=community.metadata, door=door)
    judged = judge(community, code, door=door)
    assert (judged.verdict, judged.pseudonym, judged.disclosed) == (None, None, {})
    assert shown.pseudonym == b""


def test_a_code_is_good_in_its_slot_and_the_two_beside_it(
    community: Community, ana: Member
) -> None:
    door = door_of(community, "once")
    code, _ = code_for(ana, metadata=community.metadata, door=door)
    begin = NOW // 30 * 30
    expected = {
        begin - 31: Verdict.CLOCK_WRONG,
        begin - 30: None,
        begin: None,
        begin + 59: None,
        begin + 60: Verdict.CODE_TOO_OLD,
    }
    assert {now: judge(community, code, door=door, now=now).verdict for now in expected} == expected


def test_what_is_no_code_is_invalid(community: Community, ana: Member) -> None:
    door = door_of(community, "once")
    code, shown = code_for(ana, metadata=community.metadata, door=door)
    for text in ("", "SYM1:", "SYM1:!!", "https://agora.example", code[:-3], b""):
        judged = judge(community, text, door=door)
        assert (judged.verdict, judged.code_hash) == (Verdict.INVALID, None)
    for octets in (shown.to_cbor() + b"\0", shown.to_cbor()[:-1]):
        assert judge(community, octets, door=door).verdict is Verdict.INVALID


def test_a_presentation_for_an_app_is_invalid_at_a_door(community: Community, ana: Member) -> None:
    door = door_of(community, "once")
    policy = replace(door_policy(door, schema=community.metadata.schema), purpose="login")
    shown = present(
        ana.credential,
        policy=policy,
        scope=app_scope("login", "https://cafe.example/answer"),
        freshness=time_slot(NOW),
    )
    assert judge(community, shown.to_cbor(), door=door).verdict is Verdict.INVALID


def test_a_nonce_in_place_of_a_slot_is_invalid(community: Community, ana: Member) -> None:
    door = door_of(community, "once")
    shown = present(
        ana.credential,
        policy=door_policy(door, schema=community.metadata.schema),
        scope=door_scope(community.metadata.community_id, EVENT, door.mode, 0),
        freshness=bytes(32),
    )
    assert judge(community, shown.to_cbor(), door=door).verdict is Verdict.INVALID


def test_a_code_for_another_event_is_told_so(community: Community, ana: Member) -> None:
    other = Event(id="agora-2027", name="Next", timezone="UTC")
    elsewhere = Door(id="next", name="Next", event=other.id, mode="once")
    metadata = replace(
        community.metadata, events=(EVENT, other), doors=(*community.metadata.doors, elsewhere)
    )
    code, _ = code_for(ana, metadata=metadata, door=elsewhere)
    judged = judge(community, code, door=door_of(community, "once"))
    assert (judged.verdict, judged.pseudonym) == (Verdict.WRONG_EVENT, None)


def test_a_slot_moved_to_now_is_invalid(community: Community, ana: Member) -> None:
    door = door_of(community, "once")
    _, shown = code_for(ana, metadata=community.metadata, door=door, at=NOW - 3600)
    fresh = replace(shown, freshness=time_slot(NOW))
    assert judge(community, fresh.to_cbor(), door=door).verdict is Verdict.INVALID


def test_an_enormous_slot_is_a_wrong_clock_and_no_failure(
    community: Community, ana: Member
) -> None:
    door = door_of(community, "once_per_day")
    _, shown = code_for(ana, metadata=community.metadata, door=door)
    far = replace(shown, freshness=2**40)
    assert judge(community, far.to_cbor(), door=door).verdict is Verdict.CLOCK_WRONG


def test_a_stranger_is_invalid(community: Community, other_community: Community) -> None:
    door = door_of(community, "once")
    stranger = other_community.enrol()
    code, shown = code_for(stranger, metadata=community.metadata, door=door)
    assert judge(community, code, door=door).verdict is Verdict.INVALID
    ahead = replace(shown, removals=7).to_cbor()
    assert judge(community, ahead, door=door).verdict is Verdict.NOT_CURRENT
    assert judge(community, ahead, door=door, up_to_date=False).verdict is Verdict.DOOR_OUT_OF_DATE


def test_a_reissued_member_goes_to_the_help_desk_where_entries_count(
    community: Community,
) -> None:
    cy = community.enrol(reissued=1)
    for mode, verdict in {
        "once": Verdict.HELP_DESK,
        "once_per_day": Verdict.HELP_DESK,
        "re_entry": Verdict.HELP_DESK,
        MEMBERS_ONLY: None,
    }.items():
        door = door_of(community, mode)
        code, _ = code_for(cy, metadata=community.metadata, door=door)
        assert judge(community, code, door=door).verdict is verdict


def test_a_pass_is_good_on_its_last_day_and_expired_on_the_next(community: Community) -> None:
    today = NOW // 86_400
    door = replace(door_of(community, "once"), expires_by="valid_until")
    assert door_policy(door, schema=community.metadata.schema).identifying
    for last_day, verdict in {today: None, today - 1: Verdict.EXPIRED}.items():
        member = community.enrol(valid_until=last_day)
        code, _ = code_for(member, metadata=community.metadata, door=door)
        assert judge(community, code, door=door).verdict is verdict


def test_the_last_day_of_a_pass_is_the_events_and_ends_when_the_doors_day_does(
    community: Community,
) -> None:
    """Valid until the 5th: good on the 5th in Honolulu, which is the 6th in UTC already."""
    fifth = 20_792  # 2026-12-05
    surf = Event(id="surf", name="Surf", timezone="Pacific/Honolulu")
    midnight = (fifth + 1) * 86_400 + 10 * 3600  # there
    for begins, end in {0: midnight, 360: midnight + 6 * 3600}.items():
        door = Door(
            id="beach",
            name="Beach",
            event="surf",
            mode="once",
            expires_by="valid_until",
            day_begins=begins,
        )
        own = Community()
        own.describe(events=(surf,), doors=(door,))
        member = own.enrol(valid_until=fifth)
        for at, verdict in {end - 1: None, end + 60: Verdict.EXPIRED}.items():
            code, _ = code_for(member, metadata=own.metadata, door=door, at=at)
            assert judge(own, code, door=door, now=at).verdict is verdict


def test_a_door_that_admits_only_some_passes_tells_the_others_so() -> None:
    community = Community()
    crew = Door(
        id="crew",
        name="Crew",
        event=EVENT.id,
        mode="once",
        admits=(
            Admission(attribute="pass", values=("resident", "week")),
            Admission(attribute="volunteer", values=(1,)),
        ),
    )
    community.describe(doors=(crew,))
    assert Metadata.from_cbor(community.metadata.to_cbor()).door("crew") == crew
    assert door_policy(crew, schema=community.metadata.schema).disclose == (
        "reissued",
        "pass",
        "volunteer",
    )
    for values, verdict in (
        ({"pass": "week", "volunteer": 1}, None),
        ({"pass": "week", "volunteer": 0}, Verdict.WRONG_PASS),
        ({"pass": "day", "volunteer": 1}, Verdict.WRONG_PASS),
        ({"pass": "day", "volunteer": 1, "reissued": 1}, Verdict.HELP_DESK),
    ):
        member = community.enrol(**values)
        code, _ = code_for(member, metadata=community.metadata, door=crew)
        for up_to_date in (True, False):  # the server, and a door without network
            judged = judge(community, code, door=crew, up_to_date=up_to_date)
            assert judged.verdict is verdict
    assert largest_code(crew, event=EVENT, schema=community.metadata.schema) <= 828


@pytest.mark.parametrize(
    "admits",
    [
        (Admission(attribute="points", values=(1,)),),
        (Admission(attribute="pass", values=("gold",)),),
        (Admission(attribute="age", values=(1,)),),
        (
            Admission(attribute="pass", values=("day",)),
            Admission(attribute="pass", values=("day",)),
        ),
    ],
)
def test_a_door_admits_by_choices_and_flags_of_the_schema_only(
    admits: tuple[Admission, ...],
) -> None:
    community = Community()
    with pytest.raises(MetadataRefused):
        replace(
            community.metadata,
            doors=(Door(id="crew", name="Crew", event=EVENT.id, mode="once", admits=admits),),
        )


def test_the_day_of_a_code_is_the_events_own(community: Community, ana: Member) -> None:
    door = door_of(community, "once_per_day")
    midnight_in_athens = 1_790_024_400  # 2026-09-21 21:00 UTC
    _, before = code_for(ana, metadata=community.metadata, door=door, at=midnight_in_athens - 1)
    _, after = code_for(ana, metadata=community.metadata, door=door, at=midnight_in_athens)
    assert before.instance == f"{EVENT.id}/2026-09-21"
    assert after.instance == f"{EVENT.id}/2026-09-22"
    assert before.pseudonym != after.pseudonym
    # Drawn just before midnight and scanned just after, it is good for the day before.
    judged = judge(community, before.to_cbor(), door=door, now=midnight_in_athens + 5)
    assert (judged.verdict, judged.pseudonym) == (None, before.pseudonym)


def test_a_removed_member_is_not_current_once_the_next_head_is_there() -> None:
    """P5: refused at once after an emergency head, else when the grace of the new head is over."""
    for grace in (0, 3600):
        community = Community()
        door = door_of(community, "once")
        ana = community.enrol()
        published = community.publish(ana.credential.handle, grace=grace, at=NOW)
        for now in (NOW, NOW + 3599, NOW + 3600):
            code, _ = code_for(ana, metadata=community.metadata, door=door, at=now)
            verdict = judge(community, code, door=door, now=now).verdict
            assert verdict is (None if now < NOW + grace else Verdict.NOT_CURRENT)
            renamed = replace(
                code_for(ana, metadata=community.metadata, door=door, at=now)[1],
                removals=published.removals,
            )
            refused = judge(community, renamed.to_cbor(), door=door, now=now)
            assert refused.verdict is Verdict.INVALID


def test_a_door_without_the_wallets_head_says_so_and_the_server_does_not() -> None:
    community = Community()
    door = door_of(community, "once")
    ana, bo = community.enrol(), community.enrol()
    known = community.heads
    community.publish(bo.credential.handle, at=NOW)
    current = replace(ana, credential=community.current(ana.credential))
    code, _ = code_for(current, metadata=community.metadata, door=door)
    assert judge(community, code, door=door).verdict is None
    for up_to_date, verdict in {False: Verdict.DOOR_OUT_OF_DATE, True: Verdict.NOT_CURRENT}.items():
        judged = judge(community, code, door=door, heads=known, up_to_date=up_to_date)
        assert (judged.verdict, judged.pseudonym) == (verdict, None)
