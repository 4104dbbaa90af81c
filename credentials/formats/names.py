"""Rules for identifiers and for text that people will read.

Shown text is NFC, on one line, and free of control characters, of invisible ones (but for the two
joiners, which some scripts and pictures need) and of those that turn the direction of writing, so
that what a wallet or a door shows cannot be made to look like something else.
"""

import re
import unicodedata
from typing import Final

from credentials.errors import EncodingError, SymbolonError

MAX_TEXT: Final = 200  # characters

_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_ATTRIBUTE_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_TIMEZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
_UNSHOWN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"


def take_identifier(
    value: object, *, name: str = "an id", error: type[SymbolonError] = EncodingError
) -> str:
    """`value` if it is 1 to 32 of a-z, 0-9 and -, not beginning with -; raises `error`."""
    if type(value) is not str or _IDENTIFIER.fullmatch(value) is None:
        raise error(f"{name} is not 1 to 32 of the characters a-z, 0-9 and -")
    return value


def take_attribute_name(
    value: object,
    *,
    name: str = "an attribute's name",
    error: type[SymbolonError] = EncodingError,
) -> str:
    """`value` if it is 1 to 32 of a-z, 0-9 and _, beginning with a letter; raises `error`."""
    if type(value) is not str or _ATTRIBUTE_NAME.fullmatch(value) is None:
        raise error(f"{name} is not 1 to 32 of the characters a-z, 0-9 and _, a letter first")
    return value


def take_shown_text(
    value: object,
    *,
    max: int = MAX_TEXT,
    name: str = "a text",
    error: type[SymbolonError] = EncodingError,
) -> str:
    """`value` if it is 1 to `max` characters that can be shown as they are; raises `error`."""
    if type(value) is not str or not 1 <= len(value) <= max:
        raise error(f"{name} is not text of 1 to {max} characters")
    if value.strip() != value:
        raise error(f"{name} begins or ends with a space")
    if any(
        unicodedata.category(character) in _UNSHOWN_CATEGORIES and character not in _JOINERS
        for character in value
    ):
        raise error(f"{name} holds a line break, a control character or an invisible one")
    if not unicodedata.is_normalized("NFC", value):
        raise error(f"{name} is not in the normal form NFC")
    return value


def take_timezone(value: object, *, name: str = "a time zone") -> str:
    """`value` if it looks like a name of the IANA time zone database; raises EncodingError.

    Whether the zone exists depends on the machine's data and is left to who computes with it.
    """
    if type(value) is not str or len(value) > 64 or _TIMEZONE.fullmatch(value) is None:
        raise EncodingError(f"{name} is not a name such as Europe/Athens")
    return value
