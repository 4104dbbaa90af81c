"""credentials.formats.schema and attribute: what a credential can say, and in which words."""

import dataclasses
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import EncodingError, SchemaError
from credentials.formats import cbor
from credentials.formats.schema import Attribute, AttributeValue, Schema
from tests.unit.formats.samples import SCHEMA

GOOD: dict[str, AttributeValue] = {
    "reissued": 0,
    "pass": "visitor",
    "speaker": 1,
    "valid_until": 20727,
    "level": 2**24 - 1,
    "nickname": "Zoë",
}


def json_schema(*attributes: object, name: object = "city") -> dict[str, object]:
    return {"name": name, "attributes": list(attributes)}


def test_the_schema_id_is_the_hash_of_its_octets() -> None:
    assert SCHEMA.schema_id == hashlib.sha256(SCHEMA.to_cbor()).digest()
    assert cbor.decode(SCHEMA.to_cbor()) == (
        "symbolon/schema/1",
        "popup-city",
        (
            ("reissued", "flag", ()),
            ("pass", "choice", ("resident", "visitor", "été")),
            ("speaker", "flag", ()),
            ("valid_until", "date", ()),
            ("level", "integer", ()),
            ("nickname", "text", ()),
        ),
    )


def test_json_comes_back_as_it_was() -> None:
    assert Schema.from_json(SCHEMA.to_json()) == SCHEMA


def test_reissued_is_added_in_front_when_absent_and_kept_when_there() -> None:
    assert [attribute.name for attribute in Schema.from_json(json_schema()).attributes] == [
        "reissued"
    ]
    with pytest.raises(SchemaError, match="first attribute is the flag 'reissued'"):
        Schema.from_json(
            json_schema({"name": "a", "type": "flag"}, {"name": "reissued", "type": "flag"})
        )


def test_a_schema_without_reissued_is_refused() -> None:
    octets = cbor.encode_labelled("symbolon/schema/1", "city", (("a", "flag", ()),))
    with pytest.raises(SchemaError, match="reissued"):
        Schema.from_cbor(octets)
    with pytest.raises(SchemaError, match="reissued"):
        Schema(name="city", attributes=(Attribute(name="reissued", type="integer"),))


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"name": "city"},
        json_schema(name="City"),
        json_schema(name=""),
        json_schema(name=3),
        {**json_schema(), "more": 1},
        {"name": "city", "attributes": {"a": "flag"}},
        json_schema("a"),
        json_schema({"name": "a"}),
        json_schema({"name": "a", "type": "real"}),
        json_schema({"name": "a", "type": 1}),
        json_schema({"name": "A", "type": "flag"}),
        json_schema({"name": "1a", "type": "flag"}),
        json_schema({"name": "a" * 33, "type": "flag"}),
        json_schema({"name": "a\n", "type": "flag"}),
        json_schema({"name": "a", "type": "flag", "why": ""}),
        json_schema({"name": "a", "type": "flag"}, {"name": "a", "type": "date"}),
        json_schema({"name": "a", "type": "flag", "values": ["x"]}),
        json_schema({"name": "a", "type": "choice"}),
        json_schema({"name": "a", "type": "choice", "values": []}),
        json_schema({"name": "a", "type": "choice", "values": "xy"}),
        json_schema({"name": "a", "type": "choice", "values": ["x", "x"]}),
        json_schema({"name": "a", "type": "choice", "values": [""]}),
        json_schema({"name": "a", "type": "choice", "values": [1]}),
        json_schema({"name": "a", "type": "choice", "values": ["x", "X "]}),
        json_schema({"name": "a", "type": "choice", "values": ["a", "\u0430"]}),
        json_schema({"name": "a", "type": "choice", "values": ["a\u202eb"]}),
        json_schema({"name": "a", "type": "choice", "values": ["x" * 201]}),
        json_schema({"name": "a", "type": "choice", "values": [f"v{i}" for i in range(65)]}),
        json_schema(*({"name": f"a{i}", "type": "flag"} for i in range(16))),
    ],
)
def test_invalid_json_is_refused(value: object) -> None:
    with pytest.raises(SchemaError):
        Schema.from_json(value)


def test_sixteen_attributes_and_sixty_four_values_are_allowed() -> None:
    values = [f"v{i}" for i in range(64)]
    schema = Schema.from_json(
        json_schema(
            {"name": "pass", "type": "choice", "values": values},
            *({"name": f"a{i}", "type": "flag"} for i in range(14)),
        )
    )
    assert Schema.from_cbor(schema.to_cbor()) == schema


def test_a_schema_beyond_its_size_is_refused() -> None:
    values = [f"{i:02}" + "é" * 198 for i in range(64)]
    with pytest.raises(SchemaError, match="more than 32768 octets"):
        Schema.from_json(
            json_schema(*({"name": f"a{i}", "type": "choice", "values": values} for i in range(3)))
        )


