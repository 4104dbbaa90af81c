"""The door code within what a scanner typed: found first, and then read as strictly as ever.

Hand scanners wrap a code (Tab, Enter, STX and ETX, AIM identifiers such as `]Q3`, a byte order
mark, spaces), break it over lines, turn its letters around under Caps Lock, or type it for another
keyboard layout than that of the computer. Some put a number or the time behind it. Base45 has a
space and no small letters, so nothing is guessed: what is a code as it stands stays as it is; no
code ends with a space or a sign; and what is found is a code only if all of it is one presentation,
with nothing left over. No presentation is the beginning of another, so that it has one end.

Source: docs/protocol.md, "Doors". Left out: whether the presentation is good, and by whom it is.
"""

import unicodedata
from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from credentials.domain_tags import QR_PREFIX
from credentials.errors import EncodingError
from credentials.formats.presentation import Presentation
from credentials.formats.qr import ALPHABET, MAX_CHARACTERS, from_qr_text

MAX_SCANNED: Final = 4 * MAX_CHARACTERS
"""Characters in which a code is looked for; a scanner types no more."""

_TRIES: Final = 64
_NEVER_LAST: Final = " $%*+-./:"
_MAX_SUFFIX: Final = 32  # characters that a scanner puts behind a code
_SHORTEST: Final = MAX_CHARACTERS // 4  # characters; every code has more
_SUFFIXED: Final = 4  # ends before which they are looked for
_WIDE: Final = 0xFF00 - 0x20  # from a character of ASCII to the one of full width
_CAPITALS: Final = (
    {ord(letter.lower()): letter for letter in ALPHABET if letter.isalpha()}
    | {ord(letter) + _WIDE: letter for letter in ALPHABET if letter != " "}
    | {ord(letter.lower()) + _WIDE: letter for letter in ALPHABET if letter.isalpha()}
    | dict.fromkeys(map(ord, "\xa0\u2007\u202f\u3000"), " ")
)
_CONTROLS: Final = ("Cc", "Cf", "Zl", "Zp")

_US: Final = "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + " $%*+-./:"
_LAYOUTS: Final = {
    "German": "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXZY" + " $%(`ß.-Ö",
    "French": "à&é\"'(-è_ç" + "QBCDEFGHIJKL?NOPARSTUVZXYW" + " 458+):!M",
    "Spanish": "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + " $%(¿'.-Ñ",
    "Italian": "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + " $%(^'.-Ç",
    "Portuguese": "0123456789" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + " $%(»'.-Ç",
}
"""What a computer with this layout makes of a scanner that types for a US keyboard."""


def code_in(text: str) -> str | None:
    """The one code in `text`, as `to_qr_text` writes it; None if there is none, or several."""
    found = codes_in(text)
    return found[0] if len(found) == 1 else None


def codes_in(text: str) -> list[str]:
    """All different codes in `text`, in their order."""
    if type(text) is not str or len(text) > MAX_SCANNED:
        return []
    if _is_whole(text):
        return [text]
    found = _found(text.translate(_CAPITALS))
    if not found:
        composed = unicodedata.normalize("NFC", text)
        found = [code for meant in _MEANT for code in _found(composed.translate(meant))]
    return list(dict.fromkeys(found))


def begins_a_code(text: str) -> bool:
    """Whether `text` ends inside a code, so that more of it may follow on the next line."""
    begun = text.translate(_CAPITALS)
    at = begun.find(QR_PREFIX)
    if at < 0 or codes_in(text):
        return False
    rest = begun[at + len(QR_PREFIX) :].rstrip("\r\n")
    return len(rest) < MAX_CHARACTERS and all(letter in ALPHABET for letter in rest)


def is_mistyped(text: str) -> bool:
    """Whether `text` looks like a code that was typed for a keyboard layout unknown here."""
    shape = text.strip().upper()
    return (
        len(shape) > _SHORTEST
        and shape[0] == "S"
        and shape[3] in "1&!+"
        and not any(letter.isspace() and letter != " " for letter in shape)
        and "://" not in shape
        and QR_PREFIX not in shape
    )


def _found(text: str) -> list[str]:
    """The codes in `text`, which may be broken by control characters anywhere."""
    plain, breaks = "", set()
    for letter in text:
        if unicodedata.category(letter) in _CONTROLS:
            breaks.add(len(plain))
        else:
            plain += letter
    codes: list[str] = []
    at = plain.find(QR_PREFIX)
    while at >= 0 and len(codes) < _TRIES:
        code = _code_from(plain, at, breaks=breaks)
        if code is not None:
            codes.append(code)
        at = plain.find(QR_PREFIX, at + len(code or QR_PREFIX))
    return codes


def _code_from(plain: str, at: int, *, breaks: set[int]) -> str | None:
    """The longest code that begins at `at`."""
    end = at
    longest = MAX_CHARACTERS + _MAX_SUFFIX
    while end < len(plain) and end - at <= longest and plain[end] in ALPHABET:
        end += 1
    begins_another = [place for place in range(at + 1, end) if plain.startswith(QR_PREFIX, place)]
    ends = {end, *(place for place in breaks if at < place < end), *begins_another}
    likely = islice(sorted(ends, reverse=True), _TRIES)
    whole = (code for place in likely for code in _trimmed(plain[at:place]))
    before_next = (place for place in ends if place <= min(begins_another, default=end))
    suffixed = sorted(before_next, reverse=True)[:_SUFFIXED]
    cuts = (plain[at:place] for place in _places_before(suffixed, at=at))
    return next(filter(_is_whole, chain(whole, cuts)), None)


def _places_before(ends: list[int], *, at: int) -> list[int]:
    """Where a code may end that begins at `at` and has something put behind it."""
    places = {end - cut for end in ends for cut in range(1, _MAX_SUFFIX + 1)}
    return sorted((place for place in places if place - at > _SHORTEST), reverse=True)


def _trimmed(run: str) -> Iterator[str]:
    yield run
    if run and run[-1] in _NEVER_LAST:
        yield run.rstrip(_NEVER_LAST)


def _layout_table(typed: str) -> dict[int, str]:
    """From what a computer made of it to what the scanner meant.

    A sign that waits for a letter (` on German keyboards) makes one character with it, out of two.
    """
    table: dict[int, str] = {}
    for made, meant in zip(typed, _US, strict=True):
        table |= {ord(case): meant for case in {made, made.lower(), made.upper()} if len(case) == 1}
    waiting = table.get(ord("`"))
    for letter in ALPHABET if waiting else "":
        for case in {letter, letter.lower()}:
            accented = unicodedata.normalize("NFC", case + "\u0300")
            if len(accented) == 1:
                table.setdefault(ord(accented), f"{waiting}{table[ord(letter)]}")
    return table


_MEANT: Final = tuple(_layout_table(typed) for typed in _LAYOUTS.values())


def _is_whole(text: str) -> bool:
    try:
        Presentation.from_cbor(from_qr_text(text))
    except EncodingError:
        return False
    return True
