"""How the keystore rests: the community's secret keys in one file, encrypted under a passphrase.

A JSON object: format, community (SHA-256 of the metadata key, hex), n, r, p, salt, nonce, sealed,
and checksum (SHA-256 of all the others as JSON, hex), which tells a damaged file from a wrong
passphrase. Whose keys these are stands in the clear, so that everything can see whether keystore
and database belong together before a passphrase is asked for.

scrypt (RFC 7914; N = 2^17, r = 8, p = 1: 128 MiB and under a second) makes the key for AES-256-GCM,
with all fields before `sealed` as associated data. A file that names other parameters is refused
before any of them is used: smaller ones would be weak, and larger ones eat memory or time.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from credentials.passphrases import PASSPHRASE_MIN, is_too_short, passphrase_octets
from server.files import create_private, write_whole
from server.keystore import Keystore
from server.problems import OperatorError

FORMAT = "symbolon/keystore/2"
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1
SALT_LENGTH, NONCE_LENGTH = 16, 12
FILE_LIMIT = 16 * 1024
_SCRYPT_MEMORY = 256 * 1024 * 1024
_FIELDS = {"format", "community", "n", "r", "p", "salt", "nonce", "sealed", "checksum"}


class KeystoreMissing(OperatorError):
    """There is no file."""


class KeystoreDamaged(OperatorError):
    """The file is not what was written: no passphrase opens it."""


class WrongPassphrase(OperatorError):
    """The file is whole, and another passphrase opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKeystore:
    """A keystore as it rests, read and whole, not opened; `community_id` has 32 octets."""

    fields: dict[str, Any] = field(repr=False)
    name: str

    @classmethod
    def read(cls, path: Path) -> "SealedKeystore":
        """From a file; raises KeystoreMissing, KeystoreDamaged, OperatorError."""
        try:
            with path.open("rb") as file:
                octets = file.read(FILE_LIMIT + 1)
        except FileNotFoundError:
            raise KeystoreMissing(
                f"There is no keystore at {path}. Put it back from a backup: "
                "symbolon-server restore FILE"
            ) from None
        except PermissionError:
            raise OperatorError(f"This user may not read the keystore {path}.") from None
        except OSError as error:
            reason = (error.strerror or "unknown").lower()
            raise OperatorError(f"The keystore {path} cannot be read: {reason}.") from None
        return cls.parse(octets, name=str(path))

    @classmethod
    def parse(cls, octets: bytes, *, name: str) -> "SealedKeystore":
        """From a file's octets; `name` is what people call the file. Raises KeystoreDamaged."""
        try:
            fields = _fields(octets)
        except (ValueError, RecursionError):
            raise KeystoreDamaged(
                f"The keystore {name} is damaged: no passphrase opens it. Put a good copy in its "
                "place: symbolon-server restore FILE"
            ) from None
        parameters = fields["format"], fields["n"], fields["r"], fields["p"]
        if parameters != (FORMAT, SCRYPT_N, SCRYPT_R, SCRYPT_P):
            raise OperatorError(f"{name} is a keystore of another version.")
        return cls(fields=fields, name=name)

    @classmethod
    def seal(cls, keystore: Keystore, *, passphrase: str, name: str) -> "SealedKeystore":
        """Encrypt under a new passphrase; raises OperatorError for one that is too short."""
        check_new_passphrase(passphrase)
        header: dict[str, Any] = {
            "format": FORMAT,
            "community": keystore.community_id.hex(),
            "n": SCRYPT_N,
            "r": SCRYPT_R,
            "p": SCRYPT_P,
            "salt": _encode(secrets.token_bytes(SALT_LENGTH)),
            "nonce": _encode(secrets.token_bytes(NONCE_LENGTH)),
        }
        sealed = _cipher(passphrase, header=header).encrypt(
            _decode(header["nonce"]), keystore.to_octets(), _associated(header)
        )
        return cls(fields={**header, "sealed": _encode(sealed)}, name=name)

    @property
    def community_id(self) -> bytes:
        """Whose keys these are, as the file says; opening it proves that."""
        return bytes.fromhex(self.fields["community"])

    def to_octets(self) -> bytes:
        """The file."""
        return json.dumps({**self.fields, "checksum": _checksum(self.fields)}).encode()

    def open(self, passphrase: str) -> Keystore:
        """The keys; raises WrongPassphrase."""
        header = {name: value for name, value in self.fields.items() if name != "sealed"}
        try:
            octets = _cipher(passphrase, header=header).decrypt(
                _decode(header["nonce"]), _decode(self.fields["sealed"]), _associated(header)
            )
        except InvalidTag:
            raise WrongPassphrase(
                f"The passphrase does not open the keystore {self.name}. The file is whole; a copy "
                "from before `passphrase change` has the passphrase of that time."
            ) from None
        return Keystore.from_octets(octets)


