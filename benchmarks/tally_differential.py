"""The tally beside pref_voting's, an independent library, over random profiles.

Not part of `make bench` or `make test`: the library is not among the project's dependencies.
RESULTS.md says how to run it and what came out.

Schulze: the library's set of undefeated options must be ours, winner first by our lot. Instant
runoff: the library follows every way in which ties could be decided; our winner must be one of
those that come out. STV: its Scottish rules are ours with values cut to 12 decimals, and decide
between equals by earlier rounds too; profiles in which our lot decided anything, or equal surpluses
were handed on together, are left out.
"""

import importlib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

from benchmarks.measure import Row, show
from credentials.tally import TallyResult, tally
from credentials.tally.profile import Ranking

DEFAULT_PROFILES = 3000
SEED = b"differential"
SHOWN = 5  # disagreements that are printed


@dataclass(slots=True, kw_only=True)
class Agreement:
    """How often two counts of one profile came to the same."""

    profiles: int = 0
    unique: int = 0  # the other count leaves nothing to a lot
    left_out: int = 0
    disagreements: list[str] = field(default_factory=list)

    @property
    def figure(self) -> str:
        """As the table shows it."""
        return (
            f"{self.profiles:6} compared, {self.unique:6} without a tie, "
            f"{self.left_out:5} left out, {len(self.disagreements):4} disagree"
        )


def main() -> None:
    """Compare so many profiles of each kind as the first argument says, and print the tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_PROFILES
    chance = Random(2026)  # noqa: S311 - the same profiles in every run
    compared: dict[str, Agreement] = {}
    for name, compare in (("schulze/1", _schulze), ("irv/1", _irv), ("stv/1", _stv)):
        for kind, full in (("full rankings", True), ("truncated rankings", False)):
            agreement = compared[f"{name}, {kind}"] = Agreement()
            for profile, options in _profiles(chance, count=count, full=full):
                compare(profile, options, chance, agreement)
    show("Beside pref_voting", [Row(name=k, figure=v.figure) for k, v in compared.items()])
    for name, agreement in compared.items():
        for disagreement in agreement.disagreements[:SHOWN]:
            print(f"{name}: {disagreement}")


def _profiles(chance: Random, *, count: int, full: bool) -> Iterator[tuple[Counter[Ranking], int]]:
    """Random profiles, from a handful of ballots, with many ties, to hundreds with few."""
    for _ in range(count):
        options = chance.randint(2, 7)
        ballots = chance.choice((3, 9, 30, 100, 400))
        likings = [chance.uniform(0.2, 1) for _ in range(options)]
        profile: Counter[Ranking] = Counter()
        for _ in range(ballots):
            ranking = sorted(
                range(1, options + 1), key=lambda k: chance.random() ** (1 / likings[k - 1])
            )
            ranked = ranking[: options if full else chance.randint(1, options)]
            profile[tuple((option,) for option in ranked)] += 1
        yield profile, options


def _count(
    method: str, profile: Mapping[Ranking, int], options: int, *, seats: int = 1
) -> TallyResult:
    ballots = (marks for marks, times in profile.items() for _ in range(times))
    return tally(method, ballots, options=options, seats=seats, seed=SEED)


def _theirs(profile: Mapping[Ranking, int], options: int) -> Any:
    module = importlib.import_module("pref_voting.profiles_with_ties")
    theirs = module.ProfileWithTies(
        [
            {option: at for at, rank in enumerate(ranking, start=1) for option in rank}
            for ranking in profile
        ],
        rcounts=list(profile.values()),
        candidates=list(range(1, options + 1)),
    )
    theirs.use_extended_strict_preference()  # who is not ranked is below all who are
    return theirs


def _schulze(profile: Counter[Ranking], options: int, chance: Random, agreement: Agreement) -> None:
    methods = importlib.import_module("pref_voting.margin_based_methods")
    theirs = _theirs(profile, options)
    winners = methods.beat_path(theirs, strength_function=theirs.support)
    result = _count("schulze/1", profile, options)
    agreement.profiles += 1
    agreement.unique += len(winners) == 1
    ours = {*result.winners, *result.rounds[-1].by_lot}
    if ours != set(winners):
        agreement.disagreements.append(_shown(profile, ours=sorted(ours), theirs=winners))


def _irv(profile: Counter[Ranking], options: int, chance: Random, agreement: Agreement) -> None:
    methods = importlib.import_module("pref_voting.iterative_methods")
    winners = methods.instant_runoff_put(_theirs(profile, options))
    result = _count("irv/1", profile, options)
    agreement.profiles += 1
    agreement.unique += len(winners) == 1
    if result.winners[0] not in winners:
        agreement.disagreements.append(
            _shown(profile, ours=list(result.winners), theirs=list(winners))
        )


def _stv(profile: Counter[Ranking], options: int, chance: Random, agreement: Agreement) -> None:
    methods = importlib.import_module("pref_voting.proportional_methods")
    seats = chance.randint(1, options - 1)
    result = _count("stv/1", profile, options, seats=seats)
    if any(one.by_lot for one in result.rounds) or _handed_on_together(result):
        agreement.left_out += 1
        return
    theirs = methods.stv_scottish(_theirs(profile, options), num_seats=seats, decimals=12)
    agreement.profiles += 1
    agreement.unique += 1
    if set(theirs) != set(result.winners):
        shown = _shown(profile, ours=sorted(result.winners), theirs=list(theirs))
        agreement.disagreements.append(f"{seats} seats: {shown}")


def _handed_on_together(result: TallyResult) -> bool:
    """Whether equal surpluses were, which Scotland's rules hand on one after the other."""
    for before, after in pairwise(result.rounds):
        both = zip(before.scores, after.scores, strict=True)
        if sum(one is not None and two is not None and two < one for one, two in both) > 1:
            return True  # nobody has less in a later round but who handed on
    return False


def _shown(profile: Mapping[Ranking, int], *, ours: list[int], theirs: list[int]) -> str:
    ballots = [[times, list(ranking)] for ranking, times in sorted(profile.items())]
    return f"ours {ours}, theirs {[int(k) for k in theirs]}, ballots {json.dumps(ballots)}"


if __name__ == "__main__":
    main()
