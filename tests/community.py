"""A community in memory: real keys, real metadata, real credentials; no server.

For tests of the protocol. Tests of the service start a real one (tests/flows/conftest.py).
"""

import secrets
from dataclasses import dataclass, field, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.curve import curve
from credentials.formats.credential import MAX_SERIAL, IssuedCredential
from credentials.formats.head import Head, SignedHead
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
from credentials.merkle import EMPTY_ROOT, root_of
from credentials.registry.accumulator import Removal, first_value, remove
from credentials.registry.chain import HeadChain
from credentials.registry.digits import make_digits, open_digits
from credentials.registry.log import entry_of, read_entries

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

EVENT = Event(id="agora-26", name="Agora", timezone="Europe/Athens")
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
    """One community with its issuer's secrets in the open.

    `period` is the time from each registry head to the next scheduled one, in seconds; `roll` the
    highest serial at the first head.
    """

    name: str = "Agora"
    address: str = "https://agora.example"
    schema: Schema = SCHEMA
    secret: IssuerSecret = field(default_factory=IssuerSecret.generate)
    signing_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    serial: int = 0
    period: int = 2**30
    # Members enrol at any time in most tests, and all are on the roll of a poll.
    roll: int = MAX_SERIAL

    def __post_init__(self) -> None:
        self.metadata = Metadata(
            version=1,
            previous=b"",
            name=self.name,
            address=self.address,
            metadata_key=self.signing_key.public_key().public_bytes_raw(),
            keys=self.secret.public_keys(),
            schemas=(self.schema,),
            events=(EVENT,),
            doors=DOORS,
            apps=APPS,
            published_at=1_790_000_000,
        )
        self.signed = SignedMetadata.sign(self.metadata, private_key=self.signing_key)
        self.versions = [self.signed]
        self.issuer = Issuer(self.secret, metadata=self.metadata)
        self.keys = VerifierKeys.from_metadata(self.metadata)
        self.digits = make_digits(self.secret.xi)
        self.entries: list[bytes] = []
        self.heads = HeadChain.start([self._first_head()], metadata=self.metadata)

    def _first_head(self) -> SignedHead:
        head = Head(
            registry_id=self.metadata.keys.registry_id,
            epoch=0,
            value=curve.encode_g1(first_value()),
            removals=0,
            root=EMPTY_ROOT,
            highest_serial=self.roll,
            previous=b"",
            published_at=self.metadata.published_at,
            next_at=self.metadata.published_at + self.period,
            grace=0,
        )
        return SignedHead.sign(head, private_key=self.signing_key)

    @property
    def verifier(self) -> VerifierKeys:
        """The keys at the newest registry head."""
        return self.keys.at(self.heads.newest)

    def next_version(self, before: SignedMetadata, **changes: Any) -> SignedMetadata:
        """Signed metadata that follows `before`; it is not published."""
        known = before.open_unpinned()
        metadata = replace(known, version=known.version + 1, previous=before.hash, **changes)
        return SignedMetadata.sign(metadata, private_key=self.signing_key)

    def describe(self, **changes: Any) -> SignedMetadata:
        """Publish the next version of the metadata."""
        self.signed = self.next_version(self.signed, **changes)
        self.versions.append(self.signed)
        self.metadata = self.signed.open_unpinned()
        return self.signed

    def publish(
        self, *handles: int, grace: int = 3600, at: int | None = None, serial: int | None = None
    ) -> Head:
        """The next registry head, at which these handles are removed."""
        before = self.heads.newest
        value = curve.decode_g1(before.value)
        for handle in handles:
            value = remove(value, handle=handle, alpha=self.secret.alpha)
            self.entries.append(entry_of(Removal(handle=handle, value=value)))
        at = before.published_at + 10_000 if at is None else at
        head = Head(
            registry_id=before.registry_id,
            epoch=before.epoch + 1,
            value=curve.encode_g1(value),
            removals=len(self.entries),
            root=root_of(self.entries),
            highest_serial=before.highest_serial if serial is None else serial,
            previous=before.hash,
            published_at=at,
            next_at=at + self.period,
            grace=grace,
        )
        signed = SignedHead.sign(head, private_key=self.signing_key)
        self.heads = self.heads.extended([signed], metadata=self.metadata)
        return head

    def removals(self, *, after: Head, upto: Head) -> list[Removal]:
        """What was removed between two heads."""
        return read_entries(self.entries[after.removals : upto.removals])

    def current(self, credential: Credential) -> Credential:
        """A credential with its witness brought to the newest head, as a wallet does it."""
        known, newest = credential.keys.head.head, self.heads.newest
        return credential.updated(newest, removals=self.removals(after=known, upto=newest))

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
        own = derive_secrets(seed, metadata=self.metadata, count=count)
        nonce = secrets.token_bytes(32)
        self.serial += 1
        issued = self.issuer.issue(
            commit(own, metadata=self.metadata, nonce=nonce),
            nonce=nonce,
            handle=draw_handle(),
            serial=self.serial,
            attributes=self.attributes(**changes),
        )
        head = self.heads.newest
        witness = self.issuer.witness(head, handle=issued.handle)
        credential = accept(issued, secrets=own, metadata=self.metadata)
        credential = credential.at(head, witness=witness.point)
        credential = credential.with_digits(
            open_digits(self.digits, digit_key=self.metadata.keys.digit_key)
        )
        return Member(seed=seed, secrets=own, issued=issued, credential=credential)


def head_named(heads: HeadChain, head_hash: bytes) -> Head:
    """The head that a poll pins by its hash."""
    return next(head for head in heads.heads if head.hash == head_hash)
