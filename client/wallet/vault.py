"""The wallet file on disk: created once, read, and changed so that nothing is ever lost.

Every change takes the lock, reads the file anew, and replaces it as a whole (written beside it,
flushed to disk, renamed), so two commands at once cannot overwrite each other and a power cut
leaves the old file or the new one. Permissions are 0600. The format is in `client.sealed_file`.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from client.errors import WalletError, WrongPassphrase
from client.file_lock import locked
from client.sealed_file import (
    SealedForm,
    SealKey,
    key_for,
    new_key,
    same_salt,
    seal,
    unseal,
)
from client.wallet.contents import WalletContents
from client.wallet.encoding import decode_contents, encode_contents
from client.whole_file import make_folder, write_whole
from credentials.errors import EncodingError

WALLET_FORM = SealedForm(kind="wallet", name="wallet", error=WalletError, wrong=WrongPassphrase)


class Vault:
    """An opened wallet file. Remembers the passphrase while the command runs, never shows it."""

    def __init__(self, path: Path, *, passphrase: str, key: SealKey) -> None:
        self.path = path
        self._passphrase = passphrase
        self._key = key

    @classmethod
    def create(cls, path: Path, *, passphrase: str, contents: WalletContents) -> Self:
        """Make a new wallet file, and its folder. Raises WalletError if there is one already."""
        path = _real(path)
        make_folder(path.parent, error=WalletError)
        key = new_key(passphrase, form=WALLET_FORM)
        with locked(path):
            if path.exists():
                raise WalletError(f"There is a wallet at {path} already; it is left as it is.")
            write_whole(path, seal(encode_contents(contents), key=key), error=WalletError)
        return cls(path, passphrase=passphrase, key=key)

    @classmethod
    def open(cls, path: Path, *, passphrase: str) -> Self:
        """Open an existing wallet file. Raises WalletError, WrongPassphrase."""
        path = _real(path)
        sealed = read_sealed(path)
        key = key_for(sealed, passphrase=passphrase, form=WALLET_FORM)
        unseal(sealed, key=key)
        return cls(path, passphrase=passphrase, key=key)

    def read(self) -> WalletContents:
        """The contents as they are on disk now. Raises WalletError."""
        return self._contents(read_sealed(self.path))

    def change(self, change: Callable[[WalletContents], WalletContents]) -> WalletContents:
        """Apply a pure change to what is on disk now, and return the result once it is on disk.

        `change` must not do slow things: other commands wait meanwhile.
        """
        with locked(self.path):
            changed = change(self._contents(read_sealed(self.path)))
            write_whole(self.path, seal(encode_contents(changed), key=self._key), error=WalletError)
        return changed

    def copy(self, path: Path) -> None:
        """Write a backup: the same format and passphrase, in one new file. Raises WalletError."""
        path = _real(path)
        if path.exists():
            raise WalletError(f"{path} exists already; it is left as it is.")
        if not path.parent.is_dir():
            raise WalletError(f"There is no folder {path.parent}.")
        contents = self.read()
        key = new_key(self._passphrase, form=WALLET_FORM)
        write_whole(path, seal(encode_contents(contents), key=key), error=WalletError)
        if contents_of(unseal(read_sealed(path), key=key)) != contents:
            raise WalletError("The copy could not be read back; do not rely on it.")

    def _contents(self, sealed: bytes) -> WalletContents:
        if not same_salt(sealed, key=self._key):
            self._key = key_for(sealed, passphrase=self._passphrase, form=WALLET_FORM)
        return contents_of(unseal(sealed, key=self._key))


def contents_of(octets: bytes) -> WalletContents:
    """Parse what a wallet or backup file held. Raises WalletError."""
    try:
        return decode_contents(octets)
    except EncodingError:
        raise WalletError(
            "This wallet holds something that this version of Symbolon cannot read."
        ) from None


def read_sealed(path: Path) -> bytes:
    """The octets of a wallet or backup file. Raises WalletError with what to do about it."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise WalletError(
            f"There is no wallet at {path}. `symbolon wallet claim LINK` makes one, "
            "`symbolon wallet restore` brings one back."
        ) from None
    except OSError as error:
        raise WalletError(f"{path} cannot be read: {error.strerror}.") from None


def _real(path: Path) -> Path:
    # A symbolic link is followed first: renaming over it would leave its target behind.
    return Path(os.path.realpath(path.expanduser()))
