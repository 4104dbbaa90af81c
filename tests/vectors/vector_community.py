"""The community of Symbolon's own vectors: every key and every draw is fixed by a name.

Five heads: the first; two members; one removed; three removed in an emergency; one for a poll.
"""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.curve import curve
from credentials.formats.credential import IssuedCredential
from credentials.formats.crowd import Crowd, Group, Sheet
from credentials.formats.head import Head, SignedHead
from credentials.formats.metadata import App, Door, Event, Metadata, SignedMetadata
from credentials.formats.schema import Attribute, Schema
from credentials.holder import Credential, accept
from credentials.issuance import CommitmentSecrets, Issuer, IssuerSecret, commit, derive_secrets
from credentials.merkle import root_of
from credentials.registry.accumulator import Removal, remove
from credentials.registry.chain import HeadChain
from credentials.registry.digits import make_digits, open_digits
from credentials.registry.log import entry_of, read_entries
from tests.vectors.vector_randomness import fixed_octets, fixed_scalar, randomness

OPENED = 1_790_000_000  # 2026-09-21 14:13:20 UTC
DAY = 86_400

SCHEMA = Schema(
    name="city-pass",
    attributes=(
        Attribute(name="reissued", type="flag"),
        Attribute(name="pass", type="choice", values=("resident", "week", "été")),
        Attribute(name="volunteer", type="flag"),
        Attribute(name="nickname", type="text"),
        Attribute(name="points", type="integer"),
        Attribute(name="valid_until", type="date"),
    ),
)
EVENT = Event(id="agora-26", name="Agora", timezone="Europe/Athens")

# removed handles, by name; highest serial; seconds after the first head; grace
HEADS = (
    ((), 0, 0, 0),
    ((), 2, DAY, 3600),
    (("dora",), 4, 2 * DAY, 3600),
    (("cleo", "emil", "bo"), 6, 2 * DAY + 600, 0),
    ((), 6, 3 * DAY, 3600),
)
SERIALS = {"ana": 1, "bo": 2, "cleo": 3, "dora": 4, "emil": 5}


@dataclass
class Holder:
    """A member with all that the wallet has: at the first head with the member on its roll."""

    name: str
    seed: bytes
    secrets: CommitmentSecrets
    nonce: bytes
    commitment: bytes
    commitment_tildes: list[int]
    issued: IssuedCredential
    credential: Credential


@dataclass
class VectorCommunity:
    """Built in the same way every time."""

    name: str = "agora"
    entries: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.secret = IssuerSecret(
            x=fixed_scalar(f"{self.name}/x"),
            alpha=fixed_scalar(f"{self.name}/alpha"),
            xi=fixed_scalar(f"{self.name}/xi"),
        )
        self.u = fixed_scalar(f"{self.name}/u")
        self.signing_seed = b"\0" + fixed_octets(f"{self.name}/metadata key", 31)
        self.signing_key = Ed25519PrivateKey.from_private_bytes(self.signing_seed)
        self.metadata = Metadata(
            version=1,
            previous=b"",
            name="Agora",
            address="https://agora.example",
            metadata_key=self.signing_key.public_key().public_bytes_raw(),
            keys=self.secret.public_keys(),
            schemas=(SCHEMA,),
            events=(EVENT,),
            doors=(Door(id="gate", name="Gate", event=EVENT.id, mode="once_per_day"),),
            apps=(App(id="cafe", name="Cafe", response_address="https://cafe.example/answer"),),
            crowd=Crowd(
                day=OPENED // DAY,
                since=1,
                removals=2,
                highest_serial=5,
                members=290,
                sheets=(
                    Sheet(
                        attributes=("reissued", "pass", "volunteer"),
                        groups=(
                            Group(values=(0,), members=30),
                            Group(values=(0, 0, 0), members=200),
                            Group(values=(0, 1), members=50),
                        ),
                    ),
                ),
            ),
            published_at=OPENED,
        )
        self.signed = SignedMetadata.sign(self.metadata, private_key=self.signing_key)
        self.issuer = Issuer(self.secret, metadata=self.metadata)
        self.table = make_digits(self.secret.xi)
        self.digits = open_digits(self.table, digit_key=self.metadata.keys.digit_key)
        self.heads: list[Head] = []
        value = curve.multiply_g1(curve.g1_generator, self.u)
        for removed, highest_serial, after, grace in HEADS:
            for name in removed:
                value = remove(value, handle=self.handle(name), alpha=self.secret.alpha)
                self.entries.append(entry_of(Removal(handle=self.handle(name), value=value)))
            self.heads.append(
                Head(
                    registry_id=self.metadata.keys.registry_id,
                    epoch=len(self.heads),
                    value=curve.encode_g1(value),
                    removals=len(self.entries),
                    root=root_of(self.entries),
                    highest_serial=highest_serial,
                    previous=self.heads[-1].hash if self.heads else b"",
                    published_at=OPENED + after,
                    next_at=OPENED + (after // DAY + 1) * DAY,
                    grace=grace,
                )
            )
        self.signed_heads = [self.sign(head) for head in self.heads]
        self.chain = HeadChain.start(self.signed_heads, metadata=self.metadata)

    def sign(self, head: Head) -> SignedHead:
        return SignedHead.sign(head, private_key=self.signing_key)

    def handle(self, name: str) -> int:
        return fixed_scalar(f"{self.name}/handle/{name}")

    def removals(self, *, after: int, upto: int) -> list[Removal]:
        """What was removed between two epochs."""
        return read_entries(self.entries[self.heads[after].removals : self.heads[upto].removals])

    def holder(self, name: str, *, epoch: int = 1, **changes: str | int) -> Holder:
        """Issue a credential blindly, and take it with its witness at a head."""
        seed = fixed_octets(f"{self.name}/seed/{name}", 16)
        secrets = derive_secrets(seed, metadata=self.metadata, count=0)
        nonce = b"\0" + fixed_octets(f"{self.name}/nonce/{name}", 31)
        with randomness(f"{self.name}/commitment/{name}") as drawn:
            commitment = commit(secrets, metadata=self.metadata, nonce=nonce)
        attributes: dict[str, str | int] = {
            "reissued": 0,
            "pass": "été",
            "volunteer": 1,
            "nickname": "Zoë \U0001f989",
            "points": 70_000,
            "valid_until": 20_782,  # 2026-11-25
            **changes,
        }
        handle = self.handle(name)
        issued = self.issuer.issue(
            commitment,
            nonce=nonce,
            handle=handle,
            serial=SERIALS[name],
            attributes=attributes,
        )
        head = self.heads[epoch]
        witness = self.issuer.witness(head, handle=handle).point
        credential = accept(issued, secrets=secrets, metadata=self.metadata)
        credential = credential.at(head, witness=witness).with_digits(self.digits)
        return Holder(
            name=name,
            seed=seed,
            secrets=secrets,
            nonce=nonce,
            commitment=commitment,
            commitment_tildes=drawn.scalars["signature"],
            issued=issued,
            credential=credential,
        )

    def at(self, credential: Credential, epoch: int) -> Credential:
        """The credential brought to another head, as a wallet does it."""
        known = credential.keys.head.head.epoch
        if epoch >= known:
            removals = self.removals(after=known, upto=epoch)
            return credential.updated(self.heads[epoch], removals=removals)
        removals = self.removals(after=epoch, upto=known)
        return credential.rewound(self.heads[epoch], removals=removals)
