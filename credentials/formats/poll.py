"""Ballots, and the bundle from which anyone can recount a poll offline.

A ballot carries one presentation, made for exactly this poll, sequence number and choice. Whether
the proof holds, and what the votes come to, is computed elsewhere.
"""

import hashlib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from credentials import domain_tags
from credentials.errors import BallotRefused, EncodingError, HeadRefused
from credentials.formats import cbor
from credentials.formats.community import METADATA_LIMIT
from credentials.formats.head import Head, SignedHead
from credentials.formats.manifest import (
    ABSTAIN,
    MANIFEST_LIMIT,
    MAX_NUMBER,
    MAX_OPTIONS,
    MAX_TIME,
    Manifest,
)
from credentials.formats.metadata import SignedMetadata
from credentials.formats.presentation import PRESENTATION_LIMIT, Presentation

__all__ = ["ABSTAIN", "Ballot", "Manifest", "PollBundle", "action_digest"]

MAX_SEQUENCE: Final = MAX_NUMBER
BALLOT_LIMIT: Final = PRESENTATION_LIMIT + 128  # octets
MAX_BALLOTS: Final = 2**20
BUNDLE_LIMIT: Final = 2**28  # octets


def action_digest(manifest_hash: bytes, sequence: int, choice: int) -> bytes:
    """The digest of a vote that its presentation authorises, 32 octets; raises EncodingError."""
    return hashlib.sha256(
        cbor.encode_labelled(domain_tags.BALLOT_ACTION, manifest_hash, sequence, choice)
    ).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One vote; raises EncodingError, or BallotRefused if its presentation is for something else.

    manifest_hash: 32 octets. sequence: 1 to 2^24-1. choice: 0 to abstain, or an option from 1; the
    manifest says how many there are. The presentation has purpose `poll`, the manifest hash as its
    instance and as its nonce, and a pseudonym.
    """

    manifest_hash: bytes
    sequence: int
    choice: int
    presentation: Presentation

    def __post_init__(self) -> None:
        cbor.take_octets(self.manifest_hash, length=32, name="a manifest hash")
        cbor.take_uint(self.sequence, min=1, max=MAX_SEQUENCE, name="a sequence number")
        cbor.take_uint(self.choice, max=MAX_OPTIONS, name="a choice")
        shown = self.presentation
        if type(shown) is not Presentation:
            raise EncodingError("a ballot has no presentation")
        if shown.purpose != "poll" or not shown.pseudonym:
            raise BallotRefused("the ballot's presentation was not made for a poll")
        if shown.instance != self.manifest_hash or shown.freshness != self.manifest_hash:
            raise BallotRefused("the ballot's presentation was made for another poll")

    @property
    def action_digest(self) -> bytes:
        """What the presentation must authorise."""
        return action_digest(self.manifest_hash, self.sequence, self.choice)

    @property
    def ballot_hash(self) -> bytes:
        """SHA-256 of the ballot's octets, by which the voter finds it again."""
        return hashlib.sha256(self.to_cbor()).digest()

    def to_cbor(self) -> bytes:
        """Its octets."""
        return cbor.encode_labelled(
            domain_tags.BALLOT,
            self.manifest_hash,
            self.sequence,
            self.choice,
            self.presentation.to_cbor(),
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Ballot":
        """The ballot in `octets`; raises EncodingError or BallotRefused."""
        manifest_hash, sequence, choice, presentation = cbor.decode_labelled(
            octets, label=domain_tags.BALLOT, fields=4, limit=BALLOT_LIMIT
        )
        return cls(
            manifest_hash=cbor.take_octets(manifest_hash, name="a manifest hash"),
            sequence=cbor.take_uint(sequence, name="a sequence number"),
            choice=cbor.take_uint(choice, name="a choice"),
            presentation=Presentation.from_cbor(
                cbor.take_octets(presentation, max=PRESENTATION_LIMIT, name="a presentation")
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PollBundle:
    """A closed poll: signed metadata, the manifest's octets, the signed head that is its roll, and
    the ballots' octets.

    Ballots stand in ascending order of their SHA-256, each once. They are not parsed here, so that
    an auditor can name a bad one instead of refusing the whole. closed_at: Unix seconds, if said.
    Raises EncodingError or PolicyError.
    """

    metadata: SignedMetadata
    manifest: bytes
    head: SignedHead
    ballots: tuple[bytes, ...] = field(repr=False)
    closed_at: int | None = None

    def __post_init__(self) -> None:
        if type(self.metadata) is not SignedMetadata:
            raise EncodingError("a bundle has no signed metadata")
        cbor.take_octets(self.manifest, max=MANIFEST_LIMIT, name="a manifest")
        if type(self.head) is not SignedHead:
            raise EncodingError("a bundle has no signed registry head")
        self.open_manifest()
        hashes = [
            hashlib.sha256(cbor.take_octets(ballot, max=BALLOT_LIMIT, name="a ballot")).digest()
            for ballot in cbor.take_array(self.ballots, max=MAX_BALLOTS, name="ballots")
        ]
        if any(before >= after for before, after in pairwise(hashes)):
            raise EncodingError("the ballots are not in ascending order of their hashes")
        if self.closed_at is not None:
            cbor.take_uint(self.closed_at, max=MAX_TIME, name="a time of closing")

    def open_manifest(self) -> Manifest:
        """The manifest; whether it is the community's is Manifest.check's question."""
        return Manifest.from_cbor(self.manifest)

    def open_head(self, *, metadata_key: bytes) -> Head:
        """The poll's registry head; raises HeadRefused unless it is signed and the manifest's."""
        head = self.head.open(metadata_key=metadata_key)
        if head.hash != self.open_manifest().head:
            raise HeadRefused("the poll has another roll than the registry head beside it")
        return head

    def to_cbor(self) -> bytes:
        """Its octets."""
        return cbor.encode_labelled(
            domain_tags.POLL_BUNDLE,
            (self.metadata.octets, self.metadata.signature),
            self.manifest,
            self.head.to_fields(),
            self.ballots,
            () if self.closed_at is None else (self.closed_at,),
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "PollBundle":
        """The bundle in `octets`; raises EncodingError or PolicyError."""
        metadata, manifest, head, ballots, closed_at = cbor.decode_labelled(
            octets, label=domain_tags.POLL_BUNDLE, fields=5, limit=BUNDLE_LIMIT
        )
        described, signature = cbor.take_array(metadata, length=2, name="signed metadata")
        closing = cbor.take_array(closed_at, max=1, name="a time of closing")
        return cls(
            metadata=SignedMetadata(
                octets=cbor.take_octets(described, max=METADATA_LIMIT, name="metadata"),
                signature=cbor.take_octets(signature, name="a signature"),
            ),
            manifest=cbor.take_octets(manifest, name="a manifest"),
            head=SignedHead.from_fields(head),
            ballots=tuple(
                cbor.take_octets(ballot, max=BALLOT_LIMIT, name="a ballot")
                for ballot in cbor.take_array(ballots, max=MAX_BALLOTS, name="ballots")
            ),
            closed_at=cbor.take_uint(closing[0], name="a time of closing") if closing else None,
        )
