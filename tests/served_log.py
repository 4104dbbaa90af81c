"""A poll's log behind real HTTP on 127.0.0.1: the service's side of a witness's tests.

Answers come from credentials.log; tests make it lie by giving it another tree, size or proof.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.errors import LogRefused, WitnessUnknown
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint, log_origin
from credentials.log.lines import encode_base64
from credentials.log.note import VerifierKey
from credentials.merkle import Tree, leaf_hash
from tests.community import Community

POLL = "lunch"
START = 1_790_000_000


class Problem(Exception):
    """An answer with an error: its slug and status."""

    def __init__(self, slug: str, status: int) -> None:
        super().__init__(slug)
        self.slug, self.status = slug, status


def leaves(*, forged_from: int | None = None, size: int = 64) -> list[bytes]:
    """Leaf hashes of a log; with `forged_from` other ones from that entry on."""
    kinds = (
        "honest" if forged_from is None or at < forged_from else "forged" for at in range(size)
    )
    return [leaf_hash(f"{kind} {at}".encode()) for at, kind in enumerate(kinds)]


@dataclass
class ServedLog:
    """A log of `size` entries, and what happened to it. `asked` are the paths, `tokens` aside.

    `before` is called once, with this object, before the next answer to its path.
    """

    community: Community
    size: int = 1
    state: str = "open"
    tree: Tree = field(default_factory=lambda: Tree.over(leaves()))
    signing_key: Ed25519PrivateKey | None = None
    poll: str = POLL
    proof: list[str] | None = None
    witnesses: list[VerifierKey] = field(default_factory=list)
    cosigned: dict[int, SignedCheckpoint] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    problems: dict[str, Problem] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def link(self) -> str:
        return f"{self.community.address}/polls/{POLL}"

    @property
    def origin(self) -> str:
        return log_origin(self.community.address, poll=self.poll)

    def signed(self) -> SignedCheckpoint:
        """The newest checkpoint, with its cosignatures."""
        point = Checkpoint(
            origin=self.origin,
            size=self.size,
            root=self.tree.root(self.size),
            time=START + self.size,
        )
        made = SignedCheckpoint.sign(
            point, private_key=self.signing_key or self.community.signing_key
        )
        kept = self.cosigned.get(self.size)
        return kept if kept is not None and kept.note.text == made.note.text else made

    def answer(self, method: str, path: str, query: dict[str, str], body: str) -> tuple[str, str]:
        """Content type and text. Raises Problem."""
        name = path.removeprefix(f"/polls/{POLL}").strip("/") or "poll"
        self.asked.append(name)
        if name in self.before:
            self.before.pop(name)(self)
        if name in self.problems:
            raise self.problems[name]
        if path == "/.well-known/symbolon.json":
            return "application/json", json.dumps(self.community.signed.to_json())
        if (method, name) == ("GET", "poll"):
            return "application/json", json.dumps({"id": POLL, "state": self.state})
        if (method, name) == ("GET", "log/checkpoint"):
            return "text/plain; charset=utf-8", self.signed().to_text()
        if (method, name) == ("GET", "log/consistency"):
            proof = self.tree.consistency_proof(int(query["from"]), int(query["to"]))
            shown = [encode_base64(value) for value in proof] if self.proof is None else self.proof
            return "application/json", json.dumps({"proof": shown})
        if (method, name) == ("POST", "log/cosignatures"):
            try:
                signed = self.signed().with_cosignatures(body, witnesses=self.witnesses)
            except WitnessUnknown:
                raise Problem("witness-unknown", 403) from None
            except LogRefused:
                raise Problem("cosignature-refused", 422) from None
            self.cosigned[self.size] = signed
            return "text/plain; charset=utf-8", ""
        raise Problem("not-found", 404)


@contextmanager
def serving_log() -> Iterator[ServedLog]:
    """A new community with one log, served until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    served = ServedLog(Community(address=f"http://127.0.0.1:{server.server_port}"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._tell("GET", "")

        def do_POST(self) -> None:
            assert self.headers["content-type"] == "text/plain; charset=utf-8"
            self._tell("POST", self.rfile.read(int(self.headers["content-length"])).decode())

        def _tell(self, method: str, body: str) -> None:
            parts = urlsplit(self.path)
            try:
                kind, text = served.answer(method, parts.path, dict(parse_qsl(parts.query)), body)
                status = 200 if text else 204
            except Problem as problem:
                kind, status = "application/problem+json", problem.status
                value = {"type": f"urn:symbolon:problem:{problem.slug}", "title": problem.slug}
                text = json.dumps(value)
            octets = text.encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            if status != 204:
                self.send_header("content-length", str(len(octets)))
            self.end_headers()
            self.wfile.write(octets)

        def log_message(self, *_: object) -> None:
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
