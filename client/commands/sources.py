"""Files that commands are given, and the fingerprint that a person should compare."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.terminal import note
from client.errors import ClientError

if TYPE_CHECKING:
    from client.community import PinnedMetadata
    from client.published import PublishedClient

FingerprintOption = Annotated[
    str | None, typer.Option("--fingerprint", help="The community's fingerprint.", metavar="TEXT")
]


def note_fingerprint(published: "PinnedMetadata", *, given: bytes | None) -> None:
    """Show the fingerprint that was found, where none was given to compare with."""
    from client.community import show_fingerprint

    if given is None:
        shown = show_fingerprint(published.fingerprint)
        note(f"No fingerprint was given; {published.metadata.name} has {shown}. Compare it.")


def note_move(published: "PinnedMetadata", *, service: "PublishedClient") -> "PublishedClient":
    """The service at the address that the metadata names; where that is another one, say so."""
    metadata = published.metadata
    if metadata.address == service.address:
        return service
    note(f"{metadata.name} has moved from {service.address} to {metadata.address}.")
    return service.at(metadata.address)


def read_field(file: Path, *, name: str) -> str:
    """A text member of the JSON object in a file. Raises ClientError."""
    value: Any
    try:
        value = json.loads(read_octets(file))
    except ValueError:
        value = None
    text = value.get(name) if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise ClientError(f"{file} has no {name!r} in it.")
    return text


def read_octets(file: Path) -> bytes:
    """A whole file. Raises ClientError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise ClientError(f"{file} cannot be read: {error.strerror}.") from None
