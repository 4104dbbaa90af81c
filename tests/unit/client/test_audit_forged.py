"""Every tampering with a bundle, without the community's key, is found and named for what it is."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest

from client.audit import audit
from credentials.formats.poll import Ballot
from tests.community import Community, Member
from tests.polling import lunch, rebundled
from tests.unit.client.audited import audited, failed

SECRET = 123_456_789
FIRST_BALLOT = 1


@pytest.fixture(scope="module")
def town() -> Community:
    return Community(roll=6)


@pytest.fixture(scope="module")
def members(town: Community) -> list[Member]:
    return [town.enrol() for _ in range(6)]


def with_octet_changed(entries: list[bytes]) -> list[bytes]:
    """The last octet of the first ballot's proof is another one."""
    ballot = bytearray(entries[FIRST_BALLOT])
    ballot[-1] ^= 1
    return [entries[0], bytes(ballot), *entries[2:]]


def with_another_choice(entries: list[bytes]) -> list[bytes]:
    ballot = Ballot.from_cbor(entries[FIRST_BALLOT])
    content = b"\3" if ballot.content != b"\3" else b"\1"
    return [entries[0], replace(ballot, content=content).to_cbor(), *entries[2:]]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (with_octet_changed, {"ballots' proofs": "entry 1: ", "log's root": "not those"}),
        (with_another_choice, {"ballots' proofs": "entry 1: ", "log's root": "not those"}),
        (
            lambda entries: [entries[0], b"\0", *entries[2:]],
            {"ballots' proofs": "entry 1: it is no ballot", "log's root": "not those"},
        ),
        (
            lambda entries: [entries[0], *entries[2:]],
            {"log's root": "the file has"},
        ),
        (
            lambda entries: [entries[0], entries[2], entries[1], *entries[3:]],
            {"log's root": "not those", "order of the log": "entry 2: the ballots of a batch"},
        ),
        (
            lambda entries: [*entries[:2], entries[1], *entries[2:]],
            {"log's root": "the file has", "order of the log": "entry 2: two ballots"},
        ),
        (lambda entries: entries[:-1], {"order of the log": "while the poll is closed"}),
    ],
    ids=["octet", "choice", "no ballot", "dropped", "reordered", "twice", "no result"],
)
def test_a_changed_file_is_found_out(
    town: Community,
    members: list[Member],
    change: Callable[[list[bytes]], list[bytes]],
    named: dict[str, str],
) -> None:
    poll = lunch(town, members[:4])
    report = audited(rebundled(poll.bundle(), change(poll.entries)), community=town)
    assert "NOT sound" in report.verdict[0]
    found = failed(report)
    for name, reason in named.items():
        assert reason in found[name]


def test_a_file_that_is_cut_off_or_goes_on_is_named(town: Community, members: list[Member]) -> None:
    octets = lunch(town, members[:4]).bundle()
    assert "cut off" in failed(audited(octets[:-1], community=town))["file"]
    assert "goes on" in failed(audited(octets + b"\0", community=town))["file"]


def test_a_checkpoint_signed_by_somebody_else_is_named(
    town: Community, members: list[Member], other_community: Community
) -> None:
    poll = lunch(town, members[:3])
    forged = replace(poll, community=replace_key(town, other_community)).checkpoint()
    octets = poll.bundle(checkpoint=forged.to_text().encode())
    assert failed(audited(octets, community=town)).keys() == {"checkpoint's signature"}


def replace_key(town: Community, other: Community) -> Community:
    """The town's log, signed by another community's key."""
    return Community(
        secret=town.secret, signing_key=other.signing_key, address=town.address, roll=town.roll
    )


def test_a_bundle_of_another_community_is_not_this_one_s(
    town: Community, members: list[Member], other_community: Community
) -> None:
    octets = lunch(town, members[:2]).bundle()
    fingerprint = other_community.metadata.community_id
    report = audit(BytesIO(octets), fingerprint=fingerprint)
    assert failed(report).keys() == {"community's signature"}
    assert report.result is None
