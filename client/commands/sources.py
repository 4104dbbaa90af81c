"""Files that commands are given, and the fingerprint that a person should compare."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from client.commands.terminal import note
from client.errors import ClientError

if TYPE_CHECKING:
    from client.community import PinnedMetadata

FingerprintOption = Annotated[
    str | None, typer.Option("--fingerprint", help="The community's fingerprint.", metavar="TEXT")
]


def note_fingerprint(published: "PinnedMetadata", *, given: bytes | None) -> None:
    """Show the fingerprint that was found, where none was given to compare with."""
    from client.community import show_fingerprint

    if given is None:
        shown = show_fingerprint(published.fingerprint)
        note(f"No fingerprint was given; {published.metadata.name} has {shown}. Compare it.")


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
