"""The count of an election from a file, by the same functions as that of a poll."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from client.elections.ballots import Election, Kind, Note
from client.errors import BallotsRefused
from credentials.errors import PolicyError
from credentials.formats.vote import APPROVAL, QUADRATIC, RANKED, SCORE, SINGLE_CHOICE, Marks
from credentials.tally import METHODS, WITH_SEATS, TallyResult, Vote, newest, tally

KINDS: Final[Mapping[str, Kind]] = {
    RANKED: Kind.RANKS,
    SINGLE_CHOICE: Kind.RANKS,
    APPROVAL: Kind.APPROVALS,
    SCORE: Kind.SCORES,
    QUADRATIC: Kind.VOTES,
}
"""What ballots must say for each of the poll's types of ballots."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How an election is counted; what is None follows from the file.

    method: with or without its version, such as stv or stv/1. seats: how many are elected. limit:
    the highest score. quorum, threshold, seed: as in `credentials.tally.tally`.
    """

    method: str
    seats: int | None = None
    limit: int | None = None
    quorum: int = 0
    threshold: tuple[int, int] = (0, 1)
    seed: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A result, and what was done with ballots that are not as others."""

    result: TallyResult
    notes: Counter[Note]
    seats: int


def method_of(name: str) -> str:
    """The newest version of a method, or the version that is named. Raises BallotsRefused."""
    method = newest(name)
    if method not in METHODS:
        known = ", ".join(dict.fromkeys(method.partition("/")[0] for method in METHODS))
        raise BallotsRefused(f"There is no method “{name}”; there are {known}.")
    return method


def kind_for(method: str) -> Kind:
    """What the ballots must say to be counted by a method."""
    return KINDS[METHODS[method]]


def usual_method(election: Election) -> str:
    """The method of a file that leaves no choice. Raises BallotsRefused if there is one."""
    if election.kind is Kind.APPROVALS:
        return newest("approval")
    if election.kind is Kind.SCORES:
        return newest("score")
    if election.kind is Kind.RANKS:
        if (election.seats or 1) > 1:
            return newest("stv")
        if all(len(ranks) < 2 for ranks in election.rankings):
            return newest("plurality")
    raise BallotsRefused(
        "The ballots rank options: say how they are counted, with --method irv, schulze or stv."
    )


def count(election: Election, *, rules: Rules) -> Counted:
    """Count an election, without what was withdrawn. Raises BallotsRefused."""
    method = method_of(rules.method)
    notes = Counter(election.notes)
    votes = _votes(election, ballot_type=METHODS[method], notes=notes)
    invalid = notes[Note.INVALID] + notes[Note.TIED_FIRST]
    seats = _seats(election, rules=rules, method=method)
    try:
        result = tally(
            method,
            votes,
            options=len(election.options),
            seats=seats,
            limit=_limit(election, rules=rules) if METHODS[method] == SCORE else 0,
            quorum=rules.quorum,
            threshold=rules.threshold,
            seed=rules.seed,
            invalid=invalid,
            withdrawn=election.withdrawn,
        )
    except PolicyError as error:
        raise BallotsRefused(f"This cannot be counted: {error}.") from None
    return Counted(result=result, notes=notes, seats=seats)


def _seats(election: Election, *, rules: Rules, method: str) -> int:
    if rules.seats is not None:
        return rules.seats
    seats = election.seats or 1
    if seats > 1 and method not in WITH_SEATS:
        raise BallotsRefused(
            f"The file elects {seats}, and {method.partition('/')[0]} elects one: take "
            "--method stv, or say --seats 1."
        )
    return seats


def _limit(election: Election, *, rules: Rules) -> int:
    """The highest score: as given, as the file says, or as the highest ballot has it."""
    highest = max((score for scores in election.amounts for score in scores), default=0)
    limit = rules.limit or election.limit or max(1, highest)
    if highest > limit:
        raise BallotsRefused(f"A ballot gives {highest}, and the limit is {limit}.")
    return limit


def _votes(election: Election, *, ballot_type: str, notes: Counter[Note]) -> Counter[Vote]:
    """The ballots as a poll of this type has them, withdrawn options among them."""
    gone = frozenset(election.withdrawn)
    votes: Counter[Vote] = Counter()
    for marks, times in _amounts(election, ballot_type=ballot_type).items():
        votes[marks] += times
        if ballot_type == APPROVAL and not gone.isdisjoint(marks):
            notes[Note.WITHDRAWN] += times
    if KINDS[ballot_type] is not Kind.RANKS:
        return votes
    for ranks, times in election.rankings.items():
        if any(not gone.isdisjoint(rank) for rank in ranks):
            notes[Note.WITHDRAWN] += times
        if ballot_type != SINGLE_CHOICE:
            votes[ranks] += times
            continue
        left = (tuple(option for option in rank if option not in gone) for rank in ranks)
        first = next(filter(None, left), ())
        if len(first) > 1:
            notes[Note.TIED_FIRST] += times
        else:
            votes[first] += times
    return votes


def _amounts(election: Election, *, ballot_type: str) -> Counter[Marks]:
    """The ballots that are not rankings, if they say what is wanted. Raises BallotsRefused."""
    if KINDS[ballot_type] is election.kind:
        return election.amounts
    if ballot_type == APPROVAL and election.kind is Kind.RANKS:
        if any(len(ranks) > 1 for ranks in election.rankings):
            raise BallotsRefused("Some ballots rank options, so that approvals cannot be told.")
        # One rank, with all that are approved of in it.
        approved: Counter[Marks] = Counter()
        for ranks, times in election.rankings.items():
            approved[ranks[0] if ranks else ()] += times
        return approved
    raise BallotsRefused(
        f"The ballots are {election.kind}, which is not what this method counts; take another "
        "--method."
    )
