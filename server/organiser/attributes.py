"""Values of a credential's attributes as organisers write them, by name.

Leaves out where the values of an attendee list come from (attribute_reader.py).
"""

from collections.abc import Mapping

from credentials.errors import SchemaError
from credentials.formats.schema import REISSUED, Schema

Values = dict[str, str | int]


def read_values(schema: Schema, given: Mapping[str, object]) -> Values:
    """Values as a person or a JSON document gives them, by name; raises SchemaError."""
    return {name: _from_json(schema, name=name, value=value) for name, value in given.items()}


def _from_json(schema: Schema, *, name: str, value: object) -> str | int:
    if name == REISSUED:
        raise SchemaError("the flag 'reissued' is set by the issuer alone")
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return schema.parse_text(name, text)
