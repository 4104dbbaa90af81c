"""P6 at polls: whatever comes at the same moment, from whichever process, one ballot counts."""

from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind
from credentials.formats.sealing import Sealing
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.merkle import root_of_leaves
from credentials.polls import BATCH_SIZE
from credentials.sealing import ServerOpener
from server.polls.poll import Draft
from tests.community import Community, Member
from tests.flows.standing import Standing
from tests.flows.together import all_at_once, cast, move_on

BALLOTS = 45
DRAFT = Draft(question="Where?", options=("Garden", "Roof"), closes_after=60, batch_seconds=1)


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing) -> Manifest:
    return city.open_poll("place", DRAFT)


def votes(city: Standing, ballots: list[bytes]) -> Counter[str]:
    calls = [partial(cast, poll="place", octets=octets) for octets in ballots]
    return Counter(all_at_once(city, calls))


def check_log(city: Standing, poll_id: str) -> list[Kind]:
    """Every place of a poll's log is taken once, and the last checkpoint is of exactly that log;
    the kinds of its events."""
    poll = city.polls.poll(poll_id)
    octets = city.polls.logs.leaves(poll, start=0)
    leaves = [octets[at : at + 32] for at in range(0, len(octets), 32)]
    newest = Checkpoint.parse(SignedCheckpoint.parse(city.polls.logs.checkpoint(poll)).note.text)
    assert (len(leaves), newest.size) == (poll.size, poll.size)
    assert newest.root == root_of_leaves(leaves)
    taken = [row["log_index"] for row in city.rows("ballots") if row["poll"] == poll_id]
    taken += [row["log_index"] for row in city.rows("poll_events") if row["poll"] == poll_id]
    assert sorted(index for index in taken if index is not None) == list(range(poll.size))
    return [entry.event.kind for entry in city.polls.logs.events(poll)]


def test_p6_one_of_many_ballots_of_one_member_counts(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    ballots = [
        city.ballot(ana, manifest=manifest, marks=(1 + number % 2,)).to_cbor()
        for number in range(BALLOTS)
    ]
    assert votes(city, ballots) == {"new": 1, "sequence-wrong": BALLOTS - 1}
    assert len(city.rows("ballots")) == 1
    assert city.polls.poll("place").waiting == 1


def test_p6_one_ballot_sent_many_times_counts_once_and_is_answered_alike(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    octets = city.ballot(ana, manifest=manifest, marks=(1,)).to_cbor()
    assert votes(city, [octets] * 20) == {"new": 1, "known": 19}
    assert len(city.rows("ballots")) == 1


def test_p6_nobody_elses_vote_is_lost_in_the_crowd(city: Standing, manifest: Manifest) -> None:
    members = [city.community.enrol() for _ in range(2 * BATCH_SIZE + 5)]
    ballots = [city.ballot(one, manifest=manifest, marks=(1,)).to_cbor() for one in members]
    city.clock.now += 1  # the interval is over: a batch enters the log while others are cast
    assert votes(city, ballots) == {"new": len(members)}
    assert check_log(city, "place") == []
    assert city.polls.poll("place").size == 2 + BATCH_SIZE
    city.clock.now = manifest.closes_at
    _, tally = city.poll_office.certify("place")
    assert tally.rounds[0].scores == (len(members), 0)
    assert check_log(city, "place") == [Kind.CLOSING, Kind.CERTIFICATION]


def test_many_who_notice_the_close_write_it_once(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    city.vote(ana, 1, manifest=manifest)
    sealed = Draft(
        question="Who?",
        options=("Ana", "Bo"),
        closes_after=60,
        sealing=Sealing(key=ServerOpener(secret=city.keystore.opening_secret).key),
    )
    city.vote(ana, 2, manifest=city.open_poll("sealed", sealed))
    late = city.ballot(city.community.enrol(), manifest=manifest, marks=(1,)).to_cbor()
    city.clock.now = manifest.closes_at
    calls = [move_on] * 6 + [partial(cast, poll="place", octets=late)] * 3
    words = Counter(all_at_once(city, calls))
    assert words["poll-not-open"] == 3
    assert check_log(city, "place") == [Kind.CLOSING]
    assert check_log(city, "sealed") == [Kind.CLOSING, Kind.OPENING]
    assert city.poll_life.look_after_all() == 0


def test_many_who_notice_a_batch_append_it_once(city: Standing, manifest: Manifest) -> None:
    for _ in range(BATCH_SIZE + 2):
        city.vote(city.community.enrol(), 1, manifest=manifest)
    city.clock.now += 1
    words = Counter(all_at_once(city, [move_on] * 9))
    assert set(words) <= {"moved 0", "moved 1"}
    assert words["moved 1"] >= 1
    assert check_log(city, "place") == []
    assert (city.polls.poll("place").size, city.polls.poll("place").waiting) == (14, 0)
