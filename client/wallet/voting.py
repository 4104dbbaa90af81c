"""Voting: one ballot per credential and poll, kept before it is sent.

The ballot's octets are stored first, so that after a lost response the very same ballot is sent
again; the server counts it once.
"""

from dataclasses import dataclass, replace

from client.errors import ClientError, ServerRefused, WalletError
from client.issuer import IssuerClient
from client.wallet.contents import Membership, Vote, WalletContents
from client.wallet.vault import Vault
from credentials.errors import EncodingError, PolicyError
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
    """A poll with its manifest, checked to belong to the community."""

    id: str
    manifest: Manifest

    def answer(self, choice: int) -> str:
        """The words of a choice (0 abstains, options count from 1). Raises ClientError."""
        if choice == ABSTAIN:
            return "abstain"
        if not 1 <= choice <= len(self.manifest.options):
            raise ClientError(f"The options are 1 to {len(self.manifest.options)}.")
        return self.manifest.options[choice - 1]


def read_poll(poll: str, *, issuer: IssuerClient, metadata: Metadata) -> Poll:
    """Fetch a poll; its ballot paper must be this community's. Raises ClientError, PolicyError."""
    try:
        manifest = Manifest.from_cbor(issuer.manifest(poll))
    except (EncodingError, PolicyError):
        raise ClientError("That poll is of a kind that this version does not know.") from None
    manifest.check(metadata)
    if manifest.poll != poll:
        raise ClientError("The server sent the ballot paper of another poll.")
    return Poll(id=poll, manifest=manifest)


def make_vote(credential: Credential, *, poll: Poll, choice: int, count: int) -> Vote:
    """Make the ballot for exactly this choice; nothing is stored or sent."""
    manifest = poll.manifest
    for name, value in manifest.require:
        if credential.attributes[name] != value:
            raise WalletError(_not_entitled(name))
    manifest_hash = manifest.manifest_hash
    presentation = present(
        credential,
        policy=manifest.policy,
        scope=poll_scope(manifest.community_id, manifest_hash),
        freshness=manifest_hash,
        action=action_digest(manifest_hash, SEQUENCE, choice),
        head=manifest.head,
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
    if name == "reissued":
        return (
            "This credential replaces a lost one, so it cannot vote in this poll: the lost one may "
            "have voted already."
        )
    return f"This poll is only for members with another value of {name!r}; nothing was sent."
