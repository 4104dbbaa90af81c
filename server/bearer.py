"""Bearer tokens for doors, apps and metrics: drawn here, kept only as their SHA-256.

A token is 32 random octets in base64url, so a plain hash is enough: there is nothing to guess.
"""

import base64
import hashlib
import secrets
from typing import Any

from fastapi import Security
from fastapi.security import HTTPBearer
from starlette.requests import Request

from server.problems import TokenMissing


def draw_token() -> str:
    """A new token: 43 characters of base64url, 256 bits."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()


def hash_token(token: str) -> bytes:
    """SHA-256 of a token, 32 octets; what the database keeps."""
    return hashlib.sha256(token.encode()).digest()


def bearer_hash(request: Request) -> bytes | None:
    """SHA-256 of the token in the Authorization header, or None where there is none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    return hash_token(token.strip())


def _described(scheme: str, *, whose: str) -> Any:
    """A dependency that describes a token in the OpenAPI document; the services check it."""
    return Security(HTTPBearer(scheme_name=scheme, description=whose, auto_error=False))


APP_TOKEN = _described("app", whose="The app's token, which `app add` and `app token` print.")
DOOR_TOKEN = _described("door", whose="The door's token, which `door add` and `door token` print.")
ORGANISER_TOKEN = _described(
    "organiser", whose="The organiser's token, which `organiser token` prints."
)
METRICS_TOKEN = _described("metrics", whose="The token in the file `metrics-token`.")


def require_bearer(request: Request) -> bytes:
    """As `bearer_hash`; raises TokenMissing where there is none."""
    token_hash = bearer_hash(request)
    if token_hash is None:
        raise TokenMissing
    return token_hash
