"""Whether a poll's trustees signed what names them, and hold the poll's key together.

Without this an organiser could name trustees who know nothing of it, or seal to a key of its own.
Source: docs/protocol.md, "Sealed ballots".
"""

from credentials.curve import curve
from credentials.errors import CeremonyRefused, EncodingError, SealingRefused
from credentials.formats.sealing import Sealing
from credentials.sealing.ceremony import check_signed
from credentials.sealing.opening import check_trustee_keys


def check_sealing(sealing: Sealing) -> None:
    """Raise SealingRefused unless the poll's key is a point that the trustees' keys make up, and
    each of the trustees signed the ceremony's result."""
    try:
        curve.decode_g2(sealing.key)
        if sealing.result is not None:
            check_signed(sealing.result, signatures=sealing.signatures)
            check_trustee_keys(
                sealing.key,
                keys=[trustee.key for trustee in sealing.trustees],
                threshold=sealing.threshold,
            )
    except (EncodingError, CeremonyRefused) as error:
        raise SealingRefused(f"the poll is not sealed as it says: {error}") from None
