"""Signed community metadata, its JSON envelope, and which version may follow which.

Source of the signature: RFC 8032 (Ed25519), over a label and the metadata's CBOR. A community is
known by the SHA-256 of its metadata key, which claim links carry.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from credentials.domain_tags import METADATA_SIGNATURE
from credentials.errors import MetadataRefused, SymbolonError
from credentials.formats import base64url, cbor
from credentials.formats.community import METADATA_LIMIT, Metadata
from credentials.formats.json_object import read_object
from credentials.formats.places import Admission, App, Door, Event
from credentials.formats.public_keys import PublicKeys

__all__ = [
    "Admission",
    "App",
    "Door",
    "Event",
    "Metadata",
    "PublicKeys",
    "SignedMetadata",
    "check_successor",
]

SIGNATURE_LENGTH: Final = 64

SEGMENT_VERSIONS: Final = 64
"""How many versions a static segment has; segment n begins with version 64n, the first with 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedMetadata:
    """Octets of metadata and an Ed25519 signature of 64 octets, neither checked before open().

    Raises EncodingError.
    """

    octets: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def __post_init__(self) -> None:
        cbor.take_octets(self.octets, max=METADATA_LIMIT, name="metadata")
        cbor.take_octets(self.signature, length=SIGNATURE_LENGTH, name="a signature")

    @classmethod
    def sign(cls, metadata: Metadata, *, private_key: Ed25519PrivateKey) -> "SignedMetadata":
        """Sign with the key that the metadata names; raises MetadataRefused for another one."""
        if private_key.public_key().public_bytes_raw() != metadata.metadata_key:
            raise MetadataRefused("the metadata names another metadata key than the one at hand")
        octets = metadata.to_cbor()
        return cls(octets=octets, signature=private_key.sign(METADATA_SIGNATURE + octets))

    @property
    def hash(self) -> bytes:
        """SHA-256 of the octets, which the next version names as `previous`."""
        return hashlib.sha256(self.octets).digest()

    def open(self, *, fingerprint: bytes) -> Metadata:
        """The metadata, if signed by the key whose SHA-256 is `fingerprint` (32 octets).

        Raises MetadataRefused, whatever is wrong.
        """
        metadata = self._parse()
        if metadata.community_id != fingerprint:
            raise MetadataRefused("the metadata belongs to another community")
        try:
            Ed25519PublicKey.from_public_bytes(metadata.metadata_key).verify(
                self.signature, METADATA_SIGNATURE + self.octets
            )
        except (InvalidSignature, ValueError):
            raise MetadataRefused("the signature of the metadata is wrong") from None
        return metadata

    def open_unpinned(self) -> Metadata:
        """The metadata, if signed by the key that it names itself; raises MetadataRefused.

        For whoever has no fingerprint yet: it proves that the document is whole, not whose it is.
        """
        return self.open(fingerprint=self._parse().community_id)

    def _parse(self) -> Metadata:
        try:
            return Metadata.from_cbor(self.octets)
        except MetadataRefused:
            raise
        except SymbolonError as error:
            raise MetadataRefused(f"the metadata is malformed: {error}") from error

    def to_json(self) -> dict[str, str]:
        """The envelope served at /.well-known/symbolon.json."""
        return {
            "metadata": base64url.encode(self.octets),
            "signature": base64url.encode(self.signature),
        }

    @classmethod
    def from_json(cls, value: object) -> "SignedMetadata":
        """From the envelope; raises MetadataRefused or EncodingError."""
        read = read_object(
            value,
            required=("metadata", "signature"),
            name="the metadata's envelope",
            error=MetadataRefused,
        )
        octets, signature = read["metadata"], read["signature"]
        if not isinstance(octets, str) or not isinstance(signature, str):
            raise MetadataRefused("the metadata's envelope holds something that is not text")
        return cls(
            octets=base64url.decode(octets, limit=METADATA_LIMIT),
            signature=base64url.decode(signature, limit=SIGNATURE_LENGTH),
        )


def check_successor(
    old: SignedMetadata, new: SignedMetadata, *, between: Sequence[SignedMetadata] = ()
) -> Metadata:
    """The metadata in `new`, if it may take the place of `old`, which is already trusted.

    The same octets may come again. A higher version is reached from the old one by the versions
    `between`, in their order, none missing: each is signed by the same key, names the hash of the
    one before, and keeps the issuer's keys and schema. Versions up to the old one, or from the new
    one on, may stand there too, and must be the same. Raises MetadataRefused.
    """
    known = old.open_unpinned()
    metadata = new.open(fingerprint=known.community_id)
    if metadata.version < known.version:
        raise MetadataRefused("the metadata is older than what is already known")
    at, last = old, known
    for signed in (*between, new):
        one = signed.open(fingerprint=known.community_id)
        if one.version == last.version and signed.octets != at.octets:
            raise MetadataRefused("the community published two different versions of one number")
        if last.version < one.version <= metadata.version:
            _check_next(one, before=last, hash_before=at.hash)
            at, last = signed, one
    return metadata


def _check_next(metadata: Metadata, *, before: Metadata, hash_before: bytes) -> None:
    if metadata.version != before.version + 1:
        raise MetadataRefused(
            f"there are versions of the metadata missing after number {before.version}, which is "
            "already known: what is published now may not be its continuation"
        )
    if metadata.previous != hash_before:
        raise MetadataRefused(
            f"version {metadata.version} of the metadata does not follow the version "
            f"{before.version} that is already known: the community signed two histories"
        )
    if metadata.keys != before.keys:
        raise MetadataRefused("the community's issuer keys have changed")
    if metadata.schemas != before.schemas:
        raise MetadataRefused("the community's schema has changed")
