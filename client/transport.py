"""JSON over HTTP for everything in `client`: strict addresses, no redirects, plain errors.

Leaves out what the paths mean (`client.issuer` knows) and never logs: an address may carry a poll
or a request, so errors name the origin only (P8).
"""

import json
import time
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from client.errors import ClientError, ServerRefused, ServerUnreachable
from credentials.formats.addresses import take_address

if TYPE_CHECKING:
    import httpx

PROBLEM_TYPE = "urn:symbolon:problem:"
ANSWER_LIMIT = 4 * 1024 * 1024
TIMEOUT_SECONDS = 15.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

Json = dict[str, Any]


def is_loopback(address: str) -> bool:
    """Whether the address is this machine's own."""
    return urlsplit(address).hostname in _LOOPBACK


def checked_address(address: str) -> str:
    """Return an address in its canonical spelling, without its last slash. Raises ClientError.

    https anywhere, http only to this machine: a claim code or a proof sent in clear could be taken.
    """
    address = address.strip().rstrip("/")
    scheme, mark, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return take_address(f"{scheme}{mark}{host}".lower() + slash + path, error=ClientError)


def origin_for_people(address: str) -> str:
    """Scheme, host and port: all of an address that an error may show."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class Transport:
    """One connection pool. Use as a context manager, or call `close`."""

    def __init__(self, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._timeout = timeout
        self._clients: dict[bool, httpx.Client] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def get(self, address: str, *, token: str | None = None, limit: int = ANSWER_LIMIT) -> Json:
        """GET a JSON object. Raises ServerUnreachable, ServerRefused, ClientError."""
        return self._send("GET", address, body=None, token=token, limit=limit)

    def post(
        self, address: str, body: Json, *, token: str | None = None, limit: int = ANSWER_LIMIT
    ) -> Json:
        """POST a JSON object and read one. Raises ServerUnreachable, ServerRefused, ClientError."""
        return self._send("POST", address, body=body, token=token, limit=limit)

    def clock_difference(self, address: str) -> int | None:
        """This clock minus that of the Date header at an address, in seconds; None without one.

        Raises ServerUnreachable.
        """
        import httpx

        try:
            answer = self._client(loopback=is_loopback(address)).head(checked_address(address))
        except httpx.HTTPError:
            raise ServerUnreachable(
                f"The server {origin_for_people(address)} cannot be reached."
            ) from None
        try:
            date = parsedate_to_datetime(answer.headers.get("date", ""))
        except ValueError:
            return None
        return int(time.time() - date.timestamp())

    def _client(self, *, loopback: bool) -> "httpx.Client":
        import httpx

        client = self._clients.get(loopback)
        if client is None:
            client = httpx.Client(
                timeout=self._timeout,
                follow_redirects=False,
                # A proxy (Tor, say) is right for the outside and wrong for this machine.
                trust_env=not loopback,
                # The same words from everyone: a version would help to tell members apart.
                headers={"User-Agent": "symbolon", "Accept": "application/json"},
            )
            self._clients[loopback] = client
        return client

    def _send(
        self, method: str, address: str, *, body: Json | None, token: str | None, limit: int
    ) -> Json:
        import httpx

        address = checked_address(address)
        origin = origin_for_people(address)
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        try:
            with self._client(loopback=is_loopback(address)).stream(
                method, address, json=body, headers=headers
            ) as response:
                octets = bytearray()
                for chunk in response.iter_bytes():
                    octets += chunk
                    if len(octets) > limit:
                        raise ClientError(
                            f"The server {origin} sends more than this command can take."
                        )
                status = response.status_code
        except httpx.ConnectError:
            raise ServerUnreachable(
                f"The server {origin} cannot be reached; is it running, and are you online?"
            ) from None
        except httpx.TimeoutException:
            raise ServerUnreachable(f"The server {origin} does not answer in time.") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise ServerUnreachable(
                f"The server {origin} broke off without an answer; repeat the command."
            ) from None
        return _read(bytes(octets), status=status, origin=origin)


def _read(octets: bytes, *, status: int, origin: str) -> Json:
    try:
        value = json.loads(octets)
    except (ValueError, RecursionError):
        value = None
    if 200 <= status < 300:
        if not isinstance(value, dict):
            raise ClientError(
                f"The server {origin} answers, but not as Symbolon; is the address right?"
            )
        return value
    if 300 <= status < 400:
        raise ServerRefused(
            f"The server {origin} sends us on to another address, which is not followed; use that "
            "address.",
            slug="",
            status=status,
        )
    problem = value if isinstance(value, dict) else {}
    raise ServerRefused(
        _problem_sentence(problem, origin=origin, status=status),
        slug=str(problem.get("type", "")).removeprefix(PROBLEM_TYPE),
        status=status,
    )


def _problem_sentence(problem: Json, *, origin: str, status: int) -> str:
    parts = [
        text.strip()
        for text in (problem.get("title"), problem.get("detail"), problem.get("message"))
        if isinstance(text, str) and text.strip()
    ]
    if not parts:
        return f"The server {origin} answered with an error (HTTP {status})."
    # A server chooses these words: no control characters reach the terminal, and not a whole page.
    sentence = ": ".join(dict.fromkeys(part.rstrip(".") for part in parts)) + "."
    return "".join(c for c in sentence if c.isprintable())[:400]
