"""What a statement is: one claim about the hidden messages of a credential, in four steps.

A presentation proves several statements under one challenge. Each kind of statement is one module:
the prover's *commit* (randomised points and first moves) and *respond*, the verifier's *recompute*
of the first moves, and its *equations*, which all statements check in one product of pairings.
Another kind of statement needs its module and one line in `policy_statements`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from credentials.curve import G1, G2, FixedBase
from credentials.holder import Credential


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """e(left, key) = e(right, BP2); the key is public and comes with its table."""

    left: G1
    key: FixedBase[G2]
    right: G1


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Commitment:
    """A prover's first step: points to send, octets for the challenge, and what will respond."""

    points: tuple[G1, ...]
    transcript: bytes
    respond: Callable[[int], Sequence[int]]


class Statement(Protocol):
    """One claim, built from what the verifier already knows, never from the presentation.

    `points` and `scalars` count what the statement adds to a proof. The points of a statement that
    stands `beside` the proof travel in front of it, as the presentation's pseudonym does.
    """

    @property
    def points(self) -> int: ...
    @property
    def scalars(self) -> int: ...
    @property
    def beside(self) -> bool: ...

    def commit(self, credential: Credential, blindings: Mapping[int, int]) -> Commitment:
        """First moves; `blindings` holds m~ of every hidden message, by index."""
        ...

    def recompute(
        self,
        points: Sequence[G1],
        scalars: Sequence[int],
        *,
        message_hats: Mapping[int, int],
        challenge: int,
    ) -> bytes:
        """The octets for the challenge, from the responses; `message_hats` holds m^ by index."""
        ...

    def equations(self, points: Sequence[G1]) -> list[Equation]:
        """What remains to be checked by pairing."""
        ...
