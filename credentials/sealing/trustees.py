"""Whether the keys of a poll's trustees are shares of the poll's key, as its manifest claims.

Without this an organiser could name trustees and seal to a key of its own. Source:
docs/protocol.md, "Sealed ballots".
"""

from credentials.curve import curve
from credentials.errors import EncodingError, SealingRefused
from credentials.formats.sealing import Sealing
from credentials.sealing.opening import check_trustee_keys


def check_sealing(sealing: Sealing) -> None:
    """Raise SealingRefused unless the poll's key is a point, and the trustees' keys make it up."""
    try:
        curve.decode_g2(sealing.key)
        if sealing.trustees:
            check_trustee_keys(
                sealing.key,
                keys=[trustee.key for trustee in sealing.trustees],
                threshold=sealing.threshold,
            )
    except EncodingError as error:
        raise SealingRefused(f"the poll is not sealed as it says: {error}") from None
