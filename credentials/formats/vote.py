"""What a voter marks on a ballot, for each type of ballot.

A vote is a tuple of small integers, `marks`, whose meaning is its type's; the empty tuple abstains.
Options are numbered from 1. In a ranking a mark above ALIKE is an option that has the rank of the
one before: (1, 2 + ALIKE, 3) ranks 1 and 2 alike, and 3 below both. Source: docs/protocol.md,
"Polls".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from credentials.errors import BallotRefused, PolicyError
from credentials.tally.profile import Ranking

Marks = tuple[int, ...]

SINGLE_CHOICE: Final = "single_choice"
APPROVAL: Final = "approval"
SCORE: Final = "score"
RANKED: Final = "ranked"
QUADRATIC: Final = "quadratic"

ABSTAIN: Final[Marks] = ()
MIN_OPTIONS: Final = 2
MAX_OPTIONS: Final = 64
MAX_MARK: Final = 255
ALIKE: Final = 128
MAX_CREDITS: Final = MAX_MARK**2
SEALED_OVERHEAD: Final = 96 + 16  # octets: a point of G2 and the tag of AES-GCM

_LARGEST_LIMIT: Final = {
    SINGLE_CHOICE: 0,
    APPROVAL: MAX_OPTIONS,
    SCORE: MAX_MARK,
    RANKED: MAX_OPTIONS,
    QUADRATIC: MAX_CREDITS,
}
BALLOT_TYPES: Final = tuple(_LARGEST_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotPaper:
    """The type of a ballot, the number of options (2 to 64), the type's one limit, and whether
    several options may have one rank.

    | ballot_type | marks | limit |
    | --- | --- | --- |
    | single_choice | one option | 0 |
    | approval | options, ascending | most of them, 0 for any number |
    | score | a score of each option | the highest score, 1 to 255 |
    | ranked | different options, the most preferred first | most of them, 0 for any number |
    | quadratic | votes for each option | credits, 1 to 65025, of which v votes take v*v |

    Only rankings have ranks; approval and score ballots treat options alike anyway. Raises
    PolicyError.
    """

    ballot_type: str
    options: int
    limit: int = 0
    equal_ranks: bool = False

    def __post_init__(self) -> None:
        if self.ballot_type not in BALLOT_TYPES:
            raise PolicyError(f"there is no ballot type {self.ballot_type!r}")
        if not MIN_OPTIONS <= self.options <= MAX_OPTIONS:
            raise PolicyError(f"a poll has {MIN_OPTIONS} to {MAX_OPTIONS} options")
        largest = _LARGEST_LIMIT[self.ballot_type]
        if self.ballot_type in (APPROVAL, RANKED):
            largest = self.options
        smallest = 1 if self.ballot_type in (SCORE, QUADRATIC) else 0
        if type(self.limit) is not int or not smallest <= self.limit <= largest:
            raise PolicyError(
                f"the limit of a ballot of type {self.ballot_type} is {smallest} to {largest}"
            )
        if self.equal_ranks and self.ballot_type != RANKED:
            raise PolicyError(f"a ballot of type {self.ballot_type} has no ranks")

    @property
    def padded_length(self) -> int:
        """Octets of a padded vote: the same for every vote in the poll."""
        return 1 + self.options

    @property
    def sealed_length(self) -> int:
        """Octets of a sealed vote."""
        return self.padded_length + SEALED_OVERHEAD

    def check(self, marks: Sequence[int]) -> None:
        """Raise BallotRefused unless `marks` is a vote that this paper allows."""
        if any(type(mark) is not int or not 0 <= mark <= MAX_MARK for mark in marks):
            raise BallotRefused(f"a vote is made of numbers from 0 to {MAX_MARK}")
        if not marks:
            return
        if self.ballot_type in (SCORE, QUADRATIC):
            self._check_amounts(marks)
        else:
            self._check_options(marks)

    def _check_amounts(self, marks: Sequence[int]) -> None:
        if len(marks) != self.options:
            raise BallotRefused(f"the vote gives {len(marks)} numbers for {self.options} options")
        if self.ballot_type == SCORE:
            if max(marks) > self.limit:
                raise BallotRefused(f"the vote gives a score above {self.limit}")
        elif not 0 < sum(mark * mark for mark in marks) <= self.limit:
            raise BallotRefused(f"the vote takes no credits, or more than {self.limit}")

    def _check_options(self, marks: Sequence[int]) -> None:
        if self.equal_ranks:
            self._check_ranks(marks)
            marks = [mark % ALIKE for mark in marks]
        if any(not 1 <= mark <= self.options for mark in marks):
            raise BallotRefused("the vote names an option that the poll does not have")
        if len(set(marks)) != len(marks):
            raise BallotRefused("the vote names an option twice")
        most = 1 if self.ballot_type == SINGLE_CHOICE else self.limit or self.options
        if len(marks) > most:
            raise BallotRefused(f"the vote names {len(marks)} options, the poll allows {most}")
        if self.ballot_type == APPROVAL and any(one > other for one, other in pairwise(marks)):
            raise BallotRefused("the vote does not name its options in ascending order")

    @staticmethod
    def _check_ranks(marks: Sequence[int]) -> None:
        if marks[0] > ALIKE or any(
            mark > ALIKE and before % ALIKE >= mark % ALIKE for before, mark in pairwise(marks)
        ):
            raise BallotRefused("the vote does not name the options of a rank in ascending order")

    def encode(self, marks: Sequence[int]) -> bytes:
        """An open vote's octets, one for each mark; raises BallotRefused."""
        self.check(marks)
        return bytes(marks)

    def decode(self, octets: bytes) -> Marks:
        """The inverse of encode; raises BallotRefused."""
        marks = tuple(octets)
        self.check(marks)
        return marks

    def padded(self, marks: Sequence[int]) -> bytes:
        """I2OSP(number of marks, 1), the marks, and zeros: always padded_length octets.

        Raises BallotRefused.
        """
        octets = self.encode(marks)
        return (bytes([len(octets)]) + octets).ljust(self.padded_length, b"\0")

    def unpadded(self, octets: bytes) -> Marks:
        """The inverse of padded; raises BallotRefused."""
        if len(octets) != self.padded_length or octets[0] > self.options:
            raise BallotRefused("the vote has not the length of this poll's votes")
        marks, zeros = octets[1 : 1 + octets[0]], octets[1 + octets[0] :]
        if any(zeros):
            raise BallotRefused("the vote is not filled up with zeros")
        return self.decode(marks)


def ranking(marks: Sequence[int]) -> Ranking:
    """The ranks of a ranked vote that its paper allows, each with its options, ascending."""
    ranks: list[tuple[int, ...]] = []
    for mark in marks:
        if mark > ALIKE:
            ranks[-1] += (mark - ALIKE,)
        else:
            ranks.append((mark,))
    return tuple(ranks)


def marks_of(ranked: Sequence[Sequence[int]]) -> Marks:
    """The marks of a ranking, whose ranks may be in any order of options."""
    return tuple(
        option + ALIKE * (at > 0) for rank in ranked for at, option in enumerate(sorted(rank))
    )
