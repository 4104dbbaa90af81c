"""Ballots that stay sealed until their poll closes, and the keys that open them.

`seal` and `open_sealed` for one ballot; `ServerOpener`, or `share_of`, `check_share` and `combine`
for trustees, make the value that opens a poll, and `check_opening` tells anyone that it is right.
How trustees come to their keys without a dealer is in `credentials.sealing.ceremony`.
"""

from credentials.sealing.ballot import open_sealed, seal
from credentials.sealing.opening import (
    ServerOpener,
    check_opening,
    check_share,
    check_trustee_keys,
    combine,
    share_of,
)

__all__ = [
    "ServerOpener",
    "check_opening",
    "check_share",
    "check_trustee_keys",
    "combine",
    "open_sealed",
    "seal",
    "share_of",
]
