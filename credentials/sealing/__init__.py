"""Votes that nobody can read before the poll is closed: encryption to the poll itself.

Identity-based encryption after Boneh and Franklin, whose identity is the digest of the poll's
manifest. Source: docs/protocol.md, "Sealed ballots".
"""

from credentials.sealing.opening import (
    check_opening,
    check_share,
    combine,
    key_of,
    opening_of,
)
from credentials.sealing.seal import open_sealed, seal

__all__ = [
    "check_opening",
    "check_share",
    "combine",
    "key_of",
    "open_sealed",
    "opening_of",
    "seal",
]
