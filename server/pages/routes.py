"""GET /, /claim, /docs and their style sheet."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from server.pages.api_page import api_page
from server.pages.claim_page import claim_page

_FOLDER = Path(__file__).parent
PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
}
"""A page may load the style sheet, and nothing else."""


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def router(openapi: Callable[[], dict[str, Any]], *, community: Callable[[], str]) -> APIRouter:
    """The pages; `openapi` gives the description from which /docs is made, `community` the name."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def home() -> Response:
        return HTMLResponse(_file("home.html"), headers=PAGE_HEADERS)

    @routes.get("/claim")
    def claim() -> Response:
        return HTMLResponse(claim_page(community()), headers=PAGE_HEADERS)

    @routes.get("/docs")
    def docs() -> Response:
        return HTMLResponse(api_page(openapi()), headers=PAGE_HEADERS)

    @routes.get("/style.css")
    def style() -> Response:
        return Response(_file("style.css"), media_type="text/css")

    return routes
