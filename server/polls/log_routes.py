"""The addresses of a poll's log: what wallets, witnesses and auditors read and hand in."""

from base64 import b64encode
from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Response
from fastapi.responses import JSONResponse

from credentials.formats import base64url
from server.polls.bodies import EventBody, EventList, ProofBody
from server.polls.log import LogEvent
from server.polls.service import PollService

PollId = Annotated[str, Path(max_length=32, description="the poll's id")]

OCTETS = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
COSIGNATURES_LIMIT = 65536  # characters


def answers(kind: str, description: str) -> dict[int | str, dict[str, object]]:
    """What OpenAPI says of an answer that is no JSON."""
    return {200: {"description": description, "content": {kind: {}}}}


def add_log(routes: APIRouter, service: PollService) -> None:
    """The addresses of a poll's log."""

    @routes.get(
        "/{poll}/log/checkpoint",
        summary="The log's newest checkpoint",
        response_class=Response,
        responses=answers(TEXT, "a signed note (C2SP tlog-checkpoint) with its cosignatures"),
    )
    def read_checkpoint(poll: PollId) -> Response:
        """Size and root, signed by the community."""
        return Response(service.logs.checkpoint(service.poll(poll)), media_type=TEXT)

    @routes.get("/{poll}/log/consistency", summary="That one state of the log continues another")
    def read_consistency(
        poll: PollId,
        first: Annotated[int, Query(alias="from", ge=1, description="the smaller size")],
        second: Annotated[int, Query(alias="to", ge=1, description="at most the newest size")],
    ) -> ProofBody:
        """The consistency proof of RFC 6962 between two sizes."""
        proof = service.logs.consistency(service.poll(poll), first=first, second=second)
        return ProofBody(proof=[b64encode(value).decode() for value in proof])

    @routes.get(
        "/{poll}/log/leaves",
        summary="All leaf hashes",
        response_class=Response,
        responses=answers(OCTETS, "32 octets for each entry, in order"),
    )
    def read_leaves(
        poll: PollId,
        start: Annotated[int, Query(alias="from", ge=0, description="index to begin at")] = 0,
    ) -> Response:
        """So that a wallet finds its own ballot without saying which one it looks for."""
        return Response(service.logs.leaves(service.poll(poll), start=start), media_type=OCTETS)

    @routes.get(
        "/{poll}/log/proof/{leaf_hash}",
        summary="A receipt for one leaf",
        response_class=Response,
        responses=answers(TEXT, "C2SP tlog-proof"),
    )
    def read_proof(
        poll: PollId, leaf_hash: Annotated[str, Path(max_length=43, description="base64url")]
    ) -> Response:
        """That it is in the log. Asking for one ballot says which one interests you; `leaves` does
        not."""
        leaf = base64url.decode(leaf_hash)
        return Response(service.logs.receipt(service.poll(poll), leaf), media_type=TEXT)

    @routes.get("/{poll}/log/events", summary="What happened besides ballots")
    def read_events(poll: PollId) -> EventList:
        """Extensions, cancellation, closing, opening, objections, certification; with reasons."""
        entries: list[LogEvent] = service.logs.events(service.poll(poll))
        return EventList(events=[EventBody.of(entry) for entry in entries])

    @routes.post(
        "/{poll}/log/cosignatures", status_code=204, summary="Cosign the newest checkpoint"
    )
    def cosign(
        poll: PollId,
        lines: Annotated[str, Body(media_type="text/plain", max_length=COSIGNATURES_LIMIT)],
    ) -> Response:
        """Signature lines of witnesses that the poll pins or the community lists (C2SP
        tlog-cosignature). Status 204: all were taken; 200: some are of nobody who is known, and
        left out: `{"taken", "left_out"}`."""
        taken, left_out = service.logs.cosign(service.poll(poll), lines)
        if not left_out:
            return Response(status_code=204)
        return JSONResponse({"taken": taken, "left_out": left_out})
