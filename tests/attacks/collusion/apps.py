"""Apps that write down whatever they are sent, and hand it on; one of them chooses what it asks.

An app serves its own requests to wallets, so it may name in them what it likes.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

from credentials.formats import base64url
from credentials.formats.head import Head
from credentials.formats.request import PresentationRequest
from tests.attacks.city import City
from tests.attacks.collusion.record import Record, Request

Change = Callable[[PresentationRequest], PresentationRequest]


@dataclass
class App:
    """An app on a port of its own, registered with the city, over HTTP of its own."""

    city: City
    id: str
    record: Record
    asked: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        app = self
        self._connections = count()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                self.number = next(app._connections)

            def do_GET(self) -> None:
                link = self.path.rpartition("/")[2]
                self._tell({"request": app.asked[link], "status": "waiting"}, body=b"")

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                self._tell({"message": app.answer(body)}, body=body)

            def _tell(self, value: dict[str, Any], *, body: bytes) -> None:
                answer = json.dumps(value).encode()
                app.record.add(
                    Request(
                        place=app.id,
                        at=int(time.time()),
                        connection=f"{app.id} {self.number}",
                        method=self.command,
                        path=self.path,
                        headers=tuple(self.headers.items()),
                        body=body,
                        answer=answer,
                    )
                )
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.city.add_app(self.id, f"{self.address}/answer")
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def ask(self, policy: dict[str, Any], *, change: Change = lambda request: request) -> str:
        """A link for one wallet; `change` is what this app makes of the service's request."""
        made = self.city.post("/presentations/requests", {"policy": policy}, bearer=self.id)
        assert made.status_code == 201, made.text
        link = made.json()["id"]
        asked = self.city.get(f"/presentations/requests/{link}").json()["request"]
        request = change(PresentationRequest.from_cbor(base64url.decode(asked)))
        self.asked[link] = base64url.encode(request.to_cbor())
        return f"{self.address}/ask/{link}"

    def answer(self, body: bytes) -> str:
        """Hand an answer on to the service; the verdict."""
        sent = json.loads(body)
        told = self.city.post(
            f"/presentations/requests/{sent['request']}",
            {"presentation": sent["presentation"]},
            bearer=self.id,
        )
        return str(told.json()["verdict"])


def naming(head: Head) -> Change:
    """A request that names another value of the registry than the newest."""
    return lambda request: replace(request, value=head.value)
