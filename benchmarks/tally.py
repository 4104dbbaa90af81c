"""Counting 100,000 ballots by every method: a poll as it may be, and the hardest there can be.

A poll as it may be has 10 options, some much better liked than others, and rankings of any length.
The hardest has 64 options, all liked alike, and every ballot says something about every option, so
that hardly two are equal. The transferable vote fills as many seats as it may.
"""

from collections.abc import Callable
from random import Random

from benchmarks.measure import Row, between_references, show
from credentials.tally import MAX_SEATS, METHODS, WITH_SEATS, Outcome, tally
from credentials.tally.profile import Marks, Ranking, Vote

BALLOTS = 100_000
ROUNDS = 5
HIGHEST_SCORE = 5
SEED = b"benchmark"
AIM = "about 1 s"


def main() -> None:
    """Print both tables."""
    for title, options, seats, is_hard in (
        ("10 options, liked unequally, 5 seats", 10, 5, False),
        (f"64 options, liked alike, all ranked, {MAX_SEATS} seats", 64, MAX_SEATS, True),
    ):
        show(
            f"Counting {BALLOTS:,} ballots, {title}, medians of {ROUNDS}",
            [_row(method, options=options, seats=seats, is_hard=is_hard) for method in METHODS],
        )


def _row(method: str, *, options: int, seats: int, is_hard: bool) -> Row:
    chance = Random(2026)  # noqa: S311 - the same ballots in every run
    draw = _DRAW[METHODS[method]]
    likings = [1.0 if is_hard else 0.8**option for option in range(options)]
    ballots = [draw(chance, likings, is_hard) for _ in range(BALLOTS)]
    distinct = len(set(ballots))

    def count() -> None:
        result = tally(
            method,
            ballots,
            options=options,
            seats=seats if method in WITH_SEATS else 1,
            limit=HIGHEST_SCORE,
            seed=SEED,
        )
        assert result.outcome is Outcome.WINNER

    return Row(
        name=method,
        figure=f"{between_references(count, rounds=ROUNDS).figure}, {distinct:7,} different",
        aim=AIM,
    )


def _choice(chance: Random, likings: list[float], is_hard: bool) -> Marks:
    return (chance.choices(range(1, len(likings) + 1), likings)[0],)


def _approved(chance: Random, likings: list[float], is_hard: bool) -> Marks:
    approved = [k for k, liking in enumerate(likings, start=1) if chance.random() < liking / 2]
    return tuple(approved) or (1,)


def _scored(chance: Random, likings: list[float], is_hard: bool) -> Marks:
    return tuple(round(chance.random() * liking * HIGHEST_SCORE) for liking in likings)


def _ranked(chance: Random, likings: list[float], is_hard: bool) -> Ranking:
    options = range(1, len(likings) + 1)
    ranking = sorted(options, key=lambda k: chance.expovariate(likings[k - 1]))
    ranked = ranking if is_hard else ranking[: chance.randint(1, len(ranking))]
    return tuple((option,) for option in ranked)


_DRAW: dict[str, Callable[[Random, list[float], bool], Vote]] = {
    "single_choice": _choice,
    "approval": _approved,
    "score": _scored,
    "ranked": _ranked,
    "quadratic": _scored,
}


if __name__ == "__main__":
    main()
