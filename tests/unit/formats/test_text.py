"""One identity of text: how it is stored, compared, and refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import EncodingError, PolicyError
from credentials.formats.names import mend_shown_text, refuse_look_alikes, take_shown_text
from credentials.formats.text import fold, look_alike, meant_by, tidy, unshowable

# Found by trying the product with names as lists bring them; made up.
GOOD_NAMES = {
    "Ida\xa0Inner": "Ida Inner",
    "می\u200cخواهم": "می\u200cخواهم",
    "Wider\xadfall": "Widerfall",
    "\U0001f469\u200d\U0001f4bb Dev": "\U0001f469\u200d\U0001f4bb Dev",
    "山田\u3000太郎": "山田 太郎",
    "Cafe\u0301": "Café",
    "क्\u200dष": "क्\u200dष",
    "İpek Işıl": "İpek Işıl",
    "Nguye\u0302\u0303n Thi\u0323": "Nguyễn Thị",
    "\u200fעדי\u200f": "עדי",
    "\u202aana\u202c": "ana",
    "\ufeffAna\n Lee\t": "Ana Lee",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f England": (
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f England"
    ),
    "\u2764\ufe0f\u200d\U0001f525": "\u2764\ufe0f\u200d\U0001f525",
    "Zero\u200dWidth": "ZeroWidth",
}


@pytest.mark.parametrize(("written", "stored"), GOOD_NAMES.items())
def test_good_names_are_taken_and_harmless_characters_are_mended(written: str, stored: str) -> None:
    assert mend_shown_text(written) == stored
    assert take_shown_text(stored) == stored


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("moc\u202eelpmaxe", "U+202E RIGHT-TO-LEFT OVERRIDE (character 4)"),
        ("a\x00b", "U+0000 a control character (character 2)"),
        ("Jos\ufffd", "U+FFFD REPLACEMENT CHARACTER (character 4)"),
        ("\uf8ff", "U+F8FF a private character (character 1)"),
        ("x\U000e0041", "U+E0041 TAG LATIN CAPITAL LETTER A (character 2)"),
        ("\U0001f3f4\U000e0067\U000e007f\x07", "U+0007 a control character (character 4)"),
    ],
)
def test_a_refusal_names_the_character_and_its_place(text: str, named: str) -> None:
    assert unshowable(text) == named
    with pytest.raises(EncodingError, match=r"U\+"):
        mend_shown_text(text)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164", "\u2800 \u00a0", "\u115f", "\ufe0f"])
def test_a_text_that_shows_nothing_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        mend_shown_text(text)


@pytest.mark.parametrize("text", [" Ana", "Ana  Lee", "Ana\xa0Lee", "Cafe\u0301", "Wider\xadfall"])
def test_on_the_wire_only_tidy_text_is_taken(text: str) -> None:
    with pytest.raises(EncodingError, match="not tidy"):
        take_shown_text(text)


@given(st.text())
def test_what_is_tidy_stays_as_it_is(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert fold(once) == fold(text)


@given(st.text(alphabet="ab \xa0\u200b\u200c\u200d\u0301\xad\u0627\u0644\ufe0f\u3000\U0001f469"))
def test_folding_and_tidying_come_to_an_end(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana Lee", "ana  LEE"),
        ("ﬁle", "FILE"),
        ("Straße", "STRASSE"),
        ("Ａｎａ", "ana"),
        ("İpek", "ipek"),
        ("Mary–Jane", "Mary-Jane"),
        ("O’Neil", "O'Neil"),
        ("می\u200cخواهم", "میخواهم"),
        ("\u2764\ufe0f", "\u2764"),
    ],
)
def test_spellings_of_one_text_have_one_fold(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    "texts",
    [
        ["Ana Lee", "Ana  Lee"],
        ["Ana Lee", "Ana\xa0Lee"],
        ["Ana", "Аna"],
        ["ABC", "АВС"],
        ["OXI", "ΟΧΙ"],
        ["Plan l", "Plan I"],
        ["Café", "Cafe\u0301"],
        ["ایران", "ايران"],
        ["اتاق ۲", "اتاق ٢"],
        ["Yes", "YES"],
        ["A\u200bB", "AB"],
        ["A-B", "A\u2011B"],
        ["MAẞE", "Maße"],
        ["ΟΔΟΣ", "οδοσ"],
        *(
            list(pair)
            for pair in zip("へべぺりロニエカタトハー", "ヘベペリ口二工力夕卜八一", strict=True)
        ),
        ["エネルギー", "工ネルギ一"],
    ],
)
def test_texts_that_people_cannot_tell_apart_look_alike(texts: list[str]) -> None:
    assert look_alike(["Garden", *texts]) == (1, 2)
    with pytest.raises(PolicyError, match="2 and 3"):
        refuse_look_alikes(["Garden", *texts], name="the options", error=PolicyError)


@pytest.mark.parametrize(
    "texts",
    [
        ["Kır", "Kir"],
        ["Ja", "Já"],
        ["Room 1", "Room 2"],
        ["нет", "да"],
        ["بله", "نه"],
        ["は", "ば"],
        ["Maße", "Masse"],
        ["は", "ハ"],
        ["\U0001f44d", "\U0001f44e"],
        ["\U0001f469", "\U0001f469\u200d\U0001f4bb"],
    ],
)
def test_texts_that_differ_to_the_eye_may_stand_side_by_side(texts: list[str]) -> None:
    assert look_alike(texts) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Maße", "Maße"),
        ("MASSE", "Masse"),
        ("MAẞE", "Maße"),
        ("strasse", "Straße"),
        ("garten", None),
    ],
)
def test_one_of_several_texts_is_meant_by_its_fold_and_then_by_its_spelling(
    written: str, meant: str | None
) -> None:
    assert meant_by(written, among=["Maße", "Masse", "Straße"]) == meant
