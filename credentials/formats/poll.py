"""Ballots: a vote, or its sealed form, with the one presentation that authorises exactly it.

Whether the proof holds is credentials.polls' question; what the votes come to, the tally's.
Source: docs/protocol.md, "Polls".
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from credentials import domain_tags
from credentials.errors import BallotRefused, EncodingError
from credentials.formats import cbor
from credentials.formats.manifest_rules import MAX_NUMBER
from credentials.formats.presentation import PRESENTATION_LIMIT, Presentation
from credentials.formats.vote import MAX_OPTIONS, SEALED_OVERHEAD
from credentials.merkle import leaf_hash

FIRST_SEQUENCE: Final = 1
MAX_SEQUENCE: Final = MAX_NUMBER
CONTENT_LIMIT: Final = 1 + MAX_OPTIONS + SEALED_OVERHEAD  # octets
BALLOT_LIMIT: Final = PRESENTATION_LIMIT + CONTENT_LIMIT + 128  # octets


def action_digest(manifest_hash: bytes, sequence: int, content: bytes) -> bytes:
    """The digest of a vote that its presentation authorises, 32 octets; raises EncodingError."""
    return hashlib.sha256(
        cbor.encode_labelled(domain_tags.BALLOT_ACTION, manifest_hash, sequence, content)
    ).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One vote; raises EncodingError, or BallotRefused if its presentation is for something else.

    manifest_hash: 32 octets. sequence: 1 to 2^24-1; of one pseudonym's ballots the highest counts.
    content: the vote as BallotPaper encodes it, or its sealed form; the manifest says which. The
    presentation has purpose `poll`, the manifest hash as its instance and as its nonce, and a
    pseudonym.
    """

    manifest_hash: bytes
    sequence: int
    content: bytes = field(repr=False)
    presentation: Presentation

    def __post_init__(self) -> None:
        cbor.take_octets(self.manifest_hash, length=32, name="a manifest hash")
        cbor.take_uint(self.sequence, min=1, max=MAX_SEQUENCE, name="a sequence number")
        cbor.take_octets(self.content, max=CONTENT_LIMIT, name="a ballot's content")
        shown = self.presentation
        if type(shown) is not Presentation:
            raise EncodingError("a ballot has no presentation")
        check_made_for_poll(shown, self.manifest_hash, name="ballot")

    @property
    def pseudonym(self) -> bytes:
        """The pseudonym that it claims, 48 octets; only a verified proof makes it true."""
        return self.presentation.pseudonym

    @property
    def action_digest(self) -> bytes:
        """What the presentation must authorise."""
        return action_digest(self.manifest_hash, self.sequence, self.content)

    @property
    def leaf_hash(self) -> bytes:
        """The ballot's leaf in the poll's log, 32 octets, by which the voter finds it again."""
        return leaf_hash(self.to_cbor())

    def to_cbor(self) -> bytes:
        """Its octets: its entry in the log."""
        return cbor.encode_labelled(
            domain_tags.BALLOT,
            self.manifest_hash,
            self.sequence,
            self.content,
            self.presentation.to_cbor(),
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Ballot":
        """The ballot in `octets`; raises EncodingError or BallotRefused."""
        manifest_hash, sequence, content, presentation = cbor.decode_labelled(
            octets, label=domain_tags.BALLOT, fields=4, limit=BALLOT_LIMIT
        )
        return cls(
            manifest_hash=cbor.take_octets(manifest_hash, name="a manifest hash"),
            sequence=cbor.take_uint(sequence, name="a sequence number"),
            content=cbor.take_octets(content, max=CONTENT_LIMIT, name="a ballot's content"),
            presentation=Presentation.from_cbor(
                cbor.take_octets(presentation, max=PRESENTATION_LIMIT, name="a presentation")
            ),
        )


def check_made_for_poll(shown: Presentation, manifest_hash: bytes, *, name: str) -> None:
    """Raise BallotRefused unless a presentation names this poll and has a pseudonym in it."""
    if shown.purpose != "poll" or not shown.pseudonym:
        raise BallotRefused(f"the {name}'s presentation was not made for a poll")
    if shown.instance != manifest_hash or shown.freshness != manifest_hash:
        raise BallotRefused(f"the {name}'s presentation was made for another poll")
