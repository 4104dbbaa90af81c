"""The count of an election from a file, by the same functions as that of a poll."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from client.elections.ballots import Amounts, Election, Kind, Note, Ranks
from client.errors import BallotsRefused
from credentials.errors import PolicyError
from credentials.formats.vote import APPROVAL, QUADRATIC, RANKED, SCORE, SINGLE_CHOICE
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
    """A result, the names of the options that it numbers, and what was done with odd ballots."""

    result: TallyResult
    options: tuple[str, ...]
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
    """Count an election; withdrawn options are gone from it. Raises BallotsRefused."""
    method = method_of(rules.method)
    notes = Counter(election.notes)
    votes = _votes(election, ballot_type=METHODS[method], notes=notes)
    invalid = notes[Note.INVALID] + notes[Note.TIED_FIRST]
    seats = _seats(election, rules=rules, method=method)
    try:
        result = tally(
            method,
            votes,
            options=len(election.running),
            seats=seats,
            limit=_limit(election, rules=rules) if METHODS[method] == SCORE else 0,
            quorum=rules.quorum,
            threshold=rules.threshold,
            seed=rules.seed,
            invalid=invalid,
        )
    except PolicyError as error:
        raise BallotsRefused(f"This cannot be counted: {error}.") from None
    options = tuple(election.options[option - 1] for option in election.running)
    return Counted(result=result, options=options, notes=notes, seats=seats)


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
    """The ballots as a poll of this type has them, without what was withdrawn."""
    number = {option: n for n, option in enumerate(election.running, start=1)}
    votes: Counter[Vote] = Counter()
    for marks, times in _amounts(election, ballot_type=ballot_type).items():
        if ballot_type == APPROVAL:
            votes[tuple(number[option] for option in marks if option in number)] += times
        else:
            votes[tuple(marks[option - 1] for option in number) if marks else ()] += times
    if KINDS[ballot_type] is not Kind.RANKS:
        return votes
    for ranks, times in election.rankings.items():
        left = _closed_up(ranks, number)
        if sum(map(len, left)) < sum(map(len, ranks)):
            notes[Note.WITHDRAWN] += times
        if ballot_type != SINGLE_CHOICE or not left:
            votes[left] += times
        elif len(left[0]) == 1:
            votes[left[0]] += times
        else:
            notes[Note.TIED_FIRST] += times
    return votes


def _closed_up(ranks: Ranks, number: Mapping[int, int]) -> Ranks:
    """A ranking of the options that are left, under their new numbers."""
    kept = (tuple(number[option] for option in rank if option in number) for rank in ranks)
    return tuple(rank for rank in kept if rank)


def _amounts(election: Election, *, ballot_type: str) -> Counter[Amounts]:
    """The ballots that are not rankings, if they say what is wanted. Raises BallotsRefused."""
    if KINDS[ballot_type] is election.kind:
        return election.amounts
    if ballot_type == APPROVAL and election.kind is Kind.RANKS:
        if any(len(ranks) > 1 for ranks in election.rankings):
            raise BallotsRefused("Some ballots rank options, so that approvals cannot be told.")
        # One rank, with all that are approved of in it.
        approved: Counter[Amounts] = Counter()
        for ranks, times in election.rankings.items():
            approved[ranks[0] if ranks else ()] += times
        return approved
    raise BallotsRefused(
        f"The ballots are {election.kind}, which is not what this method counts; take another "
        "--method."
    )
