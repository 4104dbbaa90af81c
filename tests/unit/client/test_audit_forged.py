"""Every tampering with a bundle is found, and named for what it is.

A forger without the community's key can only change the file; the organiser can sign whatever it
likes, and must be found out by the proofs and the rules.
"""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest

from client.audit import audit
from credentials import domain_tags
from credentials.errors import RequirementNotMet
from credentials.formats import cbor
from credentials.formats.head import SignedHead
from credentials.formats.poll import Ballot
from credentials.formats.poll_bundle import BundleHead, read_bundle, write_bundle
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.sealing import Sealing
from credentials.polls import poll_pseudonym
from credentials.sealing import ServerOpener
from tests.community import Community, Member
from tests.polling import (
    CLOSES_AT,
    PollInMemory,
    lunch,
    open_manifest,
    rebundled,
    sealed_by_server,
    sealed_by_trustees,
)
from tests.unit.client.audited import audited, audited_poll, failed, line

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


# --- without the community's key


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
            {"log's root": "not those"},
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


# --- with it


def test_a_ballot_that_nobody_made_is_named(town: Community, members: list[Member]) -> None:
    """The organiser puts another member's pseudonym over a proof, and signs everything."""
    poll = PollInMemory(town, open_manifest(town))
    poll.cast(members[0], 1)
    honest = poll.ballot(members[1], (2,))
    victim = poll_pseudonym(members[2].credential, manifest=poll.manifest)
    stuffed = replace(honest, presentation=replace(honest.presentation, pseudonym=victim))
    poll.waiting.append(stuffed)
    poll.end()
    found = failed(audited_poll(poll))
    index = poll.entries.index(stuffed.to_cbor())
    assert f"entry {index}: the proof is refused" in found["ballots' proofs"]
    assert "another result" in found["result"]


def test_a_ballot_of_another_poll_is_named(town: Community, members: list[Member]) -> None:
    dinner = PollInMemory(town, open_manifest(town, poll="dinner"))
    poll = PollInMemory(town, open_manifest(town))
    poll.cast(members[0], 1)
    poll.waiting.append(dinner.ballot(members[1], (2,)))
    poll.end()
    assert "belongs to another poll" in failed(audited_poll(poll))["ballots' proofs"]


def test_a_manifest_that_was_replaced_after_voting_is_named(
    town: Community, members: list[Member]
) -> None:
    poll = lunch(town, members[:3])
    other = open_manifest(town, options=("Salad", "Soup", "Stew"))
    poll.entries[0] = other.to_cbor()
    found = failed(audited_poll(poll))
    assert "entry 1: the ballot belongs to another poll" in found["ballots' proofs"]
    assert "another result" in found["result"]


def test_another_community_s_manifest_is_named(
    town: Community, members: list[Member], other_community: Community
) -> None:
    poll = lunch(town, members[:2])
    poll.entries[0] = open_manifest(other_community).to_cbor()
    assert failed(audited_poll(poll)).keys() == {"manifest"}


def test_a_poll_with_two_origins_is_named(town: Community, members: list[Member]) -> None:
    poll = PollInMemory(town, open_manifest(town, origin="www.agora.example/polls/lunch"))
    poll.cast(members[0], 1)
    poll.end()
    assert "another origin" in failed(audited_poll(poll))["manifest"]


def test_a_checkpoint_of_another_log_is_named(town: Community, members: list[Member]) -> None:
    poll = lunch(town, members[:2])
    dinner = PollInMemory(town, open_manifest(town, poll="dinner"))
    octets = poll.bundle(checkpoint=dinner.checkpoint().to_text().encode())
    assert "checkpoint's signature" in failed(audited(octets, community=town))


def test_another_roll_than_the_manifest_s_is_named() -> None:
    town = Community(roll=3)
    members = [town.enrol() for _ in range(2)]
    poll = lunch(town, members)
    town.publish(serial=9)
    octets = poll.bundle(head=town.heads.signed[-1])
    assert "another roll" in failed(audited(octets, community=town))["manifest"]


def test_a_head_that_the_community_did_not_sign_is_named(
    town: Community, members: list[Member], other_community: Community
) -> None:
    poll = lunch(town, members[:2])
    forged = SignedHead.sign(poll.head, private_key=other_community.signing_key)
    octets = poll.bundle(head=forged)
    assert "roll's signature" in failed(audited(octets, community=town))


