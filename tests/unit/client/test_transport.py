"""Talking to a server: strict addresses, and one clear sentence for everything that goes wrong."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from client.errors import ClientError, ServerRefused, ServerUnreachable
from client.transport import Transport, checked_address

ANSWERS: dict[str, tuple[int, bytes]] = {
    "/good": (200, b'{"a": 1}'),
    "/list": (200, b"[1]"),
    "/page": (200, b"<html>"),
    "/moved": (302, b""),
    "/problem": (
        409,
        json.dumps(
            {
                "type": "urn:symbolon:problem:already-voted",
                "title": "There is a ballot already.",
                "detail": "This member has voted.",
            }
        ).encode(),
    ),
    "/evil": (400, json.dumps({"title": "\x1b[2J\x07 gone"}).encode()),
    "/broken": (500, b"Traceback"),
    "/large": (200, b'{"a": "' + b"x" * 5_000 + b'"}'),
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "/good")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_good_answer_is_an_object(origin: str) -> None:
    with Transport() as transport:
        assert transport.get(f"{origin}/good") == {"a": 1}


@pytest.mark.parametrize("path", ["/list", "/page"])
def test_what_is_not_symbolon_is_said_so(origin: str, path: str) -> None:
    with Transport() as transport, pytest.raises(ClientError, match="is the address right"):
        transport.get(origin + path)


def test_a_redirect_is_not_followed(origin: str) -> None:
    with Transport() as transport, pytest.raises(ServerRefused, match="not followed"):
        transport.get(f"{origin}/moved")


def test_a_problem_keeps_its_type_and_its_words(origin: str) -> None:
    with Transport() as transport, pytest.raises(ServerRefused) as refused:
        transport.get(f"{origin}/problem")
    assert (refused.value.slug, refused.value.status) == ("already-voted", 409)
    assert str(refused.value) == "There is a ballot already: This member has voted."


def test_a_server_cannot_write_to_the_terminal(origin: str) -> None:
    with Transport() as transport, pytest.raises(ServerRefused) as refused:
        transport.get(f"{origin}/evil")
    assert "\x1b" not in str(refused.value)
    assert "\x07" not in str(refused.value)


def test_a_broken_server_is_one_sentence(origin: str) -> None:
    with Transport() as transport, pytest.raises(ServerRefused, match=r"HTTP 500\)\.$"):
        transport.get(f"{origin}/broken")


def test_an_endless_answer_is_cut_off(origin: str) -> None:
    with Transport() as transport, pytest.raises(ClientError, match="more than"):
        transport.get(f"{origin}/large", limit=1000)


def test_a_stopped_server_is_one_sentence_without_the_path() -> None:
    with Transport() as transport, pytest.raises(ServerUnreachable) as refused:
        transport.get("http://127.0.0.1:9/polls/secret-poll")
    assert "cannot be reached" in str(refused.value)
    assert "secret-poll" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://city.example",
        "ftp://city.example",
        "https://user:word@city.example",
        "https://city.example/?q=1",
        "https://city.example/#code",
        "https://city.example:0",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_address_that_could_leak_is_refused(address: str) -> None:
    with pytest.raises(ClientError):
        checked_address(address)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("HTTPS://City.Example/", "https://city.example"),
        (" https://city.example/polls/Lunch ", "https://city.example/polls/Lunch"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_address_is_brought_to_its_one_spelling(written: str, read: str) -> None:
    assert checked_address(written) == read
