"""A witness's key on disk: made once, readable by its owner only, and never shown.

    "symbolon/witness-key/1" || newline || name || newline || base64url of the seed (32) || newline

The seed is that of an Ed25519 key (RFC 8032). A second witness with the same key would cosign what
the first one refuses, so the folder is not to be copied while the witness runs.
"""

import os
import stat
from pathlib import Path

from client.errors import ClientError
from client.file_lock import locked
from client.whole_file import make_folder, write_whole
from credentials.errors import EncodingError, LogRefused
from credentials.formats import base64url
from credentials.formats.plain_text import text_in
from credentials.log.cosignature import WitnessKey
from credentials.log.note import take_name

_LABEL = "symbolon/witness-key/1"
_SEED_LENGTH = 32


def make_key(folder: Path, *, name: str) -> WitnessKey:
    """Make a witness's key in a folder. Raises ClientError if there is one already."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        take_name(name)
    except LogRefused:
        raise ClientError(
            "A witness's name is like a web address without its beginning, such as "
            "city-observer.example: no spaces and no plus."
        ) from None
    make_folder(folder)
    path = _path(folder)
    with locked(path):
        if path.exists():
            raise ClientError(f"There is a witness in {folder} already; it is left as it is.")
        key = WitnessKey(name=name, private_key=Ed25519PrivateKey.generate())
        seed = base64url.encode(key.private_key.private_bytes_raw())
        write_whole(path, f"{_LABEL}\n{name}\n{seed}\n".encode())
    return key


def read_key(folder: Path) -> WitnessKey:
    """The key of the witness in a folder. Raises ClientError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    path = _path(folder)
    try:
        open_to_others = os.name != "nt" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        text = text_in(path.read_bytes())
    except FileNotFoundError:
        raise ClientError(
            f"There is no witness in {folder}. `symbolon witness init` makes one."
        ) from None
    except OSError as error:
        raise ClientError(f"{path} cannot be read: {error.strerror}.") from None
    except EncodingError:
        raise _damaged(path) from None
    if open_to_others:
        raise ClientError(f"Others can read {path}; `chmod 600` it, or make a new witness.")
    label, _, rest = text.partition("\n")
    name, _, seed = rest.partition("\n")
    try:
        octets = base64url.decode(seed.removesuffix("\n"))
        take_name(name)
    except (EncodingError, LogRefused):
        raise _damaged(path) from None
    if label != _LABEL or len(octets) != _SEED_LENGTH:
        raise _damaged(path)
    return WitnessKey(name=name, private_key=Ed25519PrivateKey.from_private_bytes(octets))


def _path(folder: Path) -> Path:
    return folder / "key"


def _damaged(path: Path) -> ClientError:
    return ClientError(f"{path} does not hold a witness's key.")
