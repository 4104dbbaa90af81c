"""Plurality: each ballot names one option, the option named most often wins ("plurality/1").

Exact: whole numbers only, shares compared by cross-multiplication. A tie has no winner (tie rule
"none"). Left out: other methods, which get files of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from credentials.errors import BallotRefused


class Outcome(StrEnum):
    """What a count comes to."""

    WINNER = "winner"
    TIE = "tie"
    NO_VOTES = "no_votes"
    BELOW_QUORUM = "below_quorum"
    BELOW_THRESHOLD = "below_threshold"


@dataclass(frozen=True, slots=True, kw_only=True)
class PluralityResult:
    """The count; options are numbered from 1, and `counts[k - 1]` belongs to option k.

    `ballots` includes abstentions. `tied` names the options that share the first place, where two
    or more do; `winner` is None unless `outcome` is WINNER.
    """

    counts: tuple[int, ...]
    abstentions: int
    ballots: int
    winner: int | None
    tied: tuple[int, ...]
    outcome: Outcome


def plurality(
    choices: Iterable[int],
    *,
    options: int,
    quorum: int = 0,
    threshold: tuple[int, int] = (0, 1),
) -> PluralityResult:
    """Count `choices`, each 0 (abstain) or the number of an option.

    `quorum` is the least number of ballots, abstentions included. `threshold` (numerator,
    denominator) is a share of the votes that are not abstentions; the winner needs more than it.
    Raises BallotRefused for a choice that is no option.
    """
    counts = [0] * (options + 1)
    for choice in choices:
        if not 0 <= choice <= options:
            raise BallotRefused(f"a ballot names the option {choice}, the poll has {options}")
        counts[choice] += 1
    abstentions, per_option = counts[0], tuple(counts[1:])
    votes = sum(per_option)
    most = max(per_option, default=0)
    leaders = tuple(k for k, count in enumerate(per_option, start=1) if count == most > 0)
    outcome = _outcome(
        ballots=votes + abstentions,
        votes=votes,
        most=most,
        leaders=len(leaders),
        quorum=quorum,
        threshold=threshold,
    )
    return PluralityResult(
        counts=per_option,
        abstentions=abstentions,
        ballots=votes + abstentions,
        winner=leaders[0] if outcome is Outcome.WINNER else None,
        tied=leaders if len(leaders) > 1 else (),
        outcome=outcome,
    )


def _outcome(
    *, ballots: int, votes: int, most: int, leaders: int, quorum: int, threshold: tuple[int, int]
) -> Outcome:
    """The first reason why there is no winner, in this order; else WINNER."""
    numerator, denominator = threshold
    if ballots < quorum:
        return Outcome.BELOW_QUORUM
    if votes == 0:
        return Outcome.NO_VOTES
    if leaders > 1:
        return Outcome.TIE
    if most * denominator <= votes * numerator:
        return Outcome.BELOW_THRESHOLD
    return Outcome.WINNER
