"""Elections of life as they were published: options, ballots and what was declared.

In `elections/*.json` a ballot is a word, `form` says how, and the number of those who cast it.
"""

import json
import re
import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LETTERS = string.ascii_uppercase + string.ascii_lowercase
FOLDER = Path(__file__).parent / "elections"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One election; `ballots` as they are written in its file."""

    source: str
    options: tuple[str, ...]
    ballots: tuple[tuple[str, int], ...]
    declared: dict[str, Any]


def published(name: str) -> Published:
    """The election in a file of that name."""
    found = json.loads((FOLDER / f"{name}.json").read_text())
    words = [
        re.fullmatch(r"(.*?):?(\d+)", word) for line in found["ballots"] for word in line.split()
    ]
    return Published(
        source=found["source"],
        options=tuple(found["options"]),
        ballots=tuple((word[1], int(word[2])) for word in words if word),
        declared=found["declared"],
    )


def number(letter: str) -> int:
    """The option that a letter stands for, from 1."""
    return LETTERS.index(letter) + 1
