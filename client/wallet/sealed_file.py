"""The sealed file format of wallets and their backups: a passphrase, scrypt and AES-256-GCM.

    "symbolon/wallet/1\\n" (18) || log2 n (1) || r (1) || p (1) || salt (16) || nonce (12)
    || AES-256-GCM(key, nonce, contents, associated data = all octets before it)

key = scrypt(NFC passphrase as UTF-8, salt, n = 2^15, r = 8, p = 1), 32 octets. Says nothing about
what is inside (`contents`) nor where the file is kept (`vault`).
"""

import unicodedata
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import NoReturn

from client.errors import WalletError, WrongPassphrase

MAGIC = b"symbolon/wallet/1\n"
LOG2_N, R, P = 15, 8, 1
SALT_LENGTH, NONCE_LENGTH, TAG_LENGTH = 16, 12, 16
HEADER_LENGTH = len(MAGIC) + 3 + SALT_LENGTH + NONCE_LENGTH
PASSPHRASE_MIN = 8
# A file could ask for parameters that eat all memory before its seal is even checked.
_LOG2_N_RANGE, _R_MAX, _P_MAX = range(14, 19), 8, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKey:
    """The key that a passphrase and a salt make; kept while a command runs, as scrypt is slow."""

    parameters: bytes
    salt: bytes
    key: bytes = field(repr=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sealing key is not pickled")


def new_key(passphrase: str) -> SealKey:
    """Derive a key with a fresh salt. Raises WalletError if the passphrase is too short."""
    if len(passphrase) < PASSPHRASE_MIN:
        raise WalletError(f"A passphrase needs at least {PASSPHRASE_MIN} characters.")
    parameters = bytes((LOG2_N, R, P))
    return _derive(passphrase, parameters=parameters, salt=token_bytes(SALT_LENGTH))


def key_for(sealed: bytes, *, passphrase: str) -> SealKey:
    """Derive the key for the salt of a sealed file. Raises WalletError."""
    parameters, salt, _ = _split(sealed)
    return _derive(passphrase, parameters=parameters, salt=salt)


def seal(contents: bytes, *, key: SealKey) -> bytes:
    """Seal contents under a fresh random nonce."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header = MAGIC + key.parameters + key.salt + token_bytes(NONCE_LENGTH)
    return header + AESGCM(key.key).encrypt(header[-NONCE_LENGTH:], contents, header)


def unseal(sealed: bytes, *, key: SealKey) -> bytes:
    """Open a sealed file. Raises WalletError, WrongPassphrase."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    _, _, nonce = _split(sealed)
    header, body = sealed[:HEADER_LENGTH], sealed[HEADER_LENGTH:]
    try:
        return AESGCM(key.key).decrypt(nonce, body, header)
    except InvalidTag:
        raise WrongPassphrase("The passphrase does not open this wallet.") from None


def same_salt(sealed: bytes, *, key: SealKey) -> bool:
    """Whether `key` was derived for this very file's parameters and salt."""
    parameters, salt, _ = _split(sealed)
    return (parameters, salt) == (key.parameters, key.salt)


def _split(sealed: bytes) -> tuple[bytes, bytes, bytes]:
    if not sealed.startswith(b"symbolon/wallet/"):
        raise WalletError("This file is not a Symbolon wallet.")
    if not sealed.startswith(MAGIC):
        raise WalletError("This wallet was written by a newer version of Symbolon.")
    if len(sealed) < HEADER_LENGTH + TAG_LENGTH:
        raise WalletError("This wallet file is cut short; use a backup.")
    at = len(MAGIC)
    parameters = sealed[at : at + 3]
    if (
        parameters[0] not in _LOG2_N_RANGE
        or not 1 <= parameters[1] <= _R_MAX
        or not 1 <= parameters[2] <= _P_MAX
    ):
        raise WalletError("This wallet file is damaged; use a backup.")
    salt = sealed[at + 3 : at + 3 + SALT_LENGTH]
    return parameters, salt, sealed[HEADER_LENGTH - NONCE_LENGTH : HEADER_LENGTH]


def _derive(passphrase: str, *, parameters: bytes, salt: bytes) -> SealKey:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    log2_n, r, p = parameters
    octets = unicodedata.normalize("NFC", passphrase).encode()
    key = Scrypt(salt=salt, length=32, n=1 << log2_n, r=r, p=p).derive(octets)
    return SealKey(parameters=parameters, salt=salt, key=key)
