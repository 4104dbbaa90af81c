"""The count of a poll: ballots in, result out, by whichever method the manifest names.

Source: docs/tally.md. What is the same for all methods: abstentions, quorum, threshold, the lot.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Final

from credentials.errors import PolicyError
from credentials.tally.approval import approval
from credentials.tally.first_past import first_past
from credentials.tally.irv import irv
from credentials.tally.lot import Lot
from credentials.tally.profile import Count, Rules, Vote
from credentials.tally.quadratic import quadratic
from credentials.tally.result import DECIDING, Outcome, TallyResult
from credentials.tally.round import Round
from credentials.tally.schulze import schulze
from credentials.tally.score import score
from credentials.tally.stv import (
    MAX_SEATS,
    MAX_SEATS_WITH_EQUAL_RANKS,
    stv,
    stv_with_rounded_quota,
)
from credentials.tally.withdrawal import Remaining

METHODS: Final = {
    "plurality/1": "single_choice",
    "approval/1": "approval",
    "score/1": "score",
    "irv/1": "ranked",
    "schulze/1": "ranked",
    "stv/1": "ranked",
    "stv/2": "ranked",
    "quadratic/1": "quadratic",
}
WITH_THRESHOLD: Final = frozenset({"plurality/1", "approval/1", "score/1", "irv/1"})
WITH_SEATS: Final = frozenset({"stv/1", "stv/2"})
WITH_EQUAL_RANKS: Final = frozenset({"irv/1", "schulze/1", "stv/2"})

COUNTS: Final[dict[str, Callable[..., Count]]] = {
    "plurality/1": first_past,
    "approval/1": approval,
    "score/1": score,
    "irv/1": irv,
    "schulze/1": schulze,
    "stv/1": stv_with_rounded_quota,
    "stv/2": stv,
    "quadratic/1": quadratic,
}


def newest(name: str) -> str:
    """The newest version of a method, such as stv/2 for stv; the name itself if there is none."""
    return next((method for method in reversed(METHODS) if method.split("/")[0] == name), name)


def most_seats(method: str, *, equal_ranks: bool = False) -> int:
    """How many options it can elect at most."""
    if method not in WITH_SEATS:
        return 1
    return MAX_SEATS_WITH_EQUAL_RANKS if equal_ranks else MAX_SEATS


def tally(
    method: str,
    profile: Iterable[Vote],
    *,
    options: int,
    seats: int = 1,
    limit: int = 0,
    quorum: int = 0,
    threshold: tuple[int, int] = (0, 1),
    seed: bytes | None,
    invalid: int = 0,
    withdrawn: Sequence[int] = (),
) -> TallyResult:
    """Count the ballots in `profile`, each a vote that is valid for its paper, () for abstention.

    A ranked vote is a tuple of ranks, each a tuple of options in ascending order. The order of the
    ballots changes nothing. `method` is a key of METHODS; `limit` is the highest score, for score/1
    only. `quorum` is the least number of valid ballots, abstentions included. `threshold`
    (numerator, denominator) is what the winner's share must exceed. `seed` decides what is level
    after earlier rounds; with None nothing does, and what stays open is tied. `invalid` is only
    noted in the result. `withdrawn` are options that are left out, as if nobody could have voted
    for them; two at least remain. Raises PolicyError for a poll that cannot be counted so.
    """
    votes = Counter(profile)
    _check_poll(method, options=options, seats=seats, limit=limit, threshold=threshold)
    _check_ranks(method, votes, seats=seats)
    lot = None if seed is None else Lot.draw(seed, options=options)
    left = Remaining.after(withdrawn, options=options)
    if withdrawn:
        _check_withdrawn(withdrawn, left=left)
        votes = left.votes(votes, ballot_type=METHODS[method])
        lot = lot and left.lot(lot)
    rules = Rules(
        options=len(left.options),
        lot=lot,
        seats=seats,
        limit=limit,
        threshold=Fraction(*threshold),
    )
    abstentions = votes.pop((), 0)
    counted = COUNTS[method](votes, rules=rules) if votes else None
    if counted and withdrawn:
        counted = left.named(counted)
    ballots = votes.total() + abstentions
    outcome = _outcome(counted, enough=ballots >= quorum, threshold=rules.threshold)
    return TallyResult(
        method=method,
        ballots=ballots,
        abstentions=abstentions,
        invalid=invalid,
        withdrawn=tuple(sorted(withdrawn)),
        outcome=outcome,
        winners=counted.winners if counted and outcome in DECIDING else (),
        tied=counted.tied if counted and outcome is Outcome.TIE else (),
        rounds=_rounds(counted, outcome) if counted else (),
        matrix=counted.matrix if counted else (),
        paths=counted.paths if counted else (),
    )


def _check_poll(
    method: str, *, options: int, seats: int, limit: int, threshold: tuple[int, int]
) -> None:
    if method not in METHODS:
        raise PolicyError("a poll names a tally that does not exist")
    if options < 1 or not 1 <= seats <= most_seats(method):
        raise PolicyError(f"{method} does not count {options} options for {seats} seats")
    if limit < 1 and method == "score/1":
        raise PolicyError("a score has no highest value")
    numerator, denominator = threshold
    if not 0 <= numerator < denominator or (numerator and method not in WITH_THRESHOLD):
        raise PolicyError(f"{method} has no threshold of {numerator}/{denominator}")


def _check_ranks(method: str, votes: Iterable[Vote], *, seats: int) -> None:
    """Options in one rank are counted where the method can, and exactly."""
    if METHODS[method] != "ranked" or not any(map(_has_equal_ranks, votes)):
        return
    if method not in WITH_EQUAL_RANKS:
        raise PolicyError(f"{method} does not count equal ranks")
    if seats > most_seats(method, equal_ranks=True):
        raise PolicyError(f"{method} does not count equal ranks for {seats} seats")


def _check_withdrawn(withdrawn: Sequence[int], *, left: Remaining) -> None:
    if len(withdrawn) + len(left.options) != left.of:
        raise PolicyError("an option is withdrawn that there is not, or one is withdrawn twice")
    if len(left.options) < 2:
        raise PolicyError("so many options are withdrawn that fewer than two remain")


def _rounds(counted: Count, outcome: Outcome) -> tuple[Round, ...]:
    """The rounds, which elect whom the outcome names: nobody, where it is none of those."""
    if outcome in DECIDING:
        return counted.rounds
    return tuple(one.without_election for one in counted.rounds)


def _has_equal_ranks(vote: Vote) -> bool:
    return sum(map(len, vote)) > len(vote)  # type: ignore[arg-type]


def _outcome(counted: Count | None, *, enough: bool, threshold: Fraction) -> Outcome:
    """The first reason why not all seats have a winner, in this order; else WINNER."""
    if not enough:
        return Outcome.BELOW_QUORUM
    if counted is None:
        return Outcome.NO_VOTES
    if counted.share is not None and counted.share <= threshold:
        return Outcome.BELOW_THRESHOLD
    return Outcome.TIE if counted.tied else Outcome.WINNER
