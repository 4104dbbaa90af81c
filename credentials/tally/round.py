"""One step of a count, with exact numbers, as a part of a result.

Source: docs/tally.md. Whole numbers are CBOR integers, other fractions the text "n/d" in lowest
terms, so that one count has one encoding, which server and auditor can compare octet by octet.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd
from typing import Final, TypeAlias

from credentials.errors import EncodingError
from credentials.formats import cbor

MAX_OPTIONS: Final = 64
MAX_BALLOTS: Final = 2**24 - 1
MAX_TITLE: Final = 32  # characters
MAX_DIGITS: Final = 4250  # of a numerator or denominator; Python itself refuses 4,300

COUNT: Final = "count"  # all is said in one count
ROUND: Final = "round"  # the first count of several, or the one after an option dropped out
SURPLUS: Final = "surplus"  # the count after a surplus was handed on
PAIRWISE: Final = "pairwise"  # how many others an option beats, each against each
PATHS: Final = "paths"  # how many others have no stronger path to an option than it has to them

Number: TypeAlias = int | Fraction

_FRACTION: Final = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")


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
            check_options(named, options=len(self.scores))
        check_tied(self.tied)

    @property
    def without_election(self) -> "Round":
        """The same where nobody is elected in the end: who dropped out, and what decided that."""
        if not self.eliminated:
            return replace(self, elected=(), by_lot=(), tied=())
        return replace(
            self,
            elected=(),
            by_lot=tuple(option for option in self.by_lot if option not in self.elected),
            tied=tuple(option for option in self.tied if option not in self.elected),
        )

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
            elected=take_numbers(elected),
            eliminated=take_numbers(eliminated),
            by_lot=take_numbers(by_lot),
            tied=take_numbers(tied),
            exhausted=Fraction(_number_from_value(exhausted)),
        )


def check_options(named: Sequence[int], *, options: int) -> None:
    """Raise EncodingError unless each is one of so many options, and none stands twice."""
    if len(set(named)) != len(named) or not all(1 <= option <= options for option in named):
        raise EncodingError("a tally names an option twice, or one that there is not")


def check_tied(tied: Sequence[int]) -> None:
    """Raise EncodingError unless it is empty, or two options or more that ascend."""
    if len(tied) == 1 or list(tied) != sorted(tied):
        raise EncodingError("a tie is not between two options or more, in ascending order")


def take_numbers(value: object, *, max: int = MAX_OPTIONS) -> tuple[int, ...]:
    """Options or counts from a CBOR array; raises EncodingError."""
    return tuple(
        cbor.take_uint(one, max=MAX_BALLOTS, name="a number in a tally")
        for one in cbor.take_array(value, max=max, name="a list in a tally")
    )


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
