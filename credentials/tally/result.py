"""What a count comes to: the outcome, the winners, and every round, exact, as one wire object.

The rounds elect whom the outcome names, and nobody else. Source: docs/tally.md.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final, TypeAlias

from credentials import domain_tags
from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.tally.round import (
    MAX_BALLOTS,
    MAX_OPTIONS,
    MAX_TITLE,
    Round,
    check_options,
    check_tied,
    take_numbers,
)

MAX_ROUNDS: Final = 256
RESULT_LIMIT: Final = 2**25  # octets; more than the longest fractions in all rounds of 10 seats

Matrix: TypeAlias = tuple[tuple[int, ...], ...]


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
class TallyResult:
    """The result of a poll; raises EncodingError. Options are numbered from 1.

    method: a key of `METHODS`. ballots: all valid ones, abstentions included. invalid: those that
    could not be read, counted nowhere else. withdrawn: the options that are left out of the count,
    ascending; none in a poll's result, only in the count beside it. winners: in order of election,
    as the rounds elect them; all of them if `outcome` is WINNER, those that are certain if it is
    TIE, else none. tied: the options between which nothing decides, ascending, only if it is TIE.
    rounds: they tell the count in any case; there is none without votes. matrix and paths: for
    Schulze only; `matrix[i - 1][j - 1]` voters prefer option i to option j, and `paths` has the
    strength of the strongest path from i to j.
    """

    method: str
    ballots: int
    abstentions: int
    invalid: int
    withdrawn: tuple[int, ...] = ()
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
        check_options((*self.winners, *self.tied), options=options)
        check_tied(self.tied)
        if bool(self.tied) != (self.outcome is Outcome.TIE):
            raise EncodingError("a tally's tie does not fit its outcome")
        needs_winner = self.outcome is Outcome.WINNER
        if (needs_winner and not self.winners) or (self.winners and self.outcome not in DECIDING):
            raise EncodingError("a tally's winners do not fit its outcome")
        if self.winners != tuple(option for one in self.rounds for option in one.elected):
            raise EncodingError("the rounds of a tally elect others than its outcome names")
        self._check_withdrawn(options)
        for matrix in (self.matrix, self.paths):
            if matrix and any(len(row) != options for row in (matrix, *matrix)):
                raise EncodingError("a tally's matrix is not one row and column for each option")

    def _check_withdrawn(self, options: int) -> None:
        if list(self.withdrawn) != sorted(set(self.withdrawn)):
            raise EncodingError("withdrawn options do not ascend")
        check_options(self.withdrawn, options=options if self.rounds else MAX_OPTIONS)
        if any(
            one.scores[option - 1] is not None for one in self.rounds for option in self.withdrawn
        ):
            raise EncodingError("an option that was withdrawn has votes")

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
            self.withdrawn,
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
        method, ballots, abstentions, invalid, withdrawn, outcome = read[:6]
        winners, tied, rounds, matrix, paths = read[6:]
        if outcome not in tuple(Outcome):
            raise EncodingError("a tally has an unknown outcome")
        return cls(
            method=cbor.take_text(method, max=MAX_TITLE, name="a tally's method"),
            ballots=cbor.take_uint(ballots, name="a number of ballots"),
            abstentions=cbor.take_uint(abstentions, name="a number of abstentions"),
            invalid=cbor.take_uint(invalid, name="a number of invalid ballots"),
            withdrawn=take_numbers(withdrawn),
            outcome=Outcome(outcome),
            winners=take_numbers(winners),
            tied=take_numbers(tied),
            rounds=tuple(
                Round.from_fields(one)
                for one in cbor.take_array(rounds, max=MAX_ROUNDS, name="a tally's rounds")
            ),
            matrix=_take_matrix(matrix),
            paths=_take_matrix(paths),
        )


def _take_matrix(value: object) -> Matrix:
    rows = cbor.take_array(value, max=MAX_OPTIONS, name="a tally's matrix")
    return tuple(take_numbers(row) for row in rows)
