"""An organiser can sign whatever it likes, and is found out by the proofs and the rules."""

from dataclasses import replace
from io import BytesIO

import pytest

from credentials import domain_tags
from credentials.errors import RequirementNotMet
from credentials.formats import cbor
from credentials.formats.head import SignedHead
from credentials.formats.poll import Ballot
from credentials.formats.poll_bundle import BundleHead, read_bundle, write_bundle
from credentials.formats.poll_event import Kind, PollEvent
from credentials.polls import poll_pseudonym
from tests.community import Community, Member
from tests.poll_papers import CLOSES_AT, open_manifest
from tests.polling import PollInMemory, electing, lunch
from tests.unit.client.audited import audited, audited_poll, failed

SECRET = 123_456_789
FIRST_BALLOT = 1


@pytest.fixture(scope="module")
def town() -> Community:
    return Community(roll=6)


@pytest.fixture(scope="module")
def members(town: Community) -> list[Member]:
    return [town.enrol() for _ in range(6)]


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


@pytest.mark.parametrize("field", ["community_id", "issuer_id", "schema_id"])
def test_a_manifest_with_other_keys_than_the_community_s_is_named(
    town: Community, field: str
) -> None:
    poll = PollInMemory(town, open_manifest(town, **{field: bytes(32)}))
    poll.cancel()
    assert failed(audited_poll(poll)).keys() == {"manifest"}


def test_after_one_event_out_of_place_the_others_are_not_accused_too(
    town: Community, members: list[Member]
) -> None:
    poll = PollInMemory(town, open_manifest(town))
    poll.cast(members[0], 1)
    poll.place()
    poll.add(PollEvent(kind=Kind.CLOSING, at=CLOSES_AT - 1))
    poll.add(PollEvent(kind=Kind.CLOSING, at=CLOSES_AT))
    poll.add(PollEvent(kind=Kind.CLOSING, at=CLOSES_AT))
    reason = failed(audited_poll(poll))["order of the log"]
    assert reason.startswith("entry 2: the closing is not at its time")
    assert "entry 4" not in reason


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
    poll.place()
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
    result = electing(poll.count(), 2)
    poll.add(PollEvent(kind=Kind.CERTIFICATION, at=CLOSES_AT + 2, value=result.to_cbor()))
    found = failed(audited_poll(poll))
    assert found == {"result": "the recount comes to another result than the certified one"}


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