def test_message_indexes_begin_after_handle_and_serial() -> None:
    assert [SCHEMA.index_of(name) for name in GOOD] == [2, 3, 4, 5, 6, 7]
    assert SCHEMA.attribute_at(3) == SCHEMA.attribute("pass")
    for index in (-1, 0, 1, 8):
        with pytest.raises(SchemaError):
            SCHEMA.attribute_at(index)
    unknown: Any
    for unknown in ("handle", "serial", "", None, 3, []):
        with pytest.raises(SchemaError, match="has no attribute"):
            SCHEMA.index_of(unknown)


def test_checked_values_come_in_the_order_of_the_schema() -> None:
    backwards = dict(reversed(GOOD.items()))
    checked = SCHEMA.check(backwards)
    assert checked == tuple(GOOD.values())
    assert SCHEMA.named(checked) == GOOD


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reissued", 2),
        ("reissued", True),
        ("reissued", "0"),
        ("reissued", -1),
        ("pass", "organiser"),
        ("pass", "e\u0301te\u0301"),
        ("pass", ""),
        ("pass", 0),
        ("valid_until", 65536),
        ("valid_until", "2026-09-21"),
        ("level", 2**24),
        ("level", -1),
        ("level", 1.0),
        ("nickname", ""),
        ("nickname", "x" * 201),
        ("nickname", "Zoe\u0308"),
        ("nickname", "a\nb"),
        ("nickname", "\u202eanA"),
        ("nickname", "\ud800"),
        ("nickname", b"Ana"),
        ("nickname", None),
    ],
)
def test_a_value_outside_its_domain_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(SchemaError, match=name) as refusal:
        SCHEMA.check({**GOOD, name: value})
    if type(value) is str and len(value) > 1:
        assert value not in str(refusal.value)


def test_every_attribute_is_there_and_no_other() -> None:
    for name in GOOD:
        with pytest.raises(SchemaError, match=f"{name!r} is missing"):
            SCHEMA.check({key: value for key, value in GOOD.items() if key != name})
    with pytest.raises(SchemaError, match="does not have"):
        SCHEMA.check({**GOOD, "more": 1})
    with pytest.raises(SchemaError, match="as many"):
        SCHEMA.named((0, "visitor"))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("speaker", "yes", 1),
        ("speaker", " TRUE ", 1),
        ("speaker", "1", 1),
        ("speaker", "No", 0),
        ("speaker", "false", 0),
        ("speaker", "0", 0),
        ("valid_until", "1970-01-01", 0),
        ("valid_until", "2026-10-01", 20727),
        ("valid_until", "2149-06-06", 65535),
        ("level", "007", 7),
        ("level", "16777215", 2**24 - 1),
        ("pass", " e\u0301te\u0301 ", "été"),
        ("nickname", "Zoe\u0308", "Zoë"),
    ],
)
def test_people_write_values_in_their_own_way(name: str, text: str, value: AttributeValue) -> None:
    assert SCHEMA.parse_text(name, text) == value
    assert SCHEMA.parse_text(name, SCHEMA.show_text(name, value)) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("speaker", ""),
        ("speaker", "2"),
        ("speaker", "oui"),
        ("valid_until", "2026-9-1"),
        ("valid_until", "20260901"),
        ("valid_until", "2026-W36-2"),
        ("valid_until", "01.09.2026"),
        ("valid_until", "2026-02-30"),
        ("valid_until", "1969-12-31"),
        ("valid_until", "2149-06-07"),
        ("level", "-1"),
        ("level", "+1"),
        ("level", "1_0"),
        ("level", "1.0"),
        ("level", "\u0663"),
        ("level", "16777216"),
        ("level", "9" * 5000),
        ("pass", "organiser"),
        ("nickname", "  "),
        ("nothing", "x"),
    ],
)
def test_text_that_is_no_value_is_refused(name: str, text: str) -> None:
    with pytest.raises(SchemaError):
        SCHEMA.parse_text(name, text)


@given(st.sampled_from(list(GOOD)), st.text(max_size=30))
def test_any_text_gives_a_value_that_comes_back_or_schema_error(name: str, text: str) -> None:
    try:
        value = SCHEMA.parse_text(name, text)
    except SchemaError:
        return
    assert SCHEMA.parse_text(name, SCHEMA.show_text(name, value)) == value
    assert SCHEMA.check({**GOOD, name: value})


def test_building_with_lists_or_strangers_is_refused() -> None:
    wrong: Any
    for wrong in (list(SCHEMA.attributes), None, ("reissued",), ()):
        with pytest.raises(SchemaError):
            dataclasses.replace(SCHEMA, attributes=wrong)
    for wrong in (["x"], None, "x", ("x", None)):
        with pytest.raises(SchemaError):
            Attribute(name="a", type="choice", values=wrong)


def test_an_attribute_of_the_wrong_form_is_an_encoding_error() -> None:
    for fields in ((), ("a", "flag"), ("a", 1, ()), (1, "flag", ()), ("a", "choice", (1,)), 1):
        octets = cbor.encode_labelled("symbolon/schema/1", "city", (fields,))
        with pytest.raises(EncodingError):
            Schema.from_cbor(octets)
