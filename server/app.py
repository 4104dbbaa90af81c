"""The web application: the one place where features are wired together.

Framework telemetry is off, with every switch, and so are the framework's own pages; /docs is ours
and loads nothing from elsewhere.
"""

import hmac
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from credentials.curve import curve
from credentials.errors import SymbolonError
from credentials.registry.digits import make_digits
from server import metrics, problems
from server.bearer import METRICS_TOKEN, hash_token, require_bearer
from server.clock import Clock, unix_seconds
from server.community.routes import router as community_router
from server.community.service import CommunityService
from server.database import Database
from server.doors.routes import router as doors_router
from server.doors.service import DoorService
from server.doors.sync import SyncService
from server.gate import Gate
from server.issuance.enrolments import Enrolments
from server.issuance.entitlements import EntitlementService
from server.issuance.routes import router as issuance_router
from server.issuance.service import IssuanceService
from server.keystore import Keystore
from server.organiser.access import OrganiserAccess
from server.organiser.routes import router as organiser_router
from server.pages.routes import router as pages_router
from server.polls.assembly import assemble_polls
from server.polls.beacon_source import BeaconSource
from server.polls.routes import router as polls_router
from server.polls.watch import keep_moving
from server.presentations.routes import router as presentations_router
from server.presentations.service import PresentationService
from server.registry.publisher import Publisher
from server.registry.routes import router as registry_router
from server.registry.service import RegistryService
from server.registry.watch import keep_publishing
from server.settings import Settings
from server.version import VERSION

_PROBLEM: dict[str, Any] = {
    "description": "Refused: a problem of RFC 9457, whose type tells which",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string", "description": problems.TYPE_PREFIX + "…"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                },
            }
        }
    },
}


def create_app(
    settings: Settings,
    keystore: Keystore,
    *,
    clock: Clock = unix_seconds,
    publishing: bool = False,
) -> Gate:
    """The application over one data directory, ready to serve.

    With `publishing` its threads publish registry heads and move polls on when they are due.
    """
    database = Database(settings.database_url)
    community = CommunityService(database, signing_key=lambda: keystore.metadata_key, clock=clock)
    registry = RegistryService(database, community)
    publisher = Publisher(
        database,
        community=community,
        registry=registry,
        enrolments=Enrolments(registry),
        secret_key=lambda: keystore.issuer,
        signing_key=lambda: keystore.metadata_key,
        clock=clock,
    )
    issuance = IssuanceService(
        database,
        community=community,
        registry=registry,
        secret_key=keystore.issuer,
        clock=clock,
    )
    entitlements = EntitlementService(
        database,
        community=community,
        registry=registry,
        publisher=publisher,
        link_key=lambda: keystore.link_key,
    )
    doors = DoorService(database, community, registry, clock=clock)
    sync = SyncService(database, community, registry, doors, clock=clock)
    polls = assemble_polls(
        database,
        community=community,
        registry=registry,
        publisher=publisher,
        keystore=lambda: keystore,
        clock=clock,
    )
    presentations = PresentationService(database, community, registry, clock=clock)

    app = FastAPI(
        title="Symbolon",
        version=VERSION,
        summary="Anonymous membership credentials",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses={"4XX": _PROBLEM},
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
            "exclude": lambda _scope: True,
        },
    )
    _tell_problems(app)
    for feature in (
        community_router(community),
        issuance_router(issuance),
        registry_router(registry, digits=lambda: make_digits(keystore.issuer.xi)),
        doors_router(doors, sync, registry),
        polls_router(polls.service, community),
        presentations_router(presentations),
        organiser_router(OrganiserAccess(database), entitlements, community, registry, publisher),
    ):
        app.include_router(feature)
    app.include_router(pages_router(app.openapi, community=lambda: community.metadata().name))
    _add_operations(app, settings)
    community.verifier().warm()
    if publishing:
        keep_publishing(publisher)
        source = None if settings.beacon is None else BeaconSource(settings.beacon)
        keep_moving(polls.life, polls.lots, source=source)
    return Gate(app)


def _add_operations(app: FastAPI, settings: Settings) -> None:
    metrics_token_hash = _token_hash(settings.metrics_token_file)

    @app.get("/health", tags=["operations"], summary="Whether the service answers")
    def health() -> dict[str, str]:
        return {"status": "ok", "version": VERSION, "curve": curve.name}

    @app.get(
        "/metrics",
        tags=["operations"],
        summary="Counters, for the operator's token",
        dependencies=[METRICS_TOKEN],
    )
    def read_metrics(request: Request) -> Response:
        if not hmac.compare_digest(require_bearer(request), metrics_token_hash):
            raise problems.TokenRefused
        return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


def _token_hash(path: Path) -> bytes:
    """SHA-256 of the token in a file; of something nobody knows where there is none."""
    try:
        return hash_token(path.read_text().strip())
    except OSError:
        return bytes(32)


def _tell_problems(app: FastAPI) -> None:
    """Answer everything that is refused as application/problem+json, without what was sent."""

    def tell(refusal: problems.Refusal) -> JSONResponse:
        headers = {"www-authenticate": "Bearer"} if refusal.status == 401 else None
        return JSONResponse(
            problems.problem_object(refusal),
            status_code=refusal.status,
            media_type="application/problem+json",
            headers=headers,
        )

    def refused(request: Request, error: Exception) -> JSONResponse:
        if isinstance(error, problems.Refusal):
            return tell(error)
        if isinstance(error, SymbolonError):
            return tell(problems.problem_for(error))
        if isinstance(error, RequestValidationError):
            return tell(
                problems.malformed(
                    error.errors(), content_type=request.headers.get("content-type", "")
                )
            )
        if isinstance(error, HTTPException):
            return tell(problems.refusal_for_status(error.status_code))
        return tell(problems.ServerFault())

    kinds = (problems.Refusal, SymbolonError, RequestValidationError, HTTPException, Exception)
    for kind in kinds:
        app.add_exception_handler(kind, refused)
