"""A wrong clock is named as what it is: whose, and by how much, before it accuses anybody."""

from dataclasses import replace

import httpx
import pytest

from client.clocks import ClockReading, wrong_clock
from client.transport import Transport
from client.wallet.clock import warn_of_clock
from client.wallet.contents import Membership
from tests.community import Community

NOW = 1_790_100_000  # Tue 22 Sep 2026, 18:00 UTC
PUBLISHED = NOW - 3600


def reading(ahead: int, *, at: int = NOW) -> ClockReading:
    return ClockReading(own=at, server=at - ahead)


def test_clocks_that_agree_are_not_mentioned() -> None:
    for ahead in (-15, 0, 15):
        assert wrong_clock(reading(ahead), now=NOW, published=PUBLISHED) == ""
    assert wrong_clock(None, now=NOW, published=PUBLISHED) == ""


def test_a_difference_says_whose_clock_and_by_how_much() -> None:
    behind = wrong_clock(reading(-42 * 60), now=NOW, published=PUBLISHED, device="phone")
    assert behind == "This phone's clock is 42 minutes behind the server's."
    ahead = wrong_clock(reading(3600), now=NOW, published=PUBLISHED - 3600)
    assert ahead == "This device's clock is 1 hour ahead of the server's."


def test_an_older_comparison_says_when_it_was() -> None:
    words = wrong_clock(reading(-90, at=NOW - 86_400), now=NOW, published=PUBLISHED - 86_400)
    assert "was, when last compared on Mon 21 Sep 2026, 18:00 UTC, 1 minute 30 seconds" in words


def test_a_clock_that_stands_before_what_it_has_fetched_is_wrong_without_any_network() -> None:
    words = wrong_clock(None, now=PUBLISHED - 600, published=PUBLISHED)
    assert "wrong: it stands 10 minutes before the time of what was fetched" in words
    turned_back = wrong_clock(reading(0), now=NOW - 86_400, published=PUBLISHED)
    assert "it stands 1 day before" in turned_back


def test_a_servers_clock_that_is_wrong_accuses_no_device() -> None:
    """Its answers are dated before the head that it signed, and the phone's clock is right."""
    words = wrong_clock(reading(7200), now=NOW, published=PUBLISHED)
    assert words.startswith("The server's clock is wrong: it stands 1 hour before")
    assert "This device" not in words
    jumped = wrong_clock(reading(0), now=NOW, published=NOW + 2300 * 86_400)
    assert "dated 2300 days later than its clock" in jumped


def test_a_reading_comes_from_the_date_of_an_answer_and_its_time_in_a_cache() -> None:
    date = "Tue, 22 Sep 2026 18:00:00 GMT"
    read = ClockReading.of_answer(date=date, age="60", sent=NOW + 59, received=NOW + 63)
    assert read == ClockReading(own=NOW + 61, server=NOW + 60)
    for wrong in ("", "yesterday", "Tue, 99 Sep 2026 18:00:00 GMT"):
        assert ClockReading.of_answer(date=wrong, sent=0, received=0) is None


def test_every_answer_of_a_server_sets_the_clocks_side_by_side(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"Date": "Tue, 22 Sep 2026 18:00:00 GMT"}
        return httpx.Response(404 if "no" in request.url.path else 200, json={}, headers=headers)

    transport = Transport(clock=lambda: NOW + 2520.0)
    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(transport, "_client", lambda **_: client)
    assert transport.clock_of("https://city.example") is None
    transport.get("https://city.example/health")
    found = transport.clock_of("https://city.example/doors/main")
    assert found is not None
    assert found.ahead == 2520
    assert transport.clock_of("https://other.example") is None


def test_a_wallet_warns_before_it_draws_a_code() -> None:
    community = Community()
    membership = Membership(
        address=community.address,
        fingerprint=community.metadata.community_id,
        metadata_octets=community.signed.octets,
        metadata_signature=community.signed.signature,
    )
    at = community.metadata.published_at + 3600
    assert warn_of_clock(membership, now=at) == ""
    late = replace(membership, clock=reading(-42 * 60, at=at))
    words = warn_of_clock(late, now=at)
    assert (
        "clock is 42 minutes behind the server's. Codes it shows will be refused as too old"
        in words
    )
    early = replace(membership, clock=reading(42 * 60, at=at + 9999))
    assert "refused as those of a wrong clock" in warn_of_clock(early, now=at + 9999)
    assert "refused as too old" in warn_of_clock(membership, now=at - 2 * 3600)
