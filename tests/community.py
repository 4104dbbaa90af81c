"""A community in memory: real keys, real metadata, real credentials; no server.

For tests of the protocol. Tests of the service start a real one (tests/flows/conftest.py).
"""

import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.formats.credential import IssuedCredential
from credentials.formats.metadata import App, Door, Event, Metadata, SignedMetadata
from credentials.formats.schema import Attribute, Schema
from credentials.holder import Credential, accept
from credentials.issuance import (
    CommitmentSecrets,
    Issuer,
    IssuerSecret,
    commit,
    derive_secrets,
    draw_handle,
)
from credentials.keys import VerifierKeys

SCHEMA = Schema(
    name="city-pass",
    attributes=(
        Attribute(name="reissued", type="flag"),
        Attribute(name="pass", type="choice", values=("resident", "week", "day")),
        Attribute(name="volunteer", type="flag"),
        Attribute(name="nickname", type="text"),
        Attribute(name="points", type="integer"),
        Attribute(name="valid_until", type="date"),
    ),
)

EVENT = Event(id="agora-2026", name="Agora", timezone="Europe/Athens")
DOORS = tuple(
    Door(
        id=mode.replace("_", "-"),
        name=mode,
        event=EVENT.id,
        mode=mode,
        disclose=() if mode == "members_only" else ("reissued",),
        expires_by="",
    )
    for mode in ("once", "once_per_day", "re_entry", "members_only")
)
APPS = (
    App(id="cafe", name="Cafe", response_address="https://cafe.example/answer"),
    App(id="forum", name="Forum", response_address="https://forum.example/answer"),
)


@dataclass
class Member:
    """A wallet's seed and its credential."""

    seed: bytes
    secrets: CommitmentSecrets
    issued: IssuedCredential
    credential: Credential


@dataclass
class Community:
    """One community with its issuer's secrets in the open."""

    name: str = "Agora"
    schema: Schema = SCHEMA
    secret: IssuerSecret = field(default_factory=IssuerSecret.generate)
    signing_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    serial: int = 0

    def __post_init__(self) -> None:
        self.metadata = Metadata(
            version=1,
            previous=b"",
            name=self.name,
            address="https://agora.example",
            metadata_key=self.signing_key.public_key().public_bytes_raw(),
            keys=self.secret.public_keys(),
            schemas=(self.schema,),
            events=(EVENT,),
            doors=DOORS,
            apps=APPS,
            published_at=1_790_000_000,
        )
        self.signed = SignedMetadata.sign(self.metadata, private_key=self.signing_key)
        self.issuer = Issuer(self.secret, metadata=self.metadata)
        self.verifier = VerifierKeys.from_metadata(self.metadata)

    def attributes(self, **changes: str | int) -> dict[str, str | int]:
        """A resident's attributes, with changes."""
        return {
            "reissued": 0,
            "pass": "resident",
            "volunteer": 0,
            "nickname": "owl",
            "points": 70_000,
            "valid_until": 22_280,
            **changes,
        }

    def enrol(self, *, seed: bytes | None = None, count: int = 0, **changes: str | int) -> Member:
        """Issue a credential blindly to a wallet, new unless a seed is given."""
        seed = seed or secrets.token_bytes(16)
        own = derive_secrets(seed, issuer_id=self.metadata.keys.issuer_id, count=count)
        nonce = secrets.token_bytes(32)
        self.serial += 1
        issued = self.issuer.issue(
            commit(own, nonce=nonce),
            nonce=nonce,
            handle=draw_handle(),
            serial=self.serial,
            attributes=self.attributes(**changes),
        )
        credential = accept(issued, secrets=own, metadata=self.metadata)
        return Member(seed=seed, secrets=own, issued=issued, credential=credential)
