"""The sealed file format of wallets, their backups and trustees' secrets: a passphrase, scrypt and
AES-256-GCM.

    magic of the form, such as "symbolon/wallet/1\\n" || log2 n (1) || r (1) || p (1) || salt (16)
    || nonce (12) || AES-256-GCM(key, nonce, contents, associated data = all octets before it)

key = scrypt(NFC passphrase as UTF-8, salt, n = 2^15, r = 8, p = 1), 32 octets. Says nothing about
what is inside nor where the file is kept.
"""

from dataclasses import dataclass, field
from secrets import token_bytes
from typing import NoReturn

from client.errors import ClientError
from credentials.passphrases import PASSPHRASE_MIN, is_too_short, passphrase_octets

LOG2_N, R, P = 15, 8, 1
SALT_LENGTH, NONCE_LENGTH, TAG_LENGTH = 16, 12, 16
# A file could ask for parameters that eat all memory before its seal is even checked.
_LOG2_N_RANGE, _R_MAX, _P_MAX = range(14, 19), 8, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedForm:
    """One use of the format: `kind` is in its magic, `name` is what people call the file.

    `error` is raised for files that cannot be read, `wrong` where the passphrase does not fit.
    """

    kind: str
    name: str
    error: type[ClientError]
    wrong: type[ClientError]

    @property
    def magic(self) -> bytes:
        """How a file of this form begins."""
        return self.any_version + b"1\n"

    @property
    def any_version(self) -> bytes:
        """How a file of this form begins, of whatever version."""
        return f"symbolon/{self.kind}/".encode()

    @property
    def header_length(self) -> int:
        """How many octets stand before the ciphertext."""
        return len(self.magic) + 3 + SALT_LENGTH + NONCE_LENGTH


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKey:
    """The key that a passphrase and a salt make; kept while a command runs, as scrypt is slow."""

    form: SealedForm
    parameters: bytes
    salt: bytes
    key: bytes = field(repr=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sealing key is not pickled")


def new_key(passphrase: str, *, form: SealedForm) -> SealKey:
    """Derive a key with a fresh salt. Raises the form's error for too short a passphrase."""
    if is_too_short(passphrase):
        raise form.error(f"A passphrase needs at least {PASSPHRASE_MIN} characters.")
    parameters = bytes((LOG2_N, R, P))
    return _derive(passphrase, form=form, parameters=parameters, salt=token_bytes(SALT_LENGTH))


def key_for(sealed: bytes, *, passphrase: str, form: SealedForm) -> SealKey:
    """Derive the key for the salt of a sealed file. Raises the form's error."""
    parameters, salt, _ = _split(sealed, form=form)
    return _derive(passphrase, form=form, parameters=parameters, salt=salt)


def seal(contents: bytes, *, key: SealKey) -> bytes:
    """Seal contents under a fresh random nonce."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    header = key.form.magic + key.parameters + key.salt + token_bytes(NONCE_LENGTH)
    return header + AESGCM(key.key).encrypt(header[-NONCE_LENGTH:], contents, header)


def unseal(sealed: bytes, *, key: SealKey) -> bytes:
    """Open a sealed file. Raises the form's errors."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    form = key.form
    _, _, nonce = _split(sealed, form=form)
    header, body = sealed[: form.header_length], sealed[form.header_length :]
    try:
        return AESGCM(key.key).decrypt(nonce, body, header)
    except InvalidTag:
        raise form.wrong(f"The passphrase does not open this {form.name}.") from None


def same_salt(sealed: bytes, *, key: SealKey) -> bool:
    """Whether `key` was derived for this very file's parameters and salt."""
    parameters, salt, _ = _split(sealed, form=key.form)
    return (parameters, salt) == (key.parameters, key.salt)


def _split(sealed: bytes, *, form: SealedForm) -> tuple[bytes, bytes, bytes]:
    name = form.name
    if not sealed.startswith(form.any_version):
        raise form.error(f"This file is not a Symbolon {name}.")
    if not sealed.startswith(form.magic):
        raise form.error(f"This {name} was written by a newer version of Symbolon.")
    if len(sealed) < form.header_length + TAG_LENGTH:
        raise form.error(f"This {name} file is cut short; use a backup.")
    at = len(form.magic)
    parameters = sealed[at : at + 3]
    if (
        parameters[0] not in _LOG2_N_RANGE
        or not 1 <= parameters[1] <= _R_MAX
        or not 1 <= parameters[2] <= _P_MAX
    ):
        raise form.error(f"This {name} file is damaged; use a backup.")
    salt = sealed[at + 3 : at + 3 + SALT_LENGTH]
    return parameters, salt, sealed[form.header_length - NONCE_LENGTH : form.header_length]


def _derive(passphrase: str, *, form: SealedForm, parameters: bytes, salt: bytes) -> SealKey:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    log2_n, r, p = parameters
    scrypt = Scrypt(salt=salt, length=32, n=1 << log2_n, r=r, p=p)
    key = scrypt.derive(passphrase_octets(passphrase))
    return SealKey(form=form, parameters=parameters, salt=salt, key=key)
