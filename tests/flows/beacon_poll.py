"""A poll whose lot is a beacon's round, from its opening on, in a city with a clock that stands."""

from io import BytesIO
from pathlib import Path

import pytest

from client.audit import Beside, Report, audit
from credentials.formats.lot import BY_BEACON
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind
from server.polls.poll import Draft, Poll
from tests.beacons import OwnBeacon
from tests.community import Community, Member
from tests.flows.standing import Standing

DRAFT = Draft(
    question="Where?", options=("Garden", "Roof", "Hall"), closes_after=3600, tie_rule=BY_BEACON
)


@pytest.fixture(scope="module")
def crowd(community: Community) -> list[Member]:
    return [community.enrol() for _ in range(12)]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> OwnBeacon:
    return OwnBeacon().take_the_place_of_drand(monkeypatch)


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing, crowd: list[Member], network: OwnBeacon) -> Manifest:
    """A poll in which two of three options are level, while it is open."""
    manifest = city.open_poll("place", DRAFT)
    for number, member in enumerate(crowd):
        city.vote(member, 1 + number % 2, manifest=manifest)
    return manifest


def closed(city: Standing, manifest: Manifest) -> Poll:
    city.clock.now = manifest.closes_at
    return city.polls.poll("place")


def due(city: Standing) -> None:
    poll = city.polls.poll("place")
    assert poll.beacon is not None
    city.clock.now = poll.beacon.due_at


def kinds(city: Standing) -> list[Kind]:
    return [one.event.kind for one in city.polls.logs.events(city.polls.poll("place"))]


def audited(city: Standing, **beside: object) -> Report:
    octets = b"".join(city.polls.bundle(city.polls.poll("place")))
    return audit(
        BytesIO(octets),
        fingerprint=city.metadata.community_id,
        beside=Beside(**beside),  # type: ignore[arg-type]
    )
