"""What a door says of codes that it does not let in: each is named as what it is."""

from dataclasses import replace

import pytest

from credentials.door_words import explain
from credentials.doors import Verdict, door_policy, judge_code
from credentials.formats.metadata import Door, Event
from credentials.formats.qr import to_qr_text
from credentials.keys import VerifierKeys
from credentials.presentation import present
from credentials.scope import app_scope, door_scope, time_slot
from tests.community import Community, Member
from tests.unit.client.door_file import NOON

TERRACE = Door(
    id="terrace",
    name="Terrace",
    event="agora-26",
    mode="once",
    disclose=("reissued", "volunteer"),
    expires_by="",
)
FAIR = Event(id="fair", name="Book fair", timezone="Europe/Athens")
STALLS = replace(TERRACE, id="stalls", name="Stalls", event="fair")


@pytest.fixture(scope="module")
def town() -> Community:
    community = Community()
    metadata = community.metadata
    community.describe(doors=(*metadata.doors, TERRACE, STALLS), events=(*metadata.events, FAIR))
    return community


@pytest.fixture(scope="module")
def mia(town: Community) -> Member:
    return town.enrol()


def drawn(member: Member, *, town: Community, door: str, at: int = NOON) -> str:
    listed = town.metadata.door(door)
    assert listed is not None
    event = town.metadata.event(listed.event)
    assert event is not None
    shown = present(
        member.credential,
        policy=door_policy(listed, schema=town.schema),
        scope=door_scope(town.metadata.community_id, event, listed.mode, time_slot(at)),
        freshness=time_slot(at),
    )
    return to_qr_text(shown.to_cbor())


def said(town: Community, code: str, *, door: str = "once", now: int = NOON) -> tuple[str, str]:
    """The verdict of a door, and the sentence beside it."""
    listed = town.metadata.door(door)
    assert listed is not None
    judged = judge_code(
        code,
        metadata=town.metadata,
        verifier=VerifierKeys.from_metadata(town.metadata),
        heads=town.heads,
        door=listed,
        now=now,
        up_to_date=True,
    )
    verdict = judged.verdict or Verdict.ADMITTED
    return verdict.value, explain(code, verdict, metadata=town.metadata, door=listed, now=now)


def test_a_code_of_another_door_of_the_event_names_it(town: Community, mia: Member) -> None:
    """Doors that ask for something else, or count otherwise; others have the very same code."""
    for other, at, name in (
        ("terrace", "once", "Terrace"),
        ("once-per-day", "once", "once_per_day"),
        ("members-only", "once", "members_only"),
        ("once", "terrace", "once or re_entry"),
        ("once", "once-per-day", "once or re_entry"),
    ):
        code = drawn(mia, town=town, door=other)
        assert said(town, code, door=at) == ("wrong_event", f"This code is for the door {name}.")
    assert said(town, drawn(mia, town=town, door="re-entry")) == ("admitted", "")


def test_a_code_of_another_event_names_both(town: Community, mia: Member) -> None:
    code = drawn(mia, town=town, door="stalls")
    assert said(town, code) == (
        "wrong_event",
        "This code is for the event Book fair; this door is for Agora.",
    )


def test_a_code_of_yesterday_says_so_at_a_daily_door(town: Community, mia: Member) -> None:
    verdict, words = said(
        town, drawn(mia, town=town, door="once-per-day", at=NOON - 86_400), door="once-per-day"
    )
    assert verdict == "code_too_old"
    assert "about 24 hours ago" in words


def test_a_wrong_clock_is_named_with_its_difference(town: Community, mia: Member) -> None:
    code = drawn(mia, town=town, door="once")
    verdict, words = said(town, code, now=NOON - 600)
    assert verdict == "clock_wrong"
    assert words.startswith("The phone's clock is about 10 minutes ahead of this door's")
    verdict, words = said(town, code, now=NOON + 600)
    assert verdict == "code_too_old"
    assert "10 minutes ago" in words


def test_an_answer_to_an_app_is_named(town: Community, mia: Member) -> None:
    policy = replace(
        door_policy(TERRACE, schema=town.schema), purpose="visit", disclose=("reissued",)
    )
    shown = present(
        mia.credential,
        policy=policy,
        scope=app_scope("visit", "https://cafe.example/answer"),
        freshness=bytes(32),
    )
    assert said(town, to_qr_text(shown.to_cbor())) == (
        "invalid",
        "This was made for a visit, not for a door.",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"https://agora.example/claim#{'A' * 26}.{'A' * 43}", "claim letter: its owner must"),
        ("https://agora.example/presentations/requests/abc", "an app's request"),
        ("https://agora.example/polls/lunch", "the link of a poll"),
        ("HTTPS://EXAMPLE.ORG/MENU", "a web address"),
        ("www.example.org", "a web address"),
        ("WIFI:T:WPA;S:Agora;P:secret;;", "Wi-Fi"),
        ("BEGIN:VCARD\nVERSION:3.0\nN:Doe;Ana\nEND:VCARD", "a contact card"),
        ("MECARD:N:Doe,Ana;;", "a contact card"),
        ("mailto:ana@example.org", "an e-mail address"),
        ("tel:+301234567", "a telephone number"),
        ("4006381333931", "a bar code"),
        ("e6d2c9v8k7w3x4m5n2p9q8r7s6t5u4v3", "a ticket of a shop, such as pretix"),
        ("SYM2:ABC", "of another version"),
        ("SYM1:ABC", "Only a part of a code"),
        ("hello", "not a code of a wallet"),
        (" \t\n", "Nothing was read"),
    ],
)
def test_what_is_no_code_is_named(town: Community, text: str, words: str) -> None:
    verdict, said_of_it = said(town, text)
    assert verdict == "invalid"
    assert words in said_of_it
    assert "valid" not in said_of_it


def test_two_codes_at_once_are_said_so(town: Community, mia: Member) -> None:
    both = drawn(mia, town=town, door="once") + "\t" + drawn(mia, town=town, door="once")
    assert said(town, both) == ("invalid", "Two codes were read at once: scan one at a time.")


def test_a_wrapped_code_is_judged_as_the_code_within(town: Community, mia: Member) -> None:
    code = drawn(mia, town=town, door="once")
    for typed in (f"{code}\t", f"]Q3{code}", f"\x02{code}\x03", f"\ufeff{code}", code.lower()):
        assert said(town, typed) == ("admitted", "")
