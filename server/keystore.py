"""The keystore: the community's secret keys in one file, encrypted under a passphrase.

scrypt (RFC 7914; N = 2^17, r = 8, p = 1: 128 MiB and under a second) makes the key for AES-256-GCM,
with all other fields of the file as associated data. A file that names other parameters is refused
before any of them is used: smaller ones would be weak, and larger ones eat memory or time. It holds
the issuer's secret, the Ed25519 key that signs the community's metadata, and the key from which
claim codes are derived. The database holds none of them.
"""

import base64
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from credentials.curve.scalars import ORDER
from credentials.domain_tags import OPENING_SECRET
from credentials.issuance import IssuerSecret
from server.problems import OperatorError

FORMAT = "symbolon/keystore/1"
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**17, 8, 1
SALT_LENGTH, NONCE_LENGTH = 16, 12
FILE_LIMIT = 16 * 1024
_SCRYPT_MEMORY = 256 * 1024 * 1024
_FIELDS = {"format", "n", "r", "p", "salt", "nonce", "sealed"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Keystore:
    """The opened keystore; `metadata_seed` and `link_key` have 32 octets, and nothing is shown."""

    issuer: IssuerSecret
    metadata_seed: bytes
    link_key: bytes

    @classmethod
    def generate(cls) -> "Keystore":
        """New independent keys, from the operating system's randomness."""
        return cls(
            issuer=IssuerSecret.generate(),
            metadata_seed=secrets.token_bytes(32),
            link_key=secrets.token_bytes(32),
        )

    @cached_property
    def metadata_key(self) -> Ed25519PrivateKey:
        """The key that signs the community's metadata."""
        return Ed25519PrivateKey.from_private_bytes(self.metadata_seed)

    @property
    def metadata_public_key(self) -> bytes:
        """Its public part, 32 octets; the SHA-256 of it is the community id."""
        return self.metadata_key.public_key().public_bytes_raw()

    @cached_property
    def opening_secret(self) -> int:
        """The key of polls that the server opens alone, derived from the metadata seed.

        HKDF-SHA-256 to 48 octets, modulo the group's order: a keystore that was made before there
        were sealed polls has it too.
        """
        derived = HKDF(SHA256(), length=48, salt=None, info=OPENING_SECRET).derive(
            self.metadata_seed
        )
        return int.from_bytes(derived, "big") % ORDER

    def to_octets(self) -> bytes:
        """The secrets in the clear, for encryption and for the pipe to a worker only."""
        return json.dumps(
            {
                "x": f"{self.issuer.x:064x}",
                "alpha": f"{self.issuer.alpha:064x}",
                "xi": f"{self.issuer.xi:064x}",
                "metadata_seed": self.metadata_seed.hex(),
                "link_key": self.link_key.hex(),
            }
        ).encode()

    @classmethod
    def from_octets(cls, octets: bytes) -> "Keystore":
        """The inverse of `to_octets`."""
        fields = json.loads(octets)
        return cls(
            issuer=IssuerSecret(
                x=int(fields["x"], 16), alpha=int(fields["alpha"], 16), xi=int(fields["xi"], 16)
            ),
            metadata_seed=bytes.fromhex(fields["metadata_seed"]),
            link_key=bytes.fromhex(fields["link_key"]),
        )

    def __repr__(self) -> str:
        return "Keystore(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a keystore is not pickled")


def write_keystore(path: Path, *, keystore: Keystore, passphrase: str) -> None:
    """Encrypt `keystore` into a new file that only its owner may read.

    Raises OperatorError if the file exists: a keystore is never overwritten.
    """
    header: dict[str, Any] = {
        "format": FORMAT,
        "n": SCRYPT_N,
        "r": SCRYPT_R,
        "p": SCRYPT_P,
        "salt": _encode(secrets.token_bytes(SALT_LENGTH)),
        "nonce": _encode(secrets.token_bytes(NONCE_LENGTH)),
    }
    sealed = _cipher(passphrase, header=header).encrypt(
        _decode(header["nonce"]), keystore.to_octets(), _associated(header)
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise OperatorError(f"{path} exists already; a keystore is never overwritten.") from None
    with os.fdopen(descriptor, "w") as file:
        json.dump({**header, "sealed": _encode(sealed)}, file)
        file.flush()
        os.fsync(file.fileno())


def open_keystore(path: Path, *, passphrase: str) -> Keystore:
    """Decrypt the keystore at `path`; raises OperatorError where that fails."""
    try:
        header, sealed = _read(path)
    except FileNotFoundError:
        raise OperatorError(f"There is no keystore at {path}.") from None
    except (OSError, ValueError, RecursionError):
        raise OperatorError(f"{path} cannot be read as a keystore.") from None
    parameters = header["format"], header["n"], header["r"], header["p"]
    if parameters != (FORMAT, SCRYPT_N, SCRYPT_R, SCRYPT_P):
        raise OperatorError(f"{path} is a keystore of another version.")
    try:
        octets = _cipher(passphrase, header=header).decrypt(
            _decode(header["nonce"]), sealed, _associated(header)
        )
    except InvalidTag:
        raise OperatorError("The passphrase does not open the keystore.") from None
    return Keystore.from_octets(octets)


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    """The fields of a file but the last, and that one's octets; raises OSError or ValueError."""
    with path.open("rb") as file:
        octets = file.read(FILE_LIMIT + 1)
    fields = json.loads(octets) if len(octets) <= FILE_LIMIT else None
    if not isinstance(fields, dict) or fields.keys() != _FIELDS:
        raise ValueError("the file has other fields than a keystore")
    salt, nonce, sealed = (_decode(fields[name]) for name in ("salt", "nonce", "sealed"))
    if (len(salt), len(nonce)) != (SALT_LENGTH, NONCE_LENGTH):
        raise ValueError("salt or nonce have another length than a keystore's")
    del fields["sealed"]
    return fields, sealed


def _cipher(passphrase: str, *, header: dict[str, Any]) -> AESGCM:
    key = hashlib.scrypt(
        passphrase.encode(),
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
