"""The signed messages of a credential, as scalars, by the types of its schema.

Source: docs/protocol.md, "Credential". Order: handle, serial, the schema's attributes; then, blind,
secret_prover_blind and one nym_secret.
"""

from collections.abc import Iterator, Mapping

from credentials.bbs.ciphersuite import CIPHERSUITE_ID, map_message_to_scalar
from credentials.domain_tags import INTERFACE
from credentials.formats.schema import FIRST_ATTRIBUTE, Schema

API_ID = CIPHERSUITE_ID + INTERFACE


def attribute_scalar(value: str | int) -> int:
    """A checked attribute value as a scalar: text hashed over its octets, numbers as they are."""
    if isinstance(value, str):
        return map_message_to_scalar(value.encode(), API_ID)
    return value


def signer_scalars(
    schema: Schema, *, handle: int, serial: int, attributes: Mapping[str, str | int]
) -> list[int]:
    """(handle, serial, attributes...) as scalars; raises SchemaError outside the domains."""
    return [handle, serial, *map(attribute_scalar, schema.check(attributes))]


def listed_scalars(schema: Schema) -> Iterator[tuple[int, int]]:
    """(message index, scalar) of every value that the public schema itself lists."""
    for index, attribute in enumerate(schema.attributes, start=FIRST_ATTRIBUTE):
        values = (0, 1) if attribute.type == "flag" else attribute.values
        for value in values:
            yield index, attribute_scalar(value)


def blind_index(schema: Schema) -> int:
    """Index of secret_prover_blind among all scalars."""
    return FIRST_ATTRIBUTE + len(schema.attributes)


def nym_index(schema: Schema) -> int:
    """Index of the nym secret among all scalars: the last."""
    return blind_index(schema) + 1
