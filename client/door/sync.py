"""Preparing a door for a time without network, and handing in what it queued.

Both may be repeated at any time: the server answers a scan id the same way every time, and a scan
leaves the queue only once it was answered.
"""

import time
from dataclasses import dataclass

from client.answers import SyncResult
from client.community import check_newer, pinned
from client.door.store import DoorIdentity, DoorStore
from client.errors import DoorError
from client.issuer import IssuerClient
from credentials.formats.metadata import Metadata, SignedMetadata

BATCH = 500
"""Scans handed in with one request."""

CLOCK_TOLERANCE_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A door file that can work alone; `clock_difference` is this clock minus the server's."""

    metadata: Metadata
    fingerprint: bytes
    first_use: bool
    clock_difference: int
    entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """How many scans the server took, and those that lost against an earlier one."""

    scans: int
    conflicts: tuple[SyncResult, ...]


def prepare(
    store: DoorStore,
    *,
    door: str,
    token: str,
    issuer: IssuerClient,
    fingerprint: bytes | None,
) -> Prepared:
    """Download metadata and entries into a door file, new or prepared before.

    The metadata is checked against the fingerprint given, or the one in the file; a new file
    without one trusts what it finds. Raises DoorError, MetadataRefused, ServerUnreachable.
    """
    known = store.identity_if_any()
    if known is not None and (known.id, known.address) != (door, issuer.address):
        raise DoorError(
            f"This file is for the door {known.id!r} of {known.address}; "
            "choose another with --door-file."
        )
    if known is not None and fingerprint is not None and known.fingerprint != fingerprint:
        raise DoorError("This file trusts a community with another fingerprint.")
    bundle = issuer.door_bundle(door, token=token)
    trusted = fingerprint if known is None else known.fingerprint
    published = pinned(bundle.signed, fingerprint=trusted)
    if known is not None:
        check_newer(
            SignedMetadata(octets=known.metadata, signature=known.signature), published=published
        )
    if published.metadata.address != issuer.address:
        raise DoorError(
            f"The server {issuer.address} speaks for a community that is at "
            f"{published.metadata.address}."
        )
    if published.metadata.door(door) is None:
        raise DoorError(f"The community has no door {door!r}.")
    now = int(time.time())
    with store.transaction():
        store.save_identity(
            DoorIdentity(
                id=door,
                address=issuer.address,
                fingerprint=published.fingerprint,
                token=token,
                metadata=bundle.signed.octets,
                signature=bundle.signed.signature,
                prepared_at=now,
            )
        )
        store.merge_entries(bundle.entries)
    return Prepared(
        metadata=published.metadata,
        fingerprint=published.fingerprint,
        first_use=trusted is None,
        clock_difference=now - bundle.now,
        entries=len(bundle.entries),
    )


def hand_in(store: DoorStore, *, identity: DoorIdentity, issuer: IssuerClient) -> HandedIn:
    """Send the queue, batch by batch, and take over what the server knows.

    Raises ServerUnreachable, ServerRefused; what was not answered stays queued.
    """
    scans = 0
    conflicts: list[SyncResult] = []
    while batch := store.queued(limit=BATCH):
        results, entries = issuer.sync(batch, door=identity.id, token=identity.token)
        answered = {result.scan_id for result in results}
        done = tuple(scan.scan_id for scan in batch if scan.scan_id in answered)
        if not done:
            raise DoorError("The server did not answer any of the scans; they stay queued.")
        with store.transaction():
            store.acknowledge(done)
            store.merge_entries(entries)
        scans += len(done)
        conflicts += [result for result in results if result.conflict_at is not None]
    return HandedIn(scans=scans, conflicts=tuple(conflicts))
