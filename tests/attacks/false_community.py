"""A false community over real HTTP: it signs its own metadata, and hands on the rest to a true one.

It keeps what the true one answered. Its metadata may say anything; its keys are public data of the
true community, so it can sign no credential itself.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.formats import base64url
from credentials.formats.metadata import Metadata, SignedMetadata
from tests.attacks.city import City

METADATA = "/.well-known/symbolon.json"
NONCE = "/issuance/nonce"
CREDENTIAL = "/issuance/credential"


@dataclass
class FalseCommunity:
    """Where it is, what it publishes, and what came to it and went back.

    `nonce` takes the place of the true community's, where it is given.
    """

    city: City
    address: str
    signed: SignedMetadata = field(init=False)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    nonce: bytes = b""
    asked: list[str] = field(default_factory=list)
    credentials: list[httpx.Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.publish()

    def publish(self, **changes: Any) -> Metadata:
        """Metadata with the true community's keys and schema, under a key of its own."""
        metadata = replace(
            self.city.metadata,
            version=1,
            previous=b"",
            name="Agora",
            address=self.address,
            metadata_key=self.key.public_key().public_bytes_raw(),
            **changes,
        )
        self.signed = SignedMetadata.sign(metadata, private_key=self.key)
        return metadata

    @property
    def got_a_credential(self) -> bool:
        """Whether the true community gave one out to it."""
        return any(answer.status_code == 200 for answer in self.credentials)

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, str, bytes]:
        """Status, kind and octets of the answer to a request."""
        self.asked.append(path)
        if path == METADATA:
            return 200, "application/json", json.dumps(self.signed.to_json()).encode()
        if path == NONCE and self.nonce:
            given = {"nonce": base64url.encode(self.nonce), "expires_at": 0}
            return 200, "application/json", json.dumps(given).encode()
        relayed = self.city.client.request(method, path, json=body if method == "POST" else None)
        if path == CREDENTIAL:
            self.credentials.append(relayed)
        return relayed.status_code, relayed.headers["content-type"], relayed.content


@contextmanager
def false_community(city: City) -> Iterator[FalseCommunity]:
    """A false community in front of the true one, until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    false = FalseCommunity(city, address=f"http://127.0.0.1:{server.server_port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._tell("GET", {})

        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers["content-length"]))
            self._tell("POST", json.loads(octets))

        def _tell(self, method: str, body: dict[str, Any]) -> None:
            status, kind, octets = false.answer(method, self.path, body)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *_: object) -> None:
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield false
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
