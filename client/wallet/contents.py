"""What a wallet holds, as one CBOR object: the seed, and per community its metadata, credentials,
unanswered claims and votes.

Secrets that can be derived again (nym secret, blinding) are not kept: the seed makes them. Every
secret field is kept out of `repr`. How the octets are sealed and stored is said elsewhere
(`sealed_file`, `vault`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NoReturn

from client.errors import WalletError
from credentials.formats.cbor import (
    decode_labelled,
    encode_labelled,
    take_array,
    take_flag,
    take_octets,
    take_text,
    take_uint,
)
from credentials.formats.metadata import Metadata, SignedMetadata

LABEL = "symbolon/wallet-contents/1"
CONTENTS_LIMIT = 16 * 1024 * 1024
SEED_LENGTH = 16


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

    `code_hash` is that of the claim code that brought it, or empty after a restore.
    """

    count: int
    code_hash: bytes = field(default=b"", repr=False)
    issued: bytes = field(repr=False)


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
    `next_count` is the first count never used for a commitment.
    """

    address: str
    fingerprint: bytes
    metadata_octets: bytes = field(repr=False)
    metadata_signature: bytes = field(repr=False)
    next_count: int = 0
    claims: tuple[Claim, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    votes: tuple[Vote, ...] = field(default=(), repr=False)

    @property
    def signed(self) -> SignedMetadata:
        """The metadata as it was received."""
        return SignedMetadata(octets=self.metadata_octets, signature=self.metadata_signature)

    @cached_property
    def metadata(self) -> Metadata:
        """The metadata, its signature checked. Raises MetadataRefused."""
        return self.signed.open(fingerprint=self.fingerprint)

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

    def to_cbor(self) -> bytes:
        """Encode; the octets hold every secret and are only ever sealed."""
        return encode_labelled(LABEL, self.seed, [_membership_fields(m) for m in self.memberships])

    @classmethod
    def from_cbor(cls, octets: bytes) -> "WalletContents":
        """Decode strictly. Raises EncodingError."""
        seed, memberships = decode_labelled(octets, label=LABEL, fields=2, limit=CONTENTS_LIMIT)
        return cls(
            seed=take_octets(seed, length=SEED_LENGTH),
            memberships=tuple(_membership(m) for m in take_array(memberships)),
        )


def _membership_fields(m: Membership) -> list[Any]:
    return [
        m.address,
        m.fingerprint,
        m.metadata_octets,
        m.metadata_signature,
        m.next_count,
        [[c.code_hash, c.count] for c in m.claims],
        [[e.count, e.code_hash, e.issued] for e in m.enrolments],
        [
            [
                v.poll,
                v.manifest_hash,
                v.count,
                v.question,
                v.choice,
                v.answer,
                v.ballot,
                v.ballot_hash,
                int(v.confirmed),
            ]
            for v in m.votes
        ],
    ]


def _membership(value: Any) -> Membership:
    address, fingerprint, octets, signature, next_count, claims, enrolments, votes = take_array(
        value, length=8
    )
    return Membership(
        address=take_text(address, max=2000),
        fingerprint=take_octets(fingerprint, length=32),
        metadata_octets=take_octets(octets, max=CONTENTS_LIMIT),
        metadata_signature=take_octets(signature, length=64),
        next_count=take_uint(next_count, max=2**32),
        claims=tuple(_claim(c) for c in take_array(claims)),
        enrolments=tuple(_enrolment(e) for e in take_array(enrolments)),
        votes=tuple(_vote(v) for v in take_array(votes)),
    )


def _claim(value: Any) -> Claim:
    code_hash, count = take_array(value, length=2)
    return Claim(code_hash=take_octets(code_hash, length=32), count=take_uint(count, max=2**32))


def _enrolment(value: Any) -> Enrolment:
    count, code_hash, issued = take_array(value, length=3)
    return Enrolment(
        count=take_uint(count, max=2**32),
        code_hash=take_octets(code_hash, max=32),
        issued=take_octets(issued, max=65536),
    )


def _vote(value: Any) -> Vote:
    row = take_array(value, length=9)
    poll, manifest_hash, count, question, choice, answer, ballot, ballot_hash, confirmed = row
    return Vote(
        poll=take_text(poll, max=2000),
        manifest_hash=take_octets(manifest_hash, length=32),
        count=take_uint(count, max=2**32),
        question=take_text(question, max=10000),
        choice=take_uint(choice, max=65536),
        answer=take_text(answer, max=10000),
        ballot=take_octets(ballot, max=65536),
        ballot_hash=take_octets(ballot_hash, length=32),
        confirmed=take_flag(confirmed),
    )
