"""One identity of text: how what people type is stored, how it is compared, what cannot be taken.

Stored text is *tidy*: NFC, white space made one, invisible characters dropped that change nothing
(soft hyphens, zero-width spaces, marks of direction that were pasted along). The two joiners stay
where scripts and pictures need them. What could make a text look like another one, or show as
nothing, is refused by name and place. Texts are one and the same if their *folds* are.

Source: Unicode Standard Annex 15 (normal forms) and Technical Standard 39 (characters that look the
same), of which the table below holds the letters and digits that one screen font draws alike. The
sets are fixed here and not taken from a library's Unicode version, so that every side agrees.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_SPACES: Final = re.compile(
    "[\t\n\v\f\r\x85 \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2800\u3164\uffa0]+"
)
_DROPPED: Final = re.compile(
    "[\xad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202c\u2060-\u2064\u2066-\u206f\ufeff]"
)
# A joiner does something between two characters of a script that joins, or within a picture.
_ALPHABETS: Final = "\x00-\u058f\u1e00-\u1fff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f\ufb00-\ufb06"
_IDLE_JOINER: Final = re.compile(
    f"(?:(?<=[{_ALPHABETS}])|(?<![^\u200c\u200d]))[\u200c\u200d]"
    "|[\u200c\u200d](?=[\u200c\u200d ]|$)"
)
_FLAG: Final = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,10}\U000e007f")
_REFUSED: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff"
    "\U000e0000-\U000e00ff\U000f0000-\U0010ffff]"
)
_UNSEEN: Final = re.compile("[\u115f\u1160\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")

_DASHES: Final = re.compile("[\u2010-\u2015\u2043\u2212\ufe58]")
_SINGLE_QUOTES: Final = re.compile("[\u2018-\u201b\u02bc\u02b9\u2032`\xb4]")
_DOUBLE_QUOTES: Final = re.compile("[\u201c-\u201f\u2033\xab\xbb]")

_SCRIPTS_ALIKE: Final = (
    # Cyrillic, capital and small
    ("АВЕЅІЈКМНОРСТУХ", "ABESlJKMHOPCTYX"),
    ("аеѕіјорсухԁԛԝһ", "aesijopcyxdqwh"),
    # Greek, capital and small
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHlKMNOPTYX"),
    ("αικνορυ", "aikvopu"),
    # Arabic letters and digits as Persian and Urdu write them
    ("يىكہ", "ییکه"),
    ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"),
    # Latin letters and digits
    ("I1|0", "lllO"),
    # Hiragana and Katakana, and Katakana and Han
    ("へべぺりニエカタトロハー", "ヘベペリ二工力夕卜口八一"),
)
_LOOKS: Final = str.maketrans(
    dict(pair for ours, theirs in _SCRIPTS_ALIKE for pair in zip(ours, theirs, strict=True))
)


def tidy(text: str) -> str:
    """`text` as it is stored; the same for a text that is tidy already.

    Never raises: what remains may be empty, too long, or hold what `unshowable` names.
    """
    before = None
    while before != text:
        before = text
        text = _SPACES.sub(" ", _DROPPED.sub("", text)).strip(" ")
        text = unicodedata.normalize("NFC", _IDLE_JOINER.sub("", text))
    return text


def unshowable(text: str) -> str | None:
    """The first character that no stored text may hold, by name and place; None if there is none.

    Controls, what reverses the direction of writing, halves of characters, private and
    replacement characters: "U+202E RIGHT-TO-LEFT OVERRIDE (character 5)".
    """
    flags = _FLAG.sub(lambda flag: "\U0001f3f4" * len(flag.group()), text)
    found = _REFUSED.search(flags)
    if found is None:
        return None
    return f"{name_of(found.group())} (character {found.start() + 1})"


def name_of(character: str) -> str:
    """A character as Unicode names it, such as "U+00E9 LATIN SMALL LETTER E WITH ACUTE"."""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "") or _UNNAMED.get(unicodedata.category(character), "")
    return f"{code} {name}".rstrip()


_UNNAMED: Final = {
    "Cc": "a control character",
    "Cs": "half a character",
    "Co": "a private character",
    "Cn": "no character",
}


def fold(text: str) -> str:
    """`text` as it is compared: case, width, white space, dashes and quotes make no difference.

    Empty where nothing of the text can be seen.
    """
    folded = unicodedata.normalize("NFKC", tidy(text)).casefold()
    return _plain(folded).replace("i\u0307", "i")


def look_alike(texts: Sequence[str]) -> tuple[int, int] | None:
    """The positions of the first two texts that people cannot tell apart, None if all differ."""
    seen: dict[str, int] = {}
    for position, text in enumerate(texts):
        shown = unicodedata.normalize("NFKC", tidy(text))
        shape = _in_small(shown.translate(_LOOKS))
        for key in (f"spelling {_in_small(shown)}", f"shape {shape}"):
            if seen.setdefault(key, position) != position:
                return seen[key], position
    return None


def meant_by(text: str, *, among: Sequence[str]) -> str | None:
    """The one of several texts that `text` spells; None if it is none of them, or could be two.

    Two that do not look alike can have one fold ("Maße" and "Masse"): then the spelling decides.
    """
    if text in among:
        return text
    found = [each for each in among if fold(each) == fold(text)]
    if len(found) > 1:
        found = [each for each in found if look_alike([each, text])]
    return found[0] if len(found) == 1 else None


def _in_small(shown: str) -> str:
    """In small letters, each of them one: ß is not ss to the eye."""
    return _plain(shown.lower().replace("ς", "σ")).replace("i\u0307", "i")


def _plain(folded: str) -> str:
    plain = _DOUBLE_QUOTES.sub('"', _SINGLE_QUOTES.sub("'", _DASHES.sub("-", folded)))
    return tidy(unicodedata.normalize("NFKC", _UNSEEN.sub("", plain)))
