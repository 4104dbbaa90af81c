"""The versions of a community's metadata between the one that is known and the one published now.

A version is taken in the place of an older one only if all between lead there, each naming the hash
of the one before (`check_successor`). So nobody can be led to a history of their own and back. What
is fetched are whole segments, static files that are the same for everyone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from client.community import (
    MetadataSource,
    PinnedMetadata,
    address_in,
    check_newer,
    load_signed,
    pinned,
)
from client.errors import ClientError, ServerRefused
from client.published import PublishedClient
from client.service import ServiceClient
from client.transport import REFRESH_TIMEOUT_SECONDS, Transport
from credentials.errors import EncodingError, MetadataRefused
from credentials.formats.metadata import SEGMENT_VERSIONS, Metadata, SignedMetadata

MAX_SKIPPED = 4096
"""A server with ever more versions must not keep a wallet for ever; so many take eleven years."""

VersionsSource: TypeAlias = str | Path | Mapping[str, Any]
"""A file with the JSON of /community/metadata/{n}, or that JSON."""


def bridged(
    published: PinnedMetadata, *, known: SignedMetadata | None, service: ServiceClient
) -> PinnedMetadata:
    """What is published now, with the versions that lead there from what is known here.

    Raises MetadataRefused where they do not, or are not to be had; ServerUnreachable.
    """
    if known is None:
        return published
    first, last = known.open_unpinned().version, published.metadata.version
    if last - first > MAX_SKIPPED:
        raise MetadataRefused(
            f"the community has published {last - first} versions of its metadata since the one "
            "that is known here, more than can be checked"
        )
    between: list[SignedMetadata] = []
    if last > first + 1:
        for number in range(first // SEGMENT_VERSIONS, (last - 1) // SEGMENT_VERSIONS + 1):
            between += _segment(number, service=service)
    published = replace(published, between=tuple(between))
    check_newer(known, published=published)
    return published


def followed(
    known: PinnedMetadata, *, source: MetadataSource, between: Sequence[VersionsSource] = ()
) -> PinnedMetadata:
    """What a source has now, once it is shown to follow what is known here.

    From an address the versions between are fetched; otherwise `between` has them. Raises
    MetadataRefused, ClientError, ServerUnreachable.
    """
    address = None if isinstance(source, Mapping) else address_in(source)
    if address is None:
        published = pinned(load_signed(source), fingerprint=known.fingerprint)
        published = replace(published, between=_read_versions(between))
        check_newer(known.signed, published=published)
        return replace(published, between=())
    with Transport(timeout=REFRESH_TIMEOUT_SECONDS) as transport:
        service = PublishedClient(address, transport=transport)
        published = pinned(service.metadata(), fingerprint=known.fingerprint)
        return replace(bridged(published, known=known.signed, service=service), between=())


def addresses_before(metadata: Metadata, *, service: ServiceClient) -> set[str]:
    """The addresses at which a community was before this version of its metadata.

    Of all versions, each has to name the hash of the one before. Raises MetadataRefused,
    ServerUnreachable.
    """
    if metadata.version > MAX_SKIPPED:
        raise MetadataRefused("the community has more versions of its metadata than are checked")
    earlier: list[SignedMetadata] = []
    for number in range((metadata.version - 1) // SEGMENT_VERSIONS + 1):
        earlier += _segment(number, service=service)
    addresses: set[str] = set()
    previous = metadata.previous
    for signed in reversed(earlier[: metadata.version - 1]):
        if signed.hash != previous:
            raise MetadataRefused("the community does not show how its metadata came about")
        opened = signed.open(fingerprint=metadata.community_id)
        addresses.add(opened.address)
        previous = opened.previous
    return addresses


def _segment(number: int, *, service: ServiceClient) -> tuple[SignedMetadata, ...]:
    try:
        return service.metadata_segment(number)
    except ServerRefused as refused:
        if refused.status >= 500:
            raise
        raise MetadataRefused(
            "the community does not show the versions of its metadata that lead from the one known "
            "here to the one published now"
        ) from None


def _read_versions(sources: Sequence[VersionsSource]) -> tuple[SignedMetadata, ...]:
    """The versions in files or in JSON; nothing in them is checked yet. Raises ClientError."""
    return tuple(signed for source in sources for signed in _read(source))


def _read(source: VersionsSource) -> list[SignedMetadata]:
    value: Any = source
    if isinstance(source, str | Path):
        try:
            value = json.loads(Path(source).read_bytes())
        except OSError as error:
            raise ClientError(f"{source} cannot be read: {error.strerror}.") from None
        except ValueError:
            value = None
    rows = value.get("versions") if isinstance(value, Mapping) else None
    try:
        if isinstance(rows, Sequence):
            return [SignedMetadata.from_json(row) for row in rows]
    except (EncodingError, MetadataRefused):
        pass
    raise ClientError("There are no versions of a community's metadata in what was given.")
