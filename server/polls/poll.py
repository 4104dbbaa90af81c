"""A poll as the service sees it, and the draft from which its manifest is made."""

from dataclasses import dataclass
from functools import lru_cache

from credentials.formats import base64url
from credentials.formats.attribute import AttributeValue
from credentials.formats.ceremony_result import CeremonyResult
from credentials.formats.lot import BY_BEACON, BY_NONE, BY_OPENING, Beacon
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Metadata
from credentials.formats.sealing import Sealing
from credentials.formats.vote import SINGLE_CHOICE
from credentials.log.checkpoint import log_origin
from credentials.polls import State, result_is_out
from credentials.sealing.trustees import check_sealing
from server.polls.store import PollRow

BATCH_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the organiser prepares; see Manifest for what the fields mean.

    Without a `tie_rule` ties are left to a lot where trustees open the votes, else undecided.
    Voting ends at `closes_at` (Unix seconds), or `closes_after` seconds after the opening; exactly
    one of them is set. `require` names attributes, each with the one value that a voter must have.
    """

    question: str
    options: tuple[str, ...]
    ballot_type: str = SINGLE_CHOICE
    limit: int = 0
    equal_ranks: bool = False
    tally: str = "plurality/1"
    seats: int = 1
    tie_rule: str | None = None
    closes_at: int | None = None
    closes_after: int | None = None
    timezone: str = "UTC"
    batch_seconds: int = BATCH_SECONDS
    quorum: int = 0
    threshold: tuple[int, int] = (0, 1)
    witnesses: tuple[str, ...] = ()
    witnesses_needed: int = 0
    sealing: Sealing | None = None
    live: bool = False
    require: tuple[tuple[str, AttributeValue], ...] = ()

    @property
    def rule(self) -> str:
        """The tie rule, also where none was asked for."""
        by_trustees = self.sealing is not None and self.sealing.trustees
        return self.tie_rule or (BY_OPENING if by_trustees else BY_NONE)

    def to_json(self) -> dict[str, object]:
        """The draft as the database keeps it."""
        return {
            "question": self.question,
            "options": list(self.options),
            "ballot_type": self.ballot_type,
            "limit": self.limit,
            "equal_ranks": self.equal_ranks,
            "tally": self.tally,
            "seats": self.seats,
            "tie_rule": self.tie_rule,
            "closes_at": self.closes_at,
            "closes_after": self.closes_after,
            "timezone": self.timezone,
            "batch_seconds": self.batch_seconds,
            "quorum": self.quorum,
            "threshold": list(self.threshold),
            "witnesses": list(self.witnesses),
            "witnesses_needed": self.witnesses_needed,
            "sealing": None if self.sealing is None else _sealing_to_json(self.sealing),
            "live": self.live,
            "require": [list(pair) for pair in self.require],
        }

    @classmethod
    def from_json(cls, kept: dict[str, object]) -> "Draft":
        """The draft that to_json wrote; it comes from our own database and is not checked again."""
        fields = dict(kept)
        fields["options"] = tuple(kept["options"])  # type: ignore[arg-type]
        fields["threshold"] = tuple(kept["threshold"])  # type: ignore[arg-type]
        fields["require"] = tuple(tuple(pair) for pair in kept["require"])  # type: ignore[attr-defined]
        fields["witnesses"] = tuple(kept["witnesses"])  # type: ignore[arg-type]
        fields["sealing"] = _sealing_from_json(kept["sealing"])
        return cls(**fields)  # type: ignore[arg-type]

    def manifest(self, poll: str, *, metadata: Metadata, head: bytes, opens_at: int) -> Manifest:
        """The manifest of this poll if it opens now, with the registry head of this hash as its
        roll; raises EncodingError, PolicyError or SealingRefused."""
        closes_at = self.closes_at if self.closes_after is None else opens_at + self.closes_after
        closes_at = closes_at or 0
        on_beacon = self.rule == BY_BEACON
        manifest = Manifest(
            community_id=metadata.community_id,
            issuer_id=metadata.keys.issuer_id,
            registry_id=metadata.keys.registry_id,
            schema_id=metadata.schema.schema_id,
            poll=poll,
            question=self.question,
            options=self.options,
            ballot_type=self.ballot_type,
            limit=self.limit,
            equal_ranks=self.equal_ranks,
            tally=self.tally,
            seats=self.seats,
            tie_rule=self.rule,
            beacon=Beacon.after(closes_at, batch_seconds=self.batch_seconds) if on_beacon else None,
            quorum=self.quorum,
            threshold=self.threshold,
            opens_at=opens_at,
            closes_at=closes_at,
            timezone=self.timezone,
            batch_seconds=self.batch_seconds,
            origin=log_origin(metadata.address, poll=poll),
            witnesses=self.witnesses,
            witnesses_needed=self.witnesses_needed,
            sealing=self.sealing,
            live=self.live,
            head=head,
            require=self.require,
        )
        manifest.check(metadata)
        if self.sealing is not None:
            check_sealing(self.sealing)
        return manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll that was opened: where it stands, and how far its log is.

    closes_at: Unix seconds, with extensions. closed_at: when voting ended, None before. size:
    entries in the log. waiting: ballots that are not in it yet.
    """

    id: str
    state: State
    manifest: Manifest
    octets: bytes
    closes_at: int
    closed_at: int | None
    size: int
    frontier: bytes
    waiting: int
    batch_at: int

    @property
    def is_open(self) -> bool:
        """Whether it takes ballots."""
        return self.state is State.OPEN

    @property
    def is_countable(self) -> bool:
        """Whether all votes can be read and no more come; a lot may still be missing."""
        return self.state is (State.CLOSED if self.manifest.sealing is None else State.UNSEALED)

    @property
    def beacon(self) -> Beacon | None:
        """The beacon's round that is its lot, by the closing time with its extensions."""
        return self.manifest.beacon and self.manifest.beacon_at(self.closes_at)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can be added to its log."""
        return self.state in (State.CERTIFIED, State.CANCELLED)

    @property
    def result_is_out(self) -> bool:
        """Whether everybody can see its result: from then on it is not cancelled any more."""
        return result_is_out(self.state, manifest=self.manifest)


def poll_of(row: PollRow) -> Poll:
    """The poll in a row that is no draft."""
    return Poll(
        id=row.id,
        state=State(row.state),
        manifest=_manifest(row.manifest),
        octets=row.manifest,
        closes_at=row.closes_at,
        closed_at=row.closed_at,
        size=row.size,
        frontier=row.frontier,
        waiting=row.waiting,
        batch_at=row.batch_at,
    )


@lru_cache(maxsize=256)
def _manifest(octets: bytes) -> Manifest:
    return Manifest.from_cbor(octets)


def _sealing_to_json(sealing: Sealing) -> dict[str, object]:
    result = sealing.result
    return {
        "key": base64url.encode(sealing.key),
        "result": "" if result is None else base64url.encode(result.to_cbor()),
        "signatures": [base64url.encode(signature) for signature in sealing.signatures],
    }


def _sealing_from_json(kept: object) -> Sealing | None:
    if not isinstance(kept, dict):
        return None
    octets = base64url.decode(kept["result"])
    return Sealing(
        key=base64url.decode(kept["key"]),
        result=CeremonyResult.from_cbor(octets) if octets else None,
        signatures=tuple(base64url.decode(signature) for signature in kept["signatures"]),
    )
