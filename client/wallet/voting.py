"""Voting, and voting again: each ballot is kept before it is sent, with what was promised of it.

A ballot's octets are stored first, so that after a lost response the very same ballot is sent
again; the server takes it once. Of a member's ballots the one with the highest sequence number
counts, and all of them stay in the log.
"""

import time
from dataclasses import replace

from client.answers import Cast
from client.errors import ClientError, ServerRefused, WalletError
from client.poll import Poll, answer_in_words
from client.polls import PollsClient
from client.published import PublishedClient
from client.wallet.contents import (
    PROMISED,
    SENT,
    Membership,
    SeenLog,
    Vote,
    WalletContents,
)
from client.wallet.holdings import Holding
from client.wallet.registry import Registry
from client.wallet.standing import ended_in_words, mark_shown, update, witnessed
from client.wallet.traffic import check_before_showing
from client.wallet.vault import Vault
from credentials.errors import MemberRevoked, PromiseRefused
from credentials.formats.metadata import Metadata
from credentials.formats.poll import FIRST_SEQUENCE, MAX_SEQUENCE
from credentials.formats.promise import Promise
from credentials.formats.vote import Marks
from credentials.holder import Credential
from credentials.polls import make_ballot

_NOT_THERE = frozenset({"sequence-wrong", "ballot-refused"})


class SequenceWrong(WalletError):
    """The poll has another number of this member's ballots: the next one is `expected`."""

    def __init__(self, expected: int) -> None:
        super().__init__(
            f"The poll expects ballot number {expected} of this membership; nothing was counted."
        )
        self.expected = expected


def on_roll(
    vault: Vault,
    *,
    holding: Holding,
    poll: Poll,
    service: PublishedClient,
    at_once: bool = False,
) -> Credential:
    """The credential at the poll's registry head, which must be on the wallet's one chain.

    Brings the wallet up to date first, from what is the same for everyone. Who was removed or
    changed after the poll was opened is on its roll still. Raises TooSoon after a claim or renewal,
    unless `at_once`; WalletError for a credential that is not on the roll, MemberRevoked for one
    that was removed before, and what `update` raises.
    """
    fingerprint, now = holding.membership.fingerprint, int(time.time())
    if not at_once:
        check_before_showing(holding.membership, now=now)
    update(vault, fingerprint=fingerprint, service=service, now=now)
    membership = mark_shown(vault, fingerprint=fingerprint, now=now)
    enrolment = membership.enrolment(holding.enrolment.count)
    if enrolment is None:
        raise WalletError("This wallet was changed meanwhile; repeat the command.")
    registry = Registry(membership, service=service)
    credential = witnessed(
        vault.read().seed, membership=membership, enrolment=enrolment, registry=registry
    )
    head = registry.find(poll.head)
    if credential.serial > head.highest_serial:
        raise WalletError(
            "This membership is not on the roll of that poll: it was issued, or issued anew, after "
            "the poll was opened."
        )
    try:
        return registry.moved(credential, to=head).with_digits(registry.digits())
    except MemberRevoked:
        raise MemberRevoked(ended_in_words(enrolment, membership=membership)) from None


def last_vote(membership: Membership, *, poll: Poll, count: int) -> Vote | None:
    """The newest ballot that this wallet knows of a credential in a poll."""
    return membership.vote_in(poll.manifest.manifest_hash, count=count)


def make_vote(
    credential: Credential,
    *,
    poll: Poll,
    marks: Marks,
    count: int,
    sequence: int = FIRST_SEQUENCE,
) -> Vote:
    """Make the ballot for exactly these marks; nothing is stored or sent.

    The credential is at the poll's registry head. Raises WalletError, BallotRefused.
    """
    manifest = poll.manifest
    for name, value in manifest.require:
        if credential.attributes[name] != value:
            raise WalletError(_not_entitled(name))
    ballot = make_ballot(
        credential, manifest=manifest, head=poll.head, marks=marks, sequence=sequence
    )
    return Vote(
        poll=poll.id,
        manifest_hash=manifest.manifest_hash,
        count=count,
        question=manifest.question,
        marks=marks,
        sequence=sequence,
        answer=answer_in_words(manifest, marks),
        ballot=ballot.to_cbor(),
        leaf_hash=ballot.leaf_hash,
    )


