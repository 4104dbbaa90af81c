"""An organiser with two faces: who comes through another door is shown another log of a poll.

The other log is signed with the community's own key, as only the organiser can. Everything else is
answered by the community's real service. And witnesses, as the organiser pins them.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import PollEvent
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint
from credentials.log.cosignature import WitnessKey
from credentials.merkle import leaf_hash, root_of_leaves
from tests.attacks.city import City


@dataclass
class OtherFace:
    """What is answered in place of the truth, by path, and which paths were asked."""

    city: City
    address: str
    lies: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def link(self, manifest: Manifest) -> str:
        """A poll's link through this door."""
        return f"{self.address}/polls/{manifest.poll}"

    def show(
        self,
        manifest: Manifest,
        *,
        leaves: Sequence[bytes],
        events: Sequence[bytes],
        time: int,
        witnesses: Sequence[WitnessKey] = (),
    ) -> SignedCheckpoint:
        """Show this log of a poll, under a new checkpoint that these witnesses cosigned."""
        checkpoint = Checkpoint(
            origin=manifest.origin, size=len(leaves), root=root_of_leaves(leaves), time=time
        )
        key = self.city.session.keystore.metadata_key
        signed = SignedCheckpoint.sign(checkpoint, private_key=key)
        for witness in witnesses:
            line = witness.cosign(signed.note.text, time=time)
            signed = signed.with_cosignature(line, key=witness.verifier_key)
        told = {"events": [{"octets": base64url.encode(octets)} for octets in events]}
        path = f"/polls/{manifest.poll}/log"
        self.lies = {
            f"{path}/checkpoint": ("text/plain; charset=utf-8", signed.to_text().encode()),
            f"{path}/leaves": ("application/octet-stream", b"".join(leaves)),
            f"{path}/events": ("application/json", json.dumps(told).encode()),
        }
        return signed

    def end_voting(
        self,
        manifest: Manifest,
        closing: PollEvent,
        *,
        time: int,
        witnesses: Sequence[WitnessKey] = (),
        leaves: Sequence[bytes] | None = None,
    ) -> SignedCheckpoint:
        """Show the log as it is now, or other leaves, with an end of voting that is shown here."""
        octets = closing.to_cbor()
        known = leaves_of(self.city, manifest) if leaves is None else leaves
        return self.show(
            manifest,
            leaves=[*known, leaf_hash(octets)],
            events=[octets],
            time=time,
            witnesses=witnesses,
        )


def leaves_of(city: City, manifest: Manifest) -> list[bytes]:
    """The leaf hashes of a poll's real log."""
    octets = city.get(f"/polls/{manifest.poll}/log/leaves").content
    return [octets[at : at + 32] for at in range(0, len(octets), 32)]


def new_witnesses(*names: str) -> tuple[WitnessKey, ...]:
    """Witnesses whom nobody lists yet."""
    return tuple(
        WitnessKey(name=f"{name}.example", private_key=Ed25519PrivateKey.generate())
        for name in names
    )


def keys_of(witnesses: Sequence[WitnessKey]) -> tuple[str, ...]:
    """As a poll pins them."""
    return tuple(witness.verifier_key.to_text() for witness in witnesses)


def cosign(city: City, manifest: Manifest, *witnesses: WitnessKey, time: int) -> None:
    """Cosign the newest checkpoint of the real log, over HTTP."""
    note = city.get(f"/polls/{manifest.poll}/log/checkpoint").text
    text = SignedCheckpoint.parse(note).note.text
    lines = "".join(witness.cosign(text, time=time).to_line() for witness in witnesses)
    answer = city.client.post(
        f"/polls/{manifest.poll}/log/cosignatures",
        content=lines.encode(),
        headers={"content-type": "text/plain"},
    )
    assert answer.status_code == 204, answer.text


@contextmanager
def two_faced(city: City) -> Iterator[OtherFace]:
    """Listen at another port until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    face = OtherFace(city, f"http://127.0.0.1:{server.server_port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            face.asked.append(self.path)
            lie = face.lies.get(self.path.partition("?")[0])
            if lie is not None:
                self._tell(200, *lie)
                return
            self._pass_on(httpx.get(city.address + self.path, timeout=60, trust_env=False))

        def do_POST(self) -> None:
            face.asked.append(self.path)
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {"content-type": self.headers["content-type"]}
            self._pass_on(
                httpx.post(
                    city.address + self.path,
                    content=body,
                    headers=headers,
                    timeout=60,
                    trust_env=False,
                )
            )

        def _pass_on(self, answer: httpx.Response) -> None:
            self._tell(answer.status_code, answer.headers["content-type"], answer.content)

        def _tell(self, status: int, kind: str, octets: bytes) -> None:
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
        yield face
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
