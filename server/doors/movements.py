"""The rule of who is inside: pure, for one pseudonym in one scope, used online and in the merge.

A movement is a scan that counted: movement 0 is the first entry; at a re-entry door odd ones are
exits. Scans of doors without network arrive late and in any order; `merge` orders them by time, so
that the earliest wins, whichever door syncs first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from credentials.doors import PASSING, RE_ENTRY, Verdict

Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan that verified: `at` in Unix seconds, scan_id 16 octets, code_hash 32 octets."""

    scan_id: bytes
    door: str
    mode: str
    direction: Direction
    at: int
    code_hash: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A scan that did not count, why, and the scan that stands against it, where one does."""

    scan: Scan
    verdict: Verdict
    against: Scan | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """All scans of one pseudonym in one scope: the movements in order, and the scans that lost."""

    movements: tuple[Scan, ...]
    lost: tuple[Lost, ...]


def judge_movement(history: Sequence[Scan], scan: Scan) -> tuple[Verdict, Scan | None]:
    """What `scan` comes to after the movements in `history`, and the movement that decides it."""
    if scan.mode != RE_ENTRY:
        return (Verdict.ALREADY_IN, history[0]) if history else (Verdict.ADMITTED, None)
    inside = len(history) % 2 == 1
    last = history[-1] if history else None
    if scan.direction == "in" and inside:
        return Verdict.ALREADY_IN, last
    if scan.direction == "out" and not inside:
        return Verdict.NOT_INSIDE, last
    for earlier in history:
        if earlier.code_hash == scan.code_hash:
            return Verdict.REPLAYED, earlier
    return (Verdict.CHECKED_OUT if inside else Verdict.ADMITTED), None


def merge(scans: Iterable[Scan]) -> Merged:
    """Order scans by (at, scan_id) and let each meet the movements before it."""
    movements: list[Scan] = []
    lost: list[Lost] = []
    for scan in sorted(scans, key=lambda one: (one.at, one.scan_id)):
        verdict, against = judge_movement(movements, scan)
        if verdict in PASSING:
            movements.append(scan)
        else:
            lost.append(Lost(scan=scan, verdict=verdict, against=against))
    return Merged(movements=tuple(movements), lost=tuple(lost))
