"""Recounting a poll: an honest bundle is sound, and every tampering is named."""

from dataclasses import replace

import pytest

from client.audit import AuditReport, audit
from credentials.errors import MetadataRefused, PolicyError
from credentials.formats.poll import Ballot, Manifest, PollBundle, action_digest
from credentials.presentation import present
from credentials.scope import poll_scope
from tests.community import Community, Member


def poll(community: Community, *, poll_id: str = "lunch") -> Manifest:
    metadata = community.metadata
    return Manifest(
        community_id=metadata.community_id,
        issuer_id=metadata.keys.issuer_id,
        registry_id=metadata.keys.registry_id,
        schema_id=metadata.schema.schema_id,
        poll=poll_id,
        question="What is for lunch?",
        options=("Soup", "Salad"),
        opens_at=1,
        closes_at=2,
    )


def vote(member: Member, *, manifest: Manifest, choice: int) -> bytes:
    poll_hash = manifest.manifest_hash
    shown = present(
        member.credential,
        policy=manifest.policy,
        scope=poll_scope(manifest.community_id, poll_hash),
        freshness=poll_hash,
        action=action_digest(poll_hash, 1, choice),
    )
    return Ballot(manifest_hash=poll_hash, sequence=1, choice=choice, presentation=shown).to_cbor()


def bundle(community: Community, *ballots: bytes, manifest: Manifest | None = None) -> bytes:
    from hashlib import sha256

    return PollBundle(
        metadata=community.signed,
        manifest=(manifest or poll(community)).to_cbor(),
        ballots=tuple(sorted(ballots, key=lambda octets: sha256(octets).digest())),
    ).to_cbor()


def recount(octets: bytes, *, community: Community) -> AuditReport:
    return audit(octets, fingerprint=community.metadata.community_id)


@pytest.fixture
def manifest(community: Community) -> Manifest:
    return poll(community)


def test_an_honest_poll_is_sound_and_counted_exactly(
    community: Community, manifest: Manifest, ana: Member, bo: Member
) -> None:
    cy = community.enrol()
    ballots = [
        vote(member, manifest=manifest, choice=choice)
        for member, choice in ((ana, 1), (bo, 0), (cy, 1))
    ]
    found = recount(bundle(community, *ballots), community=community)
    assert found.sound
    assert (found.result.counts, found.result.abstentions) == ((2, 0), 1)
    assert {Ballot.from_cbor(ballot).ballot_hash for ballot in ballots} == found.hashes


def test_a_changed_choice_is_named(community: Community, manifest: Manifest, ana: Member) -> None:
    honest = Ballot.from_cbor(vote(ana, manifest=manifest, choice=1))
    changed = replace(honest, choice=2)
    found = recount(bundle(community, changed.to_cbor()), community=community)
    assert [bad.ballot_hash for bad in found.bad] == [changed.ballot_hash]
    assert found.result.ballots == 0


def test_a_second_vote_of_one_member_is_named(
    community: Community, manifest: Manifest, ana: Member
) -> None:
    twice = [vote(ana, manifest=manifest, choice=choice) for choice in (1, 2)]
    found = recount(bundle(community, *twice), community=community)
    assert [bad.reason for bad in found.bad] == ["a second vote of one member"]


def test_a_ballot_of_another_poll_is_named(
    community: Community, manifest: Manifest, ana: Member
) -> None:
    foreign = vote(ana, manifest=poll(community, poll_id="dinner"), choice=1)
    assert not recount(bundle(community, foreign), community=community).sound


def test_a_stranger_s_ballot_is_named(
    community: Community, other_community: Community, manifest: Manifest
) -> None:
    foreign = vote(other_community.enrol(), manifest=manifest, choice=1)
    assert not recount(bundle(community, foreign), community=community).sound


def test_a_reissued_member_s_ballot_is_named(community: Community, manifest: Manifest) -> None:
    again = vote(community.enrol(reissued=1), manifest=manifest, choice=1)
    assert not recount(bundle(community, again), community=community).sound


def test_a_bundle_of_another_community_is_refused(
    community: Community, other_community: Community
) -> None:
    with pytest.raises(MetadataRefused):
        recount(bundle(other_community), community=community)


def test_another_community_s_ballot_paper_is_refused(
    community: Community, other_community: Community
) -> None:
    with pytest.raises(PolicyError):
        recount(bundle(community, manifest=poll(other_community)), community=community)


def test_progress_reaches_the_end(community: Community, manifest: Manifest, ana: Member) -> None:
    seen: list[tuple[int, int]] = []
    audit(
        bundle(community, vote(ana, manifest=manifest, choice=1)),
        fingerprint=None,
        progress=lambda done, of_all: seen.append((done, of_all)),
    )
    assert seen == [(1, 1)]
