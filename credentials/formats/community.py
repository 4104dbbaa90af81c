"""What a community publishes about itself: name, keys, schema, events, doors and apps.

A wallet computes every scope from this, offline. How it is signed, and how versions follow each
other, is in metadata. Whether the keys are points of the right subgroup is checked at their use.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from credentials import domain_tags
from credentials.errors import MetadataRefused, SchemaError
from credentials.formats import cbor
from credentials.formats.addresses import MAX_ADDRESS, origin_part, take_origin
from credentials.formats.credential import CredentialHeader
from credentials.formats.crowd import Crowd
from credentials.formats.names import MAX_TEXT, refuse_look_alikes, take_shown_text
from credentials.formats.places import App, Door, Event
from credentials.formats.public_keys import PublicKeys
from credentials.formats.schema import SCHEMA_LIMIT, Schema

MAX_VERSION: Final = 2**32 - 1
MAX_TIME: Final = 2**40  # Unix seconds
MAX_LISTED: Final = 512  # events, doors or apps
METADATA_LIMIT: Final = 262144  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """One version of a community's description; raises MetadataRefused or EncodingError.

    version: from 1. previous: SHA-256 of the octets of the version before, none for the first.
    metadata_key: Ed25519 public key, 32 octets; its SHA-256 is the community id and the fingerprint
    in claim links. schemas: exactly one in this version. crowd: how many members there are, where
    it was published. published_at: Unix seconds.
    """

    version: int
    previous: bytes
    name: str
    address: str
    metadata_key: bytes
    keys: PublicKeys
    schemas: tuple[Schema, ...]
    events: tuple[Event, ...] = ()
    doors: tuple[Door, ...] = ()
    apps: tuple[App, ...] = ()
    crowd: Crowd | None = None
    published_at: int
    community_id: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        cbor.take_uint(self.version, min=1, max=MAX_VERSION, name="a version")
        first = self.version == 1
        cbor.take_octets(self.previous, length=0 if first else 32, name="a previous hash")
        take_shown_text(self.name, name="a community's name")
        take_origin(self.address, name="a community's address")
        cbor.take_octets(self.metadata_key, length=32, name="a metadata key")
        if type(self.keys) is not PublicKeys:
            raise MetadataRefused("the metadata has no public keys")
        _check_members(self.schemas, Schema)
        if len(self.schemas) != 1:
            raise MetadataRefused("the metadata does not have exactly one schema")
        _check_members(self.events, Event)
        _check_members(self.doors, Door)
        _check_members(self.apps, App)
        for listed in (self.events, self.doors, self.apps):
            if len({entry.id for entry in listed}) != len(listed):
                raise MetadataRefused("the metadata uses an id twice")
        for what, names in (
            ("events", [event.name for event in self.events]),
            ("doors", [f"{door.name} ({door.event})" for door in self.doors]),
            ("apps", [app.name for app in self.apps]),
        ):
            refuse_look_alikes(names, name=f"the names of {what}", error=MetadataRefused)
        # A proof is bound to the origin: of two apps there, one could hand it on to the other.
        if len({origin_part(app.response_address) for app in self.apps}) != len(self.apps):
            raise MetadataRefused("two apps of the community have the same origin")
        for door in self.doors:
            self._check_door(door)
        if self.crowd is not None:
            if type(self.crowd) is not Crowd:
                raise MetadataRefused("the metadata's crowd is something else")
            self.crowd.check(self.schema)
        cbor.take_uint(self.published_at, max=MAX_TIME, name="a time of publishing")
        if len(self.to_cbor()) > METADATA_LIMIT:
            raise MetadataRefused(f"the metadata has more than {METADATA_LIMIT} octets")
        object.__setattr__(self, "community_id", hashlib.sha256(self.metadata_key).digest())

    def _check_door(self, door: Door) -> None:
        if self.event(door.event) is None:
            raise MetadataRefused(f"the door {door.id!r} belongs to an event that is not listed")
        known = {attribute.name: attribute.type for attribute in self.schema.attributes}
        for name in door.disclose:
            if name not in known:
                raise MetadataRefused(f"the door {door.id!r} asks for {name!r}, not in the schema")
        if door.expires_by and known.get(door.expires_by) != "date":
            raise MetadataRefused(f"the door {door.id!r} expires by something that is not a date")
        for one in door.admits:
            try:
                one.check(self.schema)
            except SchemaError as error:
                raise MetadataRefused(f"whom the door {door.id!r} admits: {error}") from None

    @property
    def schema(self) -> Schema:
        """The community's one schema."""
        return self.schemas[0]

    @property
    def credential_header(self) -> bytes:
        """The header that every credential of the community is signed with."""
        return CredentialHeader(
            issuer_id=self.keys.issuer_id,
            schema_id=self.schema.schema_id,
            registry_id=self.keys.registry_id,
        ).to_cbor()

    def event(self, event_id: str) -> Event | None:
        """The event with this id, if there is one."""
        return next((event for event in self.events if event.id == event_id), None)

    def door(self, door_id: str) -> Door | None:
        """The door with this id, if there is one."""
        return next((door for door in self.doors if door.id == door_id), None)

    def app(self, app_id: str) -> App | None:
        """The app with this id, if there is one."""
        return next((app for app in self.apps if app.id == app_id), None)

    def to_cbor(self) -> bytes:
        """The octets that are signed, and hashed for the next version."""
        return cbor.encode_labelled(
            domain_tags.METADATA,
            self.version,
            self.previous,
            self.name,
            self.address,
            self.metadata_key,
            self.keys.to_fields(),
            tuple(schema.to_cbor() for schema in self.schemas),
            tuple(event.to_fields() for event in self.events),
            tuple(door.to_fields() for door in self.doors),
            tuple(app.to_fields() for app in self.apps),
            () if self.crowd is None else (self.crowd.to_fields(),),
            self.published_at,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Metadata":
        """The metadata in `octets`; raises EncodingError, SchemaError or MetadataRefused."""
        fields = cbor.decode_labelled(
            octets, label=domain_tags.METADATA, fields=12, limit=METADATA_LIMIT
        )
        version, previous, name, address, key, keys = fields[:6]
        schemas, events, doors, apps, crowds, published_at = fields[6:]
        crowd = cbor.take_array(crowds, max=1, name="a crowd")
        return cls(
            version=cbor.take_uint(version, name="a version"),
            previous=cbor.take_octets(previous, name="a previous hash"),
            name=cbor.take_text(name, max=MAX_TEXT, name="a community's name"),
            address=cbor.take_text(address, max=MAX_ADDRESS, name="a community's address"),
            metadata_key=cbor.take_octets(key, name="a metadata key"),
            keys=PublicKeys.from_fields(keys),
            schemas=tuple(
                Schema.from_cbor(cbor.take_octets(schema, max=SCHEMA_LIMIT, name="a schema"))
                for schema in _take_listed(schemas)
            ),
            events=tuple(Event.from_fields(fields) for fields in _take_listed(events)),
            doors=tuple(Door.from_fields(fields) for fields in _take_listed(doors)),
            apps=tuple(App.from_fields(fields) for fields in _take_listed(apps)),
            crowd=Crowd.from_fields(crowd[0]) if crowd else None,
            published_at=cbor.take_uint(published_at, name="a time of publishing"),
        )


def _take_listed(value: object) -> tuple[cbor.Decoded, ...]:
    return cbor.take_array(value, max=MAX_LISTED, name="a list in the metadata")


def _check_members(value: object, kind: type) -> None:
    if not all(type(member) is kind for member in _take_listed(value)):
        raise MetadataRefused("a list in the metadata holds something else than it should")
