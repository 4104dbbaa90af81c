"""The file of a backup: the keystore as it rests, and the database under a key of the keystore's.

    "symbolon/backup/1\\n" || header as JSON || "\\n" || chunks

Each chunk is AES-256-GCM over a mebibyte of the database (the last one over less), with the nonce
0 (3) || number of the chunk, from 0 (8) || 1 for the last chunk, else 0 (1). The key is
HKDF-SHA-256 of the metadata seed, with the header's salt, and as info the tag BACKUP_KEY and the
SHA-256 of all that stands before the chunks. So the passphrase that the keystore has in the backup
opens all of it; a file that was cut short or changed does not open.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.domain_tags import BACKUP_KEY
from server.files import create_private, whole_file
from server.keystore import Keystore
from server.problems import OperatorError
from server.sealed_keystore import SealedKeystore

MAGIC = b"symbolon/backup/1\n"
_ANY_VERSION = b"symbolon/backup/"
_HEADER_LIMIT = 64 * 1024
_CHUNK, _TAG = 1 << 20, 16


class BackupDamaged(OperatorError):
    """The file is not what was written."""

    def __init__(self, name: object) -> None:
        super().__init__(
            f"{name} is damaged or cut short; use another backup. Nothing was changed."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a backup says of itself in the clear; opening it proves it.

    made_at: Unix seconds. program: the version that made it. revision: that of the database.
    version, epoch: how far metadata and heads go. keystore: the file, as text.
    """

    name: str
    address: str
    made_at: int
    program: str
    revision: str
    version: int
    epoch: int
    keystore: str = field(repr=False)
    salt: str

    def sealed(self, name: str) -> SealedKeystore:
        """The keystore in it; raises KeystoreDamaged."""
        return SealedKeystore.parse(self.keystore.encode(), name=name)


def new_salt() -> str:
    """A salt for a header."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def write_backup(out: Path, *, header: Header, keystore: Keystore, database: Path) -> None:
    """Seal a copy of the database into a new file, which is there whole or not at all; 0600."""
    before = MAGIC + json.dumps(asdict(header)).encode() + b"\n"
    cipher = _cipher(keystore, header=header, before=before)
    with whole_file(out) as file, database.open("rb") as plain:
        file.write(before)
        for number, chunk, last in _chunks(plain, _CHUNK):
            file.write(cipher.encrypt(_nonce(number, last=last), chunk, None))


def read_header(backup: Path) -> Header:
    """The header of a backup; raises OperatorError."""
    with backup.open("rb") as file:
        return _header(file, name=backup)[0]


def unpack(backup: Path, *, passphrase: str, database: Path) -> tuple[Header, Keystore]:
    """Open a backup, and put its database into a new file (0600).

    Raises WrongPassphrase, BackupDamaged, OperatorError.
    """
    with backup.open("rb") as file:
        header, before = _header(file, name=backup)
        keystore = header.sealed(f"in {backup}").open(passphrase)
        create_private(database)
        with database.open("r+b") as into:
            _decrypt(file, _cipher(keystore, header=header, before=before), into=into, name=backup)
    return header, keystore


def check_backup(backup: Path, *, keystore: Keystore) -> None:
    """Read a backup whole that was just made; raises BackupDamaged, OperatorError."""
    with backup.open("rb") as file:
        header, before = _header(file, name=backup)
        _decrypt(file, _cipher(keystore, header=header, before=before), into=None, name=backup)


def _decrypt(file: BinaryIO, cipher: AESGCM, *, into: BinaryIO | None, name: Path) -> None:
    try:
        for number, chunk, last in _chunks(file, _CHUNK + _TAG):
            plain = cipher.decrypt(_nonce(number, last=last), chunk, None)
            if into is not None:
                into.write(plain)
    except InvalidTag:
        raise BackupDamaged(name) from None


def _header(file: BinaryIO, *, name: Path) -> tuple[Header, bytes]:
    magic = file.read(len(MAGIC))
    if not magic.startswith(_ANY_VERSION):
        raise OperatorError(f"{name} is no backup of symbolon-server.")
    if magic != MAGIC:
        raise OperatorError(f"{name} was made by a later version of symbolon-server; install that.")
    line = file.readline(_HEADER_LIMIT)
    try:
        fields: dict[str, Any] = json.loads(line)
        return Header(**fields), magic + line
    except (ValueError, TypeError, RecursionError):
        raise BackupDamaged(name) from None


def _cipher(keystore: Keystore, *, header: Header, before: bytes) -> AESGCM:
    info = BACKUP_KEY + hashlib.sha256(before).digest()
    salt = base64.b64decode(header.salt)
    hkdf = HKDF(SHA256(), length=32, salt=salt, info=info)
    return AESGCM(hkdf.derive(keystore.metadata_seed))


def _nonce(number: int, *, last: bool) -> bytes:
    return bytes(3) + number.to_bytes(8, "big") + bytes([last])


def _chunks(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """(number, octets, whether it is the last); at least one, which may be empty."""
    number, chunk = 0, file.read(size)
    while True:
        following = file.read(size)
        yield number, chunk, not following
        if not following:
            return
        number, chunk = number + 1, following
