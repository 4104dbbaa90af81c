"""What a ballot means that has several options where one may stand, a gap, or an option twice."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from client.elections.ballots import Note
from credentials.tally import Ranking


class Overvotes(StrEnum):
    """What is done where several options stand at one rank that allows one.

    STOP: the ballot counts up to there, as in San Francisco and Maine. SKIP: the next rank moves
    up, as in Minneapolis.
    """

    STOP = "stop"
    SKIP = "skip"


def ranked(
    ranks: Iterable[tuple[int, ...]],
    *,
    overvotes: Overvotes,
    notes: Counter[Note],
    times: int = 1,
    equal: bool = False,
) -> Ranking:
    """The ballot that these ranks are, the first one first, `()` for one that was left out.

    `equal` lets options stand at one rank. What is odd is added to `notes`, `times` each.
    """
    kept: list[tuple[int, ...]] = []
    seen: set[int] = set()
    odd: set[Note] = set()
    gap = False
    for rank in ranks:
        if not rank:
            gap = True
            continue
        if len(rank) > 1 and not equal:
            if overvotes is Overvotes.STOP:
                odd.add(Note.OVERVOTE_STOPPED)
                break
            odd.add(Note.OVERVOTE_SKIPPED)
            continue
        if gap:
            odd.add(Note.SKIPPED)
        new = tuple(option for option in rank if option not in seen)
        if len(new) < len(rank):
            odd.add(Note.REPEATED)
        seen.update(new)
        if new:
            kept.append(new)
    for note in odd:
        notes[note] += times
    return tuple(kept)
