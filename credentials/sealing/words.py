"""What is said of trustees wherever they are named, the same at the server and in the wallet."""

from typing import Final

SIGNED_BY_KEYS: Final = (
    "Each name stands by the signature of its key. That proves only that somebody who holds this "
    "key took part: ask the trustees whom you rely on for their fingerprints, and compare."
)
