"""Sums of many products, for public scalars and for a holder's own device.

Source: interleaved windows for a few products (Straus), buckets for many (Pippenger), both as they
are commonly told. Which multiples are touched depends on the scalars, so this serves public data,
random weights, and a wallet's update of its own witness.
"""

from collections.abc import Sequence

from credentials.curve.interface import G1, Backend

ONE_BY_ONE = 2
"""Up to so many products the library's own multiplication is as fast."""

FEW = 40
"""Up to so many products windows are faster than buckets."""

WEIGHT_BITS = 128
"""How long the random weights are under which equations are checked together."""

_WIDTH = 4  # bits of a window


def sum_of_products(
    points: Sequence[G1], scalars: Sequence[int], *, backend: Backend, bits: int
) -> G1:
    """The sum of scalar * point over all pairs, for scalars of at most `bits` bits."""
    total = backend.g1_identity
    pairs: list[tuple[G1, int]] = []
    for point, scalar in zip(points, scalars, strict=True):
        if scalar == 1:
            total = total + point
        elif scalar:
            pairs.append((point, scalar))
    if len(pairs) <= ONE_BY_ONE:
        for point, scalar in pairs:
            total = total + backend.multiply_g1(point, scalar)
        return total
    if len(pairs) <= FEW:
        return total + _by_windows(pairs, bits=bits, identity=backend.g1_identity)
    return total + _by_buckets(pairs, bits=bits, identity=backend.g1_identity)


def small_multiple(point: G1, number: int, *, backend: Backend) -> G1:
    """number * point for a small public number, by doubling and adding."""
    total = backend.g1_identity
    for bit in f"{number:b}":
        total = total + total
        if bit == "1":
            total = total + point
    return total


def _by_windows(pairs: Sequence[tuple[G1, int]], *, bits: int, identity: G1) -> G1:
    """One row of small multiples for each point; all points share the doublings."""
    rows = []
    for point, scalar in pairs:
        row = [identity, point]
        for _ in range(2, 1 << _WIDTH):
            row.append(row[-1] + point)
        rows.append((row, scalar))
    total = identity
    for shift in range((bits - 1) // _WIDTH * _WIDTH, -1, -_WIDTH):
        for _ in range(_WIDTH):
            total = total + total
        for row, scalar in rows:
            if digit := scalar >> shift & 15:
                total = total + row[digit]
    return total


def _by_buckets(pairs: Sequence[tuple[G1, int]], *, bits: int, identity: G1) -> G1:
    """For each window, points go into buckets by their digit; a running total sums the buckets."""
    width = max(_WIDTH, len(pairs).bit_length() - 2)
    total = identity
    for shift in range((bits - 1) // width * width, -1, -width):
        for _ in range(width):
            total = total + total
        total = total + _window(pairs, shift=shift, width=width, identity=identity)
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
