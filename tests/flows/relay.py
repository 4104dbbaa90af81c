"""A relay of drand's HTTP API on this machine, which answers as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.beacons import OwnBeacon


class Relay(ThreadingHTTPServer):
    """A relay of a network, which answers as it is told."""

    def __init__(self, network: OwnBeacon) -> None:
        self.network = network
        super().__init__(("127.0.0.1", 0), Answering)
        self.answer: Callable[[int], tuple[int, bytes]] = lambda _number: (404, b"{}")
        self.asked: list[str] = []
        self.slow = 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    server: Relay

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        status, octets = self.server.answer(int(self.path.rsplit("/", 1)[1]))
        self.send_response(status)
        if status == 302:
            self.send_header("location", f"{self.server.address}/elsewhere/1")
        self.send_header("content-length", str(len(octets)))
        self.end_headers()
        for octet in octets:
            self.wfile.write(bytes([octet]))
            if self.server.slow:
                self.wfile.flush()
                time.sleep(self.server.slow)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def relay(network: OwnBeacon) -> Iterator[Relay]:
    made = Relay(network)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def honest(network: OwnBeacon) -> Callable[[int], tuple[int, bytes]]:
    def answer(number: int) -> tuple[int, bytes]:
        body = {"round": number, "signature": network.signature(number).hex()}
        return 200, json.dumps(body).encode()

    return answer
