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
    return SequenceMatcher(None, _folded(one), _folded(other)).ratio()


def are_wholly_different(one: str, other: str) -> bool:
    """Whether no part of a name is in the other one, in whatever spelling.

    Ana Amaro and Ana Silva share a part; Jon and John are spellings. No name differs from none.
    Initials and small words count only where one of the names has nothing else.
    """
    parts, others = _parts(one), _parts(other)
    if not parts or not others:
        return False
    telling, others_telling = _telling(parts), _telling(others)
    if telling and others_telling:
        parts, others = telling, others_telling
    return not any(_is_spelling(part, like) for part in parts for like in others)


def _is_spelling(part: str, other: str) -> bool:
    if part.startswith(other) or other.startswith(part):
        return True
    pair = SequenceMatcher(None, part, other)
    return pair.quick_ratio() >= _SPELLED_LIKE and pair.ratio() >= _SPELLED_LIKE


@lru_cache(maxsize=2**14)
def _folded(name: str) -> str:
    return fold(name)


@lru_cache(maxsize=2**14)
def _parts(name: str) -> tuple[str, ...]:
    """The parts of a name, without accents."""
    marked = unicodedata.normalize("NFD", fold(name).translate(_LETTERS))
    plain = "".join(letter for letter in marked if unicodedata.category(letter) != "Mn")
    return tuple(part for part in _BETWEEN.split(plain) if part)


def _telling(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for part in parts if part not in _SMALL and not _is_initial(part))


def _is_initial(part: str) -> bool:
    return len(part) == 1 and part < "\u3000"  # one letter of Chinese, Japanese or Korean is a name
