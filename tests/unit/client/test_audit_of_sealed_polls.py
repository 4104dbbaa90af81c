"""Sealed votes in an audit: what does not open counts as invalid, and blocks nothing."""

from dataclasses import replace
from typing import Any

import pytest

from credentials.formats.sealing import Sealing
from credentials.sealing import ServerOpener
from tests.community import Community, Member
from tests.poll_papers import open_manifest, sealed_by_server, sealed_by_trustees, signed_sealing
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


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"key": ServerOpener(secret=SECRET + 1).key}, "not signed by Ada"),
        ({"threshold": 1}, "not signed by Ada"),
    ],
)
def test_trap_23_a_ceremony_that_was_changed_is_not_what_its_trustees_signed(
    town: Community, members: list[Member], changes: dict[str, Any], sentence: str
) -> None:
    named = sealed_by_trustees(SECRET, threshold=2, names=("Ada", "Ben", "Cy"))
    assert named.result is not None
    changed = replace(named.result, **changes)
    sealing = Sealing.by_trustees(changed, signatures=named.signatures)
    poll = lunch(town, members[:2], secret=SECRET + ("key" in changes), sealing=sealing)
    assert sentence in failed(audited_poll(poll))["sealing"]


def test_trustees_whose_keys_do_not_make_up_the_polls_key_are_named(
    town: Community, members: list[Member]
) -> None:
    """Signed by all, so that they all lie, or one holds all the keys."""
    sealing = signed_sealing(SECRET, shares=(1, 2, 3), threshold=2, names=("Ada", "Ben", "Cy"))
    poll = lunch(town, members[:2], secret=SECRET, sealing=sealing)
    assert "do not make up" in failed(audited_poll(poll))["sealing"]
