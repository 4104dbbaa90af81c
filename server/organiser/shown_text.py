"""Words from a list that may be repeated in a report: short, showable, and no address.

Reports are for the organiser's eyes; still they repeat nothing that could be a person's address.
"""

from collections.abc import Sequence
from typing import Final

from credentials.formats.text import tidy, unshowable

MAX_SHOWN: Final = 40  # characters
_MOST_TITLES: Final = 30


def shown(text: str, *, max: int = MAX_SHOWN) -> str | None:
    """`text` as a report may show it, None if it may not."""
    short = tidy(text)
    if not short or len(short) > max or "@" in short or unshowable(short) is not None:
        return None
    return short


def quoted(text: str, *, otherwise: str, max: int = MAX_SHOWN) -> str:
    """`text` in quotation marks, or `otherwise` where it may not be shown."""
    short = shown(text, max=max)
    return otherwise if short is None else f"“{short}”"


def titles_shown(columns: Sequence[str]) -> str:
    """The titles of a table for a message, those that can be shown, not too many."""
    titles = [quoted(title, otherwise="a long one", max=60) for title in columns if title]
    more = len(titles) - _MOST_TITLES
    return ", ".join(titles[:_MOST_TITLES]) + (f" and {more} more" if more > 0 else "")
