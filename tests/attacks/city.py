"""A real service to attack: `symbolon-server serve` with several workers over one SQLite file.

The organiser's acts go through the services that the commands use, in this process, so that the
keystore is opened only once. Wallets and requests are in `wallet.py`.
"""

import asyncio
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.mmap_dict import MmapedDict

from credentials.formats import base64url
from credentials.formats.head import Head
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import App, Door, Event, Metadata
from credentials.formats.poll_bundle import read_bundle
from credentials.formats.poll_event import PollEvent
from credentials.polls import State
from credentials.registry.accumulator import Removal
from credentials.registry.chain import HeadChain
from credentials.registry.log import read_entries, split_entries
from credentials.tally import TallyResult
from server.agreement.anchor import Anchor
from server.commands.session import Session, open_community
from server.doors.organiser import DoorOffice
from server.issuance.attendee import Invitation
from server.issuance.claim_codes import derive_code
from server.polls.poll import Draft
from server.presentations.organiser import AppOffice
from server.registry.publisher import When

REPOSITORY = Path(__file__).resolve().parents[2]
PASSPHRASE = "correct horse battery staple"
SCHEMA = {
    "name": "city-pass",
    "attributes": [
        {"name": "pass", "type": "choice", "values": ["resident", "week", "day"]},
        {"name": "nickname", "type": "text"},
    ],
}
EVENT = Event(id="agora", name="Agora", timezone="UTC")
LOGIN = {"purpose": "login"}
START_SECONDS = 60
STOP_SECONDS = 20

Call = tuple[str, str, dict[str, Any], dict[str, str]]
"""Method, path, JSON body and headers of a request."""


@dataclass(frozen=True)
class Ticket:
    """An entitlement and its present claim code."""

    entitlement: str
    code: str


