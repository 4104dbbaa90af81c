"""What a wallet holds: the seed, and per community its metadata, registry heads, credentials,
unanswered claims, votes, and what it has seen of the logs of its polls.

Secrets that can be derived again (nym secret, blinding) are not kept: the seed makes them. Every
secret field is kept out of `repr`. How it becomes octets, and how these are sealed and stored, is
said elsewhere (`encoding`, `vault`, `client.sealed_file`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NoReturn

from client.clocks import ClockReading
from client.errors import WalletError
from client.registry import HEADS_KEPT
from credentials.formats.head import Head, SignedHead
from credentials.formats.metadata import Metadata, SignedMetadata
from credentials.registry.chain import HeadChain

SEED_LENGTH = 16
GONE, REMOVED, REPLACED = "gone", "removed", "replaced"
SENT, PROMISED, IN_LOG, MISSING = "sent", "promised", "in the log", "missing"


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
    """A credential: its count (from 0, per community) and the IssuedCredential octets.

    `code_hash` is that of the claim code that brought it, or empty after a restore. `witness` has
    48 octets and holds at the registry head number `epoch`. `ended` is empty or says why the
    credential is good no longer, and `ended_at` when that was published, in Unix seconds: GONE
    (its handle was removed: it was changed, replaced or removed, and a renewal will tell), REMOVED
    or REPLACED. Such a credential can still vote in polls that were opened before.
    """

    count: int
    code_hash: bytes = field(default=b"", repr=False)
    issued: bytes = field(repr=False)
    witness: bytes = field(repr=False)
    epoch: int
    ended: str = ""
    ended_at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A ballot of this wallet, and how far it has come.

    `count` is that of the credential which voted, `marks` what BallotPaper says. State: SENT
    without an answer (it may have arrived or not, and is sent again as is), PROMISED with the
    octets of a promise and its signature, IN_LOG, or MISSING after the promised time. `leaf_hash`
    has 32 octets. `missed` is the note of the checkpoint that broke the promise.
    """

    poll: str
    manifest_hash: bytes
    count: int
    question: str
    marks: tuple[int, ...] = field(repr=False)
    sequence: int
    answer: str = field(repr=False)
    ballot: bytes = field(repr=False)
    leaf_hash: bytes = field(repr=False)
    state: str = SENT
    promise: bytes = field(default=b"", repr=False)
    signature: bytes = field(default=b"", repr=False)
    missed: str = field(default="", repr=False)

    @property
    def key(self) -> tuple[bytes, int, int]:
        """Poll, credential and sequence number: one ballot."""
        return self.manifest_hash, self.count, self.sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLog:
    """A poll in which this wallet voted: its manifest, and the newest checkpoint of its log."""

    manifest_hash: bytes
    manifest: bytes = field(repr=False)
    checkpoint: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Membership:
    """One community: where it is, its signed metadata, and what the wallet has there.

    `fingerprint` (32 octets) came with the claim link and pins the metadata key for ever.
    `next_count` is the first count never used for a commitment. `heads` are the newest registry
    heads, all verified, and `digits` the table of signed digits, checked.

    Times in Unix seconds, 0 where there is none (`client.wallet.traffic`): `named_at` is when the
    wallet last told the community which member it is, `shown_at` when it last showed or voted,
    `renew_at` when it should ask what became of a credential, `update_at` when it looks for the
    next registry head. `clock` is this device's clock beside the server's, when last compared.
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
    logs: tuple[SeenLog, ...] = field(default=(), repr=False)
    named_at: int = 0
    shown_at: int = 0
    renew_at: int = 0
    update_at: int = 0
    clock: ClockReading | None = None

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
        """The newest ballot of one credential in a poll, if there is one."""
        cast = [v for v in self.votes if (v.manifest_hash, v.count) == (manifest_hash, count)]
        return max(cast, key=lambda vote: vote.sequence, default=None)

    def with_vote(self, vote: Vote) -> "Membership":
        """The same with this ballot in place of an earlier state of it."""
        rest = self.without_vote(vote)
        return replace(rest, votes=(*rest.votes, vote))

    def without_vote(self, vote: Vote) -> "Membership":
        """The same, with this ballot forgotten."""
        return replace(self, votes=tuple(v for v in self.votes if v.key != vote.key))

    def log_of(self, manifest_hash: bytes) -> SeenLog | None:
        """What was seen of a poll's log, if the wallet voted there."""
        return next((log for log in self.logs if log.manifest_hash == manifest_hash), None)

    def with_log(self, log: SeenLog) -> "Membership":
        """The same with this state of a poll's log in place of an earlier one."""
        others = tuple(each for each in self.logs if each.manifest_hash != log.manifest_hash)
        return replace(self, logs=(*others, log))


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

    def known(self, fingerprint: bytes) -> Membership:
        """The community with this fingerprint. Raises WalletError if it is not here."""
        membership = self.membership(fingerprint)
        if membership is None:
            raise WalletError("This wallet does not know that community any more.")
        return membership

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
        return self.with_membership(change(self.known(fingerprint)))
