"""What a door says, how that looks and sounds, and the one instruction for the volunteer.

Source: docs/protocol.md, "Doors". How a verdict is reached is in doors.
"""

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal


class Verdict(StrEnum):
    """What a door says."""

    ADMITTED = "admitted"
    CHECKED_OUT = "checked_out"
    ALREADY_IN = "already_in"
    NOT_INSIDE = "not_inside"
    NOT_CURRENT = "not_current"
    EXPIRED = "expired"
    WRONG_PASS = "wrong_pass"  # noqa: S105 (a pass, not a password)
    WRONG_EVENT = "wrong_event"
    CODE_TOO_OLD = "code_too_old"
    REPLAYED = "replayed"
    CLOCK_WRONG = "clock_wrong"
    DOOR_OUT_OF_DATE = "door_out_of_date"
    HELP_DESK = "help_desk"
    INVALID = "invalid"


PASSING: Final = frozenset({Verdict.ADMITTED, Verdict.CHECKED_OUT})
"""The verdicts after which a person walks through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """How a verdict looks and sounds, and the one instruction for the volunteer."""

    colour: Literal["green", "amber", "red"]
    symbol: str
    sound: Literal["accept", "attention", "reject"]
    instruction: str


def _green(symbol: str, instruction: str) -> Sign:
    return Sign(colour="green", symbol=symbol, sound="accept", instruction=instruction)


def _amber(symbol: str, instruction: str) -> Sign:
    return Sign(colour="amber", symbol=symbol, sound="attention", instruction=instruction)


def _red(symbol: str, instruction: str) -> Sign:
    return Sign(colour="red", symbol=symbol, sound="reject", instruction=instruction)


VERDICT_SIGNS: Final = MappingProxyType(
    {
        Verdict.ADMITTED: _green("✓", "Let this person in."),
        Verdict.CHECKED_OUT: _green("↩", "Let this person out; they may come back."),
        Verdict.ALREADY_IN: _red("✕", "Do not let in: this member has already come in."),
        Verdict.NOT_INSIDE: _amber("?", "This member is not inside; scan again at the way in."),
        Verdict.NOT_CURRENT: _amber(
            "⟳", "Ask for a wallet update; not if it says: removed or ended."
        ),
        Verdict.EXPIRED: _red("⌛", "Do not let in: the pass has ended."),
        Verdict.WRONG_PASS: _red("⊘", "Do not let in here: this door is for other passes."),
        Verdict.WRONG_EVENT: _amber("⇄", "Ask for the code of this door in the wallet."),
        Verdict.CODE_TOO_OLD: _amber("↻", "Ask for the live code; a picture of it does not work."),
        Verdict.REPLAYED: _red("✕", "Do not let in: this very code was used; ask for a new one."),
        Verdict.CLOCK_WRONG: _amber("⏱", "Compare the clocks of phone and door, then scan again."),
        Verdict.DOOR_OUT_OF_DATE: _amber(
            "⇣", "Bring this door online to refresh it; then scan again."
        ),
        Verdict.HELP_DESK: _amber("☎", "Send this person to the help desk: the pass is reissued."),
        Verdict.INVALID: _red("✕", "Do not let in: this is not a valid code."),
    }
)
