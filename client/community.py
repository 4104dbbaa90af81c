"""A community's signed metadata, opened with the fingerprint that it is pinned to.

The fingerprint (SHA-256 of the metadata key, 32 octets) comes with a claim link or from a person.
Without one the first use is trusted, and the fingerprint found is handed back to be shown.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypedDict

from client.errors import ClientError
from client.published import PublishedClient
from client.transport import Transport, checked_address
from credentials.errors import EncodingError
from credentials.formats import base64url
from credentials.formats.metadata import Metadata, SignedMetadata, check_successor

MetadataSource: TypeAlias = str | Path | Mapping[str, Any]
"""A community's address, a file, or the JSON object itself ({"metadata", "signature"})."""

FINGERPRINT_LENGTH = 32
WELL_KNOWN = "/.well-known/symbolon.json"


class StoredMetadata(TypedDict):
    """The fields in which a wallet keeps signed metadata, and the address that it names."""

    address: str
    metadata_octets: bytes
    metadata_signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedMetadata:
    """Metadata whose signature verifies under the key with this fingerprint.

    `between` are earlier versions, where they were fetched (`client.history`).
    """

    signed: SignedMetadata = field(repr=False)
    metadata: Metadata
    fingerprint: bytes
    between: tuple[SignedMetadata, ...] = field(default=(), repr=False)

    @property
    def stored(self) -> StoredMetadata:
        """As keyword arguments for a wallet's membership."""
        return {
            "address": self.metadata.address,
            "metadata_octets": self.signed.octets,
            "metadata_signature": self.signed.signature,
        }


def pinned(signed: SignedMetadata, *, fingerprint: bytes | None) -> PinnedMetadata:
    """Check the signature, under the pinned key or the one inside. Raises MetadataRefused."""
    opened = signed.open_unpinned() if fingerprint is None else signed.open(fingerprint=fingerprint)
    return PinnedMetadata(signed=signed, metadata=opened, fingerprint=opened.community_id)


def check_newer(old: SignedMetadata, *, published: PinnedMetadata) -> None:
    """Check that what is published now may follow what was seen before. Raises MetadataRefused."""
    check_successor(old, published.signed, between=published.between)


def parse_fingerprint(text: str) -> bytes:
    """Read a fingerprint: 43 characters as the commands show it, or 64 hexadecimal digits.

    Raises ClientError.
    """
    text = text.strip()
    try:
        octets = bytes.fromhex(text) if len(text) == 64 else base64url.decode(text)
    except (EncodingError, ValueError):
        octets = b""
    if len(octets) != FINGERPRINT_LENGTH:
        raise ClientError("A fingerprint has 43 characters: letters, digits, '-' and '_'.")
    return octets


def show_fingerprint(fingerprint: bytes) -> str:
    """Write a fingerprint as `parse_fingerprint` reads it."""
    return base64url.encode(fingerprint)


def address_in(source: str | Path) -> str | None:
    """The community's address, where that is what `source` is. Raises ClientError."""
    text = str(source)
    if not text.startswith(("https://", "http://")):
        return None
    return checked_address(text).removesuffix(WELL_KNOWN)


def load_signed(source: MetadataSource) -> SignedMetadata:
    """Read signed metadata from where it is. Raises ClientError, MetadataRefused."""
    if isinstance(source, Mapping):
        return SignedMetadata.from_json(dict(source))
    address = address_in(source)
    if address is not None:
        with Transport() as transport:
            return PublishedClient(address, transport=transport).metadata()
    try:
        value = json.loads(Path(source).read_bytes())
    except OSError as error:
        raise ClientError(f"{source} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise ClientError(f"{source} does not hold a community's metadata.") from None
    return SignedMetadata.from_json(value)
