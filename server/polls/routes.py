"""The addresses under /polls: what wallets, trustees, witnesses and auditors ask, and the pages."""

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse, StreamingResponse

from credentials.formats import base64url
from credentials.formats.poll_event import Kind
from server.community.service import CommunityService
from server.pages.routes import PAGE_HEADERS
from server.polls.bodies import (
    BallotBody,
    BallotRequest,
    BeaconBody,
    EventBody,
    PollBody,
    PollList,
    PollSummary,
    ShareBody,
    ShareRequest,
    WitnessBody,
    trustees,
)
from server.polls.chart import chart
from server.polls.document import list_page
from server.polls.feed import feed
from server.polls.log_routes import OCTETS, PollId, add_log, answers
from server.polls.page import poll_page
from server.polls.poll import Poll
from server.polls.result_bodies import ResultBody
from server.polls.results import Result
from server.polls.service import PollService
from server.problems import NotFound, PollCancelled, PollSealed, PollStillOpen
from server.registry.bodies import SignedHeadBody

SVG = "image/svg+xml"
ATOM = "application/atom+xml"
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""The picture has its colours inside, and loads nothing."""


_PAGE_TOO: dict[int | str, dict[str, object]] = {
    200: {"description": "JSON, or a page for browsers", "content": {"text/html": {}}}
}


def router(service: PollService, community: CommunityService) -> APIRouter:
    """No account, cookie or session anywhere."""
    routes = APIRouter(prefix="/polls", tags=["polls"])

    @routes.get(
        "", summary="All polls that were opened", response_model=PollList, responses=_PAGE_TOO
    )
    def list_polls(request: Request, response: Response) -> Response | PollList:
        """Question, state and times of every poll, the oldest first; to a browser as a page."""
        polls = service.polls()
        if _wants_page(request):
            return _page(list_page(polls, community=community.metadata().name))
        response.headers["vary"] = "accept"
        return PollList(polls=[PollSummary.of(poll) for poll in polls])

    @routes.get(
        "/feed.atom",
        summary="What happens to polls, as an Atom feed",
        response_class=Response,
        responses=answers(ATOM, "RFC 4287; the same for everybody"),
    )
    def read_feed() -> Response:
        """Polls that begin, are extended, end, are cancelled or certified. It knows no readers."""
        metadata = community.metadata()
        told = [
            (poll, [entry.event for entry in service.logs.events(poll)]) for poll in service.polls()
        ]
        text = feed(told, community=metadata.name, address=metadata.address)
        return Response(text, media_type=ATOM)

    @routes.get(
        "/{poll}",
        summary="One poll with its manifest",
        response_model=PollBody,
        responses=_PAGE_TOO,
    )
    def read_poll(poll: PollId, request: Request, response: Response) -> Response | PollBody:
        """What a wallet needs to vote; to a browser the result page."""
        found = service.poll(poll)
        if _wants_page(request):
            return _page(_poll_page(found))
        response.headers["vary"] = "accept"
        roll = service.roll(found)
        manifest = found.manifest
        sealing = manifest.sealing
        return PollBody(
            **PollSummary.of(found).model_dump(),
            closed_at=found.closed_at,
            manifest=base64url.encode(found.octets),
            manifest_hash=base64url.encode(manifest.manifest_hash),
            head=SignedHeadBody.of(roll.head),
            roll=roll.most,
            roll_least=roll.least,
            options=list(manifest.options),
            ballot_type=manifest.ballot_type,
            limit=manifest.limit,
            equal_ranks=manifest.equal_ranks,
            tally=manifest.tally,
            seats=manifest.seats,
            tie_rule=manifest.tie_rule,
            beacon=BeaconBody.of(found.beacon),
            quorum=manifest.quorum,
            threshold=manifest.threshold,
            sealing="none" if sealing is None else sealing.opener,
            trustees=trustees(sealing, shares=service.life.shares(found)),
            needed=0 if sealing is None else sealing.threshold,
            ballots=service.logs.ballots(found),
            witnesses=[
                WitnessBody(name=one.name, at=one.at, pinned=one.pinned)
                for one in service.logs.witnesses(found)
            ],
            witnesses_needed=manifest.witnesses_needed,
            withdrawals=[
                EventBody.of(entry)
                for entry in service.logs.events(found)
                if entry.event.kind is Kind.WITHDRAWAL
            ],
        )

    @routes.post(
        "/{poll}/ballots",
        status_code=201,
        summary="Cast a ballot",
        responses={200: {"description": "it was taken before", "model": BallotBody}},
    )
    def cast(poll: PollId, body: BallotRequest, response: Response) -> BallotBody:
        """Verify and take a ballot. The same ballot again is answered with status 200, and counts
        once. `sequence-wrong` names the number that is expected."""
        taken = service.cast(poll, base64url.decode(body.ballot))
        response.status_code = 201 if taken.new else 200
        return BallotBody(
            leaf_hash=base64url.encode(taken.leaf_hash),
            promise=base64url.encode(taken.promise.octets),
            signature=base64url.encode(taken.promise.signature),
        )

    @routes.post("/{poll}/shares", summary="Hand in a trustee's share")
    def take_share(poll: PollId, body: ShareRequest) -> ShareBody:
        """Check a share of the opening value by a pairing, and open the votes once there are
        enough. Only after the closing."""
        found, shares = service.life.take_share(
            poll, trustee=body.trustee, share=base64url.decode(body.share)
        )
        needed = found.manifest.sealing.threshold if found.manifest.sealing else 0
        return ShareBody(shares=shares, needed=needed, state=found.state.value)

    @routes.get("/{poll}/result", summary="The result")
    def read_result(poll: PollId) -> ResultBody:
        """The count with its rounds, in exact numbers. While voting goes on, only for polls whose
        manifest says so."""
        found = service.poll(poll)
        result = service.result(found)
        return ResultBody.of(
            found,
            result,
            roll=service.roll(found),
            objections=service.logs.objections(found),
            withdrawn=service.logs.withdrawals(found),
        )

    @routes.get(
        "/{poll}/chart.svg",
        summary="The rounds as a picture",
        response_class=Response,
        responses=answers(SVG, "bars for every round"),
    )
    def read_chart(poll: PollId) -> Response:
        """Not for fewer than ten voters."""
        found = service.poll(poll)
        drawn = _chart(found, service.result(found), alone=True)
        if not drawn:
            raise NotFound("Fewer than ten people voted; their votes are not drawn.")
        return Response(drawn, media_type=SVG, headers={"content-security-policy": SVG_POLICY})

    @routes.get(
        "/{poll}/bundle",
        summary="Everything needed to recount a poll",
        response_class=StreamingResponse,
        responses=answers(OCTETS, "frames: a head, then every entry of the log"),
    )
    def read_bundle(poll: PollId) -> StreamingResponse:
        """One file for `symbolon audit`, once the poll is certified or cancelled."""
        found = service.poll(poll)
        return StreamingResponse(
            service.bundle(found),
            media_type=OCTETS,
            headers={"content-disposition": f'attachment; filename="poll-{found.id}.symbolon"'},
        )

    add_log(routes, service)

    def _poll_page(found: Poll) -> str:
        result = _result_or_none(found)
        metadata = community.metadata()
        return poll_page(
            found,
            community=metadata.name,
            address=metadata.address,
            fingerprint=base64url.encode(metadata.community_id),
            roll=service.roll(found),
            result=result,
            drawn="" if result is None else _chart(found, result),
            events=[entry.event for entry in service.logs.events(found)],
            witnesses=service.logs.witnesses(found),
            witnessed=service.logs.closing_seen_by(found),
            shares=service.life.shares(found),
        )

    def _result_or_none(found: Poll) -> Result | None:
        try:
            return service.result(found)
        except (PollStillOpen, PollSealed, PollCancelled):
            return None

    return routes


def _chart(poll: Poll, result: Result, *, alone: bool = False) -> str:
    """The rounds as SVG; nothing for so few voters that it would tell on them."""
    if result.is_suppressed:
        return ""
    manifest = poll.manifest
    return chart(
        result.tally,
        question=manifest.question,
        options=manifest.options,
        so_far=result.so_far,
        alone=alone,
    )


def _page(html: str) -> HTMLResponse:
    return HTMLResponse(html, headers={**PAGE_HEADERS, "vary": "accept"})


def _wants_page(request: Request) -> bool:
    """Whether a browser asks: HTML is named, and named before JSON."""
    accept = request.headers.get("accept", "")
    html, as_json = accept.find("text/html"), accept.find("application/json")
    return html >= 0 and (as_json < 0 or html < as_json)
