"""Sums of secret multiples of known points, where the secrets may be zero or small.

The library takes longer to multiply by zero than by anything else, so a flag, an integer or a date
is never multiplied as it is. Instead each scalar is moved by one random offset: the sum of
(scalar + offset) * point, less offset * (the sum of all points).
"""

from collections.abc import Sequence
from functools import reduce
from operator import add

from credentials.curve.interface import G1, Backend
from credentials.curve.scalars import ORDER, random_scalar


class HiddenSum:
    """The sum of scalar * point over these points, for secret scalars.

    The offset is drawn once: what is added in the end costs one multiplication for each HiddenSum,
    and none for each sum.
    """

    __slots__ = ("_backend", "_offset", "_points", "_taken_back")

    def __init__(self, points: Sequence[G1], *, backend: Backend) -> None:
        self._points = tuple(points)
        self._backend = backend
        self._offset = random_scalar()
        together = reduce(add, self._points, backend.g1_identity)
        self._taken_back = -backend.multiply_g1(together, self._offset)

    def __call__(self, scalars: Sequence[int]) -> G1:
        """The sum for one scalar of each point, in their order."""
        total = self._taken_back
        for point, scalar in zip(self._points, scalars, strict=True):
            moved = (scalar + self._offset) % ORDER
            total = total + self._backend.multiply_g1(point, moved)
        return total

    def __reduce__(self) -> str:
        raise TypeError("an offset is not pickled")
