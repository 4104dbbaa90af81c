"""The addresses under /presentations: requests of apps, their answers, and single checks."""

import io
from typing import Annotated, Any, Literal

import segno
from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, Response

from credentials.formats import base64url
from credentials.formats.policy import Policy
from credentials.formats.presentation import PRESENTATION_LIMIT
from server.bearer import APP_TOKEN, bearer_hash, require_bearer
from server.pages.routes import PAGE_HEADERS
from server.presentations.service import PresentationService
from server.presentations.verdict import AppVerdict
from server.problems import RequestMalformed

RequestId = Annotated[str, Path(max_length=64, description="the request's id")]
PresentationField = Annotated[
    str, Field(max_length=PRESENTATION_LIMIT * 4 // 3 + 4, description="CBOR, base64url")
]
PolicyField = Annotated[
    dict[str, Any],
    Field(
        max_length=8,
        description="what to show: purpose (login or visit), pseudonym, disclose, identifying; "
        "what to prove: require; max_head_age in seconds",
        examples=[{"purpose": "login", "disclose": ["pass"], "require": ["valid_until >= today"]}],
    ),
]


class AskRequest(BaseModel):
    """What the app wants to see."""

    model_config = ConfigDict(extra="forbid")

    policy: PolicyField


class AskBody(BaseModel):
    """A request for one wallet: show the link, or the QR code of it, to the member.

    `request` (CBOR, base64url) is what the link serves, as the SDK makes it.
    """

    id: str
    link: str
    qr_svg: str
    request: str
    nonce: str
    expires_at: int


class AnswerRequest(BaseModel):
    """What the wallet sent to the app's response address, as it is; `request` is the id again."""

    model_config = ConfigDict(extra="forbid")

    request: Annotated[str | None, Field(max_length=64)] = None
    presentation: PresentationField


class VerifyRequest(BaseModel):
    """A presentation for a nonce (32 octets, base64url) that the app drew and uses once.

    `asked_at` (Unix seconds) is when it gave the nonce out, at most 24 hours ago; its UTC day is
    what the policy calls today. Now, if it is left out.
    """

    model_config = ConfigDict(extra="forbid")

    policy: PolicyField
    nonce: Annotated[str, Field(max_length=64)]
    asked_at: Annotated[int | None, Field(ge=0, le=2**40)] = None
    presentation: PresentationField


class VerdictBody(BaseModel):
    """The verdict; pseudonym (base64url) and disclosed values are there only if verified."""

    verdict: Literal["verified", "refused"]
    pseudonym: str | None
    disclosed: dict[str, str | int]
    reason: str | None

    @classmethod
    def of(cls, verdict: AppVerdict) -> "VerdictBody":
        """The verdict, octets in base64url."""
        return cls(
            verdict="verified" if verdict.verified else "refused",
            pseudonym=None if verdict.pseudonym is None else base64url.encode(verdict.pseudonym),
            disclosed=verdict.disclosed,
            reason=verdict.reason,
        )


class RequestBody(BaseModel):
    """The request (CBOR, base64url) and how it stands; `result` only for the app's own token."""

    request: str
    status: Literal["waiting", "verified", "refused", "expired"]
    result: VerdictBody | None = None


def router(service: PresentationService) -> APIRouter:
    """What apps ask, and what wallets read of it."""
    routes = APIRouter(prefix="/presentations", tags=["presentations"])

    @routes.post(
        "/requests",
        status_code=201,
        summary="Ask a member for a presentation",
        dependencies=[APP_TOKEN],
    )
    def ask(body: AskRequest, request: Request) -> AskBody:
        """With the app's bearer token. The request is good for one answer, for ten minutes."""
        asked = service.ask(Policy.from_json(body.policy), token_hash=require_bearer(request))
        link = service.link(asked.id)
        return AskBody(
            id=asked.id,
            link=link,
            qr_svg=_svg(link),
            request=base64url.encode(asked.to_cbor()),
            nonce=base64url.encode(asked.nonce),
            expires_at=asked.expires_at,
        )

    @routes.get(
        "/requests/{request_id}",
        summary="Read a request, and its verdict",
        response_model=RequestBody,
        dependencies=[APP_TOKEN],
    )
    def read(request_id: RequestId, request: Request) -> RequestBody | Response:
        """Anyone with the link reads the request and its status; what was shown is told to the
        app that asked only. To a browser (Accept: text/html) it is a page."""
        asked = service.read(request_id, token_hash=bearer_hash(request))
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(service.page(asked), headers=PAGE_HEADERS | {"vary": "accept"})
        return RequestBody(
            request=base64url.encode(asked.octets),
            status=asked.status,  # type: ignore[arg-type]
            result=None if asked.verdict is None else VerdictBody.of(asked.verdict),
        )

    @routes.post(
        "/requests/{request_id}",
        summary="Hand over a wallet's answer",
        dependencies=[APP_TOKEN],
    )
    def answer(request_id: RequestId, body: AnswerRequest, request: Request) -> VerdictBody:
        """With the app's bearer token. The first answer that can be read gets the one verdict."""
        if body.request not in (None, request_id):
            raise RequestMalformed("This is the answer to another request.")
        octets = base64url.decode(body.presentation)
        return VerdictBody.of(
            service.answer(request_id, octets, token_hash=require_bearer(request))
        )

    @routes.post("/verify", summary="Verify one presentation", dependencies=[APP_TOKEN])
    def verify(body: VerifyRequest, request: Request) -> VerdictBody:
        """With the app's bearer token, for a nonce that the app drew itself: it is used up, even
        where the presentation is refused."""
        return VerdictBody.of(
            service.verify(
                base64url.decode(body.presentation),
                policy=Policy.from_json(body.policy),
                nonce=base64url.decode(body.nonce),
                asked_at=body.asked_at,
                token_hash=require_bearer(request),
            )
        )

    return routes


def _svg(link: str) -> str:
    """A link as a QR code, for an app to show as it is."""
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", scale=4, xmldecl=False)
    return drawn.getvalue().decode()
