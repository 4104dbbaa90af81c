"""A real service for flow tests: the organiser's command, and `serve` on a free port.

Nothing of it runs in this process; tests see what an organiser and a wallet see.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

from credentials.formats import base64url
from credentials.formats.claim_link import ClaimLink
from credentials.formats.credential import IssuedCredential, IssuedWitness
from credentials.formats.head import SignedHead
from credentials.formats.metadata import Metadata, SignedMetadata
from credentials.holder import Credential, accept
from credentials.issuance import CommitmentSecrets, commit, derive_secrets

PASSPHRASE = "nine muses and a lyre"
START_SECONDS = 40.0


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@dataclass
class Organiser:
    """A data directory, and the command that works on it."""

    data: Path
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(
        self, *arguments: str, passphrase: str = PASSPHRASE
    ) -> subprocess.CompletedProcess[str]:
        """Run `symbolon-server` with these arguments on the data directory."""
        return subprocess.run(
            [*command(), *arguments, "--data", str(self.data)],
            env={**os.environ, "SYMBOLON_PASSPHRASE": passphrase, "COLUMNS": "100"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def ask(self, *arguments: str) -> Any:
        """The JSON that a command prints; it must succeed."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def claim_links(self) -> dict[str, ClaimLink]:
        """The claim links of all attendees, by name."""
        import csv

        out = self.data.parent / f"links-{secrets.token_hex(4)}.csv"
        self.ask("attendees", "links", "--all", "--out", str(out))
        with out.open(newline="") as file:
            return {row["name"]: ClaimLink.parse(row["link"]) for row in csv.DictReader(file)}


def command() -> list[str]:
    """How to start `symbolon-server` with this Python."""
    return [sys.executable, "-m", "server.commands.main"]


@dataclass
class Served:
    """A running `symbolon-server serve`; ends with the `with` block."""

    organiser: Organiser
    workers: int = 2
    log: Path = field(init=False)
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.organiser.data.parent / "serve.log"
        self.http = httpx.Client(base_url=self.organiser.address, timeout=40)

    def __enter__(self) -> "Served":
        arguments = ["--port", str(self.organiser.port), "--workers", str(self.workers)]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [*command(), "serve", *arguments, "--data", str(self.organiser.data)],
                env={**os.environ, "SYMBOLON_PASSPHRASE": PASSPHRASE},
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.http.get("/health", timeout=2)
                return self
            except httpx.TransportError:
                ended = self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    self.stop()
                    raise AssertionError(self.log.read_text()) from None
                time.sleep(0.05)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """End the service as Ctrl-C does; its exit status."""
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def metadata(self) -> Metadata:
        """The published metadata, its signature not pinned."""
        envelope = self.http.get("/.well-known/symbolon.json").json()
        return SignedMetadata.from_json(envelope).open_unpinned()


@dataclass
class Wallet:
    """A wallet reduced to what issuance needs; its HTTP is the real one."""

    served: Served
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    count: int = 0

    @property
    def secrets(self) -> CommitmentSecrets:
        return derive_secrets(self.seed, metadata=self.served.metadata(), count=self.count)

    def commit(self, *, nonce: bytes) -> bytes:
        """The commitment, proven for this service's community and a nonce."""
        return commit(self.secrets, metadata=self.served.metadata(), nonce=nonce)

    def ask(self, code: str | None, *, http: httpx.Client | None = None) -> httpx.Response:
        """Fetch a nonce, commit, and ask for a credential."""
        http = http or self.served.http
        nonce = base64url.decode(http.post("/issuance/nonce", json={}).json()["nonce"])
        return self.send(self.commit(nonce=nonce), nonce=nonce, code=code, http=http)

    def send(
        self,
        commitment: bytes,
        *,
        nonce: bytes,
        code: str | None,
        http: httpx.Client | None = None,
    ) -> httpx.Response:
        """One request for a credential."""
        return (http or self.served.http).post(
            "/issuance/credential",
            json={
                "nonce": base64url.encode(nonce),
                "commitment": base64url.encode(commitment),
                "claim_code": code,
            },
        )

    def claim(self, code: str | None) -> tuple[IssuedCredential, Credential]:
        """Ask, and check what was issued as a wallet does."""
        answer = self.ask(code)
        assert answer.status_code == 200, answer.text
        body, metadata = answer.json(), self.served.metadata()
        issued = IssuedCredential.from_cbor(base64url.decode(body["credential"]))
        witness = IssuedWitness.from_cbor(base64url.decode(body["witness"]))
        head = SignedHead.from_json(body["head"]).open(metadata_key=metadata.metadata_key)
        credential = accept(issued, secrets=self.secrets, metadata=metadata)
        return issued, credential.at(head, witness=witness.point)


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and slug of a refusal."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    kind: str = answer.json()["type"]
    assert kind.startswith("urn:symbolon:problem:")
    return answer.status_code, kind.rpartition(":")[2]
