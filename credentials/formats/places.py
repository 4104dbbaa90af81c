"""Where memberships are shown: events with their doors, and apps of third parties.

All three stand in the signed metadata, so a wallet takes names and scopes from there only.
"""

from dataclasses import dataclass
from typing import Final

from credentials.errors import MetadataRefused
from credentials.formats import cbor
from credentials.formats.addresses import take_address
from credentials.formats.attribute import ANONYMOUS_TYPES, MAX_VALUES, AttributeValue
from credentials.formats.names import (
    MAX_TEXT,
    take_attribute_name,
    take_identifier,
    take_shown_text,
    take_timezone,
)
from credentials.formats.schema import MAX_ATTRIBUTES, REISSUED, Schema

MODES: Final = ("once", "once_per_day", "re_entry", "members_only")
FIELD_LIMIT: Final = 300  # characters
DAY_MINUTES: Final = 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event; `timezone` (IANA) says when its days begin. Raises EncodingError."""

    id: str
    name: str
    timezone: str

    def __post_init__(self) -> None:
        take_identifier(self.id, name="an event's id")
        take_shown_text(self.name, name="an event's name")
        take_timezone(self.timezone, name="an event's time zone")

    def to_fields(self) -> tuple[str, ...]:
        """The elements of its CBOR array inside metadata."""
        return (self.id, self.name, self.timezone)

    @classmethod
    def from_fields(cls, fields: object) -> "Event":
        """From the elements of its CBOR array; raises EncodingError."""
        event_id, name, timezone = _take_texts(fields, length=3, name="an event")
        return cls(id=event_id, name=name, timezone=timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """An attribute, a choice or a flag, and which of its values a door admits: 1 to 64 of them.

    Raises EncodingError or MetadataRefused.
    """

    attribute: str
    values: tuple[AttributeValue, ...]

    def __post_init__(self) -> None:
        take_attribute_name(self.attribute)
        cbor.take_array(self.values, min=1, max=MAX_VALUES, name="what a door admits")
        for value in self.values:
            if isinstance(value, str):
                take_shown_text(value, max=MAX_TEXT, name="a value that a door admits")
            else:
                cbor.take_uint(value, max=1, name="a value that a door admits")
        if len(set(self.values)) != len(self.values):
            raise MetadataRefused("a door admits a value twice")

    def check(self, schema: Schema) -> None:
        """Raise MetadataRefused or SchemaError unless the schema has this attribute and values."""
        attribute = schema.attribute(self.attribute)
        if attribute.type not in ANONYMOUS_TYPES:
            raise MetadataRefused(
                f"a door can admit by choices and flags; {self.attribute!r} is neither"
            )
        for value in self.values:
            attribute.check(value)

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The elements of its CBOR array inside a door."""
        return (self.attribute, self.values)

    @classmethod
    def from_fields(cls, fields: object) -> "Admission":
        """From the elements of its CBOR array; raises EncodingError or MetadataRefused."""
        attribute, values = cbor.take_array(fields, length=2, name="what a door admits")
        read = cbor.take_array(values, min=1, max=MAX_VALUES, name="what a door admits")
        return cls(
            attribute=cbor.take_text(attribute, max=32, name="an attribute's name"),
            values=tuple(
                value
                if isinstance(value, str)
                else cbor.take_uint(value, max=1, name="a value that a door admits")
                for value in read
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A door of an event, in one of MODES; raises EncodingError or MetadataRefused.

    disclose: names of attributes, `reissued` among them wherever the door counts entries, because
    a re-issued member goes to the help desk there. expires_by: the date after which a pass is
    expired, which the door then asks for too, or empty. day_begins: how many minutes after midnight
    a day of this door begins, 0 to 1439. admits: whom it lets in, all of them to be met; the door
    asks for these attributes too. Nothing there means every pass.
    """

    id: str
    name: str
    event: str
    mode: str
    disclose: tuple[str, ...] = (REISSUED,)
    expires_by: str = ""
    day_begins: int = 0
    admits: tuple[Admission, ...] = ()

    def __post_init__(self) -> None:
        take_identifier(self.id, name="a door's id")
        take_shown_text(self.name, name="a door's name")
        take_identifier(self.event, name="the id of a door's event")
        if self.mode not in MODES:
            raise MetadataRefused(f"the mode of a door is none of {', '.join(MODES)}")
        cbor.take_array(self.disclose, max=MAX_ATTRIBUTES, name="what a door discloses")
        for name in self.disclose:
            take_attribute_name(name)
        if len(set(self.disclose)) != len(self.disclose):
            raise MetadataRefused("a door asks for an attribute twice")
        if self.mode != "members_only" and REISSUED not in self.disclose:
            raise MetadataRefused(f"a door in mode {self.mode} must ask for {REISSUED!r}")
        if self.expires_by != "":
            take_attribute_name(self.expires_by)
        cbor.take_uint(self.day_begins, max=DAY_MINUTES - 1, name="the beginning of a door's day")
        cbor.take_array(self.admits, max=MAX_ATTRIBUTES, name="whom a door admits")
        if not all(type(one) is Admission for one in self.admits):
            raise MetadataRefused("a door admits by something that is not an attribute with values")
        if len({one.attribute for one in self.admits}) != len(self.admits):
            raise MetadataRefused("a door admits by an attribute twice")

    @property
    def asks(self) -> tuple[str, ...]:
        """All attributes that the door sees: disclose, expires_by, and what it admits by."""
        expiry = (self.expires_by,) if self.expires_by else ()
        admitting = (one.attribute for one in self.admits)
        return tuple(dict.fromkeys((*self.disclose, *expiry, *admitting)))

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The elements of its CBOR array inside metadata."""
        return (
            self.id,
            self.name,
            self.event,
            self.mode,
            self.disclose,
            self.expires_by,
            self.day_begins,
            tuple(one.to_fields() for one in self.admits),
        )

    @classmethod
    def from_fields(cls, fields: object) -> "Door":
        """From the elements of its CBOR array; raises EncodingError or MetadataRefused."""
        read = cbor.take_array(fields, length=8, name="a door")
        door_id, name, event, mode, expires_by = _take_texts(
            read[:4] + read[5:6], length=5, name="a door"
        )
        disclose = cbor.take_array(read[4], max=MAX_ATTRIBUTES, name="what a door discloses")
        return cls(
            id=door_id,
            name=name,
            event=event,
            mode=mode,
            disclose=_take_texts(disclose, length=len(disclose), name="what a door discloses"),
            expires_by=expires_by,
            day_begins=cbor.take_uint(read[6], name="the beginning of a door's day"),
            admits=tuple(
                Admission.from_fields(one)
                for one in cbor.take_array(read[7], max=MAX_ATTRIBUTES, name="whom a door admits")
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A third party's app; proofs for it go to `response_address` only. Raises EncodingError."""

    id: str
    name: str
    response_address: str

    def __post_init__(self) -> None:
        take_identifier(self.id, name="an app's id")
        take_shown_text(self.name, name="an app's name")
        take_address(self.response_address, name="an app's response address")

    def to_fields(self) -> tuple[str, ...]:
        """The elements of its CBOR array inside metadata."""
        return (self.id, self.name, self.response_address)

    @classmethod
    def from_fields(cls, fields: object) -> "App":
        """From the elements of its CBOR array; raises EncodingError."""
        app_id, name, response_address = _take_texts(fields, length=3, name="an app")
        return cls(id=app_id, name=name, response_address=response_address)


def _take_texts(value: object, *, length: int, name: str) -> tuple[str, ...]:
    return tuple(
        cbor.take_text(text, max=FIELD_LIMIT, name=f"a field of {name}")
        for text in cbor.take_array(value, length=length, name=name)
    )
