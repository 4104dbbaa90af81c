"""P6 at polls: whatever comes at the same moment, from whichever process, one ballot counts."""

from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from credentials.formats.manifest import Manifest
from server.polls.poll import Draft
from tests.community import Community, Member
from tests.flows.standing import Standing
from tests.flows.together import all_at_once, cast

BALLOTS = 45


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing) -> Manifest:
    draft = Draft(question="Where?", options=("Garden", "Roof"), closes_after=60)
    city.poll_office.create("place", draft)
    opened = city.poll_office.open("place").manifest
    assert opened is not None
    return opened


def votes(city: Standing, ballots: list[bytes]) -> Counter[str]:
    calls = [partial(cast, poll="place", octets=octets) for octets in ballots]
    return Counter(all_at_once(city.file, calls, now=city.clock.now))


def test_p6_one_of_many_ballots_of_one_member_counts(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    ballots = [
        city.ballot(ana, manifest=manifest, choice=number % 3).to_cbor()
        for number in range(BALLOTS)
    ]
    assert votes(city, ballots) == {"new": 1, "already-voted": BALLOTS - 1}
    assert len(city.rows("ballots")) == 1


def test_p6_one_ballot_sent_many_times_counts_once_and_is_answered_alike(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    octets = city.ballot(ana, manifest=manifest, choice=1).to_cbor()
    assert votes(city, [octets] * 20) == {"new": 1, "known": 19}
    assert len(city.rows("ballots")) == 1


def test_p6_nobody_elses_vote_is_lost_in_the_crowd(city: Standing, manifest: Manifest) -> None:
    members = [city.community.enrol() for _ in range(12)]
    ballots = [city.ballot(member, manifest=manifest, choice=1).to_cbor() for member in members]
    assert votes(city, ballots) == {"new": 12}
    city.poll_office.close("place")
    assert city.polls.result("place").counts == (12, 0)
