"""Schemas, on the wire and as organisers write them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from credentials.formats.schema import Attribute, Schema
from tests.vectors.objects.object_file import (
    Accepted,
    Changes,
    ObjectFile,
    Refused,
    of_objects,
    spoilt,
)
from tests.vectors.vector_community import SCHEMA


def files() -> dict[str, ObjectFile]:
    return {"schema": _schema(), "schema-json": _schema_json()}


def _schema() -> ObjectFile:
    smallest = Schema(name="a", attributes=(Attribute(name="reissued", type="flag"),))
    widest = replace(
        SCHEMA,
        name="0-longest-name-that-a-schema-has",
        attributes=(
            *SCHEMA.attributes,
            *(Attribute(name=f"a{n}_", type="integer") for n in range(10)),
        ),
    )
    octets = SCHEMA.to_cbor()
    change = Changes(octets, "schema")
    first, second = SCHEMA.attributes[0].to_fields(), SCHEMA.attributes[1].to_fields()

    def semantic() -> Iterator[Refused]:
        def schema(name: str, at: str, value: object, *inner: int, why: str) -> Refused:
            return change(name, at, value, *inner, why=why, refusal="SchemaError")

        yield schema("a name with a capital", "name", "City", why="ids are of a-z, 0-9 and -")
        yield schema("a name that begins with -", "name", "-city", why="ids begin otherwise")
        yield schema("no attributes", "attributes", (), why="reissued is always there")
        yield schema(
            "reissued is not the first", "attributes", (second, first), why="it is the first"
        )
        yield schema(
            "reissued is a choice",
            "attributes",
            (("reissued", "choice", ("0", "1")),),
            why="it is a flag",
        )
        yield schema(
            "an attribute twice", "attributes", (first, second, second), why="names differ"
        )
        yield schema(
            "an attribute named serial",
            "attributes",
            (first, ("serial", "integer", ())),
            why="handle and serial are in every credential",
        )
        yield schema(
            "an unknown type", "attributes", (first, ("age", "float", ())), why="five types"
        )
        yield schema(
            "a choice without values",
            "attributes",
            (first, ("pass", "choice", ())),
            why="a choice lists 1 to 64 values",
        )
        yield schema(
            "a choice with a value twice",
            "attributes",
            (first, ("pass", "choice", ("a", "a"))),
            why="values differ",
        )
        yield schema(
            "a flag with values",
            "attributes",
            (first, ("speaker", "flag", ("a",))),
            why="only a choice lists values",
        )
        yield schema(
            "a value that is not NFC",
            "attributes",
            (first, ("pass", "choice", ("e\u0301te\u0301",))),
            why="shown text is in the normal form NFC",
        )
        yield schema(
            "a value that turns the direction of writing",
            "attributes",
            (first, ("pass", "choice", ("a\u202eb",))),
            why="shown text holds nothing that cannot be seen",
        )
        yield change(
            "seventeen attributes",
            "attributes",
            (first, *((f"a{n}", "flag", ()) for n in range(16))),
            why="at most 16",
        )
        yield change(
            "an attribute of two elements",
            "attributes",
            (first, ("speaker", "flag")),
            why="name, type and values",
        )

    return ObjectFile(
        about="a schema; its hash is the schema id",
        rule="schema",
        form="cbor",
        accepted=of_objects(
            the_vectors_own=SCHEMA, the_smallest=smallest, sixteen_attributes=widest
        ),
        refused=[*spoilt(octets), *semantic()],
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
