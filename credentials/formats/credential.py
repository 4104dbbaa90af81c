"""The header that every credential of a community is signed with, and what the issuer answers.

The registry witness comes beside the credential, because it changes from head to head.
"""

from dataclasses import dataclass, field
from typing import Final

from credentials import domain_tags
from credentials.curve.scalars import ORDER, decode_scalar, encode_scalar
from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.formats.attribute import AttributeValue
from credentials.formats.names import MAX_TEXT, take_shown_text
from credentials.formats.schema import MAX_ATTRIBUTES

MAX_SERIAL: Final = 2**24 - 1
MAX_INTEGER: Final = 2**24 - 1
SIGNATURE_LENGTH: Final = 80
HEADER_LIMIT: Final = 256  # octets
ISSUED_LIMIT: Final = 16384  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialHeader:
    """Three SHA-256 hashes that name issuer key, schema and registry keys; raises EncodingError."""

    issuer_id: bytes
    schema_id: bytes
    registry_id: bytes

    def __post_init__(self) -> None:
        cbor.take_octets(self.issuer_id, length=32, name="an issuer id")
        cbor.take_octets(self.schema_id, length=32, name="a schema id")
        cbor.take_octets(self.registry_id, length=32, name="a registry id")

    def to_cbor(self) -> bytes:
        """The header's octets."""
        return cbor.encode_labelled(
            domain_tags.CREDENTIAL_HEADER, self.issuer_id, self.schema_id, self.registry_id
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "CredentialHeader":
        """The header in `octets`; raises EncodingError."""
        issuer_id, schema_id, registry_id = cbor.decode_labelled(
            octets, label=domain_tags.CREDENTIAL_HEADER, fields=3, limit=HEADER_LIMIT
        )
        return cls(
            issuer_id=cbor.take_octets(issuer_id, name="an issuer id"),
            schema_id=cbor.take_octets(schema_id, name="a schema id"),
            registry_id=cbor.take_octets(registry_id, name="a registry id"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCredential:
    """A signature with the messages that the issuer chose; raises EncodingError.

    signature: 80 octets. handle: in [1, r). serial: 1 to 2^24-1. attributes: 1 to 16 values in the
    schema's order; that they fit the schema is checked where the schema is known.
    """

    signature: bytes = field(repr=False)
    handle: int = field(repr=False)
    serial: int = field(repr=False)
    attributes: tuple[AttributeValue, ...] = field(repr=False)

    def __post_init__(self) -> None:
        cbor.take_octets(self.signature, length=SIGNATURE_LENGTH, name="a signature")
        if type(self.handle) is not int or not 0 < self.handle < ORDER:
            raise EncodingError("a handle is zero or not below the group order")
        cbor.take_uint(self.serial, min=1, max=MAX_SERIAL, name="a serial")
        for value in cbor.take_array(self.attributes, min=1, max=MAX_ATTRIBUTES, name="attributes"):
            if type(value) is str:
                take_shown_text(value, max=MAX_TEXT, name="an attribute's value")
            else:
                cbor.take_uint(value, max=MAX_INTEGER, name="an attribute's value")

    def to_cbor(self) -> bytes:
        """Its octets."""
        return cbor.encode_labelled(
            domain_tags.ISSUED_CREDENTIAL,
            self.signature,
            encode_scalar(self.handle),
            self.serial,
            self.attributes,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "IssuedCredential":
        """The issuer's answer in `octets`; raises EncodingError."""
        signature, handle, serial, attributes = cbor.decode_labelled(
            octets, label=domain_tags.ISSUED_CREDENTIAL, fields=4, limit=ISSUED_LIMIT
        )
        return cls(
            signature=cbor.take_octets(signature, name="a signature"),
            handle=decode_scalar(cbor.take_octets(handle, length=32, name="a handle")),
            serial=cbor.take_uint(serial, name="a serial"),
            attributes=tuple(
                _take_value(value)
                for value in cbor.take_array(attributes, max=MAX_ATTRIBUTES, name="attributes")
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedWitness:
    """A registry witness of 48 octets, and the hash of the head (32) at which it holds.

    Raises EncodingError. Whether it holds is checked where the credential is.
    """

    point: bytes = field(repr=False)
    head: bytes

    def __post_init__(self) -> None:
        cbor.take_octets(self.point, length=48, name="a witness")
        cbor.take_octets(self.head, length=32, name="the hash of a witness's head")

    def to_cbor(self) -> bytes:
        """Its octets."""
        return cbor.encode_labelled(domain_tags.WITNESS, self.point, self.head)

    @classmethod
    def from_cbor(cls, octets: bytes) -> "IssuedWitness":
        """The witness in `octets`; raises EncodingError."""
        point, head = cbor.decode_labelled(
            octets, label=domain_tags.WITNESS, fields=2, limit=HEADER_LIMIT
        )
        return cls(
            point=cbor.take_octets(point, name="a witness"),
            head=cbor.take_octets(head, name="the hash of a witness's head"),
        )


def _take_value(value: object) -> AttributeValue:
    if not isinstance(value, (str, int)):
        raise EncodingError("an attribute's value is neither text nor a number")
    return value
