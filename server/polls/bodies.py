"""What is sent to and from the addresses under /polls, but for the result."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from credentials.formats import base64url
from credentials.formats.lot import Beacon
from credentials.formats.poll import BALLOT_LIMIT
from credentials.formats.sealing import Sealing
from credentials.times import iso
from server.polls.log import LogEvent
from server.polls.poll import Poll
from server.registry.bodies import SignedHeadBody

Base64Url = Annotated[str, Field(description="base64url without padding")]


class PollSummary(BaseModel):
    """A poll in the list; times are Unix seconds, `closes_at` with extensions.

    `closes_at_iso` is the same by the clocks of the poll's `timezone`, with their offset.
    """

    id: str
    question: str
    state: str
    opens_at: int
    closes_at: int
    closes_at_iso: str | None
    timezone: str

    @classmethod
    def of(cls, poll: Poll) -> "PollSummary":
        """A poll that was opened."""
        return cls(
            id=poll.id,
            question=poll.manifest.question,
            state=poll.state.value,
            opens_at=poll.manifest.opens_at,
            closes_at=poll.closes_at,
            closes_at_iso=iso(poll.closes_at, timezone=poll.manifest.timezone),
            timezone=poll.manifest.timezone,
        )


class PollList(BaseModel):
    """All polls that were opened, the oldest first."""

    polls: list[PollSummary]


class TrusteeBody(BaseModel):
    """A trustee, numbered from 1, the fingerprint of the trustee's key, and whether the share has
    come in. The name is what who holds that key signed under."""

    index: int
    name: str
    fingerprint: str
    share: bool


class WitnessBody(BaseModel):
    """A witness that the poll pins or the community lists, and when it cosigned the newest
    checkpoint, if it did."""

    name: str
    at: int | None
    pinned: bool


class BeaconBody(BaseModel):
    """The round of a public beacon that is a poll's lot, and when it is due (Unix seconds)."""

    chain: str
    round: int
    at: int

    @classmethod
    def of(cls, beacon: Beacon | None) -> "BeaconBody | None":
        """None for a poll without."""
        if beacon is None:
            return None
        return cls(chain=beacon.chain.hex(), round=beacon.number, at=beacon.due_at)


class EventBody(BaseModel):
    """An entry of the log that is no ballot, with its octets (CBOR)."""

    index: int
    kind: str
    at: int
    reason: str
    octets: Base64Url

    @classmethod
    def of(cls, entry: LogEvent) -> "EventBody":
        """An event at its place."""
        return cls(
            index=entry.index,
            kind=entry.event.kind.value,
            at=entry.event.at,
            reason=entry.event.reason,
            octets=base64url.encode(entry.octets),
        )


class PollBody(PollSummary):
    """A poll with its manifest (CBOR), whose SHA-256 every ballot names, and the signed registry
    head that is its roll. The manifest is what counts; the rest is for reading. `roll`: members on
    the roll at most, `roll_least` at least. `beacon`: the round by the closing time as it is now.
    `needed`: how many trustees open the votes. `ballots`: those in the log so far. `withdrawals`:
    the events by which options were withdrawn.
    """

    closed_at: int | None
    manifest: Base64Url
    manifest_hash: Base64Url
    head: SignedHeadBody
    roll: int
    roll_least: int
    options: list[str]
    ballot_type: str
    limit: int
    equal_ranks: bool
    tally: str
    seats: int
    tie_rule: str
    beacon: BeaconBody | None
    quorum: int
    threshold: tuple[int, int]
    sealing: str
    trustees: list[TrusteeBody]
    needed: int
    ballots: int
    witnesses: list[WitnessBody]
    witnesses_needed: int
    withdrawals: list[EventBody]


class BallotRequest(BaseModel):
    """A ballot (CBOR)."""

    model_config = ConfigDict(extra="forbid")

    ballot: Annotated[Base64Url, Field(max_length=BALLOT_LIMIT * 4 // 3 + 4)]


class BallotBody(BaseModel):
    """The ballot's leaf hash, and the community's signed promise that it will be in the log."""

    leaf_hash: Base64Url
    promise: Base64Url
    signature: Base64Url


class ProofBody(BaseModel):
    """A consistency proof: hashes of 32 octets, base64 as in RFC 4648, section 4."""

    proof: list[str]


class EventList(BaseModel):
    """All of them, in order; the manifest, entry 0, is not repeated here."""

    events: list[EventBody]


class ShareRequest(BaseModel):
    """A trustee's share of the opening value: a point of G1, 48 octets."""

    model_config = ConfigDict(extra="forbid")

    trustee: Annotated[int, Field(ge=1, le=32)]
    share: Annotated[Base64Url, Field(max_length=64)]


class ShareBody(BaseModel):
    """How many shares there are, how many are needed, and where the poll stands."""

    shares: int
    needed: int
    state: str


def trustees(sealing: Sealing | None, *, shares: set[int]) -> list[TrusteeBody]:
    """The trustees of a poll, none where it has none."""
    return [
        TrusteeBody(
            index=index,
            name=trustee.name,
            fingerprint=trustee.fingerprint,
            share=index in shares,
        )
        for index, trustee in enumerate(sealing.trustees if sealing else (), start=1)
    ]
