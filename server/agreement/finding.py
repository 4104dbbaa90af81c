"""What was found not to agree, in words for the organiser."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Where it was found."""

    KEYSTORE = "keystore"
    DATABASE = "database"
    ANCHOR = "anchor"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One disagreement: `words` say which file is wrong and what to do, without secrets.

    seconds: how far a clock is off, 0 for everything else.
    """

    part: Part
    words: str
    seconds: int = 0
