"""The public addresses under /registry: heads, log segments and the digit table.

All of it is the same for everyone. A full segment and the digits never change, and may be kept by
any cache for ever; so whoever asks for one tells nothing.
"""

from collections.abc import Callable
from functools import cache
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from credentials.formats import base64url
from server.registry.bodies import SignedHeadBody
from server.registry.service import RegistryService

SegmentNumber = Annotated[int, Path(ge=0, lt=2**32, description="from 0")]

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


class HeadsBody(BaseModel):
    """Heads that follow each other, ascending."""

    heads: list[SignedHeadBody]


class LogBody(BaseModel):
    """Entries of the log of removals, 80 octets each, one after the other in base64url."""

    entries: str


class DigitsBody(BaseModel):
    """The registry's 256 signed digits: 12,288 octets in base64url."""

    digits: str


def router(service: RegistryService, *, digits: Callable[[], bytes]) -> APIRouter:
    """What wallets, doors and auditors read of the registry; `digits` makes the table once."""
    routes = APIRouter(prefix="/registry", tags=["registry"])
    digits = cache(digits)

    @routes.get("/heads", summary="The newest registry heads")
    def read_heads(response: Response) -> HeadsBody:
        """Up to 64 heads, the newest last."""
        response.headers["cache-control"] = ASK_AGAIN
        return HeadsBody(heads=[SignedHeadBody.of(signed) for signed in service.heads()])

    @routes.get("/heads/{segment}", summary="A segment of all registry heads")
    def read_head_segment(segment: SegmentNumber, response: Response) -> HeadsBody:
        """The heads of the epochs 256n to 256n+255; the last segment is not full."""
        signed, full = service.head_segment(segment)
        response.headers["cache-control"] = FOR_EVER if full else ASK_AGAIN
        return HeadsBody(heads=[SignedHeadBody.of(one) for one in signed])

    @routes.get("/log/{segment}", summary="A segment of the log of removals")
    def read_log_segment(segment: SegmentNumber, response: Response) -> LogBody:
        """The entries 1024n to 1024n+1023; the last segment is not full."""
        entries, full = service.log_segment(segment)
        response.headers["cache-control"] = FOR_EVER if full else ASK_AGAIN
        return LogBody(entries=base64url.encode(entries))

    @routes.get("/digits", summary="The signed digits for range proofs")
    def read_digits(response: Response) -> DigitsBody:
        """The same table for everyone, for ever; a wallet checks it once."""
        response.headers["cache-control"] = FOR_EVER
        return DigitsBody(digits=base64url.encode(digits()))

    return routes
