"""Whether witnesses had seen what decides a poll before its lot was known.

A signature of the community proves no time: it could keep the end of voting, or an extension, to
itself until the beacon's round is out, and then choose. The cosignature of a witness has a time.
Source: docs/protocol.md, "Polls".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Something that had to be public by a time: the log's first `size` entries, `before` (Unix
    seconds), when the beacon's round was due that could have been known otherwise."""

    size: int
    before: int


def seen_in_time(
    states: Iterable[tuple[int, Sequence[tuple[str, int]]]], *, decided: Decided
) -> frozenset[str]:
    """The names of the witnesses who had cosigned what was decided in time.

    `states` are checkpoints of the log: how many entries each has, and who cosigned it when.
    """
    return frozenset(
        name
        for size, cosigned in states
        if size >= decided.size
        for name, at in cosigned
        if at < decided.before
    )
