"""What scanners type around a code, and that nothing else becomes one."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.formats.presentation import Presentation
from credentials.formats.qr import MAX_CHARACTERS, to_qr_text
from credentials.formats.scanned import begins_a_code, code_in, codes_in, is_mistyped


def code_of(proof: bytes, *, instance: str = "agora-26") -> str:
    """A whole code; whether its proof is good is not asked here."""
    shown = Presentation(
        purpose="door",
        instance=instance,
        freshness=59_666_666,
        removals=3,
        disclosed=((2, 0),),
        pseudonym=proof[:48],
        proof=proof[48:],
    )
    return to_qr_text(shown.to_cbor())


codes = st.binary(min_size=704, max_size=704).map(code_of)
CODE = code_of(bytes(range(256)) * 2 + bytes(192))

# Found by trying the product with hand scanners set in different ways.
BEFORE = ["", "]Q3", "]Q1", "]C1", "]d2", "\x02", "\ufeff", " ", "  \t", "\x1d", "QR:", "\u200b"]
BEHIND = ["", "\t\n", "\r\n", "\x03", "\x03\r", " ", "   ", "\x1d", "\x04", "*", "%", "\u2028", "|"]


@settings(max_examples=60)
@given(codes, st.sampled_from(BEFORE), st.sampled_from(BEHIND), st.booleans())
def test_a_wrapped_code_is_that_code(code: str, before: str, behind: str, caps: bool) -> None:
    typed = before + code + behind
    assert code_in(typed.swapcase() if caps else typed) == code


@settings(max_examples=40)
@given(
    codes,
    st.lists(st.integers(1, 1000), max_size=3),
    st.sampled_from(["\r", "\n", "\r\n", "\x00", "\u2028"]),
)
def test_a_code_broken_over_lines_is_that_code(code: str, places: list[int], end: str) -> None:
    broken = code
    for place in sorted(places, reverse=True):
        broken = broken[:place] + end + broken[place:]
    assert code_in(broken) == code


@given(codes, codes, st.sampled_from(["", " ", "\t", "\n", ",", ";", "   "]))
def test_two_codes_in_a_line_are_two_and_the_same_one_twice_is_one(
    one: str, other: str, between: str
) -> None:
    assert code_in(one + between + one) == one
    assert codes_in(one + between + other) == list(dict.fromkeys([one, other]))
    assert (code_in(one + between + other) is None) == (one != other)


US = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
LAYOUTS = {
    "German": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXZY $%(`ß.-Ö",
    "French": "à&é\"'(-è_çQBCDEFGHIJKL?NOPARSTUVZXYW 458+):!M",
    "Spanish": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%(¿'.-Ñ",
    "Italian": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%(^'.-ç",
    "Portuguese": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%(»'.-Ç",
}


@settings(max_examples=40)
@given(codes, st.sampled_from(sorted(LAYOUTS)), st.booleans())
def test_a_code_typed_for_another_keyboard_is_that_code(
    code: str, layout: str, accents: bool
) -> None:
    typed = code.translate({ord(a): b for a, b in zip(US, LAYOUTS[layout], strict=True)})
    if accents and layout == "German":  # ` waits for the next letter and stands on it
        for letter in "AEIOU":
            typed = typed.replace("`" + letter, unicodedata.normalize("NFC", letter + "\u0300"))
    assert code_in(f"]Q3{typed}\r\n") == code
    assert not is_mistyped(code)


def test_what_looks_like_a_code_of_an_unknown_keyboard_is_said_so() -> None:
    czech = CODE.translate(str.maketrans("1YZ:", '+ZY"'))
    assert code_in(czech) is None
    assert is_mistyped(czech)
    for other in ("", "S", "https://example.org/" + "S1" * 300, "BEGIN:VCARD\nN:Ana\nEND:VCARD"):
        assert not is_mistyped(other)


@settings(max_examples=200)
@given(
    st.text(max_size=60)
    | st.text(alphabet="0A%:$ \r\nZsym1", max_size=40).map(lambda text: "SYM1:" + text)
    | codes.map(lambda code: code[:-1])
    | codes.map(lambda code: code[:300] + ("A" if code[300] != "A" else "B") + code[302:])
)
def test_nothing_that_is_no_code_becomes_one(text: str) -> None:
    assert code_in(text) is None


@pytest.mark.parametrize("text", ["", "SYM1:", "sym1:bb8", "SYM1:BB8", "S" * 100_000, CODE * 9])
def test_neither_pieces_nor_endless_text_are_codes(text: str) -> None:
    assert code_in(text) is None


def test_letters_of_other_alphabets_are_no_capitals_of_ours() -> None:
    assert code_in(CODE.replace("S", "\u017f", 1)) is None


@settings(max_examples=30)
@given(codes, st.booleans())
def test_full_width_letters_and_other_spaces_are_those_of_a_code(code: str, small: bool) -> None:
    wide = {
        ord(letter): ord(letter) + 0xFEE0 for letter in US.strip() + US.lower() if letter != " "
    }
    for space in ("\u3000", "\xa0", "\u202f"):
        typed = (code.lower() if small else code).translate(wide).replace(" ", space)
        assert code_in(typed + "\r\n") == code


@settings(max_examples=60)
@given(
    codes,
    st.sampled_from([" 1", "A", "0D0A", "0d0a", " 2026-11-27 12:00:00", "ABC", "ABCDE", "-" * 32]),
    st.sampled_from(["", "\r\n", "\n]Q3"]),
    st.booleans(),
)
def test_what_a_scanner_puts_behind_a_code_is_no_part_of_it(
    code: str, suffix: str, end: str, broken: bool
) -> None:
    whole = code[:300] + "\r\n" + code[300:] if broken else code
    assert code_in(whole + suffix + end) == code
    other = code_of(b"another".ljust(704))
    assert codes_in(whole + suffix + end + other + suffix) == [code, other]


@settings(max_examples=30)
@given(codes, st.text(alphabet=US, min_size=33, max_size=60).map(lambda text: text + "A"))
def test_more_behind_a_code_than_a_scanner_puts_there_is_none(code: str, suffix: str) -> None:
    assert code_in(code + suffix) is None


def test_many_beginnings_and_breaks_are_looked_through_in_a_moment() -> None:
    began = time.process_time()
    assert code_in(("SYM1:" + "A0\n" * 24) * 64) is None
    assert code_in((CODE[:60] + "\n") * 80) is None
    assert code_in((CODE[:340] + "\n" + "\n".join("A" * 30)) * 13) is None
    assert time.process_time() - began < 5


def test_a_code_that_goes_on_in_the_next_line_is_known() -> None:
    assert begins_a_code("]Q3" + CODE[:700] + "\n")
    assert begins_a_code(CODE[:700].lower())
    for whole in (CODE, CODE + "\r\n", "nothing", CODE[:700] + "|", "SYM1:" + "A" * MAX_CHARACTERS):
        assert not begins_a_code(whole)