@dataclass
class City:
    """A community, its organiser, and the processes that serve it."""

    directory: Path
    workers: int = 2
    tokens: dict[str, str] = field(default_factory=dict)

    def found(self, *, schema: dict[str, Any] = SCHEMA) -> "City":
        """Make the community and give it doors, apps and polls."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.data = self.directory / "data"
        self.passphrase_file = self.directory / "passphrase"
        self.passphrase_file.write_text(PASSPHRASE)
        schema_file = self.directory / "schema.json"
        schema_file.write_text(json.dumps(schema))
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        # A new connection for each request, so that every worker gets its share.
        self.client = httpx.Client(
            base_url=self.address,
            limits=httpx.Limits(max_keepalive_connections=0),
            timeout=60,
            trust_env=False,
        )
        made = self.command(
            "init",
            "--name=Agora",
            f"--address={self.address}",
            f"--schema={schema_file}",
            f"--event={EVENT.id}={EVENT.name}",
        )
        assert made.returncode == 0, made.stderr
        self.session: Session = open_community(self.data, passphrase_file=self.passphrase_file)
        self.entitlements = self.session.entitlements
        return self

    # --- the organiser

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `symbolon-server` with arguments over this community's data directory."""
        return subprocess.run(
            [sys.executable, "-m", "server.commands.main", *arguments, f"--data={self.data}"],
            cwd=REPOSITORY,
            env={**os.environ, "SYMBOLON_PASSPHRASE": PASSPHRASE},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def metadata(self) -> Metadata:
        """The newest metadata."""
        return self.session.community.metadata()

    @property
    def heads(self) -> HeadChain:
        """The registry heads that were published."""
        return self.session.registry.chain()

    def removals(self, *, after: Head, upto: Head) -> list[Removal]:
        """What the public log says between two heads."""
        octets, _ = self.session.registry.log_segment(0)
        return read_entries(split_entries(octets)[after.removals : upto.removals])

    @cached_property
    def digits(self) -> bytes:
        """The digit table as everybody is served it."""
        return base64url.decode(self.get("/registry/digits").json()["digits"])

    def add_door(self, door_id: str, mode: str) -> None:
        """Add a door and keep its token."""
        shown = () if mode == "members_only" else ("reissued",)
        door = Door(
            id=door_id, name=door_id, event=EVENT.id, mode=mode, disclose=shown, expires_by=""
        )
        office = DoorOffice(self.session.database, self.session.community)
        self.tokens[door_id] = office.add(door)

    def add_app(self, app_id: str, response_address: str) -> None:
        """Register an app and keep its token."""
        office = AppOffice(self.session.database, self.session.community)
        app = App(id=app_id, name=app_id, response_address=response_address)
        self.tokens[app_id] = office.add(app)

    def open_poll(
        self,
        poll_id: str,
        *,
        options: tuple[str, ...] = ("yes", "no"),
        seconds: int = 3600,
        **more: Any,
    ) -> Manifest:
        """Open a poll, whose roll is who is enrolled now; `more` are fields of the draft."""
        office = self.session.polls.office
        draft = Draft(question=f"{poll_id}?", options=options, closes_after=seconds, **more)
        office.create(poll_id, draft)
        poll = office.open(poll_id).poll
        assert poll is not None
        return poll.manifest

    def close_poll(self, poll_id: str) -> None:
        """Close a poll before its time."""
        self.session.polls.office.close(poll_id, reason="The test is over.")

    def certify(self, poll_id: str) -> TallyResult:
        """Close and certify a poll; what anyone reads in its bundle."""
        listed = self.session.polls.office.poll(poll_id)
        if listed.poll is not None and listed.poll.is_open and not self.is_over(poll_id):
            self.close_poll(poll_id)
        if self.session.polls.office.move_on(poll_id).state is not State.CERTIFIED:
            self.session.polls.office.certify(poll_id)
        *_, last = self.log_entries(poll_id)
        return TallyResult.from_cbor(PollEvent.from_cbor(last).value)

    def is_over(self, poll_id: str) -> bool:
        """Whether the service has closed a poll."""
        return bool(self.get(f"/polls/{poll_id}").json()["state"] != "open")

    def log_entries(self, poll_id: str) -> list[bytes]:
        """All entries of an ended poll, from the bundle that everybody can fetch."""
        _, entries = read_bundle(BytesIO(self.get(f"/polls/{poll_id}/bundle").content))
        return list(entries)

    def votes(self, poll: Manifest) -> tuple[list[int], int]:
        """Certify a single-choice poll; the votes of each option, and the abstentions."""
        result = self.certify(poll.poll)
        scores = result.rounds[0].scores if result.rounds else (0,) * len(poll.options)
        return [int(score or 0) for score in scores], result.abstentions

    def invite(self, **more: str | int) -> Ticket:
        """Entitle a new attendee; `more` are attributes that this city's schema has besides."""
        source = secrets.token_bytes(32)
        email = f"{source.hex()}@city.example"
        attributes: dict[str, str | int] = {"pass": "resident", "nickname": "owl", **more}
        invitation = Invitation(key=source, name="N.", email=email, attributes=attributes)
        self.entitlements.invite([invitation])
        entitlement = self.entitlements.find(email)
        link_key = self.session.keystore.link_key
        code = derive_code(link_key, entitlement_id=entitlement, generation=1)
        return Ticket(entitlement=entitlement, code=code)

    def reissue(self, entitlement: str, *, when: When = When.NOW) -> Ticket:
        """Let the attendee who lost everything claim anew."""
        claim = self.entitlements.reissue(entitlement, when=when)
        return Ticket(entitlement=entitlement, code=claim.code)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with self.session.database.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query, values)]

    def forget_what_was_signed(self) -> None:
        """As an organiser does who tampers with the database: its memory goes away with it."""
        now = self.session.standing()
        self.session.guard.anchor.change(lambda before: (before or Anchor.at(now)).moved(now))
        deadline = time.monotonic() + START_SECONDS
        while hasattr(self, "process") and self.get("/health").json()["status"] != "ok":
            assert time.monotonic() < deadline
            time.sleep(0.2)

    # --- the service

    def serve(self) -> None:
        """Start the workers and wait until they answer."""
        self.output = (self.directory / "stdout").open("ab+")
        self.errors = (self.directory / "stderr").open("ab+")
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "server.commands.main", "serve", f"--data={self.data}"),
                *(f"--port={self.port}", f"--workers={self.workers}"),
                f"--passphrase-file={self.passphrase_file}",
            ],
            cwd=REPOSITORY,
            stdout=self.output,
            stderr=self.errors,
            stdin=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while b"is served at" not in self.said():
            assert self.process.poll() is None, self.said().decode()
            assert time.monotonic() < deadline, self.said().decode()
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the workers."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.client.close()
        self.session.database.close()
        self.output.close()
        self.errors.close()

    def said(self) -> bytes:
        """All that the service has written to stdout and stderr."""
        return b"".join((self.directory / name).read_bytes() for name in ("stdout", "stderr"))

    def bearer(self, owner: str) -> dict[str, str]:
        """The Authorization header of a door or an app."""
        return {"authorization": f"Bearer {self.tokens[owner]}"}

    def get(self, path: str, *, bearer: str | None = None) -> httpx.Response:
        """One GET."""
        return self.client.get(path, headers=self.bearer(bearer) if bearer else None)

    def post(self, path: str, body: dict[str, Any], *, bearer: str | None = None) -> httpx.Response:
        """One POST."""
        headers = self.bearer(bearer) if bearer else None
        return self.client.post(path, json=body, headers=headers)

    def at_once(self, calls: Iterable[Call]) -> list[httpx.Response]:
        """Send all requests at once, each over a connection of its own; answers in their order."""
        return asyncio.run(self._at_once(list(calls)))

    async def _at_once(self, calls: list[Call]) -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=len(calls), max_keepalive_connections=0)
        async with httpx.AsyncClient(
            base_url=self.address, limits=limits, timeout=120, trust_env=False
        ) as client:
            return await asyncio.gather(
                *(
                    client.request(method, path, json=body, headers=headers)
                    for method, path, body, headers in calls
                )
            )

    def answered_by_worker(self, route: str) -> dict[str, float]:
        """How many requests to a route each worker process has answered, by process id."""
        counted = {}
        for file in (self.data / "metrics").glob("counter_*.db"):
            values = MmapedDict.read_all_values_from_file(str(file))  # type: ignore[no-untyped-call]
            counted[file.stem] = sum(
                value
                for key, value, *_ in values
                if "symbolon_requests_total" in key and f'"{route}"' in key
            )
        return counted


def slug(response: httpx.Response) -> str:
    """The kind of a problem, without its prefix; empty if the answer is none."""
    if not response.headers["content-type"].startswith("application/problem+json"):
        return ""
    return str(response.json()["type"]).removeprefix("urn:symbolon:problem:")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
