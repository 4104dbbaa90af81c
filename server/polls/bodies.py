"""What is sent to and from the addresses under /polls."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from credentials.formats import base64url
from credentials.formats.lot import Beacon
from credentials.formats.poll import BALLOT_LIMIT
from credentials.formats.poll_event import PollEvent
from credentials.formats.sealing import Sealing
from credentials.tally import Round
from credentials.times import iso
from server.polls.log import LogEvent
from server.polls.poll import Poll
from server.polls.results import Result
from server.polls.service import Roll
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


class PollBody(PollSummary):
    """A poll with its manifest (CBOR), whose SHA-256 every ballot names, and the signed registry
    head that is its roll. The manifest is what counts; the rest is for reading. `roll`: members on
    the roll at most, `roll_least` at least. `beacon`: the round by the closing time as it is now.
    `needed`: how many trustees open the votes. `ballots`: those in the log so far.
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


class WinnerBody(BaseModel):
    """An option, numbered from 1."""

    option: int
    text: str


class RoundBody(BaseModel):
    """One round: scores by option (fractions as text "n/d"; null for those out of the count)."""

    title: str
    scores: list[int | str | None]
    elected: list[int]
    eliminated: list[int]
    by_lot: list[int]
    tied: list[int]
    exhausted: int | str

    @classmethod
    def of(cls, one: Round) -> "RoundBody":
        """The exact numbers."""
        return cls(
            title=one.title,
            scores=[None if score is None else _exact(score) for score in one.scores],
            elected=list(one.elected),
            eliminated=list(one.eliminated),
            by_lot=list(one.by_lot),
            tied=list(one.tied),
            exhausted=_exact(one.exhausted),
        )


class ObjectionBody(BaseModel):
    """What the organiser objects to the result, and when."""

    at: int
    reason: str


class ResultBody(BaseModel):
    """The count. `tied`: the options between which nothing decides, if the outcome is `tie`; until
    the lot is drawn, those between which it will decide. `superseded`: ballots that a later one of
    the same voter replaced. With fewer than
    ten voters `suppressed` is true, and neither rounds nor other breakdowns are given; the bundle
    has everything. `roll`: members who could vote at most, `roll_least` at least.
    """

    id: str
    question: str
    state: str
    method: str
    options: list[str]
    ballots: int
    abstentions: int | None
    invalid: int | None
    superseded: int | None
    voters: int
    roll: int
    roll_least: int
    outcome: str
    winners: list[WinnerBody]
    tied: list[WinnerBody]
    rounds: list[RoundBody] | None
    suppressed: bool
    provisional: bool
    sentence: str
    objections: list[ObjectionBody]

    @classmethod
    def of(
        cls,
        poll: Poll,
        result: Result,
        *,
        roll: Roll,
        sentence: str,
        objections: Sequence[PollEvent],
    ) -> "ResultBody":
        """The result with the texts of the options."""
        tally, options = result.tally, poll.manifest.options
        told = not result.is_suppressed
        return cls(
            id=poll.id,
            question=poll.manifest.question,
            state=poll.state.value,
            method=tally.method,
            options=list(options),
            ballots=tally.ballots,
            abstentions=tally.abstentions if told else None,
            invalid=tally.invalid if told else None,
            superseded=result.ballots - result.voters if told else None,
            voters=result.voters,
            roll=roll.most,
            roll_least=roll.least,
            outcome=tally.outcome.value,
            winners=_named(tally.winners, options=options),
            tied=_named(tally.tied, options=options),
            rounds=[RoundBody.of(one) for one in tally.rounds] if told else None,
            suppressed=result.is_suppressed,
            provisional=result.provisional,
            sentence=sentence,
            objections=[ObjectionBody(at=one.at, reason=one.reason) for one in objections],
        )


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


def _named(chosen: Sequence[int], *, options: Sequence[str]) -> list[WinnerBody]:
    return [WinnerBody(option=option, text=options[option - 1]) for option in chosen]


def _exact(value: int | Fraction) -> int | str:
    fraction = Fraction(value)
    return fraction.numerator if fraction.denominator == 1 else str(fraction)
