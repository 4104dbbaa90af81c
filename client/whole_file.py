"""Files that are replaced as a whole: written beside the old one, flushed to disk, renamed.

A power cut leaves the old file or the new one. Permissions are 0600.
"""

import os
import tempfile
from pathlib import Path

from client.errors import ClientError


def write_whole(path: Path, octets: bytes, *, error: type[ClientError] = ClientError) -> None:
    """Put octets in place of a file, all or nothing, flushed to disk. Raises `error`."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(octets)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)
    except OSError as failed:
        raise error(
            f"{path} cannot be written ({failed.strerror}); it is as it was before."
        ) from None


def make_folder(folder: Path, *, error: type[ClientError] = ClientError) -> None:
    """Make a folder, and those above it, for its owner only. Raises `error`."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as failed:
        raise error(f"The folder {folder} cannot be made: {failed.strerror}.") from None


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # pragma: no cover
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
