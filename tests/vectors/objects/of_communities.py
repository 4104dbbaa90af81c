"""Metadata, alone and signed; policies, requirements and requests; schemas as people write them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from credentials.domain_tags import METADATA_SIGNATURE
from credentials.formats import cbor
from credentials.formats.metadata import App, Door, Event, Metadata, SignedMetadata
from credentials.formats.policy import Policy
from credentials.formats.request import PresentationRequest
from credentials.formats.requirement import Requirement
from tests.vectors.changes import flipped
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    element,
    of_objects,
    spoilt,
)
from tests.vectors.vector_community import EVENT, OPENED, SCHEMA, VectorCommunity
from tests.vectors.vector_presentations import NONCE


def files(community: VectorCommunity) -> dict[str, ObjectFile]:
    return {
        "metadata": _metadata(community),
        "signed-metadata": _signed_metadata(community),
        "policy": _policy(),
        "requirement": _requirement(),
        "request": _request(community),
        "schema-json": _schema_json(),
    }


def _metadata(community: VectorCommunity) -> ObjectFile:
    own = community.metadata
    bare = replace(own, events=(), doors=(), apps=(), crowd=None)
    second = replace(
        own,
        version=2,
        previous=community.signed.hash,
        events=(EVENT, Event(id="agora-27", name="Agora 27", timezone="Asia/Bangkok")),
        doors=(
            Door(
                id="gate",
                name="Gate",
                event=EVENT.id,
                mode="re_entry",
                disclose=("reissued", "pass"),
                expires_by="valid_until",
            ),
            Door(id="bar", name="Bar", event="agora-27", mode="members_only", disclose=()),
        ),
        apps=(
            App(id="cafe", name="Café", response_address="https://cafe.example/answer"),
            App(id="own", name="On this machine", response_address="http://127.0.0.1:9001"),
        ),
    )
    return ObjectFile(
        about="a community's description, read",
        rule="metadata",
        form="cbor",
        accepted=of_objects(the_vectors_own=own, nothing_but_keys=bare, the_second_version=second),
        refused=[*spoilt(own.to_cbor()), *_spoilt_metadata(own), *_spoilt_places(second)],
    )


def _spoilt_metadata(own: Metadata) -> Iterator[Refused]:
    change = Changes(own.to_cbor(), "metadata")
    schema = own.schema.to_cbor()
    yield change("version 0", "version", 0, why="versions begin at 1")
    yield change("the first names another", "previous", bytes(32), why="none is before version 1")
    yield change("a later one names none", "version", 2, why="each names the one before")
    yield change(
        "an address with a slash at its end",
        "address",
        "https://agora.example/",
        why="an origin has no path",
    )
    yield change(
        "an address in capitals", "address", "https://Agora.example", why="one spelling of a host"
    )
    yield change(
        "an address with the default port",
        "address",
        "https://agora.example:443",
        why="the default port is not said",
    )
    yield change(
        "an address without https",
        "address",
        "http://agora.example",
        why="http is for this machine only",
    )
    yield change("a short metadata key", "metadata-key", bytes(31), why="it has 32 octets")
    yield change("an issuer key of G1", "keys", bytes(48), 0, why="W is a point of G2")
    yield change("no schema", "schemas", (), why="exactly one", refusal="MetadataRefused")
    yield change(
        "two schemas", "schemas", (schema, schema), why="exactly one", refusal="MetadataRefused"
    )
    yield change(
        "a schema with an octet after its end",
        "schemas",
        (schema + b"\0",),
        why="nested objects are read as strictly",
    )
    yield change(
        "a schema that is an array", "schemas", (own.schema.name,), why="it stands as octets"
    )
    yield change("a time after 2^40", "published-at", 2**40 + 1, why="times are at most 2^40")


def _spoilt_places(second: Metadata) -> Iterator[Refused]:
    octets = second.to_cbor()
    change = Changes(octets, "metadata")
    events, doors, apps = (
        element(octets, "metadata", name) for name in ("events", "doors", "apps")
    )

    def place(name: str, at: str, value: Any, *inner: int, why: str) -> Refused:
        return change(name, at, value, *inner, why=why, refusal="MetadataRefused")

    yield place("an event twice", "events", (*events, events[0]), why="ids differ")
    yield place("a door of no event", "doors", "agora-28", 0, 2, why="a door's event is listed")
    yield place("a door in no mode", "doors", "twice", 0, 3, why="there are four modes")
    yield place(
        "a door that counts and does not ask for reissued",
        "doors",
        ("pass",),
        0,
        4,
        why="who was issued anew goes to the help desk there",
    )
    yield place(
        "a door that asks twice", "doors", ("reissued", "reissued"), 0, 4, why="names differ"
    )
    yield place(
        "a door that asks for what is not in the schema",
        "doors",
        ("reissued", "age"),
        0,
        4,
        why="the schema has it",
    )
    yield place("a door that expires by a number", "doors", "points", 0, 5, why="only dates expire")
    yield change(
        "a door whose name has a line break",
        "doors",
        "Gate\n2",
        0,
        1,
        why="shown text is on one line",
    )
    yield place("a door twice", "doors", (*doors, doors[0]), why="ids differ")
    yield place(
        "two apps of one origin",
        "apps",
        (*apps, ("tea", "Tea", "https://cafe.example/tea")),
        why="each could hand on to the other what it receives",
    )
    yield change(
        "an app whose address has a query",
        "apps",
        "https://cafe.example/answer?to=1",
        0,
        2,
        why="addresses have no query",
    )
    yield change(
        "an app whose address goes up",
        "apps",
        "https://cafe.example/a/../b",
        0,
        2,
        why="no segment is . or ..",
    )
    yield change(
        "an event whose time zone has a space",
        "events",
        "Europe/New Athens",
        0,
        2,
        why="it is a name such as Europe/Athens",
    )


def _signed_metadata(community: VectorCommunity) -> ObjectFile:
    own, key = community.signed, community.signing_key
    stranger = VectorCommunity(name="stoa")
    later = [
        SignedMetadata.sign(
            replace(
                community.metadata,
                version=version,
                previous=own.hash,
                published_at=OPENED + version,
            ),
            private_key=key,
        )
        for version in (2, 3)
    ]

    def resigned(octets: bytes, label: bytes = METADATA_SIGNATURE) -> dict[str, str]:
        return SignedMetadata(octets=octets, signature=key.sign(label + octets)).to_json()

    def refused(name: str, why: str, value: Any, refusal: str = "MetadataRefused") -> Refused:
        return Refused(name=name, why=why, value=value, refusal=refusal)

    honest = own.to_json()
    return ObjectFile(
        about="metadata as it is served, opened by whoever has the fingerprint",
        rule="signed-metadata-json",
        form="json",
        given={"fingerprint": community.metadata.community_id.hex()},
        accepted=[
            Accepted(name=f"version {number}", value=one.to_json(), gives={"hash": one.hash.hex()})
            for number, one in enumerate((own, *later), start=1)
        ],
        refused=[
            refused(
                "a changed signature",
                "it is another",
                replace(own, signature=flipped(own.signature)).to_json(),
            ),
            refused("of another community", "the fingerprint is pinned", stranger.signed.to_json()),
            refused("signed without the label", "a label is in front", resigned(own.octets, b"")),
            refused(
                "octets that are no metadata, signed",
                "they are malformed",
                resigned(own.octets + b"\0"),
            ),
            refused("no signature", "both are there", {"metadata": honest["metadata"]}),
            refused("something besides", "nothing else is there", {**honest, "version": 1}),
            refused("a number for a signature", "both are text", {**honest, "signature": 1}),
            refused(
                "a short signature",
                "it has 64 octets",
                {**honest, "signature": "AAAA"},
                "EncodingError",
            ),
            refused(
                "base64 of the other alphabet",
                "octets have one spelling",
                {**honest, "signature": "+" + honest["signature"][1:]},
                "EncodingError",
            ),
        ],
    )


def _policies() -> dict[str, Policy]:
    return {
        "nothing but membership": Policy(purpose="visit", pseudonym=False),
        "what a door asks": Policy(purpose="door", disclose=("reissued",)),
        "much": Policy(
            purpose="login",
            disclose=("pass", "nickname"),
            identifying=True,
            require=(
                Requirement.parse("valid_until >= today"),
                Requirement.parse("points >= 100"),
                Requirement.parse("points <= 70000"),
            ),
            max_head_age=86_400,
        ),
        "what a poll asks": Policy(
            purpose="poll", require=(Requirement(attribute="serial", operator="<=", bound=300),)
        ),
    }


def _policy() -> ObjectFile:
    octets = cbor.encode(_policies()["much"].to_fields())
    change = Changes(octets, "policy")

    def policy(name: str, at: str, value: Any, *inner: int, why: str) -> Refused:
        return change(name, at, value, *inner, why=why, refusal="PolicyError")

    points = ("points", 0, 100)
    return ObjectFile(
        about="a policy as it stands in a request; `gives` is how people write it",
        rule="policy",
        form="cbor",
        accepted=[
            Accepted(name=name, value=cbor.encode(one.to_fields()), gives=one.to_json())
            for name, one in _policies().items()
        ],
        refused=[
            policy("an unknown purpose", "purpose", "pay", why="there are four purposes"),
            change("a pseudonym that is 2", "pseudonym", 2, why="flags are 0 or 1"),
            policy("an attribute twice", "disclose", ("pass", "pass"), why="names differ"),
            policy(
                "what is no name of an attribute", "disclose", ("Pass",), why="names are a-z first"
            ),
            policy("a requirement twice", "require", (points, points), why="each once"),
            policy(
                "shown and proven",
                "disclose",
                ("points",),
                why="nothing is proven of what is shown",
            ),
            policy(
                "the serial outside of polls",
                "require",
                (("serial", 1, 9),),
                why="ever smaller bounds would find one member",
            ),
            change("a third operator", "require", (("points", 2, 100),), why=">= and <="),
            policy("a bound of 2^24", "require", (("points", 0, 2**24),), why="below 2^24"),
            change("a bound tomorrow", "require", (("points", 0, "tomorrow"),), why="only today"),
            change("nine requirements", "require", (points,) * 9, why="at most eight"),
            policy("an age of a second", "max-head-age", (1,), why="a minute at least"),
            change("two ages", "max-head-age", (60, 60), why="none or one"),
            change("five elements", 5, 0, why="the last is an array"),
        ],
    )


def _requirement() -> ObjectFile:
    written = ("valid_until >= today", "points >= 100", "points<=0", "valid_until <= 2031-01-01")

    def refused(name: str, text: str, why: str) -> Refused:
        return Refused(name=name, value=text, why=why, refusal="PolicyError")

    return ObjectFile(
        about="a requirement as people write it; `gives` are its elements on the wire",
        rule="requirement-text",
        form="text",
        accepted=[
            Accepted(
                name=text,
                value=text,
                gives=list(Requirement.parse(text).to_fields()),  # type: ignore[arg-type]
            )
            for text in written
        ],
        refused=[
            refused("no bound", "points >=", "a bound follows"),
            refused("another operator", "points > 5", ">= and <="),
            refused("a negative bound", "points >= -1", "whole numbers from 0"),
            refused("a bound of nine digits", "points >= 167772160", "below 2^24"),
            refused("a space in front", " points >= 5", "nothing stands around it"),
            refused("a capital", "Points >= 5", "names are of small letters"),
            refused("a day that is none", "valid_until >= 2026-02-30", "dates exist"),
            refused("digits of another script", "points >= \u0663", "digits are ASCII"),
        ],
    )


def request_of(community: VectorCommunity, policy: Policy) -> PresentationRequest:
    """What the café asks."""
    return PresentationRequest(
        id="k3V_x-9",
        community_id=community.metadata.community_id,
        app="cafe",
        policy=policy,
        nonce=NONCE,
        head=community.heads[-1].hash,
        asked_at=OPENED,
        expires_at=OPENED + 600,
    )


def _request(community: VectorCommunity) -> ObjectFile:
    policies = _policies()
    bare = request_of(community, policies["nothing but membership"])
    octets = bare.to_cbor()
    change = Changes(octets, "request")
    poll = policies["what a poll asks"].to_fields()
    return ObjectFile(
        about="what an app asks a wallet to show",
        rule="request",
        form="cbor",
        accepted=of_objects(
            nothing_but_membership=bare,
            much=request_of(community, policies["much"]),
            the_longest_id=replace(bare, id="A" * 64),
        ),
        refused=[
            *spoilt(octets),
            change("no id", "id", "", why="1 to 64 characters"),
            change("an id with a slash", "id", "a/b", why="A-Z, a-z, 0-9, _ and -"),
            change("an id of 65", "id", "A" * 65, why="1 to 64 characters"),
            change("no community", "community-id", b"", why="a hash has 32 octets"),
            change("an app's name", "app", "The Café", why="an id, not a name"),
            change(
                "a poll's policy",
                "policy",
                poll,
                why="apps ask for login or visit",
                refusal="PolicyError",
            ),
            change("a short nonce", "nonce", bytes(31), why="a nonce has 32 octets"),
            change("a time after 2^40", "expires-at", 2**40 + 1, why="times are at most 2^40"),
        ],
    )


def _schema_json() -> ObjectFile:
    own = SCHEMA.to_json()
    without = {"name": "a", "attributes": []}

    def refused(name: str, why: str, value: Any) -> Refused:
        return Refused(name=name, why=why, value=value, refusal="SchemaError")

    def one(**attribute: Any) -> dict[str, Any]:
        return {"name": "a", "attributes": [attribute]}

    return ObjectFile(
        about="a schema as organisers write it; `gives` is the hash of its octets",
        rule="schema-json",
        form="json",
        accepted=[
            Accepted(name=name, value=value, gives={"schemaId": _schema_id(value)})
            for name, value in (
                ("the vectors' own", own),
                ("reissued is put in front", without),
                ("one choice", one(name="pass", type="choice", values=["a", "b"])),
            )
        ],
        refused=[
            refused("no attributes", "both members are there", {"name": "a"}),
            refused("something besides", "nothing else is there", {**without, "version": 1}),
            refused("a list", "it is an object", [without]),
            refused("no type", "name and type are there", one(name="pass")),
            refused("a name with a capital", "names are a-z first", one(name="Pass", type="flag")),
            refused("an unknown type", "five types", one(name="age", type="float")),
            refused("a choice of nothing", "1 to 64 values", one(name="pass", type="choice")),
        ],
    )


def _schema_id(value: dict[str, Any]) -> str:
    return type(SCHEMA).from_json(value).schema_id.hex()
