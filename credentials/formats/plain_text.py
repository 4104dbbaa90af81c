"""Text on its way in from files and out to terminals that are not all UTF-8.

In: UTF-8, or UTF-16 where the file says so at its beginning, as Windows shells write it. Out: what
an output cannot show is spelled with letters that it can, so that no command ends before it has
said its verdict. Both programs hand `spell_out` to Python's codecs under the name SPELL_OUT.
"""

import codecs
import unicodedata
from collections.abc import Mapping
from typing import Final

from credentials.errors import EncodingError, SymbolonError

SPELL_OUT: Final = "symbolon-spell-out"

_ASCII: Final = {
    "✓": "+",
    "✔": "+",
    "✗": "x",
    "✘": "x",
    "✕": "x",
    "⊘": "(/)",
    "↩": "<-",
    "⇄": "<->",
    "↻": "(o)",
    "⟳": "(o)",
    "⌛": "(o)",
    "⏱": "(o)",
    "⚠": "!",
    "⇣": "v",
    "☎": "(help)",
    "ß": "ss",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "●": "*",
    "•": "*",
    "·": "-",
    "→": "->",
    "←": "<-",
    "↑": "^",
    "≥": ">=",
    "≤": "<=",
    "×": "x",
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "█": "#",
    "─": "-",
    "━": "-",
    "│": "|",
}


def text_in(
    octets: bytes, *, name: str = "the file", error: type[SymbolonError] = EncodingError
) -> str:
    """The text of a file, without its byte order mark; raises `error`."""
    utf16 = octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return octets.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise error(f"{name} is not text in UTF-8") from None


def can_be_shown(text: str, *, encoding: str | None) -> bool:
    """Whether an output with this encoding shows the text as it is."""
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def wants_no_colour(environment: Mapping[str, str]) -> bool:
    """Whether output stays without colours: NO_COLOR is set, or the terminal is a dumb one."""
    return bool(environment.get("NO_COLOR")) or environment.get("TERM") == "dumb"


def spell_out(error: UnicodeError) -> tuple[str, int]:
    """For `codecs.register_error`: ASCII for what an output cannot show, `?` where there is none.

    Characters that only change the one before them are left out.
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    shown = "".join(_ascii_of(character) for character in error.object[error.start : error.end])
    return shown, error.end


def _ascii_of(character: str) -> str:
    known = _ASCII.get(character)
    if known is not None:
        return known
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?"
