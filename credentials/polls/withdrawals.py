"""Options that do not stand any more, as a poll's log says.

A withdrawal changes neither ballots nor the result, so nobody can withdraw a winner: the votes are
counted once as the manifest says, which is the result, and once without these options, beside it.
Source: docs/protocol.md, "Polls".
"""

from collections.abc import Iterable
from dataclasses import dataclass

from credentials.formats.manifest import Manifest
from credentials.formats.poll_event import Kind, PollEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An option that was withdrawn, when (Unix seconds) and why.

    is_late: everybody could see the result by then.
    """

    option: int
    at: int
    reason: str
    is_late: bool

    @property
    def in_words(self) -> str:
        """The reason, and the warning for who withdraws when the result is known."""
        return f"{self.reason} The result could be seen by then." if self.is_late else self.reason


def withdrawals(events: Iterable[PollEvent], *, manifest: Manifest) -> tuple[Withdrawal, ...]:
    """All of them, in the order of the log, of which these are the events."""
    found: list[Withdrawal] = []
    shows_result = Kind.CLOSING if manifest.sealing is None else Kind.OPENING
    is_out = False
    for event in events:
        is_out = is_out or event.kind is shows_result
        if event.kind is Kind.WITHDRAWAL:
            found.append(
                Withdrawal(option=event.option, at=event.at, reason=event.reason, is_late=is_out)
            )
    return tuple(found)