def cast(vault: Vault, vote: Vote, *, poll: Poll, fingerprint: bytes, polls: PollsClient) -> Vote:
    """Store a ballot, send it, check the promise that comes back, and store that too.

    Raises SequenceWrong (it did not count, and is forgotten), ServerRefused (the same),
    ServerUnreachable and PromiseRefused (the ballot is kept, and sent again next time).
    """
    kept = _stored(vault.read(), vote=vote, fingerprint=fingerprint)
    metadata = _keep(vault, vote, poll=poll, fingerprint=fingerprint)
    try:
        answer = polls.cast(vote.ballot, poll=vote.poll)
    except ServerRefused as refused:
        # A ballot sent before may have arrived, whatever the server says now: of another number,
        # or of a proof that does not hold, it speaks only where it does not have this very ballot.
        may_be_there = kept is not None and refused.slug not in _NOT_THERE
        if refused.status < 500 and refused.slug and not may_be_there:
            vault.change(lambda now: now.changed(fingerprint, lambda m: m.without_vote(vote)))
        if refused.slug == "sequence-wrong" and refused.expected is not None:
            raise _sequence_wrong(
                vault.read(), vote=vote, expected=refused.expected, fingerprint=fingerprint
            ) from None
        raise
    check_promise(answer, vote=vote, poll=poll, metadata=metadata)
    promised = replace(
        vote,
        state=PROMISED,
        promise=answer.promise.octets,
        signature=answer.promise.signature,
    )
    vault.change(lambda now: now.changed(fingerprint, lambda m: m.with_vote(promised)))
    return promised


def check_promise(answer: Cast, *, vote: Vote, poll: Poll, metadata: Metadata) -> Promise:
    """What the community promised about exactly this ballot, in time. Raises PromiseRefused."""
    promise = answer.promise.open(metadata_key=metadata.metadata_key)
    if (promise.manifest_hash, promise.leaf_hash) != (vote.manifest_hash, vote.leaf_hash):
        raise PromiseRefused("the promise is about another ballot than the one that was cast")
    latest = max(poll.closes_at, poll.manifest.closes_at) + poll.manifest.batch_seconds
    if answer.leaf_hash != vote.leaf_hash or promise.merged_by > latest:
        raise PromiseRefused("the promise is for another ballot, or for too late a time")
    return promise


def _keep(vault: Vault, vote: Vote, *, poll: Poll, fingerprint: bytes) -> Metadata:
    """Store a ballot as sent, and its poll's manifest beside it; the community's metadata."""

    def keep(membership: Membership) -> Membership:
        log = membership.log_of(vote.manifest_hash) or SeenLog(
            manifest_hash=vote.manifest_hash, manifest=poll.manifest.to_cbor()
        )
        old = next((each for each in membership.votes if each.key == vote.key), None)
        if old is not None and old.ballot != vote.ballot:
            raise WalletError("This wallet voted in another command meanwhile; repeat this one.")
        return membership.with_log(log).with_vote(old or replace(vote, state=SENT))

    return vault.change(lambda now: now.changed(fingerprint, keep)).known(fingerprint).metadata


def _stored(contents: WalletContents, *, vote: Vote, fingerprint: bytes) -> Vote | None:
    membership = contents.membership(fingerprint)
    known = () if membership is None else membership.votes
    return next((each for each in known if each.key == vote.key), None)


def _sequence_wrong(
    contents: WalletContents, *, vote: Vote, expected: int, fingerprint: bytes
) -> ClientError:
    """The server's number, if it can be right at all."""
    membership = contents.membership(fingerprint)
    promised = [
        each.sequence
        for each in (() if membership is None else membership.votes)
        if (each.manifest_hash, each.count) == (vote.manifest_hash, vote.count) and each.promise
    ]
    if expected <= max(promised, default=0):
        return WalletError(
            "The server denies a ballot that it promised to count; `symbolon poll receipts` looks "
            "for it in the log."
        )
    if not FIRST_SEQUENCE <= expected <= MAX_SEQUENCE:
        return WalletError("The server names a ballot number that cannot be.")
    return SequenceWrong(expected)


def _not_entitled(name: str) -> str:
    return f"This poll is only for members with another value of {name!r}; nothing was sent."
