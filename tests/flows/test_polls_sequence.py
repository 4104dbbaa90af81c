"""Voting again: which number a ballot must have, which one counts, and what is told to whom."""

from dataclasses import replace
from pathlib import Path

import pytest

from credentials.domain_tags import BALLOT
from credentials.errors import BallotRefused, EncodingError, PromiseRefused
from credentials.formats.cbor import encode_labelled
from credentials.formats.manifest import Manifest
from credentials.formats.poll import MAX_SEQUENCE
from credentials.formats.promise import SignedPromise
from server.polls.poll import Draft
from server.problems import SequenceWrong
from tests.community import Community, Member
from tests.flows.standing import Standing

DRAFT = Draft(question="Where do we meet?", options=("Garden", "Roof", "Cellar"), closes_after=7200)


@pytest.fixture
def city(community: Community, tmp_path: Path) -> Standing:
    return Standing(community, tmp_path / "city.db").make()


@pytest.fixture
def manifest(city: Standing) -> Manifest:
    return city.open_poll("place", DRAFT)


def expected(city: Standing, member: Member, manifest: Manifest, *, sequence: int) -> int:
    """The number that the refusal of a ballot with another one names."""
    with pytest.raises(SequenceWrong) as refused:
        city.vote(member, 1, manifest=manifest, sequence=sequence)
    number = refused.value.members["expected"]
    assert isinstance(number, int)
    return number


def test_the_last_of_a_members_ballots_counts(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    for sequence, option in ((1, 1), (2, 3), (3, 2)):
        assert city.vote(ana, option, manifest=manifest, sequence=sequence).new
    city.clock.now += 7200
    _, tally = city.poll_office.certify("place")
    assert (tally.ballots, tally.rounds[0].scores) == (1, (0, 1, 0))
    result = city.polls.result(city.polls.poll("place"))
    assert (result.voters, result.ballots) == (1, 3)


def test_a_gap_and_a_repeated_number_are_refused_with_the_right_one_named(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    assert expected(city, ana, manifest, sequence=2) == 1
    city.vote(ana, 1, manifest=manifest)
    assert expected(city, ana, manifest, sequence=1) == 2
    assert expected(city, ana, manifest, sequence=3) == 2
    city.vote(ana, 2, manifest=manifest, sequence=2)
    assert expected(city, ana, manifest, sequence=2) == 3
    assert len(city.rows("ballots")) == 2


def test_trap_16_the_largest_number_blocks_nobody_from_voting_again(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    city.vote(ana, 1, manifest=manifest)
    assert expected(city, ana, manifest, sequence=MAX_SEQUENCE) == 2
    ballot = city.ballot(ana, manifest=manifest, marks=(1,))
    for number in (0, MAX_SEQUENCE + 1, 2**64 - 1):
        octets = encode_labelled(
            BALLOT, ballot.manifest_hash, number, ballot.content, ballot.presentation.to_cbor()
        )
        with pytest.raises(EncodingError, match="sequence number"):
            city.polls.cast("place", octets)
    assert city.vote(ana, 2, manifest=manifest, sequence=2).new


def test_the_right_number_is_told_only_to_who_proves_to_be_that_member(
    city: Standing, ana: Member, bo: Member, manifest: Manifest
) -> None:
    city.vote(ana, 1, manifest=manifest)
    hers = city.ballot(ana, manifest=manifest, marks=(1,), sequence=7)
    his = city.ballot(bo, manifest=manifest, marks=(1,), sequence=7)
    for forged in (
        replace(hers, content=b"\x02"),
        replace(hers, presentation=his.presentation, content=b"\x02"),
        replace(his, presentation=replace(his.presentation, pseudonym=hers.pseudonym)),
    ):
        with pytest.raises(BallotRefused) as refused:
            city.polls.cast("place", forged.to_cbor())
        assert not isinstance(refused.value, SequenceWrong)


def test_p10_a_restored_wallet_goes_on_with_the_same_numbers(
    city: Standing, manifest: Manifest
) -> None:
    member = city.community.enrol()
    city.vote(member, 1, manifest=manifest)
    restored = city.community.enrol(seed=member.seed)
    assert expected(city, restored, manifest, sequence=1) == 2
    city.vote(restored, 2, manifest=manifest, sequence=2)
    city.clock.now += 7200
    _, tally = city.poll_office.certify("place")
    assert tally.rounds[0].scores == (0, 1, 0)


def test_the_same_ballot_again_is_answered_alike_and_counts_once(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    octets = city.ballot(ana, manifest=manifest, marks=(1,)).to_cbor()
    first = city.polls.cast("place", octets)
    again = city.polls.cast("place", octets)
    assert (first.new, again.new) == (True, False)
    assert (again.leaf_hash, again.promise) == (first.leaf_hash, first.promise)
    # A ballot that was replaced since, and one asked for after the close, too.
    city.vote(ana, 2, manifest=manifest, sequence=2)
    assert city.polls.cast("place", octets) == again
    city.clock.now += 7200
    assert city.polls.cast("place", octets) == again
    assert len(city.rows("ballots")) == 2


def test_the_promise_is_signed_by_the_community_and_names_the_ballot_and_a_time(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    ballot = city.ballot(ana, manifest=manifest, marks=(1,))
    cast = city.polls.cast("place", ballot.to_cbor())
    promise = cast.promise.open(metadata_key=city.metadata.metadata_key)
    assert promise.manifest_hash == manifest.manifest_hash
    assert promise.leaf_hash == cast.leaf_hash == ballot.leaf_hash
    assert promise.merged_by == manifest.closes_at + manifest.batch_seconds
    with pytest.raises(PromiseRefused):
        SignedPromise(octets=cast.promise.octets, signature=bytes(64)).open(
            metadata_key=city.metadata.metadata_key
        )


def test_the_promise_of_a_ballot_sent_again_after_an_extension_has_the_new_time(
    city: Standing, ana: Member, manifest: Manifest
) -> None:
    octets = city.ballot(ana, manifest=manifest, marks=(1,)).to_cbor()
    city.polls.cast("place", octets)
    later = manifest.closes_at + 600
    city.poll_office.extend("place", closes_at=later, reason="The network was down.")
    again = city.polls.cast("place", octets).promise.open(metadata_key=city.metadata.metadata_key)
    assert again.merged_by == later + manifest.batch_seconds
