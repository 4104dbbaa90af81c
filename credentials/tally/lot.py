"""The lot: one order of the options, fixed by a public seed, for what nothing else decides.

Source: docs/tally.md, "Ties". Nobody can choose the order without choosing the seed, and everybody
who knows the seed gets the same one.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from credentials import domain_tags


def lot_order(seed: bytes, options: int) -> tuple[int, ...]:
    """The options 1 to `options`, ascending by SHA-256(tag || seed || I2OSP(option, 2))."""
    return tuple(sorted(range(1, options + 1), key=lambda option: _ticket(seed, option)))


def _ticket(seed: bytes, option: int) -> bytes:
    return hashlib.sha256(domain_tags.LOT + seed + option.to_bytes(2, "big")).digest()


@dataclass(frozen=True, slots=True)
class Lot:
    """An order of all options of a poll; whoever is earlier goes first among equals."""

    order: tuple[int, ...]

    @classmethod
    def draw(cls, seed: bytes, *, options: int) -> "Lot":
        """The order that follows from a seed."""
        return cls(lot_order(seed, options))

    def sorted(self, options: Iterable[int]) -> tuple[int, ...]:
        """The same options in the order of the lot."""
        wanted = frozenset(options)
        return tuple(option for option in self.order if option in wanted)
