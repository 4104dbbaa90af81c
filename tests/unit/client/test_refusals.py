"""What a member is told before a door or an app would refuse: the pass, the day, whose day."""

from datetime import date

import pytest

from client.wallet.consent import asked_by_app, asked_by_door
from client.wallet.refusals import days_in_words, refused_in_words
from client.wallet.showing import draw_code
from credentials.doors import door_policy, judge_code
from credentials.errors import RequirementNotMet
from credentials.formats.metadata import Admission, Door, Event
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from credentials.verdicts import Verdict
from tests.community import APPS, Community, Member

SURF = Event(id="surf", name="Surf", timezone="Pacific/Honolulu")
FIFTH = (date(2026, 12, 5) - date(1970, 1, 1)).days
EVENING = (FIFTH + 1) * 86_400 + 8 * 3600  # 5 December, 22:00 in Honolulu
BEACH = Door(
    id="beach",
    name="Beach",
    event="surf",
    mode="once",
    expires_by="valid_until",
    admits=(Admission(attribute="pass", values=("resident", "week")),),
)


@pytest.fixture
def surf() -> Community:
    community = Community()
    community.describe(events=(SURF,), doors=(BEACH,))
    return community


def warned(community: Community, member: Member, *, at: int) -> str:
    return asked_by_door(
        BEACH,
        event=SURF,
        policy=door_policy(BEACH, schema=community.schema),
        metadata=community.metadata,
        credential=member.credential,
        now=at,
    ).refused


def test_the_wallet_says_what_the_door_will_say(surf: Community) -> None:
    for values, at, verdict, words in (
        ({"pass": "week"}, EVENING, None, ""),
        ({"pass": "week"}, EVENING + 7200, Verdict.EXPIRED, "until 2026-12-05, and at this door"),
        ({"pass": "day"}, EVENING, Verdict.WRONG_PASS, "only pass resident or week. Yours is"),
        ({"reissued": 1}, EVENING, Verdict.HELP_DESK, "help desk"),
    ):
        member = surf.enrol(valid_until=FIFTH, **values)
        said = warned(surf, member, at=at)
        assert (words in said) if words else said == ""
        code = draw_code(member.credential, metadata=surf.metadata, door=BEACH, event=SURF, now=at)
        for up_to_date in (True, False):
            judged = judge_code(
                code.text,
                metadata=surf.metadata,
                verifier=surf.verifier,
                heads=surf.heads,
                door=BEACH,
                now=at,
                up_to_date=up_to_date,
            )
            assert judged.verdict is verdict


def test_a_wallet_gains_no_day_by_a_zone_of_its_own(
    surf: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = surf.enrol(valid_until=FIFTH, **{"pass": "week"})
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        monkeypatch.setenv("TZ", zone)
        code = draw_code(
            member.credential, metadata=surf.metadata, door=BEACH, event=SURF, now=EVENING + 7200
        )
        judged = judge_code(
            code.text,
            metadata=surf.metadata,
            verifier=surf.verifier,
            heads=surf.heads,
            door=BEACH,
            now=EVENING + 7200,
            up_to_date=True,
        )
        assert judged.verdict is Verdict.EXPIRED


def request(*require: str) -> PresentationRequest:
    return PresentationRequest(
        id="x",
        community_id=bytes(32),
        app="cafe",
        policy=Policy.from_json({"purpose": "visit", "require": list(require)}),
        nonce=bytes(32),
        value=bytes(48),
        asked_at=EVENING,
        expires_at=EVENING + 600,
    )


def test_an_apps_day_is_utc_and_the_wallet_says_where_it_is_another(surf: Community) -> None:
    other = (
        "For apps it is 2026-12-06, the day in UTC; it is 2026-12-05 at Surf (Pacific/Honolulu)."
    )
    good = surf.enrol(valid_until=FIFTH + 1)
    shown = asked_by_app(
        APPS[0],
        request=request("valid_until >= today"),
        metadata=surf.metadata,
        credential=good.credential,
    )
    assert ("Today", other) in shown.lines()
    assert shown.proven[0].startswith("that valid_until is 2026-12-06 or later")
    ends = surf.enrol(valid_until=FIFTH)
    with pytest.raises(RequirementNotMet, match=r"nothing was sent\. For apps it is 2026-12-06"):
        asked_by_app(
            APPS[0],
            request=request("valid_until >= today"),
            metadata=surf.metadata,
            credential=ends.credential,
        )
    policy = request("valid_until >= 2026-12-05").policy
    assert days_in_words(policy, metadata=surf.metadata, at=EVENING) == ""
    noon = request("valid_until >= today").policy
    assert days_in_words(noon, metadata=surf.metadata, at=EVENING + 12 * 3600) == ""


def test_p9_a_zone_tells_an_app_no_more_of_a_date_than_its_own_day_does(surf: Community) -> None:
    """The bound that is proven is the UTC day of the request, whatever zones the events have."""
    member = surf.enrol(valid_until=FIFTH + 1)
    bounds = set()
    for zone in ("Pacific/Honolulu", "Pacific/Kiritimati", "UTC"):
        surf.describe(events=(Event(id="surf", name="Surf", timezone=zone),), doors=(BEACH,))
        shown = asked_by_app(
            APPS[0],
            request=request("valid_until >= today"),
            metadata=surf.metadata,
            credential=member.credential,
        )
        bounds.add(shown.proven)
    assert len(bounds) == 1


def test_a_good_pass_is_not_warned_of(surf: Community) -> None:
    member = surf.enrol(valid_until=FIFTH)
    values = member.credential.attributes
    said = refused_in_words(values, door=BEACH, event=SURF, schema=surf.schema, now=EVENING)
    assert said == ""
