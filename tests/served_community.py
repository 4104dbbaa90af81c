"""A community in memory behind real HTTP on 127.0.0.1: the issuer's side of a wallet's tests.

Speaks as much of the service's API as wallets, doors and apps read of the registry, and tells what
it is told to tell: tests put lies into `lies`. The real service is started in tests/flows.
"""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from credentials.formats import base64url
from credentials.formats.claim_link import ClaimLink
from credentials.formats.head import Head, SignedHead
from credentials.issuance import commitment_point, draw_handle
from tests.community import Community
from tests.poll_papers import open_manifest, sealed_by_server
from tests.polling import PollInMemory
from tests.served_polls import Answer, Problem, ServedPoll

Json = dict[str, Any]
NEWEST = 64
SEGMENT_HEADS = 256
SEGMENT_VERSIONS = 64
SEGMENT_ENTRIES = 1024


@dataclass
class Enrolled:
    """What the issuer knows of a commitment: `ended` is the slug with which it refuses it."""

    serial: int
    handle: int
    attributes: dict[str, str | int]
    ended: str = ""


@dataclass
class Served:
    """The community, who enrolled (by commitment point, in order), and what was asked (paths).

    `lies` are answers by path, in place of the honest ones; `settled` what becomes of a scan that
    is handed in, by its time, if it is not recorded.
    """

    community: Community
    enrolled: dict[bytes, Enrolled] = field(default_factory=dict)
    polls: dict[str, ServedPoll] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    lies: dict[str, Any] = field(default_factory=dict)
    settled: dict[int, Json] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.community.address

    @property
    def link(self) -> ClaimLink:
        """A claim link; any code is good."""
        code = "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(26))
        metadata = self.community.metadata
        return ClaimLink(address=self.address, code=code, fingerprint=metadata.community_id)

    def member(self, number: int = 0) -> Enrolled:
        """Who enrolled as number `number`, from 0."""
        return list(self.enrolled.values())[number]

    def remove(self, number: int = 0, *, slug: str = "credential-revoked", **how: Any) -> Head:
        """Remove a member and publish the head."""
        self.member(number).ended = slug
        return self.community.publish(self.member(number).handle, **how)

    def change(self, number: int = 0, **attributes: str | int) -> Head:
        """Change a member's attributes: a new handle, and the old one removed."""
        member = self.member(number)
        old, member.handle = member.handle, draw_handle()
        member.attributes |= attributes
        return self.community.publish(old)

    def poll(self, poll: str = "lunch", *, secret: int = 0, **changes: Any) -> ServedPoll:
        """Open a poll at the newest head; with a secret it is sealed by the server."""
        if secret:
            changes.setdefault("sealing", sealed_by_server(secret))
        manifest = open_manifest(self.community, poll=poll, **changes)
        self.polls[poll] = ServedPoll(PollInMemory(self.community, manifest, secret=secret))
        return self.polls[poll]

    # --- answers

    def answer(self, path: str, body: Json) -> Answer:
        """The answer to a request; a lie may be a Problem. Raises Problem."""
        path = path.partition("?")[0]
        self.asked.append(path)
        if path in self.lies:
            lie = self.lies[path]
            if isinstance(lie, Problem):
                raise lie
            return dict(lie) if isinstance(lie, dict) else bytes(lie)
        kind, *rest = path.strip("/").split("/")
        return {
            ".well-known": lambda *_: self.community.signed.to_json(),
            "community": self._community,
            "issuance": self._issuance,
            "registry": self._registry,
            "polls": self._polls,
            "doors": self._doors,
        }[kind](rest, body)

    def _issuance(self, rest: list[str], body: Json) -> Json:
        if rest == ["nonce"]:
            return {"nonce": base64url.encode(secrets.token_bytes(32))}
        commitment = base64url.decode(body["commitment"])
        point = commitment_point(commitment)
        if point not in self.enrolled:
            if body["claim_code"] is None:
                raise Problem("commitment-unknown", 404)
            self.community.serial += 1
            self.enrolled[point] = Enrolled(
                serial=self.community.serial,
                handle=draw_handle(),
                attributes=self.community.attributes(),
            )
        member = self.enrolled[point]
        if member.ended:
            raise Problem(member.ended, 410)
        issuer, head = self.community.issuer, self.community.heads.newest
        issued = issuer.issue(
            commitment,
            nonce=base64url.decode(body["nonce"]),
            handle=member.handle,
            serial=member.serial,
            attributes=member.attributes,
        )
        return {
            "credential": base64url.encode(issued.to_cbor()),
            "witness": base64url.encode(issuer.witness(head, handle=member.handle).to_cbor()),
            "head": self.community.heads.signed[-1].to_json(),
        }

    def _community(self, rest: list[str], _body: Json) -> Json:
        number = int(rest[1])
        segment = [
            signed.to_json()
            for version, signed in enumerate(self.community.versions, start=1)
            if version // SEGMENT_VERSIONS == number
        ]
        if not segment:
            raise Problem("not-found", 404)
        return {"versions": segment}

    def _registry(self, rest: list[str], _body: Json) -> Json:
        heads, entries = self.community.heads.signed, self.community.entries
        if rest == ["heads"]:
            return heads_json(heads[-NEWEST:])
        if rest == ["digits"]:
            return {"digits": base64url.encode(self.community.digits)}
        kind, number = rest[0], int(rest[1])
        if kind == "heads":
            segment = heads[number * SEGMENT_HEADS :][:SEGMENT_HEADS]
            if not segment:
                raise Problem("not-found", 404)
            return heads_json(segment)
        part = entries[number * SEGMENT_ENTRIES :][:SEGMENT_ENTRIES]
        return {"entries": base64url.encode(b"".join(part))}

    def _polls(self, rest: list[str], body: Json) -> Answer:
        if not rest:
            return {"polls": [poll.told() for poll in self.polls.values()]}
        if rest[0] not in self.polls:
            raise Problem("poll-unknown", 404)
        return self.polls[rest[0]].answer(rest[1:], body)

    def _doors(self, rest: list[str], body: Json) -> Json:
        heads = heads_json(self.community.heads.signed[-NEWEST:])
        if rest[1:] == ["checkins"]:
            return {"verdict": "admitted", "disclosed": {"reissued": 0}}
        if rest[1:] == ["sync"]:
            results = [
                {"scan_id": s["scan_id"], "verdict": "admitted", "outcome": "recorded"}
                | self.settled.get(s["scanned_at"], {})
                for s in body["scans"]
            ]
            return {"results": results, "entries": [], "now": int(time.time())} | heads
        signed = self.community.signed.to_json()
        return {"door": rest[0], "now": 1_790_000_000, "entries": []} | signed | heads


def heads_json(heads: tuple[SignedHead, ...] | list[SignedHead]) -> Json:
    """The form in which heads are served."""
    return {"heads": [head.to_json() for head in heads]}


def _octets(value: Answer) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode()


@contextmanager
def serving(**community: Any) -> Iterator[Served]:
    """A new community, served until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    served = Served(Community(address=f"http://127.0.0.1:{server.server_port}", **community))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._tell({})

        def do_POST(self) -> None:
            self._tell(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def _tell(self, body: Json) -> None:
            try:
                status, value = 200, served.answer(self.path, body)
            except Problem as problem:
                status = problem.status
                value = {"type": f"urn:symbolon:problem:{problem.slug}", "title": problem.slug}
                value |= problem.members
            octets = _octets(value)
            self.send_response(status)
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
