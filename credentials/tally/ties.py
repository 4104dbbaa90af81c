"""Who goes first among equals: whom earlier rounds put first, then the lot, then nobody.

Source: docs/tally.md, "Ties". Options that are level are compared in the round before, then in the
one before that, and so on; only those that stay ahead (or behind) are kept. If several are left,
the poll's lot decides between them. If it has none, or if its seed is not known yet, they are tied,
and the method says what follows from that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from credentials.tally.lot import Lot
from credentials.tally.round import Number, Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The option that was chosen of those that are level; None if nothing decides.

    by_lot: those between which the lot decided, in its order. tied: those between which nothing
    decides, ascending. At most one of the two is not empty.
    """

    option: int | None
    by_lot: tuple[int, ...] = ()
    tied: tuple[int, ...] = ()


def choose_first(level: Iterable[int], *, rounds: Sequence[Round], lot: Lot | None) -> Choice:
    """Who of the options that are level goes first."""
    ahead = _narrowed(level, rounds=rounds, ahead=True)
    return _choose(ahead, lot=lot, at=0)


def choose_last(level: Iterable[int], *, rounds: Sequence[Round], lot: Lot | None) -> Choice:
    """Who of the options that are level goes last."""
    behind = _narrowed(level, rounds=rounds, ahead=False)
    return _choose(behind, lot=lot, at=-1)


def standing(option: int, rounds: Sequence[Round]) -> tuple[Number, ...]:
    """What an option had in each earlier round, the latest first."""
    return tuple(one.scores[option - 1] or 0 for one in reversed(rounds))


def _narrowed(level: Iterable[int], *, rounds: Sequence[Round], ahead: bool) -> list[int]:
    had = {option: standing(option, rounds) for option in level}
    best = max(had.values()) if ahead else min(had.values())
    return sorted(option for option, scores in had.items() if scores == best)


def _choose(left: Sequence[int], *, lot: Lot | None, at: int) -> Choice:
    if len(left) == 1:
        return Choice(option=left[0])
    if lot is None:
        return Choice(option=None, tied=tuple(left))
    drawn = lot.sorted(left)
    return Choice(option=drawn[at], by_lot=drawn)