@pytest.mark.parametrize("sequence", [2**24, 2**64 - 1])
def test_a_sequence_number_that_blocks_voting_again_is_no_ballot(
    town: Community, members: list[Member], sequence: int
) -> None:
    poll = PollInMemory(town, open_manifest(town))
    poll.cast(members[0], 1)
    poll.append()
    honest = Ballot.from_cbor(poll.entries[1])
    poll.entries.append(
        cbor.encode_labelled(
            domain_tags.BALLOT,
            honest.manifest_hash,
            sequence,
            honest.content,
            honest.presentation.to_cbor(),
        )
    )
    poll.close()
    assert "entry 2: it is no ballot" in failed(audited_poll(poll))["ballots' proofs"]


def test_a_gap_in_a_member_s_numbers_is_named(town: Community, members: list[Member]) -> None:
    """A ballot was left out between the first and the third."""
    poll = PollInMemory(town, open_manifest(town))
    for choice in (1, 2, 3):
        poll.cast(members[0], choice)
    poll.waiting.pop(1)
    poll.close()
    found = failed(audited_poll(poll))
    assert (
        "entry 3: the sequence numbers of a member's ballots have a gap"
        in found["order of the log"]
    )


def test_a_ballot_after_the_closing_is_named(town: Community, members: list[Member]) -> None:
    poll = PollInMemory(town, open_manifest(town))
    poll.cast(members[0], 1)
    poll.close()
    late = poll.ballot(members[1], (2,)).to_cbor()
    poll.certify()
    poll.entries.insert(3, late)
    found = failed(audited_poll(poll))
    assert "entry 3: a ballot stands after the poll's closing" in found["order of the log"]


def test_a_result_that_is_not_the_count_is_named(town: Community, members: list[Member]) -> None:
    poll = PollInMemory(town, open_manifest(town))
    for member in members[:3]:
        poll.cast(member, 1)
    poll.close()
    result = replace(poll.count(), winners=(2,))
    poll.add(PollEvent(kind=Kind.CERTIFICATION, at=CLOSES_AT + 2, value=result.to_cbor()))
    found = failed(audited_poll(poll))
    assert found == {"result": "the recount comes to another result than the certified one"}


# --- sealed votes


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
    assert "not the poll's" in failed(audited_poll(poll))["opening value"]


def test_trustees_who_do_not_hold_the_key_are_named(town: Community, members: list[Member]) -> None:
    named = sealed_by_trustees(SECRET, threshold=2, names=("Ada", "Ben", "Cy"))
    sealing = Sealing(key=ServerOpener(secret=SECRET + 1).key, threshold=2, trustees=named.trustees)
    poll = lunch(town, members[:2], secret=SECRET + 1, sealing=sealing)
    assert "not shares" in failed(audited_poll(poll))["trustees' keys"]


# --- the roll


def test_who_is_not_on_the_roll_is_named() -> None:
    """A vote of a later enrolment proves another serial than the manifest's head admits."""
    town = Community(roll=1)
    first, second = town.enrol(), town.enrol()
    poll = PollInMemory(town, open_manifest(town))
    with pytest.raises(RequirementNotMet):
        poll.cast(second, 1)
    town.publish(serial=2)
    later = replace(second, credential=town.current(second.credential))
    wider = PollInMemory(town, open_manifest(town))
    ballot = wider.ballot(later, (1,))
    poll.cast(first, 1)
    poll.waiting.append(
        Ballot(
            manifest_hash=poll.manifest.manifest_hash,
            sequence=1,
            content=b"\1",
            presentation=replace(
                ballot.presentation,
                instance=poll.manifest.manifest_hash,
                freshness=poll.manifest.manifest_hash,
            ),
        )
    )
    poll.end()
    assert failed(audited_poll(poll)).keys() == {"ballots' proofs", "result"}


def test_more_voters_than_the_roll_has_members_are_named() -> None:
    """An issuer that gives one serial to two members is found out by the count."""
    town = Community(roll=1)
    first = town.enrol()
    town.serial = 0
    twin = town.enrol()
    poll = PollInMemory(town, open_manifest(town))
    for member in (first, twin):
        poll.cast(member, 1)
    poll.end()
    assert "ballots were stuffed: 2 voted" in failed(audited_poll(poll))["roll"]


def test_the_head_of_the_file_says_how_many_entries_there_are(
    town: Community, members: list[Member]
) -> None:
    poll = lunch(town, members[:2])
    head, _ = read_bundle(BytesIO(poll.bundle()))
    short: BundleHead = replace(head, entries=head.entries - 1)
    octets = b"".join(write_bundle(short, poll.entries))
    assert "goes on" in failed(audited(octets, community=town))["file"]
