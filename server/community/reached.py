"""Whether an address reaches this community: what it publishes itself is fetched from there.

The address is one that the organiser is about to publish. An answer is believed only where it is
what this server has; it may be slow or hostile, so it gets few octets and little time.
"""

import json
import time
from typing import Final
from urllib.parse import urlsplit

from credentials.errors import SymbolonError
from credentials.formats.metadata import SignedMetadata
from server.problems import OperatorError

WELL_KNOWN: Final = "/.well-known/symbolon.json"
STEP_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 15.0
ANSWER_LIMIT: Final = 512 * 1024  # octets

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def check_reaches(address: str, *, own: SignedMetadata) -> None:
    """Raise OperatorError unless an address serves exactly this signed metadata."""
    advice = (
        f"Let {address} reach this server first, or say --unchecked if it is only this machine "
        "that cannot see it."
    )
    octets = _fetch(address + WELL_KNOWN)
    if octets is None:
        raise OperatorError(f"{address} does not answer. {advice}")
    try:
        found = SignedMetadata.from_json(json.loads(octets))
    except (ValueError, RecursionError, SymbolonError):
        found = None
    if found != own:
        raise OperatorError(f"At {address} answers something else than this community. {advice}")


def _fetch(address: str) -> bytes | None:
    import httpx

    loopback = urlsplit(address).hostname in _LOOPBACK
    octets = bytearray()
    until = time.monotonic() + ANSWER_SECONDS
    try:
        with (
            httpx.Client(
                timeout=STEP_SECONDS, follow_redirects=False, trust_env=not loopback
            ) as client,
            client.stream("GET", address) as answer,
        ):
            if answer.status_code != 200:
                return None
            for piece in answer.iter_bytes():
                octets += piece
                if len(octets) > ANSWER_LIMIT or time.monotonic() > until:
                    return None
    except (httpx.HTTPError, httpx.InvalidURL):
        return None
    return bytes(octets)
