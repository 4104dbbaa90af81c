"""Whether the keys of a poll's trustees are shares of the poll's key, as its manifest claims.

Without this an organiser could name trustees and seal to a key of its own. Source:
docs/protocol.md, "Sealed ballots".
"""

from credentials.curve import G2, curve
from credentials.errors import InvalidPoint, SealingRefused
from credentials.formats.sealing import Sealing
from credentials.sealing.opening import lagrange_at_zero


def check_trustee_keys(sealing: Sealing) -> None:
    """Raise SealingRefused unless any `threshold` of the trustees' keys determine the poll's key.

    For every trustee i from number t on: the keys of 1, ..., t-1 and i interpolate to Z at 0. Then
    all of them lie on one polynomial of degree t-1 with Z.
    """
    try:
        key = curve.decode_g2(sealing.key)
        keys = [curve.decode_g2(trustee.key) for trustee in sealing.trustees]
    except InvalidPoint as error:
        raise SealingRefused(
            f"a key to which votes are sealed is no valid point: {error}"
        ) from None
    threshold = sealing.threshold
    for last in range(threshold, len(keys) + 1):
        numbers = dict.fromkeys([*range(1, threshold), last])
        total: G2 | None = None
        for number in numbers:
            factor = lagrange_at_zero(number, among=numbers)
            part = curve.multiply_g2(keys[number - 1], factor)
            total = part if total is None else total + part
        if total != key:
            raise SealingRefused("the trustees' keys are not shares of the key of the poll")
