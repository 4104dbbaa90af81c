"""Sums of many products: the bucket method, for public scalars and a holder's own device.

Source: Pippenger's method as it is commonly told: for each window of bits, points go into buckets
by their digit, and the buckets are summed by a running total. Which buckets are touched depends on
the scalars, so this serves public data, random weights, and a wallet's update of its own witness.
"""

from collections.abc import Sequence

from credentials.curve.interface import G1, Backend

FEW = 16
"""Up to so many products, single multiplications are as fast."""


def sum_of_products(
    points: Sequence[G1], scalars: Sequence[int], *, backend: Backend, bits: int
) -> G1:
    """The sum of scalar * point over all pairs, for scalars of at most `bits` bits."""
    pairs = [(p, s) for p, s in zip(points, scalars, strict=True) if s]
    total = backend.g1_identity
    if len(pairs) <= FEW:
        for point, scalar in pairs:
            total = total + (point if scalar == 1 else backend.multiply_g1(point, scalar))
        return total
    width = max(4, len(pairs).bit_length() - 2)
    for shift in range((bits - 1) // width * width, -1, -width):
        for _ in range(width):
            total = total + total
        total = total + _window(pairs, shift=shift, width=width, identity=backend.g1_identity)
    return total


def _window(pairs: Sequence[tuple[G1, int]], *, shift: int, width: int, identity: G1) -> G1:
    """The sum over one window's digits of digit * point."""
    mask = (1 << width) - 1
    buckets: list[G1 | None] = [None] * (mask + 1)
    for point, scalar in pairs:
        digit = scalar >> shift & mask
        if digit:
            held = buckets[digit]
            buckets[digit] = point if held is None else held + point
    running, total = identity, identity
    for held in reversed(buckets[1:]):
        if held is not None:
            running = running + held
        total = total + running
    return total
