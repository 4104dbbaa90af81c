"""The keystore: the community's secret keys in one file, encrypted under a passphrase.

scrypt (RFC 7914; N = 2^17, r = 8, p = 1: 128 MiB and under a second) makes the key for AES-256-GCM,
with the file's own parameters as associated data. It holds the issuer's secret, the Ed25519 key
that signs the community's metadata, and the key from which claim codes are derived. The database
holds none of them.
"""

import base64
import binascii
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
_SCRYPT_MEMORY = 256 * 1024 * 1024


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
        "salt": _encode(secrets.token_bytes(16)),
        "nonce": _encode(secrets.token_bytes(12)),
    }
    key = _derive(passphrase, header=header)
    sealed = AESGCM(key).encrypt(
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
        fields = json.loads(path.read_text())
        sealed = _decode(fields.pop("sealed"))
        if fields["format"] != FORMAT or not (2**14 <= fields["n"] <= SCRYPT_N):
            raise OperatorError(f"{path} is a keystore of another version.")
        key = _derive(passphrase, header=fields)
        nonce = _decode(fields["nonce"])
        associated = _associated(fields)
    except FileNotFoundError:
        raise OperatorError(f"There is no keystore at {path}.") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise OperatorError(f"{path} cannot be read as a keystore.") from None
    try:
        return Keystore.from_octets(AESGCM(key).decrypt(nonce, sealed, associated))
    except InvalidTag:
        raise OperatorError("The passphrase does not open the keystore.") from None


def _derive(passphrase: str, *, header: dict[str, Any]) -> bytes:
    return hashlib.scrypt(
        passphrase.encode(),
        salt=_decode(header["salt"]),
        n=header["n"],
        r=header["r"],
        p=header["p"],
        maxmem=_SCRYPT_MEMORY,
        dklen=32,
    )


def _associated(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _encode(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
