"""An election as a file tells it: options, different ballots with their numbers, what was odd.

Options are numbered from 1, as in a poll. What a ballot is made of depends on its kind; the empty
tuple is a blank one in every kind.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from client.errors import BallotsRefused
from credentials.errors import EncodingError
from credentials.formats.names import mend_shown_text, refuse_look_alikes
from credentials.formats.vote import MAX_OPTIONS, Marks
from credentials.tally import Ranking
from credentials.tally.round import MAX_BALLOTS

MAX_NAME: Final = 200  # characters


class Kind(StrEnum):
    """What the ballots of a file say."""

    RANKS = "ranks"
    APPROVALS = "approvals"
    SCORES = "scores"
    VOTES = "votes"  # of a quadratic ballot


class Note(StrEnum):
    """Ballots of which something was left out, or which were read in one of several ways."""

    BLANK = "blank"
    OVERVOTE_STOPPED = "overvoted"
    OVERVOTE_SKIPPED = "overvote_skipped"
    SKIPPED = "skipped_rank"
    REPEATED = "repeated"
    WRITE_IN = "write_in"
    WITHDRAWN = "withdrawn"
    UNSCORED = "unscored"
    INVALID = "invalid"
    ELSEWHERE = "other_contest"
    TIED_FIRST = "several_first"


WORDS: Final[Mapping[Note, str]] = {
    Note.BLANK: "blank: they count as abstentions",
    Note.OVERVOTE_STOPPED: "with several options where one may stand: counted up to there",
    Note.OVERVOTE_SKIPPED: "with several options where one may stand: the next rank moves up",
    Note.SKIPPED: "that leave out a rank: the next one moves up",
    Note.REPEATED: "that rank an option twice: its first place counts",
    Note.WRITE_IN: "with write-ins, which count together as one option",
    Note.WITHDRAWN: "that name a withdrawn option: the next rank moves up",
    Note.UNSCORED: "that leave options without a number: it counts as 0",
    Note.INVALID: "invalid: not counted",
    Note.ELSEWHERE: "without this contest: not counted",
    Note.TIED_FIRST: "with several options in first place: invalid in this count",
}
"""What was done with such ballots, after their number and "ballots"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """Raises BallotsRefused for options or numbers of ballots that no count takes.

    rankings: the ballots of kind RANKS, each with how often it was cast; amounts: those of any
    other kind. limit: the highest score that a ballot may give, or its credits, 0 if the file does
    not say. seats: how many are elected, None if the file does not say. withdrawn: options that are
    not counted. notes: how many ballots were odd. remarks: sentences about the file.
    """

    format: str
    options: tuple[str, ...]
    kind: Kind
    rankings: Counter[Ranking] = field(default_factory=Counter)
    amounts: Counter[Marks] = field(default_factory=Counter)
    title: str = ""
    seats: int | None = None
    limit: int = 0
    withdrawn: tuple[int, ...] = ()
    notes: Counter[Note] = field(default_factory=Counter)
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 2 <= len(self.options) <= MAX_OPTIONS:
            raise BallotsRefused(
                f"The file has {len(self.options)} options; 2 to {MAX_OPTIONS} can be counted."
            )
        if self.total > MAX_BALLOTS:
            raise BallotsRefused(f"The file has more than {MAX_BALLOTS} ballots.")

    def without(self, options: Sequence[str]) -> "Election":
        """The same with more options withdrawn, by number or name. Raises BallotsRefused."""
        numbers = {name: n for n, name in enumerate(self.options, start=1)}
        numbers = {str(n): n for n in numbers.values()} | numbers
        unknown = [option for option in options if option not in numbers]
        if unknown:
            raise BallotsRefused(f"There is no option “{unknown[0]}” to leave out.")
        gone = {*self.withdrawn, *(numbers[option] for option in options)}
        return replace(self, withdrawn=tuple(sorted(gone)))

    @property
    def total(self) -> int:
        """How many ballots there are, blank ones among them."""
        return self.rankings.total() + self.amounts.total()

    @property
    def different(self) -> int:
        """How many different ones."""
        return len(self.rankings) + len(self.amounts)

    @property
    def blank(self) -> int:
        """How many blank ones."""
        return self.rankings[()] + self.amounts[()]

    @property
    def running(self) -> tuple[int, ...]:
        """The options that are counted."""
        return tuple(n for n in range(1, len(self.options) + 1) if n not in self.withdrawn)


def take_name(text: str, *, what: str = "a name") -> str:
    """A name from a file, tidied. Raises BallotsRefused for one that cannot be shown."""
    try:
        return mend_shown_text(text, max=MAX_NAME, name=what)
    except EncodingError as error:
        raise BallotsRefused(_sentence(error)) from None


def take_options(names: Iterable[str]) -> tuple[str, ...]:
    """Options whose names people can tell apart. Raises BallotsRefused."""
    options = tuple(take_name(name, what="an option") for name in names)
    try:
        refuse_look_alikes(options, name="the options")
    except EncodingError as error:
        raise BallotsRefused(f"{_sentence(error)[:-1]}; give them different names.") from None
    return options


def _sentence(error: EncodingError) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}."
