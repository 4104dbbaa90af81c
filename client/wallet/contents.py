"""What a wallet holds: the seed, and per community its metadata, registry heads, credentials,
unanswered claims and votes.

Secrets that can be derived again (nym secret, blinding) are not kept: the seed makes them. Every
secret field is kept out of `repr`. How it becomes octets, and how these are sealed and stored, is
said elsewhere (`encoding`, `sealed_file`, `vault`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NoReturn

from client.errors import WalletError
from client.registry import HEADS_KEPT
from credentials.formats.head import Head, SignedHead
from credentials.formats.metadata import Metadata, SignedMetadata
from credentials.registry.chain import HeadChain

SEED_LENGTH = 16
REMOVED, REPLACED = "removed", "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim that was sent, or is about to be, and has no answer yet.

    `code_hash` is SHA-256 of the claim code; `count` fixes the commitment, so that asking again
    with the same link asks for the same credential.
    """

    code_hash: bytes
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A credential: its count (from 0, per issuer) and the IssuedCredential octets.

    `code_hash` is that of the claim code that brought it, or empty after a restore. `witness` has
    48 octets and holds at the registry head number `epoch`; it is empty where an earlier version of
    Symbolon kept none. `ended` is empty, REMOVED or REPLACED, and `ended_at` when that was
    published, in Unix seconds: such a credential can still vote in polls that were opened before.
    """

    count: int
    code_hash: bytes = field(default=b"", repr=False)
    issued: bytes = field(repr=False)
    witness: bytes = field(default=b"", repr=False)
    epoch: int = 0
    ended: str = ""
    ended_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A ballot of this wallet. Unconfirmed: it may have arrived or not, and is sent again as is.

    `count` is that of the credential which voted; choice 0 abstains.
    """

    poll: str
    manifest_hash: bytes
    count: int
    question: str
    choice: int = field(repr=False)
    answer: str = field(repr=False)
    ballot: bytes = field(repr=False)
    ballot_hash: bytes = field(repr=False)
    confirmed: bool


@dataclass(frozen=True, kw_only=True)
class Membership:
    """One community: where it is, its signed metadata, and what the wallet has there.

    `fingerprint` (32 octets) came with the claim link and pins the metadata key for ever.
    `next_count` is the first count never used for a commitment. `heads` are the newest registry
    heads, all verified, and `digits` the table of signed digits, checked (none where an earlier
    version of Symbolon kept none).
    """

    address: str
    fingerprint: bytes
    metadata_octets: bytes = field(repr=False)
    metadata_signature: bytes = field(repr=False)
    next_count: int = 0
    claims: tuple[Claim, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    votes: tuple[Vote, ...] = field(default=(), repr=False)
    heads: tuple[SignedHead, ...] = field(default=(), repr=False)
    digits: bytes = field(default=b"", repr=False)

    @property
    def signed(self) -> SignedMetadata:
        """The metadata as it was received."""
        return SignedMetadata(octets=self.metadata_octets, signature=self.metadata_signature)

    @cached_property
    def metadata(self) -> Metadata:
        """The metadata, its signature checked. Raises MetadataRefused."""
        return self.signed.open(fingerprint=self.fingerprint)

    @cached_property
    def chain(self) -> HeadChain | None:
        """The registry heads; None where none is known yet. Raises HeadRefused."""
        return HeadChain.start(self.heads, metadata=self.metadata) if self.heads else None

    def head(self, epoch: int) -> Head | None:
        """The registry head with this number, where it is kept."""
        known = () if self.chain is None else self.chain.heads
        return next((head for head in known if head.epoch == epoch), None)

    def with_chain(self, chain: HeadChain) -> "Membership":
        """The same with this chain and the one it has joined; raises HeadRefused for a fork."""
        if self.chain is not None:
            older, newer = sorted((self.chain, chain), key=lambda each: each.newest.epoch)
            chain = older.extended(newer.signed, metadata=self.metadata)
        return replace(self, heads=chain.shortened(HEADS_KEPT).signed)

    def enrolment(self, count: int) -> Enrolment | None:
        """The credential with this count, if there is one."""
        return next((e for e in self.enrolments if e.count == count), None)

    def with_enrolment(self, enrolment: Enrolment) -> "Membership":
        """The same with this credential, and with the claim of its count answered."""
        others = tuple(e for e in self.enrolments if e.count != enrolment.count)
        return replace(
            self,
            enrolments=tuple(sorted((*others, enrolment), key=lambda e: e.count)),
            claims=tuple(c for c in self.claims if c.count != enrolment.count),
            next_count=max(self.next_count, enrolment.count + 1),
        )

    def vote_in(self, manifest_hash: bytes, *, count: int) -> Vote | None:
        """The vote of one credential in a poll, if there is one."""
        votes = (v for v in self.votes if (v.manifest_hash, v.count) == (manifest_hash, count))
        return next(votes, None)

    def with_vote(self, vote: Vote) -> "Membership":
        """The same with this vote in place of an earlier one of that credential in that poll."""
        rest = self.without_vote(vote.manifest_hash, count=vote.count)
        return replace(rest, votes=(*rest.votes, vote))

    def without_vote(self, manifest_hash: bytes, *, count: int) -> "Membership":
        """The same, with the vote of one credential in that poll forgotten."""
        return replace(
            self,
            votes=tuple(
                v for v in self.votes if (v.manifest_hash, v.count) != (manifest_hash, count)
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletContents:
    """A 16-octet seed and the communities, in the order in which they were joined."""

    seed: bytes = field(repr=False)
    memberships: tuple[Membership, ...] = ()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a wallet's contents are not pickled")

    def membership(self, fingerprint: bytes) -> Membership | None:
        """The community whose metadata key has this fingerprint, if the wallet knows it."""
        return next((m for m in self.memberships if m.fingerprint == fingerprint), None)

    def with_membership(self, membership: Membership) -> "WalletContents":
        """The same with this community added, or put in place of its older state."""
        if self.membership(membership.fingerprint) is None:
            return replace(self, memberships=(*self.memberships, membership))
        return replace(
            self,
            memberships=tuple(
                membership if m.fingerprint == membership.fingerprint else m
                for m in self.memberships
            ),
        )

    def changed(
        self, fingerprint: bytes, change: Callable[[Membership], Membership]
    ) -> "WalletContents":
        """The same with one community changed. Raises WalletError if it is not here."""
        membership = self.membership(fingerprint)
        if membership is None:
            raise WalletError("This wallet does not know that community any more.")
        return self.with_membership(change(membership))
