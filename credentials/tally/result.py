"""What a count comes to: the outcome, the winners, and every round, exact, as one wire object.

Source: docs/tally.md. Whole numbers are CBOR integers, other fractions the text "n/d" in lowest
terms, so that one count has one encoding, which server and auditor can compare octet by octet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from fractions import Fraction
from math import gcd
from typing import Final, TypeAlias

from credentials import domain_tags
from credentials.errors import EncodingError
from credentials.formats import cbor

MAX_OPTIONS: Final = 64
MAX_BALLOTS: Final = 2**24 - 1
MAX_ROUNDS: Final = 256
MAX_TITLE: Final = 32  # characters
MAX_DIGITS: Final = 4250  # of a numerator or denominator; Python itself refuses 4,300
RESULT_LIMIT: Final = 2**25  # octets; more than the longest fractions in all rounds of 10 seats

COUNT: Final = "count"  # all is said in one count
ROUND: Final = "round"  # the first count of several, or the one after an option dropped out
SURPLUS: Final = "surplus"  # the count after a surplus was handed on
PAIRWISE: Final = "pairwise"  # how many others an option beats, each against each
PATHS: Final = "paths"  # how many others have no stronger path to an option than it has to them

Number: TypeAlias = int | Fraction
Matrix: TypeAlias = tuple[tuple[int, ...], ...]

_FRACTION: Final = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")


class Outcome(StrEnum):
    """What a count comes to. TIE: nothing decides between options, and a seat stays empty."""

    WINNER = "winner"
    TIE = "tie"
    NO_VOTES = "no_votes"
    BELOW_QUORUM = "below_quorum"
    BELOW_THRESHOLD = "below_threshold"


DECIDING: Final = (Outcome.WINNER, Outcome.TIE)
"""The outcomes with which options can be elected: all seats, or some before a tie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One step of a count; raises EncodingError.

    title: one of the codes above. scores: `scores[k - 1]` is what option k has at the beginning of
    the round, None if it has dropped out before. elected: in order of election, in this round.
    eliminated: who drops out at its end. by_lot: the options between which the lot decided in this
    round, in the order of the lot. tied: those between which nothing decided, ascending. exhausted:
    votes that no longer count for any option.
    """

    title: str
    scores: tuple[Number | None, ...]
    elected: tuple[int, ...] = ()
    eliminated: tuple[int, ...] = ()
    by_lot: tuple[int, ...] = ()
    tied: tuple[int, ...] = ()
    exhausted: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        cbor.take_text(self.title, max=MAX_TITLE, name="a round's title")
        cbor.take_array(self.scores, min=1, max=MAX_OPTIONS, name="a round's scores")
        for named in (self.elected, self.eliminated, self.by_lot, self.tied):
            _check_options(named, options=len(self.scores))
        _check_tied(self.tied)

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The elements of its CBOR array; an option that has dropped out has the score ""."""
        return (
            self.title,
            tuple("" if score is None else _number_to_value(score) for score in self.scores),
            self.elected,
            self.eliminated,
            self.by_lot,
            self.tied,
            _number_to_value(self.exhausted),
        )

    @classmethod
    def from_fields(cls, value: object) -> "Round":
        """From the elements of its CBOR array; raises EncodingError."""
        title, scores, elected, eliminated, by_lot, tied, exhausted = cbor.take_array(
            value, length=7, name="a round"
        )
        return cls(
            title=cbor.take_text(title, max=MAX_TITLE, name="a round's title"),
            scores=tuple(
                None if score == "" else _number_from_value(score)
                for score in cbor.take_array(scores, max=MAX_OPTIONS, name="a round's scores")
            ),
            elected=_take_numbers(elected),
            eliminated=_take_numbers(eliminated),
            by_lot=_take_numbers(by_lot),
            tied=_take_numbers(tied),
            exhausted=Fraction(_number_from_value(exhausted)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TallyResult:
    """The result of a poll; raises EncodingError. Options are numbered from 1.

    method: a key of `METHODS`. ballots: all valid ones, abstentions included. invalid: those that
    could not be read, counted nowhere else. winners: in order of election; all of them if `outcome`
    is WINNER, those before the tie if it is TIE, else none. tied: the options between which nothing
    decides, ascending, only if it is TIE. rounds: they tell the count in any case; there is none
    without votes. matrix and paths: for Schulze only; `matrix[i - 1][j - 1]` voters prefer option i
    to option j, and `paths` has the strength of the strongest path from i to j.
    """

    method: str
    ballots: int
    abstentions: int
    invalid: int
    outcome: Outcome
    winners: tuple[int, ...]
    tied: tuple[int, ...] = ()
    rounds: tuple[Round, ...]
    matrix: Matrix = ()
    paths: Matrix = ()

    def __post_init__(self) -> None:
        cbor.take_text(self.method, max=MAX_TITLE, name="a tally's method")
        cbor.take_uint(self.ballots, max=MAX_BALLOTS, name="a number of ballots")
        cbor.take_uint(self.abstentions, max=self.ballots, name="a number of abstentions")
        cbor.take_uint(self.invalid, max=MAX_BALLOTS, name="a number of invalid ballots")
        cbor.take_array(self.rounds, max=MAX_ROUNDS, name="a tally's rounds")
        options = len(self.rounds[0].scores) if self.rounds else 0
        if any(len(one.scores) != options for one in self.rounds):
            raise EncodingError("the rounds of a tally have different options")
        _check_options((*self.winners, *self.tied), options=options)
        _check_tied(self.tied)
        if bool(self.tied) != (self.outcome is Outcome.TIE):
            raise EncodingError("a tally's tie does not fit its outcome")
        needs_winner = self.outcome is Outcome.WINNER
        if (needs_winner and not self.winners) or (self.winners and self.outcome not in DECIDING):
            raise EncodingError("a tally's winners do not fit its outcome")
        for matrix in (self.matrix, self.paths):
            if matrix and any(len(row) != options for row in (matrix, *matrix)):
                raise EncodingError("a tally's matrix is not one row and column for each option")

    @property
    def votes(self) -> int:
        """The ballots that are no abstentions."""
        return self.ballots - self.abstentions

    def to_cbor(self) -> bytes:
        """The one encoding of this result."""
        return cbor.encode_labelled(
            domain_tags.TALLY_RESULT,
            self.method,
            self.ballots,
            self.abstentions,
            self.invalid,
            self.outcome.value,
            self.winners,
            self.tied,
            tuple(one.to_fields() for one in self.rounds),
            self.matrix,
            self.paths,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "TallyResult":
        """The result in `octets`; raises EncodingError. Whether it is right shows by counting."""
        read = cbor.decode_labelled(
            octets, label=domain_tags.TALLY_RESULT, fields=len(fields(cls)), limit=RESULT_LIMIT
        )
        method, ballots, abstentions, invalid, outcome, winners, tied, rounds, matrix, paths = read
        if outcome not in tuple(Outcome):
            raise EncodingError("a tally has an unknown outcome")
        return cls(
            method=cbor.take_text(method, max=MAX_TITLE, name="a tally's method"),
            ballots=cbor.take_uint(ballots, name="a number of ballots"),
            abstentions=cbor.take_uint(abstentions, name="a number of abstentions"),
            invalid=cbor.take_uint(invalid, name="a number of invalid ballots"),
            outcome=Outcome(outcome),
            winners=_take_numbers(winners),
            tied=_take_numbers(tied),
            rounds=tuple(
                Round.from_fields(one)
                for one in cbor.take_array(rounds, max=MAX_ROUNDS, name="a tally's rounds")
            ),
            matrix=_take_matrix(matrix),
            paths=_take_matrix(paths),
        )


def _check_options(named: Sequence[int], *, options: int) -> None:
    if len(set(named)) != len(named) or not all(1 <= option <= options for option in named):
        raise EncodingError("a tally names an option twice, or one that there is not")


def _check_tied(tied: Sequence[int]) -> None:
    if len(tied) == 1 or list(tied) != sorted(tied):
        raise EncodingError("a tie is not between two options or more, in ascending order")


def _take_numbers(value: object, *, max: int = MAX_OPTIONS) -> tuple[int, ...]:
    return tuple(
        cbor.take_uint(one, max=MAX_BALLOTS, name="a number in a tally")
        for one in cbor.take_array(value, max=max, name="a list in a tally")
    )


def _take_matrix(value: object) -> Matrix:
    rows = cbor.take_array(value, max=MAX_OPTIONS, name="a tally's matrix")
    return tuple(_take_numbers(row) for row in rows)


def _number_to_value(number: Number) -> int | str:
    if number.denominator == 1:
        return number.numerator
    return f"{number.numerator}/{number.denominator}"


def _number_from_value(value: object) -> Number:
    if type(value) is int:
        return value
    if type(value) is not str or len(value) > 2 * MAX_DIGITS + 1:
        raise EncodingError("a score is neither an integer nor a fraction")
    parts = _FRACTION.fullmatch(value)
    if parts is None or max(map(len, parts.groups())) > MAX_DIGITS:
        raise EncodingError("a score is not a fraction of two positive integers")
    numerator, denominator = map(int, parts.groups())
    if denominator == 1 or gcd(numerator, denominator) != 1:
        raise EncodingError("a score is not a fraction in lowest terms")
    return Fraction(numerator, denominator)
