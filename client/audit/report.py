"""What an audit found: one line for each check, the recount, and the verdict in two sentences."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from client.community import PinnedMetadata
from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind, PollEvent
from credentials.formats.vote import Marks
from credentials.polls import State, Withdrawal, withdrawals
from credentials.tally import TallyResult

NOBODY_CAN_CHECK: Final = (
    "whether every credential on the roll belongs to a person: the organiser issues them, and "
    "could enrol people who do not exist",
    "whether the server noted network addresses and times beside the ballots that it took",
    "whether the keys of trustees and witnesses are those of the people named: compare their "
    "fingerprints with them",
    "whether somebody was paid or forced to vote in a certain way, and showed how",
    "whether a ballot was taken and promised, and never put into the log: the wallet of the voter "
    "finds that out, and has evidence",
    "whether other people were shown another log: compare receipts and checkpoints, or have "
    "independent witnesses cosign",
)
"""What stays open however many checks pass."""


class Mark(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "FAILED"
    NOT_CHECKABLE = "not checkable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the report: what was checked, how it ended, and why or by what."""

    name: str
    mark: Mark
    reason: str = ""


@dataclass(slots=True)
class Checks:
    """The lines so far, in the order in which they were made."""

    lines: list[Check] = field(default_factory=list)

    def passed(self, name: str, reason: str = "") -> None:
        """The check holds."""
        self.lines.append(Check(name=name, mark=Mark.PASSED, reason=reason))

    def failed(self, name: str, reason: object) -> None:
        """The check does not hold."""
        self.lines.append(Check(name=name, mark=Mark.FAILED, reason=str(reason)))

    def open(self, name: str, reason: str) -> None:
        """The file does not say enough."""
        self.lines.append(Check(name=name, mark=Mark.NOT_CHECKABLE, reason=reason))

    def decide(self, name: str, reasons: list[str], *, good: str = "") -> None:
        """Passed without a reason, failed with any; only the first ones are named."""
        if not reasons:
            self.passed(name, good)
            return
        more = f"; and {len(reasons) - NAMED} more" if len(reasons) > NAMED else ""
        self.failed(name, "; ".join(reasons[:NAMED]) + more)


NAMED: Final = 10
"""How many reasons a line names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an audit found.

    published and manifest are None where the file does not hold them. entries: those read. ballots:
    those whose proof holds. voters: their different pseudonyms. result: the recount of the last
    ballot of each voter, None where there is none. beside: the same without the options that were
    withdrawn, None where none was. votes: what was counted, each with how often, None for invalid
    ones. seed: that of the lot. events: those in the log, in order.
    """

    checks: tuple[Check, ...]
    published: PinnedMetadata | None = None
    manifest: Manifest | None = None
    state: State = State.DRAFT
    entries: int = 0
    ballots: int = 0
    voters: int = 0
    roll: tuple[int, int] = (0, 0)
    result: TallyResult | None = None
    beside: TallyResult | None = None
    votes: Counter[Marks | None] = field(default_factory=Counter)
    seed: bytes | None = None
    events: tuple[PollEvent, ...] = ()

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if check.mark is Mark.FAILED)

    @property
    def sound(self) -> bool:
        """Whether nothing that can be checked failed."""
        return not self.failures

    def check(self, name: str) -> Check | None:
        """The line with this name."""
        return next((check for check in self.checks if check.name == name), None)

    @property
    def objections(self) -> tuple[PollEvent, ...]:
        """What the organiser objects to the result, which stands."""
        return tuple(event for event in self.events if event.kind is Kind.OBJECTION)

    @property
    def withdrawn(self) -> tuple[Withdrawal, ...]:
        """The options that do not stand any more."""
        return () if self.manifest is None else withdrawals(self.events, manifest=self.manifest)

    @property
    def verdict(self) -> tuple[str, str]:
        """Two plain sentences."""
        if not self.sound:
            names = ", ".join(check.name for check in self.failures)
            return (
                "The poll is NOT sound: what the file says cannot all be true.",
                f"Failed: {names}; the reasons are below.",
            )
        name = "the community" if self.published is None else self.published.metadata.name
        if self.state is State.CANCELLED:
            return (
                "The poll was cancelled and has no result.",
                f"Its log holds together: {self.ballots} ballot(s) of members of {name}.",
            )
        return (
            f"The poll is sound: its certified result is what the ballots of {self.voters} "
            f"voter(s) come to, counted anew here.",
            f"Each of them proved to be another member on the roll of {name}, and every voter's "
            "last ballot was counted as that voter made it.",
        )
