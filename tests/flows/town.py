"""A community with real enrolments behind the real application, at a time that a test holds.

Members claim, follow the registry and show over HTTP, as wallets do; the organiser works with the
services that the commands use. The clock stands until it is told to go on.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from credentials.days import day_of
from credentials.doors import door_policy
from credentials.formats import base64url
from credentials.formats.credential import IssuedCredential, IssuedWitness
from credentials.formats.head import Head, SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Metadata
from credentials.formats.policy import Policy
from credentials.formats.qr import to_qr_text
from credentials.holder import Credential, accept
from credentials.issuance import commit, derive_secrets
from credentials.polls import make_ballot
from credentials.presentation import present
from credentials.registry.accumulator import Removal
from credentials.registry.chain import HeadChain
from credentials.registry.digits import open_digits
from credentials.registry.log import read_entries, split_entries
from credentials.scope import app_scope, door_scope, time_slot
from server.app import create_app
from server.community.service import CommunityService
from server.database import Database
from server.doors.organiser import DoorOffice
from server.hold import FREE, Hold
from server.issuance.attendee import Invitation
from server.issuance.enrolments import Enrolments
from server.issuance.entitlements import EntitlementService
from server.keystore import Keystore
from server.migrations import upgrade
from server.organiser.access import OrganiserAccess
from server.polls.assembly import assemble_polls
from server.polls.poll import Draft
from server.presentations.organiser import AppOffice
from server.registry.publisher import Publisher
from server.registry.service import RegistryService
from server.settings import Settings
from tests.community import APPS, DOORS, EVENT, SCHEMA
from tests.flows.http_city import Http
from tests.flows.standing import Clock

TOMORROW = 86_400


@dataclass
class Town:
    """The services of one community, and its application, over one database."""

    directory: Path
    clock: Clock = field(default_factory=Clock)
    keystore: Keystore = field(default_factory=Keystore.generate)

    def __post_init__(self) -> None:
        settings = Settings(data_directory=self.directory)
        self.file = settings.database_file
        self.database = Database(settings.database_url)
        upgrade(self.database)
        self.community = CommunityService(
            self.database, signing_key=lambda: self.keystore.metadata_key, clock=self.clock
        )
        self.registry = RegistryService(self.database, self.community)
        self.publisher = open_publisher(self.file, self.keystore, clock=self.clock)
        self.entitlements = EntitlementService(
            self.database,
            community=self.community,
            registry=self.registry,
            publisher=self.publisher,
            link_key=lambda: self.keystore.link_key,
        )
        self.poll_office = assemble_polls(
            self.database,
            community=self.community,
            registry=self.registry,
            publisher=self.publisher,
            keystore=lambda: self.keystore,
            clock=self.clock,
        ).office
        first = Metadata(
            version=1,
            previous=b"",
            name="Agora",
            address="https://agora.example",
            metadata_key=self.keystore.metadata_public_key,
            keys=self.keystore.issuer.public_keys(),
            schemas=(SCHEMA,),
            events=(EVENT,),
            doors=DOORS,
            apps=APPS,
            published_at=self.clock(),
        )
        with self.database.write() as connection:
            self.community.publish_first(first, connection=connection)
            self.publisher.publish_first(connection)
        self.http = Http(create_app(settings, self.keystore, clock=self.clock))
        doors, apps = (
            DoorOffice(self.database, self.community),
            AppOffice(self.database, self.community),
        )
        self.tokens = {
            **{door.id: doors.renew_token(door.id) for door in DOORS},
            **{app.id: apps.renew_token(app.id) for app in APPS},
            "organiser": OrganiserAccess(self.database).renew_token(),
        }

    @property
    def metadata(self) -> Metadata:
        return self.community.metadata()

    @property
    def head(self) -> Head:
        """The newest registry head."""
        return self.registry.chain().newest

    def invite(self, *names: str, **attributes: str | int) -> None:
        """Entitle attendees, residents unless it is said otherwise."""
        values = {
            "pass": "resident",
            "volunteer": 0,
            "nickname": "owl",
            "points": 70_000,
            "valid_until": day_of(self.clock()) + 30,
            **attributes,
        }
        self.entitlements.invite(
            [
                Invitation(
                    key=secrets.token_bytes(32),
                    name=name,
                    email=f"{name.lower()}@example.org",
                    attributes=values,
                )
                for name in names
            ]
        )

    def id(self, name: str) -> str:
        """The id of an attendee."""
        return self.entitlements.find(f"{name.lower()}@example.org")

    def states(self) -> dict[str, str]:
        """The state of every attendee, by name."""
        return {one.name: one.state for one in self.entitlements.attendees()}

    def code(self, name: str) -> str:
        """The current claim code of an attendee."""
        claims = self.entitlements.claims(unclaimed_only=False)
        return next(claim.code for claim in claims if claim.attendee.name == name)

    def join(self, name: str, **attributes: str | int) -> "TownWallet":
        """Invite somebody who claims at once."""
        self.invite(name, **attributes)
        wallet = TownWallet(self)
        wallet.claim(self.code(name))
        return wallet

    def go_on(self, seconds: int) -> Head | None:
        """Let time pass, and the service look whether a head is due."""
        self.clock.now += seconds
        return self.publisher.publish_due()

    def to_next_head(self) -> Head:
        """Wait for the next scheduled head."""
        head = self.go_on(self.head.next_at - self.clock())
        assert head is not None
        return head

    def post(self, path: str, body: object, *, bearer: str | None = None) -> httpx.Response:
        """POST as the owner of a token, or as nobody."""
        return self.http.post(path, json=body, headers=self._headers(bearer))

    def get(self, path: str, *, bearer: str | None = None) -> httpx.Response:
        """GET as the owner of a token, or as nobody."""
        return self.http.get(path, headers=self._headers(bearer))

    def _headers(self, bearer: str | None) -> dict[str, str]:
        return {} if bearer is None else {"authorization": f"Bearer {self.tokens[bearer]}"}

    def open_poll(self, poll: str) -> Manifest:
        """Open a poll."""
        draft = Draft(question="Where?", options=("Garden", "Roof"), closes_after=TOMORROW)
        self.poll_office.create(poll, draft)
        opened = self.poll_office.open(poll).poll
        assert opened is not None
        return opened.manifest


@dataclass
class TownWallet:
    """What a member's wallet does, and no more."""

    town: Town
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def ask(self, code: str | None = None) -> httpx.Response:
        """Fetch a nonce, commit, and ask for a credential."""
        metadata = self.town.metadata
        self.secrets = derive_secrets(self.seed, metadata=metadata, count=0)
        nonce = self.town.post("/issuance/nonce", {}).json()["nonce"]
        commitment = commit(self.secrets, metadata=metadata, nonce=base64url.decode(nonce))
        return self.town.post(
            "/issuance/credential",
            {"nonce": nonce, "commitment": base64url.encode(commitment), "claim_code": code},
        )

    def claim(self, code: str | None = None) -> Credential:
        """Ask, and check everything that comes."""
        answer = self.ask(code)
        assert answer.status_code == 200, answer.text
        body, metadata = answer.json(), self.town.metadata
        self.issued = IssuedCredential.from_cbor(base64url.decode(body["credential"]))
        witness = IssuedWitness.from_cbor(base64url.decode(body["witness"]))
        chain = HeadChain.start([SignedHead.from_json(body["head"])], metadata=metadata)
        assert witness.head == chain.newest.hash == self.town.head.hash
        self.credential = (
            accept(self.issued, secrets=self.secrets, metadata=metadata)
            .at(chain.newest, witness=witness.point)
            .with_digits(
                open_digits(
                    base64url.decode(self.town.get("/registry/digits").json()["digits"]),
                    digit_key=metadata.keys.digit_key,
                )
            )
        )
        return self.credential

    def update(self) -> Credential:
        """Follow the registry to its newest head; raises MemberRevoked."""
        heads = self.town.get("/registry/heads").json()["heads"]
        chain = HeadChain.start(
            [SignedHead.from_json(one) for one in heads], metadata=self.town.metadata
        )
        known = self.credential.keys.head.head
        between = self._removals()[known.removals : chain.newest.removals]
        self.credential = self.credential.updated(chain.newest, removals=between)
        return self.credential

    def _removals(self) -> list[Removal]:
        entries = self.town.get("/registry/log/0").json()["entries"]
        return read_entries(split_entries(base64url.decode(entries)))

    def enter(self, door: str = "once") -> str:
        """Show a code at a door with network; the verdict."""
        metadata, slot = self.town.metadata, time_slot(self.town.clock())
        listed = metadata.door(door)
        assert listed is not None
        shown = present(
            self.credential,
            policy=door_policy(listed, schema=metadata.schema),
            scope=door_scope(
                metadata.community_id, EVENT, listed.mode, slot, day_begins=listed.day_begins
            ),
            freshness=slot,
        )
        code = to_qr_text(shown.to_cbor())
        answer = self.town.post(f"/doors/{door}/checkins", {"code": code}, bearer=door)
        verdict: str = answer.json()["verdict"]
        return verdict

    def show(self, policy: dict[str, Any], *, asked_at: int | None = None) -> dict[str, Any]:
        """Show what an app asks, and the app has it checked; the verdict's body."""
        parsed, nonce = Policy.from_json(policy), secrets.token_bytes(32)
        then = self.town.clock() if asked_at is None else asked_at
        shown = present(
            self.credential,
            policy=parsed,
            scope=app_scope(parsed.purpose, APPS[0].response_address),
            freshness=nonce,
            today=day_of(then),
        )
        body = {
            "policy": policy,
            "nonce": base64url.encode(nonce),
            "presentation": base64url.encode(shown.to_cbor()),
        }
        if asked_at is not None:
            body["asked_at"] = asked_at
        answer: dict[str, Any] = self.town.post(
            "/presentations/verify", body, bearer=APPS[0].id
        ).json()
        return answer

    def vote(self, manifest: Manifest, choice: int = 1) -> httpx.Response:
        """Vote at the poll's head, to which the witness goes back where the wallet is further."""
        envelope = self.town.get(f"/polls/{manifest.poll}").json()["head"]
        (roll,) = HeadChain.start(
            [SignedHead.from_json(envelope)], metadata=self.town.metadata
        ).heads
        known = self.credential.keys.head.head
        removals = self._removals()
        if known.epoch > roll.epoch:
            there = self.credential.rewound(roll, removals=removals[roll.removals : known.removals])
        else:
            there = self.credential.updated(roll, removals=removals[known.removals : roll.removals])
        ballot = make_ballot(there, manifest=manifest, head=roll, marks=(choice,), sequence=1)
        body = {"ballot": base64url.encode(ballot.to_cbor())}
        return self.town.post(f"/polls/{manifest.poll}/ballots", body)


def open_publisher(
    file: Path, keystore: Keystore, *, clock: Callable[[], int], guard: Hold = FREE
) -> Publisher:
    """The publisher over a database, as each process has its own."""
    database = Database(f"sqlite:///{file}")
    community = CommunityService(database, signing_key=lambda: keystore.metadata_key, clock=clock)
    registry = RegistryService(database, community)
    return Publisher(
        database,
        community=community,
        registry=registry,
        enrolments=Enrolments(registry),
        secret_key=lambda: keystore.issuer,
        signing_key=lambda: keystore.metadata_key,
        clock=clock,
        guard=guard,
    )


def slug(answer: httpx.Response) -> tuple[int, str]:
    """Status and slug of a refusal."""
    kind: str = answer.json()["type"]
    return answer.status_code, kind.rpartition(":")[2]
