"""Recounting a poll: an honest bundle is sound, and every tampering is named."""

from dataclasses import replace
from hashlib import sha256

import pytest

import client.audit
from client.audit import AuditReport, audit
from credentials.errors import HeadRefused, MetadataRefused, PolicyError, RequirementNotMet
from credentials.formats.head import SignedHead
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
        head=community.heads.newest.hash,
    )


def vote(member: Member, *, manifest: Manifest, choice: int) -> bytes:
    poll_hash = manifest.manifest_hash
    at = member.credential.keys.head.head
    shown = present(
        member.credential,
        policy=replace(manifest, head=at.hash, registry_id=at.registry_id).policy(at),
        scope=poll_scope(manifest.community_id, poll_hash),
        freshness=poll_hash,
        action=action_digest(poll_hash, 1, choice),
    )
    return Ballot(manifest_hash=poll_hash, sequence=1, choice=choice, presentation=shown).to_cbor()


def bundle(
    community: Community,
    *ballots: bytes,
    manifest: Manifest | None = None,
    head: SignedHead | None = None,
) -> bytes:
    return PollBundle(
        metadata=community.signed,
        manifest=(manifest or poll(community)).to_cbor(),
        head=head or community.heads.signed[-1],
        ballots=tuple(sorted(ballots, key=_hash)),
    ).to_cbor()


def recount(octets: bytes, *, community: Community) -> AuditReport:
    return audit(octets, fingerprint=community.metadata.community_id)


def _hash(ballot: bytes) -> bytes:
    return sha256(ballot).digest()


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


def test_who_is_not_on_the_roll_is_named() -> None:
    """A vote of a later enrolment proves another serial than the manifest's head admits."""
    small = Community(roll=1)
    first, second = small.enrol(), small.enrol()
    paper = poll(small)
    assert recount(bundle(small, vote(first, manifest=paper, choice=1)), community=small).sound
    with pytest.raises(RequirementNotMet):
        vote(second, manifest=paper, choice=1)
    small.publish(serial=2)
    later = replace(second, credential=small.current(second.credential))
    ballot = vote(later, manifest=paper, choice=1)
    octets = bundle(small, ballot, manifest=paper, head=small.heads.signed[0])
    assert [bad.ballot_hash for bad in recount(octets, community=small).bad] == [_hash(ballot)]


def test_a_roll_other_than_the_manifest_s_is_refused(community: Community) -> None:
    other = Community(secret=community.secret, signing_key=community.signing_key)
    with pytest.raises(HeadRefused, match="another roll"):
        recount(bundle(community, head=other.heads.signed[0]), community=community)


def test_bad_ballots_are_named_wherever_they_stand(
    community: Community, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client.audit, "CHUNK", 4)
    good = [vote(community.enrol(), manifest=manifest, choice=1) for _ in range(7)]
    bad = {
        replace(Ballot.from_cbor(good.pop()), choice=2).to_cbor(),
        b"no ballot at all",
        vote(community.enrol(), manifest=poll(community, poll_id="dinner"), choice=1),
    }
    seen: list[int] = []
    found = audit(
        bundle(community, *good, *bad),
        fingerprint=community.metadata.community_id,
        progress=lambda done, of_all: seen.append(done),
    )
    assert {each.ballot_hash for each in found.bad} == {_hash(ballot) for ballot in bad}
    assert (found.result.ballots, seen) == (6, [4, 8, 9])


def test_more_ballots_than_the_roll_has_members_are_not_sound() -> None:
    """An issuer that gives one serial to two members is found out by the count."""
    small = Community(roll=1)
    first = small.enrol()
    small.serial = 0
    twins = [first, small.enrol()]
    paper = poll(small)
    ballots = [vote(twin, manifest=paper, choice=1) for twin in twins]
    found = recount(bundle(small, *ballots, manifest=paper), community=small)
    assert (found.bad, found.too_many, found.sound) == ((), True, False)


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
