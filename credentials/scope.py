"""Scopes, in which a member has one pseudonym, and the header that binds a presentation.

Source: docs/protocol.md, "Scope and presentation header". A wallet computes both itself, and a
verifier from signed data; a ready-made context_id is never taken from a request.
"""

import hashlib
from dataclasses import dataclass

from credentials.days import day_at, day_of
from credentials.domain_tags import PRESENTATION_HEADER, SCOPE
from credentials.errors import MetadataRefused
from credentials.formats import cbor
from credentials.formats.addresses import origin_part, take_address
from credentials.formats.metadata import Event

SLOT_SECONDS = 30


def time_slot(unix_seconds: int) -> int:
    """The time slot of a moment: floor(Unix seconds / 30)."""
    return unix_seconds // SLOT_SECONDS


def day_of_slot(slot: int) -> int:
    """The UTC day on which a time slot begins, in days since 1970-01-01."""
    return day_of(slot * SLOT_SECONDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Who asks (community id in 32 octets, or an origin), what for, and which instance."""

    verifier: bytes | str
    purpose: str
    instance: bytes | str

    @property
    def context_id(self) -> bytes:
        """SHA-256 of the scope's CBOR, 32 octets."""
        octets = cbor.encode_labelled(SCOPE, self.verifier, self.purpose, self.instance)
        return hashlib.sha256(octets).digest()


def poll_scope(community_id: bytes, manifest_hash: bytes) -> Scope:
    """The scope of one poll, named by the SHA-256 of its manifest."""
    return Scope(verifier=community_id, purpose="poll", instance=manifest_hash)


def door_scope(
    community_id: bytes, event: Event, mode: str, time_slot: int, *, day_begins: int = 0
) -> Scope:
    """The scope of an event's doors; in mode `once_per_day` that of the slot's day there.

    The day begins `day_begins` minutes after midnight, as the door says. Raises MetadataRefused
    where this machine does not know the event's time zone.
    """
    instance = event.id
    if mode == "once_per_day":
        day = day_at(time_slot * SLOT_SECONDS, timezone=event.timezone, begins=day_begins)
        instance += "/" + day.isoformat()
    return Scope(verifier=community_id, purpose="door", instance=instance)


def app_scope(purpose: str, response_address: str) -> Scope:
    """The scope of a third-party app (`login` or `visit`): the origin that it registered."""
    return Scope(verifier=origin_of(response_address), purpose=purpose, instance=b"")


def origin_of(address: str) -> str:
    """The origin of a web address, such as https://app.example:8443; raises MetadataRefused.

    Addresses in metadata are canonical already (small letters, ASCII, no default port), so one
    place has one origin, and the origin is the beginning of the address.
    """
    take_address(address, name="a response address", error=MetadataRefused)
    return origin_part(address)


def presentation_header(
    *,
    context_id: bytes,
    purpose: str,
    freshness: int | bytes,
    value: bytes,
    action: bytes = b"",
) -> bytes:
    """What a proof is bound to, in 32 octets.

    The audience is the scope's context_id; `freshness` is a nonce of 32 octets or a time slot;
    `value` is the registry's value V, 48 octets, which every head without removals between shares;
    `action` the digest of the authorised action, 32 octets or none.
    """
    octets = cbor.encode_labelled(
        PRESENTATION_HEADER, context_id, purpose, freshness, action, value
    )
    return hashlib.sha256(octets).digest()
