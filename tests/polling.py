"""Whole polls in memory, from the first ballot to the bundle: real proofs, seals, log and result.

For tests of the protocol and of the auditor. A test makes a poll, lets members of a
tests.community.Community vote, ends it, and may then change what the bundle is made of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from credentials.formats.abstention import Abstention
from credentials.formats.head import Head, SignedHead
from credentials.formats.lot import Beacon
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot, action_digest
from credentials.formats.poll_bundle import BundleHead, read_bundle, write_bundle
from credentials.formats.poll_event import BATCH_END, Kind, PollEvent
from credentials.formats.promise import Promise, SignedPromise
from credentials.formats.vote import Marks
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.log.receipt import Receipt
from credentials.merkle import Tree, leaf_hash, root_of
from credentials.polls import (
    BATCH_SIZE,
    Replay,
    count_votes,
    make_abstention,
    make_ballot,
    read_vote,
    tie_seed,
)
from credentials.presentation import present
from credentials.scope import poll_scope
from credentials.sealing import share_of
from credentials.tally import Outcome, TallyResult
from tests.community import Community, Member
from tests.poll_papers import OPENS_AT, OPTIONS, open_manifest, sealed_by_server


@dataclass
class PollInMemory:
    """A poll of a community, and everything in its log so far.

    `secret` opens it, if it is sealed to that. `entries` are the log's octets, the manifest
    first. Ballots that were cast wait in `waiting` until `append`.
    """

    community: Community
    manifest: Manifest
    secret: int = 0
    entries: list[bytes] = field(default_factory=list)
    waiting: list[Ballot] = field(default_factory=list)
    sequences: dict[bytes, int] = field(default_factory=dict)
    closes_at: int = 0

    def __post_init__(self) -> None:
        self.entries = self.entries or [self.manifest.to_cbor()]
        self.closes_at = self.closes_at or self.manifest.closes_at

    @property
    def signed_head(self) -> SignedHead:
        """The registry head that is the roll."""
        heads = zip(self.community.heads.heads, self.community.heads.signed, strict=True)
        return next(signed for head, signed in heads if head.hash == self.manifest.head)

    @property
    def head(self) -> Head:
        return self.signed_head.open(metadata_key=self.community.metadata.metadata_key)

    # --- voting

    def ballot(self, member: Member, marks: Marks, *, sequence: int = 1) -> Ballot:
        """A ballot that is not cast."""
        return make_ballot(
            member.credential,
            manifest=self.manifest,
            head=self.head,
            marks=marks,
            sequence=sequence,
        )

    def ballot_of(self, member: Member, content: bytes, *, sequence: int = 1) -> Ballot:
        """A ballot with a good proof over whatever content; it is not cast."""
        poll = self.manifest.manifest_hash
        presentation = present(
            member.credential,
            policy=self.manifest.policy(self.head),
            scope=poll_scope(self.manifest.community_id, poll),
            freshness=poll,
            action=action_digest(poll, sequence, content),
        )
        return Ballot(
            manifest_hash=poll, sequence=sequence, content=content, presentation=presentation
        )

    def cast(self, member: Member, *marks: int) -> Ballot:
        """Cast a ballot with the member's next number; it waits for the next batch."""
        known = self.sequences.get(member.seed, 0)
        ballot = self.ballot(member, marks, sequence=known + 1)
        self.sequences[member.seed] = known + 1
        self.waiting.append(ballot)
        return ballot

    def abstention(self, member: Member) -> Abstention:
        """A member's proof of having cast nothing."""
        return make_abstention(member.credential, manifest=self.manifest, head=self.head)

    def promise(self, ballot: Ballot) -> SignedPromise:
        """What the community promises about a ballot."""
        promise = Promise(
            manifest_hash=self.manifest.manifest_hash,
            leaf_hash=ballot.leaf_hash,
            merged_by=self.closes_at + self.manifest.batch_seconds,
        )
        return SignedPromise.sign(promise, private_key=self.community.signing_key)

    # --- the log

    def append(self) -> None:
        """Put what waits into the log as a batch, if it is enough for one."""
        if len(self.waiting) >= BATCH_SIZE:
            self.place()
            self.add(BATCH_END)

    def place(self) -> None:
        """Put what waits into the log, ascending by leaf hash."""
        self.entries += [b.to_cbor() for b in sorted(self.waiting, key=lambda b: b.leaf_hash)]
        self.waiting.clear()

    def add(self, event: PollEvent) -> None:
        """Append an event."""
        self.entries.append(event.to_cbor())

    def extend(self, closes_at: int, *, at: int = OPENS_AT + 10) -> None:
        """Move the closing time."""
        self.place()
        beacon = self.manifest.beacon and self.manifest.beacon_at(closes_at)
        self.add(
            PollEvent.extension(
                at=at, reason="The network was down.", closes_at=closes_at, beacon=beacon
            )
        )
        self.closes_at = closes_at

    def cancel(self) -> None:
        """End the poll without a result."""
        self.place()
        self.add(
            PollEvent(kind=Kind.CANCELLATION, at=OPENS_AT + 20, reason="The question was wrong.")
        )

    def close(self) -> None:
        """End voting, at its time."""
        self.place()
        self.add(PollEvent(kind=Kind.CLOSING, at=self.closes_at))

    @property
    def beacon(self) -> Beacon | None:
        """The beacon's round that is the lot."""
        return self.manifest.beacon and self.manifest.beacon_at(self.closes_at)

    def draw(self, signature: bytes) -> None:
        """Publish the beacon's round."""
        assert self.beacon is not None
        self.add(PollEvent(kind=Kind.BEACON, at=self.beacon.due_at, value=signature))

    def unseal(self) -> None:
        """Publish the opening value."""
        value = share_of(self.secret, digest=self.manifest.manifest_hash)
        self.add(PollEvent(kind=Kind.OPENING, at=self.closes_at + 1, value=value))

    def certify(self) -> TallyResult:
        """Count, and publish the result."""
        result = self.count()
        at = self.beacon.due_at if self.beacon else self.closes_at + 2
        event = PollEvent(kind=Kind.CERTIFICATION, at=at, value=result.to_cbor())
        self.add(event)
        return result

    def end(self) -> TallyResult:
        """Close, unseal and certify."""
        self.close()
        if self.manifest.sealing is not None:
            self.unseal()
        return self.certify()

    def count(self) -> TallyResult:
        """What the ballots in the log come to; their proofs are taken for good."""
        return recounted(self.manifest, self.entries)

    def checkpoint(self, *, size: int | None = None, time: int | None = None) -> SignedCheckpoint:
        """A signed checkpoint over the first entries, or all of them."""
        entries = self.entries[:size]
        checkpoint = Checkpoint(
            origin=self.manifest.origin,
            size=len(entries),
            root=root_of(entries),
            time=self.closes_at + 3 if time is None else time,
        )
        return SignedCheckpoint.sign(checkpoint, private_key=self.community.signing_key)

    def cosigned(
        self, signed: SignedCheckpoint, *witnesses: WitnessKey, at: int | None = None
    ) -> SignedCheckpoint:
        """A checkpoint with the lines of these witnesses."""
        for witness in witnesses:
            line = witness.cosign(signed.note.text, time=self.closes_at + 4 if at is None else at)
            signed = signed.with_cosignature(line, key=witness.verifier_key)
        return signed

    @property
    def closing_size(self) -> int:
        """How many entries there are up to and including the closing, 0 without one."""
        for size, entry in enumerate(self.entries, start=1):
            if is_event(entry) and PollEvent.from_cbor(entry).kind is Kind.CLOSING:
                return size
        return 0

    @property
    def leaves(self) -> list[bytes]:
        """The leaf hashes of all entries."""
        return [leaf_hash(entry) for entry in self.entries]

    def receipt(self, ballot: Ballot) -> Receipt:
        """The receipt of a ballot in the log."""
        leaves = self.leaves
        index = leaves.index(ballot.leaf_hash)
        return Receipt.make(Tree.over(leaves), index=index, signed=self.checkpoint())

    # --- the bundle

    def bundle(self, *, witnesses: tuple[WitnessKey, ...] = (), **changes: Any) -> bytes:
        """The bundle's file; `changes` are fields of its head."""
        at = self.beacon.due_at if self.beacon else self.closes_at + 4
        signed = self.cosigned(self.checkpoint(), *witnesses, at=at)
        closing = self.closing_size
        head = BundleHead(
            metadata=self.community.signed,
            head=self.signed_head,
            checkpoint=signed.to_text().encode(),
            closing=self.cosigned(self.checkpoint(size=closing), *witnesses).to_text().encode()
            if closing
            else b"",
            witnesses=tuple(witness.verifier_key.to_text() for witness in witnesses),
            entries=len(self.entries),
        )
        return b"".join(write_bundle(replace(head, **changes), self.entries))


