"""Preparing a door for a time without network, and the registry heads that it knows.

Both may be repeated at any time.
"""

import time
from dataclasses import dataclass

from client.clocks import ClockReading
from client.community import pinned
from client.door.store import DoorIdentity, DoorStore
from client.doors import DoorClient
from client.errors import DoorError
from client.history import bridged
from client.registry import HEADS_KEPT, joined
from credentials.formats.head import SignedHead
from credentials.formats.metadata import Metadata, SignedMetadata
from credentials.registry.chain import HeadChain

CLOCK_TOLERANCE_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A door file that can work alone; `clock_difference` is this clock minus the server's."""

    metadata: Metadata
    fingerprint: bytes
    first_use: bool
    clock_difference: int
    entries: int


def prepare(
    store: DoorStore,
    *,
    door: str,
    token: str,
    service: DoorClient,
    fingerprint: bytes | None,
) -> Prepared:
    """Download metadata, registry heads and entries into a door file, new or prepared before.

    The metadata is checked against the fingerprint given, or the one in the file; a new file
    without one trusts what it finds. A door that has moved with its community is prepared at the
    new address: the token goes there once signed metadata that follows what the file knows names
    it. Raises DoorError, MetadataRefused, HeadRefused,
    ServerUnreachable.
    """
    known = store.identity_if_any()
    if known is not None and (
        known.id != door
        or (known.address != service.address and not _has_moved_to(service, known=known))
    ):
        raise DoorError(
            f"This file is for the door {known.id!r} of {known.address}; "
            "choose another with --door-file."
        )
    if known is not None and fingerprint is not None and known.fingerprint != fingerprint:
        raise DoorError("This file trusts a community with another fingerprint.")
    bundle = service.door_bundle(door, token=token)
    trusted = fingerprint if known is None else known.fingerprint
    published = pinned(bundle.signed, fingerprint=trusted)
    if known is not None:
        before = SignedMetadata(octets=known.metadata, signature=known.signature)
        published = bridged(published, known=before, service=service)
    if published.metadata.address != service.address:
        raise DoorError(
            f"The server {service.address} speaks for a community that is at "
            f"{published.metadata.address}: prepare the door there."
        )
    if published.metadata.door(door) is None:
        raise DoorError(f"The community has no door {door!r}.")
    chain = joined(
        door_chain(store, metadata=published.metadata),
        bundle.heads,
        service=service,
        metadata=published.metadata,
    )
    now = int(time.time())
    with store.transaction():
        _save_chain(store, chain, metadata=published.metadata)
        store.save_identity(
            DoorIdentity(
                id=door,
                address=service.address,
                fingerprint=published.fingerprint,
                token=token,
                metadata=bundle.signed.octets,
                signature=bundle.signed.signature,
                prepared_at=now,
            )
        )
        store.merge_entries(bundle.entries)
        store.clocks.note(ClockReading(own=now, server=bundle.now))
    return Prepared(
        metadata=published.metadata,
        fingerprint=published.fingerprint,
        first_use=trusted is None,
        clock_difference=now - bundle.now,
        entries=len(bundle.entries),
    )


def _has_moved_to(service: DoorClient, *, known: DoorIdentity) -> bool:
    """Whether the community of a door file has moved to where `service` is.

    Raises MetadataRefused where the file's community answers there with another history.
    """
    before = SignedMetadata(octets=known.metadata, signature=known.signature)
    signed = service.metadata()
    if signed.open_unpinned().community_id != known.fingerprint:
        return False
    there = pinned(signed, fingerprint=known.fingerprint)
    return bridged(there, known=before, service=service).metadata.address == service.address


def door_chain(store: DoorStore, *, metadata: Metadata) -> HeadChain | None:
    """The registry heads in a door file, none in a new one. Raises HeadRefused."""
    signed = store.heads()
    return HeadChain.start(signed, metadata=metadata) if signed else None


def refresh_heads(
    store: DoorStore,
    *,
    metadata: Metadata,
    service: DoorClient,
    heads: tuple[SignedHead, ...] | None = None,
) -> None:
    """Take the newest registry heads into a door file: those given, or those published now.

    Raises HeadRefused, ServerUnreachable, ServerRefused.
    """
    chain = joined(
        door_chain(store, metadata=metadata),
        service.heads() if heads is None else heads,
        service=service,
        metadata=metadata,
    )
    with store.transaction():
        _save_chain(store, chain, metadata=metadata)


def _save_chain(store: DoorStore, chain: HeadChain, *, metadata: Metadata) -> None:
    """Keep a chain, unless another process has stored a longer one meanwhile."""
    stored = door_chain(store, metadata=metadata)
    if stored is None or stored.newest.epoch <= chain.newest.epoch:
        store.save_heads(chain.shortened(HEADS_KEPT).signed)
