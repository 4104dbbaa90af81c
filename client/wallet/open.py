"""Opening the wallet for a command, or making it at first use."""

from collections.abc import Callable
from pathlib import Path
from secrets import token_bytes

from client.wallet.contents import SEED_LENGTH, WalletContents
from client.wallet.vault import Vault


def open_or_make(path: Path, *, ask: Callable[[bool], str]) -> tuple[Vault, bytes | None]:
    """Open a wallet; make one with a fresh seed if there is none, and hand the seed out once.

    `ask` gets the passphrase and is told whether a new one is to be chosen.
    """
    if path.expanduser().exists():
        return Vault.open(path, passphrase=ask(False)), None
    seed = token_bytes(SEED_LENGTH)
    vault = Vault.create(path, passphrase=ask(True), contents=WalletContents(seed=seed))
    return vault, seed
