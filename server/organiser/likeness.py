"""How like two names are: the same part, the same part spelled otherwise, or nothing in common.

Says nothing of who somebody is (issuance/person.py), and nothing across scripts.
"""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from credentials.formats.text import fold

_SPELLED_LIKE: Final = 0.7
"""From which likeness on, 0 to 1, two parts are one part spelled in two ways: Jon and John."""

_BETWEEN: Final = re.compile(r"[\s\-.,;'\"/()]+")
_LETTERS: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "\u0131": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)
_SMALL: Final = frozenset(
    (
        *("al", "and", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos"),
        *("dr", "du", "el", "ibn", "la", "le", "mr", "mrs", "ms", "prof", "ten", "ter", "und"),
        *("van", "von", "y", "zu"),
    )
)
"""What many names have in common, and what says nothing by itself."""


def likeness(one: str, other: str) -> float:
    """How like two whole names are, from 0 to 1."""
    return SequenceMatcher(None, fold(one), fold(other)).ratio()


def are_wholly_different(one: str, other: str) -> bool:
    """Whether no part of a name is in the other one, in whatever spelling.

    Ana Amaro and Ana Silva share a part; Jon and John are spellings. No name differs from none.
    """
    parts, others = _parts(one), _parts(other)
    if not parts or not others:
        return False
    return not any(_is_spelling(part, like) for part in parts for like in others)


def _is_spelling(part: str, other: str) -> bool:
    if part.startswith(other) or other.startswith(part):
        return True
    return SequenceMatcher(None, part, other).ratio() >= _SPELLED_LIKE


@lru_cache(maxsize=2**14)
def _parts(name: str) -> tuple[str, ...]:
    """The parts of a name without accents; initials and small words only if alone."""
    marked = unicodedata.normalize("NFD", fold(name).translate(_LETTERS))
    plain = "".join(letter for letter in marked if unicodedata.category(letter) != "Mn")
    every = tuple(part for part in _BETWEEN.split(plain) if part)
    telling = tuple(part for part in every if part not in _SMALL and not _is_initial(part))
    return telling or every


def _is_initial(part: str) -> bool:
    return len(part) == 1 and part < "\u3000"  # one letter of Chinese, Japanese or Korean is a name
