"""Every way to use the service wrongly, with something secret in each place.

What a participant of the festival knows goes where it does not belong: into bodies, addresses,
headers, tokens and proofs, and into HTTP that is none.
"""

import json
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import quote

from credentials.formats import base64url
from credentials.formats.manifest import Manifest
from credentials.formats.presentation import Presentation
from tests.attacks.city import City
from tests.attacks.wallet import Wallet, cast


@dataclass(frozen=True)
class Kept:
    """What a member wants to keep to themselves, and has to misuse."""

    name: str
    email: str
    claim: str
    member: Wallet
    shown: Presentation
    poll: Manifest
    ballot: bytes

    @property
    def pseudonym(self) -> str:
        """The pseudonym as apps are told it."""
        return base64url.encode(self.shown.pseudonym)


def misuse(city: City, kept: Kept, *, source: str) -> None:
    """Do everything wrong; `source` is the address that connections come from."""
    code = kept.member.code("gate")
    _wrong_bodies(city, kept)
    _wrong_addresses(city, kept, code)
    _wrong_tokens(city, kept, code)
    _wrong_codes_and_policies(city, kept)
    _malformed_proofs(city, kept, code)
    _no_http(city, kept, source)


def _wrong_bodies(city: City, kept: Kept) -> None:
    client = city.client
    paths = [
        *("/issuance/nonce", "/issuance/credential", "/doors/gate/checkins", "/doors/gate/sync"),
        *(f"/polls/{kept.poll.poll}/ballots", "/presentations/requests", "/presentations/verify"),
    ]
    bodies: list[bytes] = [
        b"",
        b"{",
        f'{{"email": "{kept.email}"'.encode(),
        f'{{"{kept.email}": 1, "{kept.claim}": "{kept.pseudonym}"}}'.encode(),
        json.dumps([kept.name, kept.email, kept.pseudonym]).encode(),
        f'"{kept.email}"'.encode(),
        b'{"code": "' + kept.shown.to_cbor() + b'"}',
        b'{"code": ' + b"9" * 6000 + b"}",
        b"[" * 20_000,
        b'{"code": NaN}',
        json.dumps(
            {"code": [kept.email], "ballot": {kept.claim: kept.email}, "commitment": 7}
        ).encode(),
        json.dumps(
            {
                "nonce": kept.email,
                "commitment": kept.pseudonym,
                "claim_code": kept.claim,
                "policy": {kept.email: 1},
            }
        ).encode(),
        json.dumps({"code": kept.email, "ballot": kept.email, "presentation": kept.email}).encode(),
        json.dumps(
            {
                "policy": {"purpose": kept.email},
                "nonce": kept.pseudonym,
                "presentation": kept.pseudonym,
            }
        ).encode(),
        json.dumps({"policy": {"purpose": "login", "disclose": [kept.email, kept.claim]}}).encode(),
        json.dumps(
            {"scans": [{"scan_id": kept.email, "code": kept.email, "scanned_at": kept.email}]}
        ).encode(),
        kept.email.encode() * 5000,
    ]
    for path in paths:
        for body in bodies:
            owner = "gate" if path.startswith("/doors") else "cafe"
            client.post(path, content=body, headers=city.bearer(owner))
        for kind in (
            "application/x-www-form-urlencoded",
            f"text/{kept.claim}",
            "multipart/form-data",
        ):
            client.post(
                path, content=f"email={kept.email}".encode(), headers={"content-type": kind}
            )
        client.request("DELETE", path, params={"email": kept.email, "code": kept.claim})
        client.request("ANA", path)
        client.head(path)
        client.options(path)


def _wrong_addresses(city: City, kept: Kept, code: str) -> None:
    client, token = city.client, city.bearer("gate")
    for secret in (kept.email, kept.claim, kept.pseudonym, kept.name, code):
        quoted = "/" + quote(secret, safe="")
        for place in ("", "/polls", "/doors", "/presentations/requests", "/claim", "/metrics"):
            client.get(f"{place}{quoted}", params={"q": secret})
        client.post(f"/doors{quoted}/checkins", json={"code": code}, headers=token)
        client.post(f"/polls{quoted}/ballots", json={"ballot": secret})


