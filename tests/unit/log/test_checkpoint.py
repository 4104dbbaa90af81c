"""Checkpoints and their cosignatures."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import LogRefused, WitnessUnknown
from credentials.log.checkpoint import Checkpoint, SignedCheckpoint, log_origin
from credentials.log.note import KeyKind, NoteSignature, VerifierKey, sign_note
from credentials.merkle import EMPTY_ROOT
from tests.unit.log.a_log import (
    ANNA,
    BERT,
    COMMUNITY,
    NOW,
    ORIGIN,
    STRANGER,
    checkpoint,
    public,
    signed,
)


def test_a_checkpoint_is_four_lines() -> None:
    text = checkpoint(7).to_text()
    assert text.split("\n")[:2] == ["city.example:8443/polls/lunch", "7"]
    assert text.split("\n")[3:] == [f"time {NOW + 7}", ""]
    assert Checkpoint.parse(text) == checkpoint(7)


@given(size=st.integers(1, 2**63 - 1), root=st.binary(min_size=32, max_size=32))
def test_any_checkpoint_comes_back(size: int, root: bytes) -> None:
    made = Checkpoint(origin=ORIGIN, size=size, root=root, time=NOW)
    assert Checkpoint.parse(made.to_text()) == made


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "extension\n",
        lambda text: text[:-1],
        lambda text: text + "\n",
        lambda text: text.replace("time ", "time  "),
        lambda text: text.replace("time ", "Time "),
        lambda text: text.replace("\n7\n", "\n07\n"),
        lambda text: text.replace("\n7\n", "\n-7\n"),
        lambda text: text.replace("\n7\n", "\n0\n"),
        lambda text: text.replace("=\n", "\n"),
        lambda text: text.replace("city.", "ci ty."),
        lambda text: "\n" + text,
        lambda text: text.partition("\n")[2],
    ],
)
def test_other_forms_are_refused(change: Callable[[str], str]) -> None:
    altered = change(checkpoint(7).to_text())
    assert altered != checkpoint(7).to_text()
    with pytest.raises(LogRefused):
        Checkpoint.parse(altered)


def test_an_empty_log_has_the_root_of_nothing() -> None:
    assert checkpoint(0).root == EMPTY_ROOT
    with pytest.raises(LogRefused, match="empty log"):
        Checkpoint(origin=ORIGIN, size=0, root=bytes(32), time=NOW)


def test_it_opens_with_the_origin_and_the_key_only() -> None:
    read = SignedCheckpoint.parse(signed(7).to_text())
    assert read.open(origin=ORIGIN, key=public(COMMUNITY)) == checkpoint(7)
    with pytest.raises(LogRefused):
        read.open(origin=ORIGIN, key=public(STRANGER))
    with pytest.raises(LogRefused):
        read.open(
            origin=log_origin("https://city.example:8443", poll="dinner"), key=public(COMMUNITY)
        )


def test_a_checkpoint_signed_under_the_name_of_another_log_is_refused() -> None:
    other = "city.example:8443/polls/dinner"
    note = sign_note(checkpoint(7).to_text(), name=other, private_key=COMMUNITY)
    with pytest.raises(LogRefused, match="another log"):
        SignedCheckpoint(note=note).open(origin=other, key=public(COMMUNITY))


def test_witnesses_cosign() -> None:
    point = signed(9)
    for witness, time in ((ANNA, NOW + 100), (BERT, NOW + 200)):
        line = witness.cosign(point.note.text, time=time)
        point = point.with_cosignature(line, key=witness.verifier_key)
    read = SignedCheckpoint.parse(point.to_text())
    assert read.open(origin=ORIGIN, key=public(COMMUNITY)) == checkpoint(9)
    keys = [BERT.verifier_key, ANNA.verifier_key]
    assert read.cosigned_by(keys) == [("bert.example", NOW + 200), ("anna.example/w1", NOW + 100)]
    assert read.cosigned_by([ANNA.verifier_key, ANNA.verifier_key]) == [
        ("anna.example/w1", NOW + 100)
    ]
    assert signed(9).cosigned_by(keys) == []


def test_a_witness_counts_once_however_often_it_cosigned() -> None:
    point = signed(9)
    first, second = (ANNA.cosign(point.note.text, time=NOW + at) for at in (1, 2))
    again = point.with_cosignature(first, key=ANNA.verifier_key)
    again = again.with_cosignature(second, key=ANNA.verifier_key)
    assert again.cosigned_by([ANNA.verifier_key]) == [(ANNA.name, NOW + 2)]
    both = SignedCheckpoint.parse(point.to_text() + second.to_line() + first.to_line())
    assert both.cosigned_by([ANNA.verifier_key]) == [(ANNA.name, NOW + 2)]


def test_cosignatures_of_another_checkpoint_or_time_or_key_are_refused() -> None:
    line = ANNA.cosign(signed(8).note.text, time=NOW)
    with pytest.raises(LogRefused, match="wrong"):
        signed(9).with_cosignature(line, key=ANNA.verifier_key)
    good = ANNA.cosign(signed(9).note.text, time=NOW)
    later = NoteSignature(
        name=good.name,
        key_id=good.key_id,
        signature=(NOW + 1).to_bytes(8, "big") + good.signature[8:],
    )
    with pytest.raises(LogRefused, match="wrong"):
        signed(9).with_cosignature(later, key=ANNA.verifier_key)
    with pytest.raises(LogRefused, match="not of that witness"):
        signed(9).with_cosignature(good, key=BERT.verifier_key)
    forged = SignedCheckpoint.parse(signed(9).to_text() + line.to_line())
    with pytest.raises(LogRefused, match="wrong"):
        forged.cosigned_by([ANNA.verifier_key])


@pytest.mark.parametrize("length", [0, 64, 71, 73])
def test_cosignatures_of_another_length_are_refused(length: int) -> None:
    good = ANNA.cosign(signed(9).note.text, time=NOW)
    with pytest.raises(LogRefused):
        signed(9).with_cosignature(
            NoteSignature(
                name=good.name,
                key_id=good.key_id,
                signature=(good.signature + bytes(9))[:length],
            ),
            key=ANNA.verifier_key,
        )


def test_a_cosignature_does_not_pass_for_a_signature_nor_the_other_way_round() -> None:
    """One key in both parts would still be two keys: the kind is in the id, and in the message."""
    key = VerifierKey(name=ANNA.name, kind=KeyKind.ED25519, public_key=public(ANNA.private_key))
    line = ANNA.cosign(signed(9).note.text, time=NOW)
    assert not key.made(line)
    with pytest.raises(LogRefused):
        signed(9).with_cosignature(line, key=key)


def test_lines_that_a_witness_sends_in() -> None:
    point, keys = signed(9), [BERT.verifier_key, ANNA.verifier_key]
    line = ANNA.cosign(point.note.text, time=NOW).to_line()
    stranger = "\u2014 other.example " + line.split(" ")[2]
    taken = point.with_cosignatures(line + stranger, witnesses=keys)
    assert taken.cosigned_by(keys) == [(ANNA.name, NOW)]
    assert "other.example" not in taken.to_text()
    with pytest.raises(WitnessUnknown):
        point.with_cosignatures(line, witnesses=[BERT.verifier_key])
    with pytest.raises(LogRefused, match="wrong"):
        signed(8).with_cosignatures(line, witnesses=keys)
    for malformed in ("", "\n", line[:-1], line + "\n", "a line\n", line.replace("\u2014", "-")):
        with pytest.raises(LogRefused):
            point.with_cosignatures(malformed, witnesses=keys)
