"""What every request passes: a size limit, safe headers, one line in the log, a last catch.

Pure ASGI, outside the framework, so that nothing is parsed before the limit and no failure reaches
a log with its message. It never looks at query, headers or client address.
"""

import json
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from server import metrics
from server.event_log import event_log
from server.problems import BodyTooLarge, ServerFault, problem_object
from server.settings import BODY_LIMIT, BODY_LIMITS

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"x-frame-options": b"DENY",
    b"cross-origin-opener-policy": b"same-origin",
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
}
"""Sent with every answer that does not set its own."""


class Gate:
    """Wraps the application."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(send)
        started = time.perf_counter()
        try:
            body = await _read_body(scope, receive)
            if body is None:
                await answer.problem(problem_object(BodyTooLarge()), status=BodyTooLarge.status)
            else:
                await self._app(scope, _replay(body, receive), answer.send)
        except Exception as error:  # the last catch: nothing of it may reach another log
            event_log.record("fault", kind=type(error).__name__, place=_place_of(error))
            if not answer.started:
                await answer.problem(problem_object(ServerFault()), status=ServerFault.status)
        finally:
            _note(scope, status=answer.status, seconds=time.perf_counter() - started)


class _Answer:
    """Passes an answer on, adding headers and remembering the status."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False
        self.status = 0

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            self.status = message["status"]
            headers = list(message.get("headers", []))
            present = {name.lower() for name, _value in headers}
            headers += [(name, value) for name, value in HEADERS.items() if name not in present]
            message = {**message, "headers": headers}
        await self._send(message)

    async def problem(self, members: dict[str, int | str], *, status: int) -> None:
        body = json.dumps(members).encode()
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
        ]
        if status == BodyTooLarge.status:
            headers.append((b"connection", b"close"))
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})


async def _read_body(scope: MutableMapping[str, Any], receive: Receive) -> bytes | None:
    """The whole body, or None as soon as it is over the limit of its path."""
    limit = BODY_LIMITS.get(scope["path"].rpartition("/")[2], BODY_LIMIT)
    for name, value in scope["headers"]:
        if name == b"content-length" and (not value.isdigit() or int(value) > limit):
            return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once, and then what really comes."""
    pending = True

    async def replay() -> Message:
        nonlocal pending
        if pending:
            pending = False
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replay


UNTIMED_ROUTES = frozenset(
    {
        "/issuance/nonce",
        "/issuance/claims",
        "/issuance/credential",
        "/polls/{poll}/ballots",
        "/organiser/attendees/{attendee}/revoke",
        "/organiser/attendees/{attendee}/reissue",
        "/organiser/attendees/{attendee}/attributes",
    }
)
"""Counted, but not written down one by one: serial numbers are given in order, so lines with times
would date each attendee's claim; the time of a ballot, or of an attendee's loss, is nobody's
business."""


def _note(scope: MutableMapping[str, Any], *, status: int, seconds: float) -> None:
    route = route_template(scope)
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    metrics.count_request(route=route, method=method, status=status, seconds=seconds)
    if route in UNTIMED_ROUTES and status < 500:
        return
    event_log.record(
        "request", route=route, method=method, status=status, seconds=round(seconds, 4)
    )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_template(scope: MutableMapping[str, Any]) -> str:
    """The template of the route that answered, such as /doors/{door}; empty if none did."""
    return getattr(scope.get("route"), "path", "")


def _place_of(error: BaseException) -> str:
    """File and line of the innermost frame of this program, for the operator; no values."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f"{own[-1].filename.rsplit('/', 1)[-1]}:{own[-1].lineno}" if own else "unknown"
