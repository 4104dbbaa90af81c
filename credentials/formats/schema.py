"""What a credential of a community says: the names, types and order of its attributes.

Leaves out handle and serial, which stand before the attributes in every credential (message
indexes 0 and 1), so the first attribute has index 2. How a value becomes a scalar is left to the
computing side; its domain is kept here.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from credentials import domain_tags
from credentials.errors import SchemaError
from credentials.formats import cbor
from credentials.formats.attribute import Attribute, AttributeValue
from credentials.formats.json_object import read_list, read_object
from credentials.formats.names import take_identifier

__all__ = [
    "FIRST_ATTRIBUTE",
    "HANDLE_INDEX",
    "REISSUED",
    "SERIAL",
    "SERIAL_INDEX",
    "VALID_UNTIL",
    "Attribute",
    "AttributeValue",
    "Schema",
    "Values",
]

HANDLE_INDEX: Final = 0
SERIAL_INDEX: Final = 1

FIRST_ATTRIBUTE: Final = 2  # message index of the first attribute, after handle and serial
MAX_ATTRIBUTES: Final = 16
SCHEMA_LIMIT: Final = 32768  # octets
REISSUED: Final = "reissued"
SERIAL: Final = "serial"  # the name under which a poll's policy bounds the number of the enrolment
VALID_UNTIL: Final = "valid_until"  # a date of this name is the last day on which a pass is good

Values: TypeAlias = Mapping[str, AttributeValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """1 to 16 attributes with distinct names, the first of them the flag `reissued`.

    Raises SchemaError when it is made otherwise. `schema_id` is SHA-256 of its CBOR, 32 octets.
    """

    name: str
    attributes: tuple[Attribute, ...]
    schema_id: bytes = field(init=False, repr=False, compare=False)
    _positions: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        take_identifier(self.name, name="a schema's name", error=SchemaError)
        if type(self.attributes) is not tuple or not 1 <= len(self.attributes) <= MAX_ATTRIBUTES:
            raise SchemaError(f"a schema has 1 to {MAX_ATTRIBUTES} attributes")
        if not all(isinstance(attribute, Attribute) for attribute in self.attributes):
            raise SchemaError("a schema holds something that is not an attribute")
        if (self.attributes[0].name, self.attributes[0].type) != (REISSUED, "flag"):
            raise SchemaError("a schema's first attribute is the flag 'reissued'")
        positions = {attribute.name: at for at, attribute in enumerate(self.attributes)}
        if len(positions) != len(self.attributes):
            raise SchemaError("a schema names an attribute twice")
        octets = self.to_cbor()
        if len(octets) > SCHEMA_LIMIT:
            raise SchemaError(f"a schema has more than {SCHEMA_LIMIT} octets")
        object.__setattr__(self, "_positions", positions)
        object.__setattr__(self, "schema_id", hashlib.sha256(octets).digest())

    def to_cbor(self) -> bytes:
        """The octets that schema_id is the hash of."""
        return cbor.encode_labelled(
            domain_tags.SCHEMA,
            self.name,
            tuple(attribute.to_fields() for attribute in self.attributes),
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Schema":
        """The schema in `octets`; raises EncodingError or SchemaError."""
        name, attributes = cbor.decode_labelled(
            octets, label=domain_tags.SCHEMA, fields=2, limit=SCHEMA_LIMIT
        )
        return cls(
            name=cbor.take_text(name, max=32, name="a schema's name"),
            attributes=tuple(
                Attribute.from_fields(fields)
                for fields in cbor.take_array(attributes, max=MAX_ATTRIBUTES, name="attributes")
            ),
        )

    @classmethod
    def from_json(cls, value: object) -> "Schema":
        """From {"name", "attributes": [{"name", "type", "values"?}]}; adds `reissued` if absent.

        Raises SchemaError.
        """
        read = read_object(
            value, required=("name", "attributes"), name="a schema", error=SchemaError
        )
        items = read_list(read["attributes"], name="a schema's attributes", error=SchemaError)
        attributes = tuple(Attribute.from_json(item) for item in items)
        if all(attribute.name != REISSUED for attribute in attributes):
            attributes = (Attribute(name=REISSUED, type="flag"), *attributes)
        return cls(
            name=take_identifier(read["name"], name="a schema's name", error=SchemaError),
            attributes=attributes,
        )

    def to_json(self) -> dict[str, object]:
        """The object that from_json reads."""
        return {
            "name": self.name,
            "attributes": [attribute.to_json() for attribute in self.attributes],
        }

    def attribute(self, name: str) -> Attribute:
        """The attribute of this name; raises SchemaError."""
        return self.attributes[self._position(name)]

    @property
    def ends(self) -> bool:
        """Whether passes end by themselves: after the date `valid_until`, where there is one."""
        return VALID_UNTIL in self._positions and self.attribute(VALID_UNTIL).type == "date"

    def index_of(self, name: str) -> int:
        """The message index of an attribute, 2 for the first; raises SchemaError."""
        return FIRST_ATTRIBUTE + self._position(name)

    def attribute_at(self, index: int) -> Attribute:
        """The attribute with a message index; raises SchemaError."""
        if not FIRST_ATTRIBUTE <= index < FIRST_ATTRIBUTE + len(self.attributes):
            raise SchemaError(f"no attribute has the message index {index}")
        return self.attributes[index - FIRST_ATTRIBUTE]

    def check(self, values: Values) -> tuple[AttributeValue, ...]:
        """All values in the schema's order, each in its domain; raises SchemaError.

        Every attribute must be there, and no other. Errors name the attribute, never its value.
        """
        for attribute in self.attributes:
            if attribute.name not in values:
                raise SchemaError(f"the attribute {attribute.name!r} is missing")
        if len(values) != len(self.attributes):
            raise SchemaError("there is a value for an attribute that the schema does not have")
        return tuple(attribute.check(values[attribute.name]) for attribute in self.attributes)

    def named(self, values: tuple[AttributeValue, ...]) -> dict[str, AttributeValue]:
        """Values in the schema's order, by name, each in its domain; raises SchemaError."""
        if len(values) != len(self.attributes):
            raise SchemaError("there are not as many values as the schema has attributes")
        return {
            attribute.name: attribute.check(value)
            for attribute, value in zip(self.attributes, values, strict=True)
        }

    def parse_text(self, name: str, text: str) -> AttributeValue:
        """The value that a person wrote (CSV, command line); raises SchemaError."""
        return self.attribute(name).parse_text(text)

    def show_text(self, name: str, value: AttributeValue) -> str:
        """A value as a person reads it; raises SchemaError."""
        return self.attribute(name).show_text(value)

    def _position(self, name: str) -> int:
        position = self._positions.get(name) if isinstance(name, str) else None
        if position is None:
            raise SchemaError(f"the schema has no attribute {name!r}")
        return position
