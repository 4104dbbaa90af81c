"""The random scalars of Symbolon's own vectors: a stream for each case, in place of the system's.

Scalar number i of the role `name` in a case is hash_to_scalar over "case/name/i" with the tag
SYMBOLON_TEST_VECTORS_1_. The product draws from the operating system and has no hook for this, so
the names are exchanged in its modules from outside, while a vector is made.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from credentials.bbs import proof
from credentials.presentation import composition, range, registry
from credentials.sealing import ballot as sealed_ballot
from tests.vectors.second_curve import hash_to_scalar

TAG = b"SYMBOLON_TEST_VECTORS_1_"
MODULES = {
    "messages": composition,
    "signature": proof,
    "registry": registry,
    "range": range,
    "seal": sealed_ballot,
}


def fixed_scalar(name: str) -> int:
    """The scalar of a name."""
    return hash_to_scalar(name.encode(), TAG) or 1


def fixed_octets(name: str, length: int) -> bytes:
    """The last octets, at most 31, of the scalar of a name."""
    return fixed_scalar(name).to_bytes(32, "big")[-length:]


@dataclass
class Drawn:
    """What was drawn, by module and in order; `given` are scalars to draw first."""

    case: str
    given: dict[str, list[int]] = field(default_factory=dict)
    scalars: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in MODULES})

    def source(self, name: str) -> Callable[[], int]:
        drawn, given = self.scalars[name], self.given.get(name, [])

        def draw() -> int:
            at = len(drawn)
            fixed = fixed_scalar(f"{self.case}/{name}/{at}")
            drawn.append(given[at] if at < len(given) else fixed)
            return drawn[-1]

        return draw


@contextmanager
def randomness(case: str, **given: list[int]) -> Iterator[Drawn]:
    """Draws come from the stream of `case` inside; what was drawn is kept."""
    drawn = Drawn(case=case, given=given)
    with pytest.MonkeyPatch.context() as patch:
        for name, module in MODULES.items():
            patch.setattr(module, "random_scalar", drawn.source(name))
        yield drawn
