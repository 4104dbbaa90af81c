"""A community's description."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from credentials.formats.crowd import Crowd, Group, Sheet
from credentials.formats.metadata import Admission, App, Door, Event, Metadata
from tests.vectors.objects.crowds import spoilt_crowds
from tests.vectors.objects.object_file import (
    Changes,
    ObjectFile,
    Refused,
    element,
    of_objects,
    spoilt,
)
from tests.vectors.vector_community import EVENT, VectorCommunity


def files(community: VectorCommunity) -> dict[str, ObjectFile]:
    return {"metadata": _metadata(community)}


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
                day_begins=360,
                admits=(
                    Admission(attribute="pass", values=("resident", "week")),
                    Admission(attribute="volunteer", values=(1,)),
                ),
            ),
            Door(id="bar", name="Bar", event="agora-27", mode="members_only", disclose=()),
        ),
        apps=(
            App(id="cafe", name="Café", response_address="https://cafe.example/answer"),
            App(id="own", name="On this machine", response_address="http://127.0.0.1:9001"),
        ),
        crowd=Crowd(
            members=2**24 - 16,
            highest_serial=2**24 - 1,
            sheets=(
                Sheet(attributes=("pass",), groups=(Group(values=(2,), members=20),)),
                Sheet(
                    attributes=("volunteer", "reissued"),
                    groups=(Group(values=(0,), members=100), Group(values=(1, 0), members=30)),
                ),
            ),
        ),
    )
    return ObjectFile(
        about="a community's description, read",
        rule="metadata",
        form="cbor",
        accepted=of_objects(the_vectors_own=own, nothing_but_keys=bare, the_second_version=second),
        refused=[
            *spoilt(own.to_cbor()),
            *_spoilt_metadata(own),
            *_spoilt_places(second),
            *spoilt_crowds(own),
        ],
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
