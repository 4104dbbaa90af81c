"""Signed community metadata, its JSON envelope, and which version may follow which.

Source of the signature: RFC 8032 (Ed25519), over a label and the metadata's CBOR. A community is
known by the SHA-256 of its metadata key, which claim links carry.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from credentials.domain_tags import METADATA_SIGNATURE
from credentials.errors import MetadataRefused, SymbolonError
from credentials.formats import base64url, cbor
from credentials.formats.community import METADATA_LIMIT, Metadata
from credentials.formats.json_object import read_object
from credentials.formats.places import App, Door, Event
from credentials.formats.public_keys import PublicKeys

__all__ = ["App", "Door", "Event", "Metadata", "PublicKeys", "SignedMetadata", "check_successor"]

SIGNATURE_LENGTH: Final = 64


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


def check_successor(old: SignedMetadata, new: SignedMetadata) -> Metadata:
    """The metadata in `new`, if it may take the place of `old`, which is already trusted.

    The same octets may come again; a higher version must be signed by the same key and keep the
    issuer's keys and schema, and the very next one must name the hash of the old octets. Versions
    between may have been missed. Raises MetadataRefused.
    """
    known = old.open_unpinned()
    metadata = new.open(fingerprint=known.community_id)
    if metadata.version < known.version:
        raise MetadataRefused("the metadata is older than what is already known")
    if metadata.version == known.version and new.octets != old.octets:
        raise MetadataRefused("the community published two different versions of one number")
    if metadata.version == known.version + 1 and metadata.previous != old.hash:
        raise MetadataRefused("the metadata does not follow the version that is already known")
    if metadata.keys != known.keys:
        raise MetadataRefused("the community's issuer keys have changed")
    if metadata.schemas != known.schemas:
        raise MetadataRefused("the community's schema has changed")
    return metadata
