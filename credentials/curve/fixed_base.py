"""Fixed-base tables: a known point times a public scalar in 32 additions.

32 rows of 256 multiples, one row an octet of the scalar (little-endian); about 9 ms to build on
blst and 1.4 MB. Which entries are read depends on the scalar, so these tables serve public data
only: verifiers and checks, never a secret of a member or of the issuer.
"""

from credentials.curve.interface import G1, Backend
from credentials.curve.scalars import ORDER


class FixedBase:
    """One point of G1 with its table, built at the first use."""

    __slots__ = ("_backend", "_rows", "point")

    def __init__(self, point: G1, *, backend: Backend) -> None:
        self.point = point
        self._backend = backend
        self._rows: list[list[G1]] = []

    def __call__(self, scalar: int) -> G1:
        """scalar * point, for a public scalar."""
        if not self._rows:
            self._rows = self._build()
        total = self._backend.g1_identity
        for row, digit in zip(self._rows, (scalar % ORDER).to_bytes(32, "little"), strict=True):
            if digit:
                total = total + row[digit]
        return total

    def _build(self) -> list[list[G1]]:
        rows = []
        step = self.point
        for _ in range(32):
            multiple = self._backend.g1_identity
            row = [multiple]
            for _ in range(255):
                multiple = multiple + step
                row.append(multiple)
            rows.append(row)
            step = multiple + step
        return rows
