"""An option does not stand any more: what the log, the result, the page and the audit say of it."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from client.audit import audit
from credentials.formats import base64url
from credentials.formats.poll_event import Kind, PollEvent
from server.polls.poll import Draft
from server.problems import OperatorError
from tests.community import Community
from tests.flows.http_city import HttpCity

DRAFT = Draft(question="Where?", options=("Roof", "Hall", "Park"), closes_after=3600)


@pytest.fixture
def here(community: Community, tmp_path: Path) -> HttpCity:
    return HttpCity.of(community, tmp_path)


def test_p7_a_withdrawn_winner_has_still_won_and_the_count_without_it_stands_beside(
    here: HttpCity,
) -> None:
    city, ana = here.standing, here.standing.community.enrol()
    ranked = replace(DRAFT, ballot_type="ranked", tally="irv/1", options=("Roof", "Hall", "Park"))
    manifest = city.open_poll("place", ranked)
    city.vote(ana, 1, 3, manifest=manifest)
    with pytest.raises(OperatorError, match="does not stand"):
        city.poll_office.withdraw("place", option=4, reason="It rains.")
    with pytest.raises(OperatorError, match="reason"):
        city.poll_office.withdraw("place", option=1, reason="")
    city.poll_office.withdraw("place", option=1, reason="It rains.")
    for option in (1, 2):
        with pytest.raises(OperatorError, match=r"stand|remain"):
            city.poll_office.withdraw("place", option=option, reason="It rains again.")
    city.clock.now = manifest.closes_at
    result = city.polls.result(city.polls.poll("place"))
    assert result.beside is not None
    assert (result.tally.winners, result.beside.winners) == ((1,), (3,))
    assert result.sentence(manifest.options) == "“Roof” wins."
    assert result.sentence_beside(manifest.options) == "Counted without “Roof”: “Park” wins."
    city.poll_office.certify("place")
    with pytest.raises(OperatorError, match="certified already"):
        city.poll_office.withdraw("place", option=2, reason="Too late.")
    file = BytesIO(b"".join(city.polls.bundle(city.polls.poll("place"))))
    report = audit(file, fingerprint=city.metadata.community_id)
    assert report.events[0].kind is Kind.WITHDRAWAL
    assert report.sound
    assert report.result is not None
    assert report.beside == result.beside
    assert report.result.winners == (1,)
    assert [one.option for one in report.withdrawn] == [1]


def test_page_json_and_feed_show_the_withdrawal_and_both_counts(here: HttpCity) -> None:
    city, client = here.standing, here.http
    manifest = city.open_poll("place", DRAFT)
    for number in range(10):
        city.vote(city.community.enrol(), 1 + number % 3 // 2, manifest=manifest)
    city.poll_office.withdraw("place", option=1, reason="It <rains>.")
    page = client.get("/polls/place", headers={"accept": "text/html"}).text
    assert "<li>Roof<p>Withdrawn on " in page
    assert "It &lt;rains&gt;." in page
    (event,) = client.get("/polls/place").json()["withdrawals"]
    assert PollEvent.from_cbor(base64url.decode(event["octets"])).option == 1
    city.clock.now = manifest.closes_at + 1
    told = client.get("/polls/place/result").json()
    assert [winner["text"] for winner in told["winners"]] == ["Roof"]
    assert [winner["text"] for winner in told["beside"]["winners"]] == ["Hall"]
    assert told["withdrawn"][0]["text"] == "Roof"
    page = client.get("/polls/place", headers={"accept": "text/html"}).text
    assert "Counted without “Roof”: “Hall” wins." in page
    assert "“Roof”: It &lt;rains&gt;." in client.get("/polls/feed.atom").text
