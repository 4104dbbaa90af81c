"""Publishing the community's metadata, and reading the newest version in every worker.

Each version is signed and names the hash of the one before. Reading costs one small query, so that
every worker sees a change at once; decoding and tables are cached by version.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection

from credentials.errors import MetadataRefused
from credentials.formats.metadata import SEGMENT_VERSIONS, Metadata, SignedMetadata
from credentials.keys import VerifierKeys
from server.clock import Clock, unix_seconds
from server.community import store
from server.database import Database
from server.hold import FREE, Hold
from server.problems import NotFound, OperatorError


@dataclass(frozen=True)
class _Version:
    number: int
    signed: SignedMetadata

    @cached_property
    def metadata(self) -> Metadata:
        return Metadata.from_cbor(self.signed.octets)


class CommunityService:
    """The newest metadata; `signing_key` is called only when something is published."""

    def __init__(
        self,
        database: Database,
        *,
        signing_key: Callable[[], Ed25519PrivateKey],
        clock: Clock = unix_seconds,
        guard: Hold = FREE,
    ) -> None:
        self._database = database
        self._signing_key = guard.guarding(signing_key)
        self._clock = clock
        self._cached: _Version | None = None
        self._cached_verifier: tuple[tuple[bytes, bytes], VerifierKeys] | None = None

    def metadata(self, *, connection: Connection | None = None) -> Metadata:
        """The newest metadata; `connection` reads it inside a transaction of the caller's."""
        return self._newest(connection).metadata

    def signed(self, *, connection: Connection | None = None) -> SignedMetadata:
        """The newest metadata as signed octets, for /.well-known/symbolon.json and bundles."""
        return self._newest(connection).signed

    def segment(self, number: int) -> tuple[list[SignedMetadata], bool]:
        """The versions 64n … 64n+63, and whether they are all there; raises NotFound beyond."""
        first = number * SEGMENT_VERSIONS
        last = first + SEGMENT_VERSIONS - 1
        with self._database.read() as connection:
            signed = store.versions(connection, first=first, last=last)
            full = _number(connection) >= last
        if not signed:
            raise NotFound
        return signed, full

    def verifier(self, metadata: Metadata | None = None) -> VerifierKeys:
        """The keys and tables that verify presentations; a new door or app leaves them as is.

        For whoever has read the newest metadata already, `metadata` saves reading it again.
        """
        metadata = metadata or self.metadata()
        made_for = (metadata.community_id, metadata.credential_header)
        cached = self._cached_verifier
        if cached is None or cached[0] != made_for:
            cached = (made_for, VerifierKeys.from_metadata(metadata))
            self._cached_verifier = cached
        return cached[1]

    def publish_first(self, metadata: Metadata, *, connection: Connection) -> SignedMetadata:
        """Sign and store version 1, when the community is made."""
        signed = SignedMetadata.sign(metadata, private_key=self._signing_key())
        store.add_version(connection, version=metadata.version, signed=signed)
        return signed

    def publish(
        self, change: Callable[[Metadata], Metadata], *, connection: Connection | None = None
    ) -> Metadata:
        """Sign and store the next version: `change` of the newest, which it may not renumber.

        With `connection` it happens inside that writing transaction, together with whatever else
        the caller writes there; otherwise in one of its own. What `change` raises goes through.
        """
        if connection is None:
            with self._database.write() as own:
                return self.publish(change, connection=own)
        newest = self._newest(connection)
        changed = replace(
            change(newest.metadata),
            version=newest.number + 1,
            previous=hashlib.sha256(newest.signed.octets).digest(),
            published_at=self._clock(),
        )
        signed = SignedMetadata.sign(changed, private_key=self._signing_key())
        store.add_version(connection, version=changed.version, signed=signed)
        return changed

    def versions_after(self, number: int) -> list[SignedMetadata]:
        """All versions that came after one."""
        with self._database.read() as connection:
            return store.versions(connection, first=number + 1, last=_number(connection))

    def adopt(self, connection: Connection, signed: Sequence[SignedMetadata]) -> int:
        """Take in versions that were published before, and are missing here; how many they are.

        Those that are here already must be the same. Raises MetadataRefused unless each follows the
        one before it.
        """
        newest = self._newest(connection)
        added = 0
        for one in signed:
            metadata = one.open(fingerprint=newest.metadata.community_id)
            if metadata.version <= newest.number:
                if store.signed_metadata(connection, metadata.version).octets != one.octets:
                    raise MetadataRefused("a version of the metadata differs from the one here")
                continue
            follows = metadata.version == newest.number + 1
            if not follows or metadata.previous != newest.signed.hash:
                raise MetadataRefused("a version of the metadata does not follow the one here")
            store.add_version(connection, version=metadata.version, signed=one)
            newest = _Version(metadata.version, one)
            added += 1
        return added

    def _newest(self, connection: Connection | None) -> _Version:
        cached = self._cached
        if connection is not None:
            # What a writing transaction sees may never be committed, so it is not remembered.
            number = _number(connection)
            signed = store.signed_metadata(connection, number)
            if cached is not None and cached.signed == signed:
                return cached
            return _Version(number, signed)
        with self._database.read() as own:
            number = _number(own)
            if cached is None or cached.number != number:
                cached = _Version(number, store.signed_metadata(own, number))
                self._cached = cached
        return cached


def _number(connection: Connection) -> int:
    number = store.newest_version(connection)
    if number is None:
        raise OperatorError("This data directory holds no community.")
    return number
