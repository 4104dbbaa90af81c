"""Sealed votes in an audit: what does not open counts as invalid, and blocks nothing."""

import pytest

from credentials.formats.sealing import Sealing
from credentials.sealing import ServerOpener
from tests.community import Community, Member
from tests.poll_papers import open_manifest, sealed_by_server, sealed_by_trustees
from tests.polling import PollInMemory, lunch
from tests.unit.client.audited import audited_poll, failed, line

SECRET = 123_456_789
FIRST_BALLOT = 1


@pytest.fixture(scope="module")
def town() -> Community:
    return Community(roll=6)


@pytest.fixture(scope="module")
def members(town: Community) -> list[Member]:
    return [town.enrol() for _ in range(6)]


def test_a_copied_ciphertext_opens_for_nobody_else(town: Community, members: list[Member]) -> None:
    """Who copies another member's sealed vote casts an invalid one, and blocks nothing."""
    manifest = open_manifest(town, sealing=sealed_by_server(SECRET))
    poll = PollInMemory(town, manifest, secret=SECRET)
    first = poll.cast(members[0], 1)
    poll.waiting.append(poll.ballot_of(members[1], first.content))
    poll.end()
    report = audited_poll(poll)
    assert failed(report) == {}
    assert report.result is not None
    assert (report.result.ballots, report.result.invalid) == (1, 1)
    assert line(report, "votes opened").reason == "1 opened, 1 invalid"


@pytest.mark.parametrize("content", [bytes(116), b"\xff" * 116])
def test_a_malformed_sealed_vote_is_counted_as_invalid(
    town: Community, members: list[Member], content: bytes
) -> None:
    manifest = open_manifest(town, sealing=sealed_by_server(SECRET))
    poll = PollInMemory(town, manifest, secret=SECRET)
    poll.cast(members[0], 1)
    poll.waiting.append(poll.ballot_of(members[1], content))
    poll.end()
    report = audited_poll(poll)
    assert failed(report) == {}
    assert report.result is not None
    assert report.result.invalid == 1


def test_a_sealed_vote_of_another_length_is_no_ballot(
    town: Community, members: list[Member]
) -> None:
    manifest = open_manifest(town, sealing=sealed_by_server(SECRET))
    poll = PollInMemory(town, manifest, secret=SECRET)
    poll.waiting.append(poll.ballot_of(members[0], bytes(115)))
    poll.end()
    assert "has not the length" in failed(audited_poll(poll))["ballots' proofs"]


def test_a_wrong_opening_value_is_named(town: Community, members: list[Member]) -> None:
    poll = lunch(town, members[:2], secret=SECRET)
    poll.secret = SECRET + 1
    event = poll.entries[-2]
    poll.entries = poll.entries[:-2]
    poll.unseal()
    assert poll.entries[-1] != event
    poll.certify()
    assert "does not belong to the poll" in failed(audited_poll(poll))["opening value"]


def test_trustees_who_do_not_hold_the_key_are_named(town: Community, members: list[Member]) -> None:
    named = sealed_by_trustees(SECRET, threshold=2, names=("Ada", "Ben", "Cy"))
    sealing = Sealing(key=ServerOpener(secret=SECRET + 1).key, threshold=2, trustees=named.trustees)
    poll = lunch(town, members[:2], secret=SECRET + 1, sealing=sealing)
    assert "do not make up" in failed(audited_poll(poll))["sealing"]
