"""Well-formed wire objects with made-up octets where points, proofs and signatures would stand."""

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from credentials.formats.abstention import Abstention
from credentials.formats.ceremony_result import CeremonyResult, Trustee
from credentials.formats.claim_link import ClaimLink
from credentials.formats.credential import CredentialHeader, IssuedCredential, IssuedWitness
from credentials.formats.crowd import Crowd, Group, Sheet
from credentials.formats.head import Head, SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import (
    Admission,
    App,
    Door,
    Event,
    Metadata,
    PublicKeys,
    SignedMetadata,
)
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot
from credentials.formats.poll_bundle import BundleHead
from credentials.formats.poll_event import BATCH_END, Kind, PollEvent
from credentials.formats.presentation import Presentation
from credentials.formats.promise import Promise
from credentials.formats.request import PresentationRequest
from credentials.formats.requirement import Requirement
from credentials.formats.schema import Schema
from credentials.formats.sealing import Sealing
from credentials.log.note import KeyKind, VerifierKey

METADATA_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))

SCHEMA = Schema.from_json(
    {
        "name": "popup-city",
        "attributes": [
            {"name": "pass", "type": "choice", "values": ["resident", "visitor", "été"]},
            {"name": "speaker", "type": "flag"},
            {"name": "valid_until", "type": "date"},
            {"name": "level", "type": "integer"},
            {"name": "nickname", "type": "text"},
        ],
    }
)

KEYS = PublicKeys(
    issuer_key=b"W" * 96, registry_key=b"Q" * 96, registry_key_g1=b"q" * 48, digit_key=b"X" * 96
)

METADATA = Metadata(
    version=1,
    previous=b"",
    name="Popup City",
    address="https://city.example",
    metadata_key=METADATA_KEY.public_key().public_bytes_raw(),
    keys=KEYS,
    schemas=(SCHEMA,),
    events=(Event(id="summer-2026", name="Summer 2026", timezone="Europe/Athens"),),
    doors=(
        Door(
            id="main-gate",
            name="Main gate",
            event="summer-2026",
            mode="once_per_day",
            disclose=("reissued", "pass"),
            expires_by="valid_until",
            day_begins=360,
            admits=(Admission(attribute="pass", values=("visitor",)),),
        ),
        Door(id="lounge", name="Lounge", event="summer-2026", mode="members_only", disclose=()),
    ),
    apps=(App(id="forum", name="Forum", response_address="http://127.0.0.1:9001/answer"),),
    crowd=Crowd(
        day=20_717,
        since=9,
        removals=12,
        highest_serial=300,
        members=290,
        sheets=(
            Sheet(
                attributes=("reissued", "pass", "speaker"),
                groups=(Group(values=(0, 0), members=30), Group(values=(0, 0, 0), members=200)),
            ),
        ),
    ),
    published_at=1_790_000_000,
)

SIGNED = SignedMetadata.sign(METADATA, private_key=METADATA_KEY)

HEAD = Head(
    registry_id=KEYS.registry_id,
    epoch=7,
    value=b"V" * 48,
    removals=12,
    root=b"t" * 32,
    highest_serial=300,
    previous=b"h" * 32,
    published_at=1_790_000_000,
    next_at=1_790_086_400,
    grace=3600,
)

SIGNED_HEAD = SignedHead.sign(HEAD, private_key=METADATA_KEY)

HEADER = CredentialHeader(issuer_id=b"i" * 32, schema_id=b"s" * 32, registry_id=b"r" * 32)

ISSUED = IssuedCredential(
    signature=b"a" * 80,
    handle=2**200 + 7,
    serial=12,
    attributes=(0, "resident", 1, 20727, 3, "Ana"),
)

WITNESS = IssuedWitness(point=b"C" * 48, head=HEAD.hash)

CLAIM_LINK = ClaimLink(
    address="https://city.example", code="ABCDEFGHIJKLMNOPQRSTUVWX23", fingerprint=b"f" * 32
)

POLICY = Policy(
    purpose="login",
    disclose=("pass", "reissued"),
    require=(Requirement.parse("valid_until >= today"), Requirement.parse("level <= 5")),
    max_head_age=90_000,
)

REQUEST = PresentationRequest(
    id="r-1_A",
    community_id=b"c" * 32,
    app="forum",
    policy=POLICY,
    nonce=b"n" * 32,
    value=HEAD.value,
    asked_at=1_790_000_000,
    expires_at=1_790_000_300,
)

