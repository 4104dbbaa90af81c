"""Polls under clocks that differ, and beside polls that cannot be moved on."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from client.audit import audit
from credentials.errors import OpeningRefused
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind
from credentials.formats.sealing import Sealing
from credentials.polls import State
from credentials.sealing import ServerOpener
from server.polls.poll import Draft
from tests.community import Community, Member
from tests.flows.standing import Standing

DRAFT = Draft(question="Where?", options=("Garden", "Roof"), closes_after=7200)


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing) -> Manifest:
    return city.open_poll("place", DRAFT)


def times(city: Standing) -> list[tuple[Kind, int]]:
    events = city.polls.logs.events(city.polls.poll("place"))
    return [(entry.event.kind, entry.event.at) for entry in events]


def test_clocks_that_differ_or_go_back_leave_a_log_that_reads_back(
    city: Standing, ana: Member
) -> None:
    sealing = Sealing(key=ServerOpener(secret=city.keystore.opening_secret).key)
    manifest = city.open_poll("place", replace(DRAFT, sealing=sealing))
    city.vote(ana, 1, manifest=manifest)
    city.clock.now += 600
    for number in (1, 2):
        later = manifest.closes_at + 60 * number
        city.poll_office.extend("place", closes_at=later, reason="More time.")
        city.clock.now -= 300
    city.poll_office.close("place", reason="Enough.")
    city.clock.now -= 300
    city.poll_office.certify("place")
    told = [at for _, at in times(city)]
    assert told == sorted(told)
    file = BytesIO(b"".join(city.polls.bundle(city.polls.poll("place"))))
    report = audit(file, fingerprint=city.metadata.community_id)
    assert (report.sound, report.state) == (True, State.CERTIFIED)


def test_an_extension_in_the_last_moment_is_before_the_close(
    city: Standing, manifest: Manifest
) -> None:
    moments = iter([manifest.closes_at - 1])

    def clock() -> int:
        return next(moments, manifest.closes_at)

    city.poll_life._clock = clock
    city.poll_office.extend("place", closes_at=manifest.closes_at + 60, reason="More time.")
    assert times(city) == [(Kind.EXTENSION, manifest.closes_at - 1)]


def test_one_poll_that_cannot_be_moved_does_not_hold_up_the_others(
    city: Standing, ana: Member
) -> None:
    sealing = Sealing(key=ServerOpener(secret=city.keystore.opening_secret).key)
    stray = city.open_poll("a-stray", replace(DRAFT, sealing=sealing))
    manifest = city.open_poll("place", DRAFT)
    city.vote(ana, 1, manifest=manifest)
    city.clock.now = stray.closes_at
    city.poll_life._opening_secret = lambda: 7
    with pytest.raises(OpeningRefused):
        city.poll_life.look_after_all()
    assert {row["id"]: row["state"] for row in city.rows("polls")}["place"] == "closed"


def test_a_close_in_the_last_moment_is_not_after_the_announced_time(
    city: Standing, manifest: Manifest
) -> None:
    moments = iter([manifest.closes_at - 1])

    def clock() -> int:
        return next(moments, manifest.closes_at + 3)

    city.poll_life._clock = clock
    city.poll_office.close("place", reason="Everybody has voted.")
    assert times(city) == [(Kind.CLOSING, manifest.closes_at)]
