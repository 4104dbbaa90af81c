"""The gate in front of the application: limits, headers, and failures that say nothing."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import pytest

from server.gate import Gate, Message, Receive, Send
from server.settings import BODY_LIMIT


def call(
    gate: Gate, *, chunks: Iterable[bytes] = (b"",), path: str = "/x", length: str | None = None
) -> tuple[int, dict[bytes, bytes], bytes]:
    messages: list[Message] = []
    pending = list(chunks)

    async def receive() -> Message:
        body = pending.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(pending)}

    async def send(message: Message) -> None:
        messages.append(message)

    headers = [(b"content-length", length.encode())] if length is not None else []
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    asyncio.run(gate(scope, receive, send))
    start, *bodies = messages
    return start["status"], dict(start["headers"]), b"".join(one["body"] for one in bodies)


async def count_octets(_scope: Any, receive: Receive, send: Send) -> None:
    message = await receive()
    assert not message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(len(message["body"])).encode()})


async def fail(_scope: Any, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("zoe@example.org")


def test_a_body_within_the_limit_arrives_whole() -> None:
    status, headers, body = call(Gate(count_octets), chunks=[b"a" * 1000] * 65)
    assert (status, body) == (200, b"65000")
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert headers[b"referrer-policy"] == b"no-referrer"
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'")


@pytest.mark.parametrize("length", ["65537", "99999999999", "-1", "x"])
def test_a_declared_length_over_the_limit_is_refused_unread(length: str) -> None:
    status, _, body = call(Gate(count_octets), chunks=[], length=length)
    assert status == 413
    assert json.loads(body)["type"] == "urn:symbolon:problem:body-too-large"


def test_an_undeclared_body_is_refused_as_soon_as_it_is_too_large() -> None:
    chunks = [b"a" * BODY_LIMIT, b"a", b"never read"]
    status, _, _ = call(Gate(count_octets), chunks=chunks)
    assert status == 413


def test_a_doors_queue_may_be_larger() -> None:
    chunks = [b"a" * 1000] * 1000
    assert call(Gate(count_octets), chunks=chunks, path="/doors/main/sync")[0] == 200
    assert call(Gate(count_octets), chunks=chunks, path="/doors/main/checkins")[0] == 413


def test_a_failure_is_told_without_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    status, _, body = call(Gate(fail))
    assert status == 500
    logged = capsys.readouterr().err
    assert '"kind":"RuntimeError"' in logged
    assert '"place":"test_gate.py:' in logged
    assert b"zoe" not in body
    assert "zoe" not in logged
