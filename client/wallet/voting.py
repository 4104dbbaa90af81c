"""Voting: one ballot per credential and poll, kept before it is sent.

The ballot's octets are stored first, so that after a lost response the very same ballot is sent
again; the server counts it once.
"""

from dataclasses import dataclass, replace

from client.errors import ClientError, ServerRefused, WalletError
from client.issuer import IssuerClient
from client.wallet.contents import Membership, Vote, WalletContents
from client.wallet.holdings import Holding
from client.wallet.registry import Registry
from client.wallet.standing import ended_in_words, update, witnessed
from client.wallet.vault import Vault
from credentials.errors import EncodingError, HeadRefused, MemberRevoked, PolicyError
from credentials.formats.head import Head
from credentials.formats.metadata import Metadata
from credentials.formats.poll import Ballot, Manifest, action_digest
from credentials.holder import Credential
from credentials.presentation import present
from credentials.scope import poll_scope

SEQUENCE = 1
ABSTAIN = 0


class AlreadyVoted(WalletError):
    """This credential has voted in this poll; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll with its manifest, and the registry head that is its roll: both the community's."""

    id: str
    manifest: Manifest
    head: Head

    def answer(self, choice: int) -> str:
        """The words of a choice (0 abstains, options count from 1). Raises ClientError."""
        if choice == ABSTAIN:
            return "abstain"
        if not 1 <= choice <= len(self.manifest.options):
            raise ClientError(f"The options are 1 to {len(self.manifest.options)}.")
        return self.manifest.options[choice - 1]


def read_poll(poll: str, *, issuer: IssuerClient, metadata: Metadata) -> Poll:
    """Fetch a poll; ballot paper and roll must be this community's.

    Raises ClientError, PolicyError, HeadRefused.
    """
    paper = issuer.poll(poll)
    try:
        manifest = Manifest.from_cbor(paper.manifest)
    except (EncodingError, PolicyError):
        raise ClientError("That poll is of a kind that this version does not know.") from None
    manifest.check(metadata)
    if manifest.poll != poll:
        raise ClientError("The server sent the ballot paper of another poll.")
    head = paper.head.open(metadata_key=metadata.metadata_key)
    if head.hash != manifest.head:
        raise HeadRefused("the poll has another roll than the registry head beside it")
    return Poll(id=poll, manifest=manifest, head=head)


def on_roll(vault: Vault, *, holding: Holding, poll: Poll, issuer: IssuerClient) -> Credential:
    """The credential at the poll's registry head, which must be on the wallet's one chain.

    Brings the wallet up to date first. Who was removed after the poll was opened is on its roll
    still. Raises WalletError for a credential that is not on the roll, MemberRevoked for one that
    was removed before, and what `update` raises.
    """
    membership = update(vault, fingerprint=holding.membership.fingerprint, issuer=issuer)
    enrolment = membership.enrolment(holding.enrolment.count)
    if enrolment is None:
        raise WalletError("This wallet was changed meanwhile; repeat the command.")
    if not enrolment.witness:
        raise MemberRevoked(ended_in_words(enrolment, membership=membership))
    registry = Registry(membership, issuer=issuer)
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


def make_vote(credential: Credential, *, poll: Poll, choice: int, count: int) -> Vote:
    """Make the ballot for exactly this choice; nothing is stored or sent.

    The credential is at the poll's registry head.
    """
    manifest = poll.manifest
    for name, value in manifest.require:
        if credential.attributes[name] != value:
            raise WalletError(_not_entitled(name))
    manifest_hash = manifest.manifest_hash
    presentation = present(
        credential,
        policy=manifest.policy(poll.head),
        scope=poll_scope(manifest.community_id, manifest_hash),
        freshness=manifest_hash,
        action=action_digest(manifest_hash, SEQUENCE, choice),
    )
    ballot = Ballot(
        manifest_hash=manifest_hash, sequence=SEQUENCE, choice=choice, presentation=presentation
    )
    return Vote(
        poll=poll.id,
        manifest_hash=manifest_hash,
        count=count,
        question=manifest.question,
        choice=choice,
        answer=poll.answer(choice),
        ballot=ballot.to_cbor(),
        ballot_hash=ballot.ballot_hash,
        confirmed=False,
    )


def cast(vault: Vault, vote: Vote, *, fingerprint: bytes, issuer: IssuerClient) -> Vote:
    """Store a ballot, send it, and store that it arrived.

    Raises AlreadyVoted, ServerUnreachable (the ballot is kept and sent again next time),
    ServerRefused (it did not count, and is forgotten).
    """

    def keep(membership: Membership) -> Membership:
        old = membership.vote_in(vote.manifest_hash, count=vote.count)
        if old is not None and old.ballot != vote.ballot:
            raise AlreadyVoted(f"You voted in this poll already: “{old.answer}”.")
        return membership.with_vote(replace(vote, confirmed=old is not None and old.confirmed))

    before = _vote_in(vault.read(), vote=vote, fingerprint=fingerprint)
    vault.change(lambda now: now.changed(fingerprint, keep))
    try:
        ballot_hash = issuer.cast(vote.ballot, poll=vote.poll)
    except ServerRefused as refused:
        # A ballot sent before may have counted even if the poll is closed by now.
        may_have_counted = before is not None and refused.slug == "poll-not-open"
        if refused.status < 500 and refused.slug and not may_have_counted:
            vault.change(lambda now: now.changed(fingerprint, lambda m: _forget(m, vote=vote)))
        if refused.slug == "already-voted":
            raise AlreadyVoted(
                "The poll has a ballot of this membership already (cast from another copy of this "
                "wallet?); this one was not counted."
            ) from None
        raise
    if ballot_hash != vote.ballot_hash:
        raise ClientError("The server confirmed another ballot than the one that was cast.")
    confirmed = replace(vote, confirmed=True)
    vault.change(lambda now: now.changed(fingerprint, lambda m: m.with_vote(confirmed)))
    return confirmed


def _vote_in(contents: WalletContents, *, vote: Vote, fingerprint: bytes) -> Vote | None:
    membership = contents.membership(fingerprint)
    if membership is None:
        return None
    return membership.vote_in(vote.manifest_hash, count=vote.count)


def _forget(membership: Membership, *, vote: Vote) -> Membership:
    return membership.without_vote(vote.manifest_hash, count=vote.count)


def _not_entitled(name: str) -> str:
    return f"This poll is only for members with another value of {name!r}; nothing was sent."