def check_new_passphrase(passphrase: str) -> None:
    """Raise OperatorError for a passphrase that no new keystore may have."""
    if is_too_short(passphrase):
        raise OperatorError(f"A passphrase needs at least {PASSPHRASE_MIN} characters.")


def write_keystore(path: Path, *, keystore: Keystore, passphrase: str) -> None:
    """Encrypt `keystore` into a new file that only its owner may read.

    Raises OperatorError if the file exists: a keystore is never overwritten.
    """
    sealed = SealedKeystore.seal(keystore, passphrase=passphrase, name=str(path))
    try:
        create_private(path)
    except FileExistsError:
        raise OperatorError(f"{path} exists already; a keystore is never overwritten.") from None
    write_whole(path, sealed.to_octets())


def change_passphrase(path: Path, *, keystore: Keystore, passphrase: str) -> None:
    """Put the same keys under another passphrase, in place of the file, all or nothing."""
    sealed = SealedKeystore.seal(keystore, passphrase=passphrase, name=str(path))
    write_whole(path, sealed.to_octets())


def open_keystore(path: Path, *, passphrase: str) -> Keystore:
    """Decrypt the keystore at `path`; raises OperatorError where that fails."""
    return SealedKeystore.read(path).open(passphrase)


def is_passphrase_of(path: Path, *, passphrase: str) -> bool:
    """Whether it opens the keystore at `path`; raises OperatorError where nothing can."""
    try:
        open_keystore(path, passphrase=passphrase)
    except WrongPassphrase:
        return False
    return True


def _fields(octets: bytes) -> dict[str, Any]:
    """The fields of a file but the checksum, which holds; raises ValueError."""
    fields = json.loads(octets) if len(octets) <= FILE_LIMIT else None
    if not isinstance(fields, dict) or fields.keys() != _FIELDS:
        raise ValueError("the file has other fields than a keystore")
    checksum = fields.pop("checksum")
    if checksum != _checksum(fields):
        raise ValueError("the checksum does not hold")
    salt, nonce, _ = (_decode(fields[name]) for name in ("salt", "nonce", "sealed"))
    if (len(salt), len(nonce)) != (SALT_LENGTH, NONCE_LENGTH):
        raise ValueError("salt or nonce have another length than a keystore's")
    if len(bytes.fromhex(str(fields["community"]))) != 32:
        raise ValueError("the community's fingerprint has another length")
    return fields


def _checksum(fields: dict[str, Any]) -> str:
    return hashlib.sha256(_associated(fields)).hexdigest()


def _cipher(passphrase: str, *, header: dict[str, Any]) -> AESGCM:
    key = hashlib.scrypt(
        passphrase_octets(passphrase),
        salt=_decode(header["salt"]),
        n=SCRYPT_N,
        r=SCRYPT_R,
        p=SCRYPT_P,
        maxmem=_SCRYPT_MEMORY,
        dklen=32,
    )
    return AESGCM(key)


def _associated(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _encode(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _decode(text: object) -> bytes:
    """The octets of base64; raises ValueError, whatever it is given."""
    if not isinstance(text, str):
        raise ValueError("octets are written as text")
    return base64.b64decode(text, validate=True)
