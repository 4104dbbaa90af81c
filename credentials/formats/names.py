"""Rules for identifiers and for text that people will read.

Shown text is tidy (credentials/formats/text.py) and holds nothing that cannot be shown as it is, so
that what a wallet or a door shows cannot be made to look like something else.
"""

import re
from collections.abc import Sequence
from typing import Final

from credentials.errors import EncodingError, SymbolonError
from credentials.formats.text import fold, look_alike, tidy, unshowable

MAX_TEXT: Final = 200  # characters

_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
_ATTRIBUTE_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_TIMEZONE = re.compile(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}", re.ASCII)


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
    """`value` if it is 1 to `max` tidy characters that can be shown; raises `error`."""
    if type(value) is not str or not 1 <= len(value) <= max:
        raise error(f"{name} is not text of 1 to {max} characters")
    refused = unshowable(value)
    if refused is not None:
        raise error(f"{name} holds {refused}, which cannot be shown")
    if tidy(value) != value:
        raise error(
            f"{name} is not tidy: it has spaces too many, invisible characters, or is no NFC"
        )
    if not fold(value):
        raise error(f"{name} shows nothing")
    return value


def mend_shown_text(
    value: object,
    *,
    max: int = MAX_TEXT,
    name: str = "a text",
    error: type[SymbolonError] = EncodingError,
) -> str:
    """What a person typed, tidied; raises `error` for what cannot be mended, with its place."""
    text = tidy(value) if type(value) is str else value
    return take_shown_text(text, max=max, name=name, error=error)


def refuse_look_alikes(
    texts: Sequence[str], *, name: str, error: type[SymbolonError] = EncodingError
) -> None:
    """Raise `error`, with the pair, if people could not tell two of the texts apart."""
    pair = look_alike(texts)
    if pair is None:
        return
    first, second = pair
    where = f"numbers {first + 1} and {second + 1}"
    if texts[first] == texts[second]:
        raise error(f"{name} hold {texts[first]!r} twice: {where}")
    raise error(
        f"{name} hold two that look the same, {texts[first]!r} and {texts[second]!r}: {where}"
    )


def take_timezone(value: object, *, name: str = "a time zone") -> str:
    """`value` if it looks like a name of the IANA time zone database; raises EncodingError.

    Whether the zone exists depends on the machine's data and is left to who computes with it.
    """
    if type(value) is not str or len(value) > 64 or _TIMEZONE.fullmatch(value) is None:
        raise EncodingError(f"{name} is not a name such as Europe/Athens")
    return value
