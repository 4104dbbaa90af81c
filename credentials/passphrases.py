"""What every passphrase of the project has to be, and which octets it stands for.

The same for wallets, trustees' secrets and the organiser's keystore.
"""

import unicodedata

PASSPHRASE_MIN = 8
"""The fewest characters of a new passphrase."""


def is_too_short(passphrase: str) -> bool:
    """Whether a new passphrase has too few characters; one that exists already may have."""
    return len(unicodedata.normalize("NFC", passphrase)) < PASSPHRASE_MIN


def passphrase_octets(passphrase: str) -> bytes:
    """UTF-8 of its NFC, so that it is the same however a keyboard writes an accent."""
    return unicodedata.normalize("NFC", passphrase).encode()
