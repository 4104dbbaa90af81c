"""GET /polls and /polls/{id}, POST /polls/{id}/ballots, GET /polls/{id}/result and /bundle."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from credentials.formats import base64url
from credentials.formats.poll import BALLOT_LIMIT
from credentials.tally.plurality import PluralityResult
from server.polls.poll import Poll
from server.polls.service import PollService
from server.registry.bodies import SignedHeadBody

PollId = Annotated[str, Path(max_length=32, description="the poll's id")]


class PollSummary(BaseModel):
    """A poll in the list; times are Unix seconds."""

    id: str
    question: str
    state: str
    opens_at: int
    closes_at: int


class PollList(BaseModel):
    """All polls that were opened, the oldest first."""

    polls: list[PollSummary]


class PollBody(PollSummary):
    """A poll with its manifest (CBOR, base64url), whose SHA-256 every ballot names, and the signed
    registry head that is its roll."""

    manifest: str
    manifest_hash: str
    head: SignedHeadBody
    options: list[str]
    quorum: int
    threshold: tuple[int, int]
    closed_at: int | None


class BallotRequest(BaseModel):
    """A ballot (CBOR, base64url)."""

    model_config = ConfigDict(extra="forbid")

    ballot: Annotated[str, Field(max_length=BALLOT_LIMIT * 4 // 3 + 4)]


class BallotBody(BaseModel):
    """SHA-256 of the counted ballot (base64url), by which the voter finds it in the bundle."""

    ballot_hash: str


class OptionCount(BaseModel):
    """An option, numbered from 1, and its votes."""

    option: int
    text: str
    votes: int


class ResultBody(BaseModel):
    """The count; `winner` and `tied` are numbers of options."""

    id: str
    question: str
    counts: list[OptionCount]
    abstentions: int
    ballots: int
    winner: int | None
    tied: list[int]
    outcome: str

    @classmethod
    def of(cls, poll: Poll, result: PluralityResult) -> "ResultBody":
        """The result with the texts of the options."""
        return cls(
            id=poll.id,
            question=poll.draft.question,
            counts=[
                OptionCount(option=number, text=text, votes=votes)
                for number, (text, votes) in enumerate(
                    zip(poll.draft.options, result.counts, strict=True), start=1
                )
            ],
            abstentions=result.abstentions,
            ballots=result.ballots,
            winner=result.winner,
            tied=list(result.tied),
            outcome=result.outcome.value,
        )


class BundleBody(BaseModel):
    """Metadata, manifest, roll and all ballots (one CBOR object, base64url): enough to recount."""

    bundle: str


def router(service: PollService) -> APIRouter:
    """What members and auditors ask of polls; no account, cookie or session."""
    routes = APIRouter(prefix="/polls", tags=["polls"])

    @routes.get("", summary="All polls that were opened")
    def list_polls() -> PollList:
        """Question, state and times of every poll, the oldest first."""
        return PollList(polls=[_summary(poll) for poll in service.polls()])

    @routes.get("/{poll}", summary="One poll with its manifest")
    def read_poll(poll: PollId) -> PollBody:
        """What a wallet needs to vote: the manifest is what counts, the rest is for reading."""
        found = service.poll(poll)
        summary = _summary(found)
        manifest = found.manifest
        if manifest is None:
            raise AssertionError("a poll that was opened has a manifest")
        return PollBody(
            **summary.model_dump(),
            manifest=base64url.encode(found.octets or b""),
            manifest_hash=base64url.encode(manifest.manifest_hash),
            head=SignedHeadBody.of(service.roll(found)),
            options=list(manifest.options),
            quorum=manifest.quorum,
            threshold=manifest.threshold,
            closed_at=found.closed_at,
        )

    @routes.post("/{poll}/ballots", status_code=201, summary="Cast a ballot")
    def cast(poll: PollId, body: BallotRequest, response: Response) -> BallotBody:
        """Verify and count a ballot. The same ballot again is answered alike, with status 200, and
        counts once."""
        counted = service.cast(poll, base64url.decode(body.ballot))
        response.status_code = 201 if counted.new else 200
        return BallotBody(ballot_hash=base64url.encode(counted.ballot_hash))

    @routes.get("/{poll}/result", summary="The result of a closed poll")
    def read_result(poll: PollId) -> ResultBody:
        """The count of all ballots, with exact numbers."""
        result = service.result(poll)
        return ResultBody.of(service.poll(poll), result)

    @routes.get("/{poll}/bundle", summary="Everything needed to recount a closed poll")
    def read_bundle(poll: PollId) -> BundleBody:
        """Signed metadata, manifest, signed registry head and all ballots, in ascending order of
        their hashes."""
        return BundleBody(bundle=base64url.encode(service.bundle(poll)))

    return routes


def _summary(poll: Poll) -> PollSummary:
    if poll.manifest is None:
        raise AssertionError("a poll that was opened has a manifest")
    return PollSummary(
        id=poll.id,
        question=poll.manifest.question,
        state=poll.state.value,
        opens_at=poll.manifest.opens_at,
        closes_at=poll.manifest.closes_at,
    )
