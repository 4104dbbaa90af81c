"""Where the service fetches the beacon's rounds, if its settings name an address.

The address is that of any relay of drand's HTTP API (version 1). Nothing that it answers is
believed: whoever asks checks the signature. It may be slow or hostile, so an answer has few octets
and little time.
"""

import json
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from credentials.beacon import CHAIN_HASH, SIGNATURE_LENGTH
from credentials.formats.lot import Beacon
from server.problems import OperatorError

PUBLIC_RELAY: Final = "https://api.drand.sh"
"""One of the relays that the network's operators run; named for people, never asked by default."""

STEP_SECONDS: Final = 3.0
"""How long to wait for a connection, and for each piece of an answer."""
ANSWER_SECONDS: Final = 8.0
ANSWER_LIMIT: Final = 4096  # octets

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class BeaconUnreachable(Exception):
    """The relay cannot be reached, or answers with something else than a round."""


def round_address(beacon: Beacon, *, relay: str = PUBLIC_RELAY) -> str:
    """Where a relay has a round."""
    return f"{relay.rstrip('/')}/{CHAIN_HASH.hex()}/public/{beacon.number}"


@dataclass(frozen=True, slots=True)
class BeaconSource:
    """A relay at an address such as https://api.drand.sh; raises OperatorError for a bad one."""

    relay: str

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.relay)
            plain = parts.hostname and not parts.username and not parts.query and not parts.fragment
            _ = parts.port
        except ValueError:
            plain = None
        if not plain or parts.scheme not in ("http", "https"):
            raise OperatorError(
                f"The beacon's address is one such as {PUBLIC_RELAY}, without user or query."
            )

    def fetch(self, beacon: Beacon) -> bytes:
        """What the relay says is the round's signature, 48 octets; raises BeaconUnreachable."""
        import httpx

        address = round_address(beacon, relay=self.relay)
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
                    raise BeaconUnreachable
                for piece in answer.iter_bytes():
                    octets += piece
                    if len(octets) > ANSWER_LIMIT or time.monotonic() > until:
                        raise BeaconUnreachable
        except (httpx.HTTPError, httpx.InvalidURL):
            raise BeaconUnreachable from None
        return _signature(bytes(octets))


def _signature(octets: bytes) -> bytes:
    try:
        signature = bytes.fromhex(json.loads(octets)["signature"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BeaconUnreachable from None
    if len(signature) != SIGNATURE_LENGTH:
        raise BeaconUnreachable
    return signature
