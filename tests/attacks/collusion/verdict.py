"""What the colluders come to after a festival: a finding for each pair of contexts."""

from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from random import Random

from tests.attacks.collusion.careless import CARELESS, SHOWING
from tests.attacks.collusion.chance import FESTIVALS, LEVEL, Finding, judge
from tests.attacks.collusion.festival import Festival, playing
from tests.attacks.collusion.pairs import Context, Pair, side_by_side
from tests.attacks.collusion.programme import AGAIN, EVERYTHING, POLLS, play
from tests.attacks.collusion.taking_part import TAKING_PART, judge_taking_part
from tests.attacks.collusion.traces import Colluders, contexts_of, rows_in

NAMED = ("issuance", "renewal")
"""Where the organiser knows who somebody is, by design."""
APART = (AGAIN, EVERYTHING, CARELESS, SHOWING)
"""What is not part of the honest festival, or looked at by itself."""

FEWEST = 4
"""Pairs with fewer members in common tell nothing."""


def contexts(festival: Festival, *names: str) -> dict[str, Context]:
    """All that was received until now, and what is kept, put together by context, or by these."""
    database = festival.city.data / "symbolon.db"
    rows = rows_in(database, festival.directory / "stderr")
    festival.record.catch_up()
    colluders = Colluders(festival.record.requests, rows)
    return side_by_side(contexts_of(festival.acts, colluders, names=names or None))


def pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    """Every two contexts of which one tells nobody's name; and who it was in a poll, by name."""
    honest = sorted(name for name in names if name not in APART)
    return [
        *((x, y) for x, y in combinations(honest, 2) if not (x in NAMED and y in NAMED)),
        *(("renewal", TAKING_PART + poll) for poll in POLLS if poll in honest),
    ]


def findings(
    known: dict[str, Context], among: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Finding]:
    """What the matchers make of each pair."""
    random = Random()  # noqa: S311 - nothing secret is drawn
    found = {}
    for x, y in among:
        if y in known:
            if len(known[x].traces.keys() & known[y].traces.keys()) >= FEWEST:
                found[x, y] = judge(Pair.of(known[x], known[y], random=random), random=random)
        else:
            poll = y.removeprefix(TAKING_PART)
            found[x, y] = judge_taking_part(
                known[x],
                poll,
                voters=known[poll].traces,
                roll=range(POLLS[poll]),
                random=random,
            )
    return found


def leaking(first: dict[tuple[str, str], Finding], *, directory: Path) -> list[list[Finding]]:
    """The pairs at which the matchers do better than chance in every one of all festivals.

    Only such pairs are looked at again as did better in all festivals before.
    """
    seen = {pair: [found] for pair, found in first.items() if found.p <= LEVEL}
    for number in range(1, FESTIVALS):
        if not seen:
            break
        with playing(directory / f"again-{number}") as festival:
            play(festival)
            again = findings(contexts(festival), seen)
        seen = {
            pair: [*before, again[pair]]
            for pair, before in seen.items()
            if pair in again and again[pair].p <= LEVEL
        }
    return list(seen.values())
