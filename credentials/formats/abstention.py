"""A member's proof of having cast no ballot in a closed poll, shown by choice and to anyone.

It shows the member's pseudonym in the poll, which means nothing elsewhere. If a poll has more
ballots than its roll less those who prove that they abstained, ballots were stuffed.
Source: docs/protocol.md, "Polls".
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from credentials import domain_tags
from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.formats.poll import check_made_for_poll
from credentials.formats.presentation import PRESENTATION_LIMIT, Presentation

ABSTENTION_LIMIT: Final = PRESENTATION_LIMIT + 128  # octets


def abstention_digest(manifest_hash: bytes) -> bytes:
    """What the presentation must authorise, 32 octets; raises EncodingError."""
    return hashlib.sha256(
        cbor.encode_labelled(domain_tags.ABSTENTION_ACTION, manifest_hash)
    ).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstention:
    """manifest_hash: 32 octets. The presentation is like a ballot's, for this action.

    Raises EncodingError or BallotRefused.
    """

    manifest_hash: bytes
    presentation: Presentation = field(repr=False)

    def __post_init__(self) -> None:
        cbor.take_octets(self.manifest_hash, length=32, name="a manifest hash")
        if type(self.presentation) is not Presentation:
            raise EncodingError("a proof of abstention has no presentation")
        check_made_for_poll(self.presentation, self.manifest_hash, name="proof of abstention")

    def to_cbor(self) -> bytes:
        """Its octets."""
        return cbor.encode_labelled(
            domain_tags.ABSTENTION, self.manifest_hash, self.presentation.to_cbor()
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Abstention":
        """The proof in `octets`; raises EncodingError or BallotRefused."""
        manifest_hash, presentation = cbor.decode_labelled(
            octets, label=domain_tags.ABSTENTION, fields=2, limit=ABSTENTION_LIMIT
        )
        return cls(
            manifest_hash=cbor.take_octets(manifest_hash, name="a manifest hash"),
            presentation=Presentation.from_cbor(
                cbor.take_octets(presentation, max=PRESENTATION_LIMIT, name="a presentation")
            ),
        )
