"""A poll as the service sees it, and the draft from which its manifest is made."""

from dataclasses import dataclass
from enum import StrEnum

from credentials.formats.attribute import AttributeValue
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Metadata


class State(StrEnum):
    """A poll goes through these in order and never back."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the organiser prepares.

    Voting ends at `closes_at` (Unix seconds), or `closes_after` seconds after the opening; exactly
    one of them is set. `require` names attributes, each with the one value that a voter must have.
    """

    question: str
    options: tuple[str, ...]
    closes_at: int | None = None
    closes_after: int | None = None
    quorum: int = 0
    threshold: tuple[int, int] = (0, 1)
    require: tuple[tuple[str, AttributeValue], ...] = ()

    def to_json(self) -> dict[str, object]:
        """The draft as the database keeps it."""
        return {
            "question": self.question,
            "options": list(self.options),
            "closes_at": self.closes_at,
            "closes_after": self.closes_after,
            "quorum": self.quorum,
            "threshold": list(self.threshold),
            "require": [list(pair) for pair in self.require],
        }

    @classmethod
    def from_json(cls, kept: dict[str, object]) -> "Draft":
        """The draft that to_json wrote; it comes from our own database and is not checked again."""
        fields = dict(kept)
        fields["options"] = tuple(kept["options"])  # type: ignore[arg-type]
        fields["threshold"] = tuple(kept["threshold"])  # type: ignore[arg-type]
        fields["require"] = tuple(tuple(pair) for pair in kept["require"])  # type: ignore[attr-defined]
        return cls(**fields)  # type: ignore[arg-type]

    def manifest(self, poll: str, *, metadata: Metadata, head: bytes, opens_at: int) -> Manifest:
        """The manifest of this poll if it opens now, with the registry head of this hash as its
        roll; raises EncodingError or PolicyError."""
        closes_at = self.closes_at if self.closes_after is None else opens_at + self.closes_after
        manifest = Manifest(
            community_id=metadata.community_id,
            issuer_id=metadata.keys.issuer_id,
            registry_id=metadata.keys.registry_id,
            schema_id=metadata.schema.schema_id,
            poll=poll,
            question=self.question,
            options=self.options,
            quorum=self.quorum,
            threshold=self.threshold,
            opens_at=opens_at,
            closes_at=closes_at or 0,
            head=head,
            require=self.require,
        )
        manifest.check(metadata)
        return manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll and where it stands at the moment of asking; no manifest while it is a draft."""

    id: str
    state: State
    draft: Draft
    manifest: Manifest | None
    octets: bytes | None
    closed_at: int | None
