"""Text out of files with marks of their encoding, and onto terminals that cannot show all."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import EncodingError
from credentials.formats.plain_text import (
    SPELL_OUT,
    can_be_shown,
    spell_out,
    text_in,
    wants_no_colour,
)
from credentials.verdicts import VERDICT_SIGNS

codecs.register_error(SPELL_OUT, spell_out)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_says_its_encoding_at_its_beginning(encoding: str) -> None:
    assert text_in("tökën\n".encode(encoding)) == "tökën\n"


def test_a_file_that_is_no_text_is_refused_by_name() -> None:
    with pytest.raises(EncodingError, match="token file is not text"):
        text_in(b"\xff\x00\xff", name="the token file")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437", "latin-1", "koi8-r"])
@given(text=st.text())
def test_every_text_can_be_printed_to_every_terminal(encoding: str, text: str) -> None:
    text.encode(encoding, errors=SPELL_OUT).decode(encoding)


def test_what_is_spelled_otherwise_can_still_be_read() -> None:
    shown = "✓ “Łódź” → Žofie \u2764\ufe0f".encode("ascii", errors=SPELL_OUT)
    assert shown == b'+ "Lodz" -> Zofie ?'


def test_no_sign_of_a_verdict_becomes_a_question_mark() -> None:
    for sign in VERDICT_SIGNS.values():
        assert b"?" not in sign.symbol.encode("cp1252", errors=SPELL_OUT) or sign.symbol == "?"


def test_what_an_output_can_show_is_known_beforehand() -> None:
    assert can_be_shown("Łódź", encoding="utf-8")
    assert not can_be_shown("Łódź", encoding="cp1252")
    assert not can_be_shown("é", encoding=None)


@pytest.mark.parametrize(
    ("environment", "plain"),
    [({}, False), ({"NO_COLOR": "1"}, True), ({"NO_COLOR": ""}, False), ({"TERM": "dumb"}, True)],
)
def test_colours_are_left_out_where_they_are_not_wanted(
    environment: dict[str, str], plain: bool
) -> None:
    assert wants_no_colour(environment) is plain