def recounted(manifest: Manifest, entries: Sequence[bytes]) -> TallyResult:
    """What the ballots in a log come to; their proofs are taken for good."""
    replay = Replay(manifest)
    for entry in entries[1:]:
        if is_event(entry):
            replay.take_event(PollEvent.from_cbor(entry))
        else:
            ballot = Ballot.from_cbor(entry)
            replay.take_ballot(
                leaf_hash=ballot.leaf_hash,
                pseudonym=ballot.pseudonym,
                sequence=ballot.sequence,
                content=ballot.content,
            )
    votes: dict[Marks | None, int] = {}
    for pseudonym, (sequence, content) in replay.highest.items():
        marks = read_vote(
            content,
            manifest=manifest,
            pseudonym=pseudonym,
            sequence=sequence,
            opening=replay.opening,
        )
        votes[marks] = votes.get(marks, 0) + 1
    seed = tie_seed(
        manifest, opening=replay.opening, beacon=replay.beacon, signature=replay.signature
    )
    return count_votes(votes, manifest=manifest, seed=seed)


def is_event(entry: bytes) -> bool:
    """Whether an entry of a log is an event, and not a ballot."""
    return b"symbolon/poll-event/" in entry[:32]


def rebundled(octets: bytes, entries: list[bytes]) -> bytes:
    """A bundle with other entries under the old head: what a forger without the key can do."""
    head, _ = read_bundle(BytesIO(octets))
    return b"".join(write_bundle(replace(head, entries=len(entries)), entries))


def lunch(
    community: Community,
    members: list[Member],
    *,
    secret: int = 0,
    **changes: Any,
) -> PollInMemory:
    """A poll in which everybody votes, the first member twice, and that is certified.

    With a secret it is sealed by the server alone, unless `changes` say otherwise.
    """
    if secret and "sealing" not in changes:
        changes["sealing"] = sealed_by_server(secret)
    poll = PollInMemory(community, open_manifest(community, **changes), secret=secret)
    for number, member in enumerate(members):
        poll.cast(member, 1 + number % len(OPTIONS))
    poll.append()
    poll.cast(members[0], 2)
    poll.end()
    return poll


def electing(result: TallyResult, option: int) -> TallyResult:
    """The result of somebody who says that this option has won, whole in itself."""
    *before, last = result.rounds
    rounds = (*before, replace(last, elected=(option,)))
    return replace(result, outcome=Outcome.WINNER, winners=(option,), tied=(), rounds=rounds)