def _wrong_tokens(city: City, kept: Kept, code: str) -> None:
    client, token = city.client, city.bearer("gate")
    for authorization in (
        "Bearer",
        f"Bearer {kept.email}",
        f"Basic {kept.claim}",
        f"Bearer {kept.pseudonym}",
    ):
        for path in ("/metrics", "/doors/gate", f"/presentations/requests/{kept.claim}"):
            client.get(path, headers={"authorization": authorization})
        body = {"code": code}
        client.post("/doors/gate/checkins", json=body, headers={"authorization": authorization})
    client.post("/doors/yard/checkins", json={"code": code}, headers=token)
    client.post("/doors/gate/checkins", json={"code": code}, headers=city.bearer("cafe"))
    client.post("/doors/gate/checkins", json={"code": code, "direction": "out"}, headers=token)


def _wrong_codes_and_policies(city: City, kept: Kept) -> None:
    client = city.client
    for wrong in (
        kept.claim,
        kept.claim.lower(),
        kept.claim[:-1] + "A",
        kept.email,
        "A" * 26,
        kept.claim + "\n",
    ):
        client.post(
            "/issuance/credential", json={**Wallet(city).commitment()[0], "claim_code": wrong}
        )
    for policy in (
        {"purpose": "poll"},
        {"purpose": "login", kept.email: kept.claim},
        {"purpose": "login", "disclose": ["nickname"]},
        {"purpose": "login", "disclose": [kept.email]},
        {"purpose": "login", "require": [kept.email]},
    ):
        client.post("/presentations/requests", json={"policy": policy}, headers=city.bearer("cafe"))
    used = {**kept.member.commitment()[0], "claim_code": kept.claim}
    for _ in range(2):
        client.post("/issuance/credential", json=used)


def _malformed_proofs(city: City, kept: Kept, code: str) -> None:
    """One changed octet at many places of everything that proves something."""
    for at in range(0, len(kept.ballot), 61):
        cast(city, kept.poll.poll, _flipped(kept.ballot, at))
    octets = kept.shown.to_cbor()
    for at in range(0, len(octets), 61):
        body = {
            "policy": {"purpose": "login"},
            "nonce": base64url.encode(secrets.token_bytes(32)),
            "presentation": base64url.encode(_flipped(octets, at)),
        }
        city.post("/presentations/verify", body, bearer="cafe")
    for at in range(0, len(code), 61):
        changed = code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]
        city.post("/doors/gate/checkins", {"code": changed}, bearer="gate")
    for at in range(0, 144, 12):
        body, _ = kept.member.commitment()
        changed_proof = _flipped(base64url.decode(body["commitment"]), at)
        city.post("/issuance/credential", {**body, "commitment": base64url.encode(changed_proof)})


def _flipped(octets: bytes, at: int) -> bytes:
    return octets[:at] + bytes([octets[at] ^ 1]) + octets[at + 1 :]


def _no_http(city: City, kept: Kept, source: str) -> None:
    for text in (
        f"GET /?email={kept.email} HTTP/9.9\r\n\r\n",
        f"{kept.email}\r\n\r\n",
        f"POST /polls/colour/ballots HTTP/1.1\r\nhost: {kept.email}\r\n"
        f"content-length: {'9' * 5000}\r\n\r\n",
        f"POST /issuance/credential HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{kept.claim}",
        f"GET / HTTP/1.1\r\nhost: x\r\nbad header {kept.email}\r\n\r\n",
        f"GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
        f"sec-websocket-key: {kept.claim}\r\nsec-websocket-version: 13\r\n\r\n",
    ):
        with socket.create_connection(
            ("127.0.0.1", city.port), source_address=(source, 0), timeout=5
        ) as connection:
            connection.sendall(text.encode())
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
