"""Signed notes: one spelling each, and nothing taken that is not signed by the key asked for."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import LogRefused
from credentials.log.lines import decode_base64, decode_number, encode_base64
from credentials.log.note import (
    MAX_NAME,
    KeyKind,
    Note,
    NoteSignature,
    VerifierKey,
    read_signatures,
    sign_note,
)
from tests.unit.log.a_log import ANNA, COMMUNITY, STRANGER, public

KEY = VerifierKey(name="log.example", kind=KeyKind.ED25519, public_key=public(COMMUNITY))

lines = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\u2014"), max_size=60
)
names = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="+"),
    min_size=1,
    max_size=20,
)


@settings(deadline=None)
@given(text=lines.map(lambda line: line + "\n"), name=names)
def test_what_is_signed_is_read_back_and_holds(text: str, name: str) -> None:
    note = sign_note(text, name=name, private_key=COMMUNITY)
    read = Note.parse(note.to_text())
    assert read == note
    key = VerifierKey(name=name, kind=KeyKind.ED25519, public_key=public(COMMUNITY))
    read.check(key=key)
    assert VerifierKey.parse(key.to_text()) == key


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_altered_note_holds(data: st.DataObject) -> None:
    octets = sign_note("a text\n\nand more\n", name="log.example", private_key=COMMUNITY)
    written = octets.to_text().encode()
    at = data.draw(st.integers(0, len(written) - 1))
    octet = data.draw(st.integers(0, 255).filter(lambda other: other != written[at]))
    altered = written[:at] + bytes([octet]) + written[at + 1 :]
    with pytest.raises(LogRefused):
        Note.parse(altered.decode(errors="surrogateescape")).check(key=KEY)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (Note.parse, NoteSignature.parse, VerifierKey.parse, read_signatures):
        try:
            found = read(text)
        except LogRefused:
            continue
        assert isinstance(found, Note | NoteSignature | VerifierKey | tuple)


def test_the_signature_of_a_known_key_must_hold_and_others_are_left_alone() -> None:
    note = sign_note("text\n", name="log.example", private_key=COMMUNITY)
    unknown = NoteSignature(name="log.example", key_id=b"\1\2\3\4", signature=bytes(2420))
    false = NoteSignature(name="log.example", key_id=KEY.key_id, signature=bytes(64))
    note.with_signatures((unknown,)).check(key=KEY)
    with pytest.raises(LogRefused, match="wrong"):
        note.with_signatures((false,)).check(key=KEY)
    both = Note(text=note.text, signatures=(*note.signatures, false))
    with pytest.raises(LogRefused, match="wrong"):
        both.check(key=KEY)


def test_the_key_asked_for_must_have_signed() -> None:
    note = sign_note("text\n", name="log.example", private_key=STRANGER)
    with pytest.raises(LogRefused, match="not signed by that key"):
        note.check(key=KEY)
    other = VerifierKey(name="other.example", kind=KEY.kind, public_key=KEY.public_key)
    with pytest.raises(LogRefused, match="not signed by that key"):
        sign_note("text\n", name="log.example", private_key=COMMUNITY).check(key=other)
    with pytest.raises(LogRefused, match="another kind"):
        note.check(key=ANNA.verifier_key)


def test_a_false_public_key_verifies_nothing() -> None:
    note = sign_note("text\n", name="log.example", private_key=COMMUNITY)
    key = VerifierKey(name="log.example", kind=KeyKind.ED25519, public_key=b"\xff" * 32)
    line = NoteSignature(name=key.name, key_id=key.key_id, signature=bytes(64))
    with pytest.raises(LogRefused, match="wrong"):
        note.with_signatures((line,)).check(key=key)


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\tb", "\ud800", "x" * 401]
)
def test_names_that_no_key_has(name: str) -> None:
    assert len(name) <= MAX_NAME + 1
    with pytest.raises(LogRefused):
        VerifierKey(name=name, kind=KeyKind.ED25519, public_key=bytes(32))


@pytest.mark.parametrize("text", ["AAA", "AAA=\n", "AB==", "A===", "AA-_", " AAAA", "AAAA=", "é"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(LogRefused):
        decode_base64(text, name="a hash")


@given(octets=st.binary(max_size=70))
def test_base64_comes_back(octets: bytes) -> None:
    assert decode_base64(encode_base64(octets), name="octets") == octets


@pytest.mark.parametrize("text", ["", "00", "01", "-1", "+1", " 1", "1_0", "\u0661", str(2**63)])
def test_numbers_have_one_spelling(text: str) -> None:
    with pytest.raises(LogRefused):
        decode_number(text, name="a size")
    assert decode_number(str(2**63 - 1), name="a size") == 2**63 - 1


def test_private_keys_are_not_shown_and_not_pickled() -> None:
    assert "private" not in repr(ANNA)
    with pytest.raises(TypeError):
        pickle.dumps(ANNA)
