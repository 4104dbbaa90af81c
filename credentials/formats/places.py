"""Where memberships are shown: events with their doors, and apps of third parties.

All three stand in the signed metadata, so a wallet takes names and scopes from there only.
"""

from dataclasses import dataclass
from typing import Final

from credentials.errors import MetadataRefused
from credentials.formats import cbor
from credentials.formats.addresses import take_address
from credentials.formats.names import (
    take_attribute_name,
    take_identifier,
    take_shown_text,
    take_timezone,
)
from credentials.formats.schema import MAX_ATTRIBUTES, REISSUED

MODES: Final = ("once", "once_per_day", "re_entry", "members_only")
FIELD_LIMIT: Final = 300  # characters


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
class Door:
    """A door of an event, in one of MODES; raises EncodingError or MetadataRefused.

    disclose: names of attributes, `reissued` among them wherever the door counts entries, because
    a re-issued member goes to the help desk there. expires_by: the date after which a pass is
    expired, which the door then asks for too, or empty.
    """

    id: str
    name: str
    event: str
    mode: str
    disclose: tuple[str, ...] = (REISSUED,)
    expires_by: str = ""

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

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The elements of its CBOR array inside metadata."""
        return (self.id, self.name, self.event, self.mode, self.disclose, self.expires_by)

    @classmethod
    def from_fields(cls, fields: object) -> "Door":
        """From the elements of its CBOR array; raises EncodingError or MetadataRefused."""
        read = cbor.take_array(fields, length=6, name="a door")
        door_id, name, event, mode, expires_by = _take_texts(
            read[:4] + read[5:], length=5, name="a door"
        )
        disclose = cbor.take_array(read[4], max=MAX_ATTRIBUTES, name="what a door discloses")
        return cls(
            id=door_id,
            name=name,
            event=event,
            mode=mode,
            disclose=_take_texts(disclose, length=len(disclose), name="what a door discloses"),
            expires_by=expires_by,
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
