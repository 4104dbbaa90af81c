"""HTTP for everything in `client`: strict addresses, no redirects, plain errors.

Leaves out what the paths mean (`client.published` and its neighbours know) and never logs: an
address may carry a poll or a request, so errors name the origin only (P8).
"""

import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self
from urllib.parse import urlsplit

from client.clocks import ClockReading
from client.errors import ClientError, ServerRefused, ServerUnreachable
from credentials.formats.addresses import canonical_address

if TYPE_CHECKING:
    import httpx

PROBLEM_TYPE = "urn:symbolon:problem:"
ANSWER_LIMIT = 4 * 1024 * 1024
TIMEOUT_SECONDS = 15.0
REFRESH_TIMEOUT_SECONDS = 5.0  # where somebody else waits for a verdict meanwhile
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

Json = dict[str, Any]


def is_loopback(address: str) -> bool:
    """Whether the address is this machine's own."""
    return urlsplit(address).hostname in _LOOPBACK


def checked_address(address: str) -> str:
    """Return an address in its canonical spelling, without its last slash. Raises ClientError.

    https anywhere, http only to this machine: a claim code or a proof sent in clear could be taken.
    """
    return canonical_address(address, error=ClientError)


def origin_for_people(address: str) -> str:
    """Scheme, host and port: all of an address that an error may show."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


class Transport:
    """One connection pool. Use as a context manager, or call `close`."""

    def __init__(
        self, *, timeout: float = TIMEOUT_SECONDS, clock: Callable[[], float] = time.time
    ) -> None:
        self._timeout = timeout
        self._clock = clock
        self._clocks: dict[str, ClockReading] = {}
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

    def get(
        self,
        address: str,
        *,
        query: dict[str, int] | None = None,
        token: str | None = None,
        limit: int = ANSWER_LIMIT,
    ) -> Json:
        """GET a JSON object. Raises ServerUnreachable, ServerRefused, ClientError."""
        octets = self._send("GET", address, query=query, token=token, limit=limit)
        return _object(octets, address=address)

    def post(
        self, address: str, body: Json, *, token: str | None = None, limit: int = ANSWER_LIMIT
    ) -> Json:
        """POST a JSON object and read one. Raises ServerUnreachable, ServerRefused, ClientError."""
        octets = self._send("POST", address, body=body, token=token, limit=limit)
        return _object(octets, address=address)

    def get_octets(
        self, address: str, *, query: dict[str, int] | None = None, limit: int = ANSWER_LIMIT
    ) -> bytes:
        """GET octets of any kind. Raises ServerUnreachable, ServerRefused, ClientError."""
        return self._send("GET", address, query=query, limit=limit)

    def download(self, address: str, file: BinaryIO, *, limit: int) -> None:
        """GET octets of any kind into a file, piece by piece. Raises as `get_octets`."""
        self._send("GET", address, limit=limit, file=file)

    def post_text(self, address: str, text: str) -> None:
        """POST plain text; whatever is answered is left aside. Raises as `get_octets`."""
        self._send("POST", address, text=text, limit=ANSWER_LIMIT)

    def clock_of(self, address: str) -> ClockReading | None:
        """This machine's clock beside that of the server there, as its last answer in this run
        says; None before one, or where it does not tell its time."""
        return self._clocks.get(origin_for_people(address))

    def _note_clock(self, origin: str, headers: "httpx.Headers", *, sent: float) -> None:
        reading = ClockReading.of_answer(
            date=headers.get("date", ""),
            age=headers.get("age", ""),
            sent=sent,
            received=self._clock(),
        )
        if reading is not None:
            self._clocks[origin] = reading

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
        self,
        method: str,
        address: str,
        *,
        body: Json | None = None,
        text: str | None = None,
        query: dict[str, int] | None = None,
        token: str | None = None,
        limit: int,
        file: BinaryIO | None = None,
    ) -> bytes:
        """The octets of a good answer, or none where they went into a file."""
        import httpx

        address = checked_address(address)
        origin = origin_for_people(address)
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        sent = self._clock()
        if text is not None:
            headers["Content-Type"] = "text/plain; charset=utf-8"
        try:
            with self._client(loopback=is_loopback(address)).stream(
                method, address, json=body, content=text, params=query, headers=headers
            ) as response:
                status = response.status_code
                self._note_clock(origin, response.headers, sent=sent)
                good = 200 <= status < 300
                octets = bytearray()
                length = 0
                for chunk in response.iter_bytes():
                    length += len(chunk)
                    if length > (limit if good else ANSWER_LIMIT):
                        raise ClientError(
                            f"The server {origin} sends more than this command can take."
                        )
                    if good and file is not None:
                        file.write(chunk)
                    else:
                        octets += chunk
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
        if not good:
            raise _refusal(bytes(octets), status=status, origin=origin)
        return bytes(octets)


def _json(octets: bytes) -> Any:
    try:
        return json.loads(octets)
    except (ValueError, RecursionError):
        return None


def _object(octets: bytes, *, address: str) -> Json:
    value = _json(octets)
    if not isinstance(value, dict):
        origin = origin_for_people(checked_address(address))
        raise ClientError(
            f"The server {origin} answers, but not as Symbolon; is the address right?"
        )
    return value


def _refusal(octets: bytes, *, status: int, origin: str) -> ServerRefused:
    if 300 <= status < 400:
        return ServerRefused(
            f"The server {origin} sends us on to another address, which is not followed; use that "
            "address.",
            slug="",
            status=status,
        )
    value = _json(octets)
    problem = value if isinstance(value, dict) else {}
    expected = problem.get("expected")
    return ServerRefused(
        _problem_sentence(problem, origin=origin, status=status),
        slug=str(problem.get("type", "")).removeprefix(PROBLEM_TYPE),
        status=status,
        expected=expected if type(expected) is int else None,
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