DOOR_PRESENTATION = Presentation(
    purpose="door",
    instance="summer-2026/2026-09-21",
    freshness=59_666_666,
    removals=HEAD.removals,
    disclosed=((2, 0), (3, "resident")),
    pseudonym=b"N" * 48,
    proof=b"p" * (5 * 48 + 14 * 32),
)

MANIFEST = Manifest(
    community_id=METADATA.community_id,
    issuer_id=KEYS.issuer_id,
    registry_id=KEYS.registry_id,
    schema_id=SCHEMA.schema_id,
    poll="budget",
    question="Where shall we meet next year?",
    options=("Athens", "Chiang Mai", "Nowhere"),
    quorum=10,
    threshold=(1, 2),
    opens_at=1_790_000_000,
    closes_at=1_790_086_400,
    origin="city.example/polls/budget",
    head=HEAD.hash,
    require=(("reissued", 0),),
)

SEALING = Sealing(
    key=b"Z" * 96,
    result=CeremonyResult(
        ceremony=b"c" * 32,
        deals=b"d" * 32,
        threshold=2,
        key=b"Z" * 96,
        trustees=tuple(
            Trustee(
                name=f"Trustee {n}",
                verification_key=bytes([80 + n]) * 32,
                key=bytes([48 + n]) * 96,
            )
            for n in (1, 2, 3)
        ),
    ),
    signatures=(b"1" * 64, b"2" * 64, b"3" * 64),
)


WITNESSES = tuple(
    VerifierKey(
        name=f"w{n}.example", kind=KeyKind.COSIGNATURE, public_key=bytes([n]) * 32
    ).to_text()
    for n in (1, 2, 3, 4)
)


def presentation(manifest_hash: bytes, *, proof: bytes = b"v") -> Presentation:
    """What stands in a ballot and in a proof of abstention."""
    return Presentation(
        purpose="poll",
        instance=manifest_hash,
        freshness=manifest_hash,
        removals=HEAD.removals,
        disclosed=((2, 0),),
        pseudonym=b"N" * 48,
        proof=proof * (11 * 48 + 19 * 32),
    )


def ballot(*, content: bytes = b"\2") -> Ballot:
    """A ballot in the sample poll."""
    return Ballot(
        manifest_hash=MANIFEST.manifest_hash,
        sequence=1,
        content=content,
        presentation=presentation(MANIFEST.manifest_hash),
    )


EXTENSION = PollEvent.extension(
    at=1_790_000_100, reason="The network was down.", closes_at=1_790_090_000
)

BEACON_MANIFEST = replace(
    MANIFEST, tie_rule="beacon/1", beacon=MANIFEST.beacon_at(MANIFEST.closes_at)
)

LONGER = PollEvent.extension(
    at=1_790_000_100,
    reason="The network was down.",
    closes_at=1_790_090_000,
    beacon=MANIFEST.beacon_at(1_790_090_000),
)

BUNDLE = BundleHead(
    metadata=SIGNED,
    head=SIGNED_HEAD,
    checkpoint=b"a signed note\n",
    closing=b"a note of the closing\n",
    earlier=(b"an earlier note\n",),
    witnesses=("observer.example+1234abcd+AAAA",),
    entries=4,
)

OBJECTS = {
    "schema": SCHEMA,
    "header": HEADER,
    "issued": ISSUED,
    "witness": WITNESS,
    "head": HEAD,
    "metadata": METADATA,
    "request": REQUEST,
    "presentation": DOOR_PRESENTATION,
    "manifest": MANIFEST,
    "sealed manifest": replace(
        MANIFEST,
        sealing=SEALING,
        tie_rule="opening/1",
        witnesses=WITNESSES,
        witnesses_needed=3,
    ),
    "beacon manifest": BEACON_MANIFEST,
    "manifest with equal ranks": replace(
        MANIFEST,
        ballot_type="ranked",
        equal_ranks=True,
        tally="schulze/1",
        threshold=(0, 1),
        timezone="Europe/Athens",
    ),
    "ballot": ballot(),
    "event": EXTENSION,
    "extension with a round": LONGER,
    "withdrawal": PollEvent.withdrawal(at=1_790_000_200, reason="The hall is taken.", option=2),
    "end of a batch": BATCH_END,
    "beacon's round": PollEvent(kind=Kind.BEACON, at=1_790_087_002, value=b"s" * 48),
    "promise": Promise(
        manifest_hash=MANIFEST.manifest_hash, leaf_hash=b"l" * 32, merged_by=1_790_086_700
    ),
    "abstention": Abstention(
        manifest_hash=MANIFEST.manifest_hash,
        presentation=presentation(MANIFEST.manifest_hash),
    ),
    "bundle": BUNDLE,
}
