"""Fixed-base tables: a known point times a public scalar in one addition for each octet.

32 rows of 256 multiples, one row an octet of the scalar (little-endian); on blst about 9 ms to
build and 1.4 MB in G1. Which entries are read depends on the scalar, so these tables serve public
data only: verifiers and checks, never a secret of a member or of the issuer.
"""

from collections.abc import Callable
from functools import reduce
from operator import add, getitem
from typing import Generic, TypeVar

from credentials.curve.interface import G1, G2
from credentials.curve.scalars import ORDER

Point = TypeVar("Point", G1, G2)

PATIENCE = 64
"""A table is built once its point was multiplied so often; before, it costs more than it saves."""


class FixedBase(Generic[Point]):
    """One point that is multiplied often, with its table, which is built when it pays."""

    __slots__ = ("_multiply", "_rows", "_uses", "point")

    def __init__(self, point: Point, *, multiply: Callable[[Point, int], Point]) -> None:
        self.point = point
        self._multiply = multiply
        self._rows: list[list[Point]] = []
        self._uses = 0

    def __call__(self, scalar: int) -> Point:
        """scalar * point, for a public scalar."""
        if not self._rows:
            self._uses += 1
            if self._uses < PATIENCE:
                return self._multiply(self.point, scalar)
            self.build()
        scalar %= ORDER
        digits = scalar.to_bytes((scalar.bit_length() + 7) // 8 or 1, "little")
        return reduce(add, map(getitem, self._rows, digits))

    def build(self) -> None:
        """Build the table now, so that no caller waits for it later."""
        rows = []
        step = self.point
        for _ in range(32):
            multiple = step + -step
            row = [multiple]
            for _ in range(255):
                multiple = multiple + step
                row.append(multiple)
            rows.append(row)
            step = multiple + step
        self._rows = rows
