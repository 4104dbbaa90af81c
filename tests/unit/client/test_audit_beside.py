"""What people bring to an audit: receipts, checkpoints, and proofs that they abstained."""

from dataclasses import replace

import pytest

from client.audit import Beside, Mark
from credentials.log.receipt import Receipt
from credentials.merkle import Tree
from tests.community import Community, Member
from tests.poll_papers import open_manifest
from tests.polling import PollInMemory, lunch
from tests.unit.client.audited import audited_poll, failed, line


@pytest.fixture(scope="module")
def town() -> Community:
    return Community(roll=4)


@pytest.fixture(scope="module")
def members(town: Community) -> list[Member]:
    return [town.enrol() for _ in range(4)]


def receipt_of(poll: PollInMemory, index: int) -> bytes:
    """The receipt of an entry, as the file that a voter kept."""
    tree = Tree.over(poll.leaves)
    return Receipt.make(tree, index=index, signed=poll.checkpoint()).to_text().encode()


def without(poll: PollInMemory, index: int) -> PollInMemory:
    """The same poll, as the organiser would publish it with one ballot dropped."""
    entries = [entry for at, entry in enumerate(poll.entries) if at != index]
    other = replace(poll, entries=entries[:-1], waiting=[])
    other.certify()
    return other


# --- receipts


def test_receipts_of_this_log_pass(town: Community, members: list[Member]) -> None:
    poll = lunch(town, members)
    beside = Beside(receipts={"ana": receipt_of(poll, 1), "bo": receipt_of(poll, 3)})
    report = audited_poll(poll, beside=beside)
    assert failed(report) == {}
    assert line(report, "receipts").mark is Mark.PASSED


def test_a_receipt_shows_that_its_ballot_was_dropped(
    town: Community, members: list[Member]
) -> None:
    poll = PollInMemory(town, open_manifest(town))
    for member in members:
        poll.cast(member, 1)
    poll.end()
    published = without(poll, 2)
    assert failed(audited_poll(published)) == {}
    report = audited_poll(published, beside=Beside(receipts={"bo": receipt_of(poll, 2)}))
    assert failed(report).keys() == {"receipts"}
    assert "entries were dropped" in failed(report)["receipts"]


def test_a_receipt_of_a_replaced_ballot_is_a_split_view(
    town: Community, members: list[Member]
) -> None:
    poll = PollInMemory(town, open_manifest(town))
    for member in members:
        poll.cast(member, 1)
    poll.end()
    other = PollInMemory(town, poll.manifest)
    for member in members:
        other.cast(member, 2)
    other.end()
    report = audited_poll(other, beside=Beside(receipts={"ana": receipt_of(poll, 1)}))
    assert "split view" in failed(report)["receipts"]


def test_a_receipt_for_another_entry_than_it_says_is_named(
    town: Community, members: list[Member]
) -> None:
    poll = lunch(town, members)
    moved = receipt_of(poll, 2).replace(b"index 2\n", b"index 3\n")
    report = audited_poll(poll, beside=Beside(receipts={"ana": moved}))
    assert "entry 3 is not the one of the receipt" in failed(report)["receipts"]


def test_a_forged_receipt_is_not_the_community_s(
    town: Community, members: list[Member], other_community: Community
) -> None:
    poll = lunch(town, members)
    forger = Community(address=town.address, signing_key=other_community.signing_key, roll=4)
    forged = receipt_of(replace(poll, community=forger), 1)
    report = audited_poll(poll, beside=Beside(receipts={"ana": forged, "bo": b"\xff", "cy": b""}))
    reason = failed(report)["receipts"]
    assert "ana: the note is not signed by that key" in reason
    assert "bo: " in reason
    assert "cy: " in reason


# --- checkpoints


def test_a_checkpoint_that_somebody_saw_before_is_of_this_log(
    town: Community, members: list[Member]
) -> None:
    poll = lunch(town, members)
    seen = {str(size): poll.checkpoint(size=size).to_text().encode() for size in (1, 3, 6)}
    assert failed(audited_poll(poll, beside=Beside(checkpoints=seen))) == {}


def test_the_same_size_with_another_root_is_a_split_view(
    town: Community, members: list[Member]
) -> None:
    poll, other = (lunch(town, members) for _ in range(2))  # every proof is another one
    seen = {"seen": other.checkpoint(size=3).to_text().encode()}
    report = audited_poll(poll, beside=Beside(checkpoints=seen))
    assert (
        "split view: the community signed another log with 3 entries"
        in failed(report)["checkpoints"]
    )


def test_a_longer_log_that_was_signed_before_is_named(
    town: Community, members: list[Member]
) -> None:
    poll = PollInMemory(town, open_manifest(town))
    for member in members:
        poll.cast(member, 1)
    poll.end()
    seen = {"seen": poll.checkpoint().to_text().encode()}
    report = audited_poll(without(poll, 1), beside=Beside(checkpoints=seen))
    assert "entries were dropped" in failed(report)["checkpoints"]


# --- abstentions


def test_who_cast_nothing_proves_it(town: Community, members: list[Member]) -> None:
    poll = lunch(town, members[:3])
    proof = poll.abstention(members[3]).to_cbor()
    report = audited_poll(poll, beside=Beside(abstentions={"dee": proof, "again": proof}))
    assert failed(report) == {}
    assert "1 member(s)" in line(report, "abstentions").reason


def test_a_ballot_under_the_name_of_an_abstainer_is_named(
    town: Community, members: list[Member]
) -> None:
    poll = lunch(town, members[:3])
    proofs = {"bo": poll.abstention(members[1]).to_cbor()}
    reason = failed(audited_poll(poll, beside=Beside(abstentions=proofs)))["abstentions"]
    assert "bo: a ballot of this member is in the log" in reason


def test_more_voters_than_the_roll_less_the_abstainers_were_stuffed() -> None:
    """The issuer gave the serial of a member to an invention of its own, which votes."""
    town = Community(roll=2)
    members = [town.enrol() for _ in range(2)]
    town.serial = 1
    invented = town.enrol()
    poll = PollInMemory(town, open_manifest(town))
    for member in (members[0], invented):
        poll.cast(member, 1)
    poll.end()
    assert failed(audited_poll(poll)) == {}
    proofs = {"bo": poll.abstention(members[1]).to_cbor()}
    reason = failed(audited_poll(poll, beside=Beside(abstentions=proofs)))["abstentions"]
    assert "ballots were stuffed: 2 voted and 1 prove" in reason


def test_an_abstention_from_another_poll_proves_nothing(
    town: Community, members: list[Member]
) -> None:
    poll = lunch(town, members[:3])
    dinner = PollInMemory(town, open_manifest(town, poll="dinner"))
    proofs = {"dee": dinner.abstention(members[3]).to_cbor(), "cy": b"", "bo": poll.entries[1]}
    reason = failed(audited_poll(poll, beside=Beside(abstentions=proofs)))["abstentions"]
    assert "dee: the proof of abstention belongs to another poll" in reason
    assert "cy: " in reason
    assert "bo: " in reason
