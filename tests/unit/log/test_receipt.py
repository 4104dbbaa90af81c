"""Receipts: one text that proves an entry, and no other entry, in no other log."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import LogRefused
from credentials.log.receipt import Receipt
from tests.unit.log.a_log import (
    ANNA,
    COMMUNITY,
    FORK,
    LEAVES,
    NOW,
    ORIGIN,
    STRANGER,
    TREE,
    checkpoint,
    public,
    signed,
)

KEY = public(COMMUNITY)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), size=st.integers(1, 40))
def test_every_entry_has_a_receipt(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    receipt = Receipt.make(TREE, index=index, signed=signed(size))
    read = Receipt.parse(receipt.to_text())
    assert read == receipt
    assert read.check(LEAVES[index], origin=ORIGIN, key=KEY) == checkpoint(size)
    other = data.draw(st.integers(0, 39).filter(lambda number: number != index))
    with pytest.raises(LogRefused):
        read.check(LEAVES[other], origin=ORIGIN, key=KEY)


def test_its_text() -> None:
    lines = Receipt.make(TREE, index=2, signed=signed(3)).to_text().split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 2"]
    assert lines[3] == ""
    assert lines[4] == ORIGIN
    alone = Receipt.make(TREE, index=0, signed=signed(1))
    assert alone.proof == ()
    assert Receipt.parse(alone.to_text()) == alone


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_no_altered_receipt_holds(data: st.DataObject) -> None:
    written = Receipt.make(TREE, index=5, signed=signed(11)).to_text().encode()
    at = data.draw(st.integers(0, len(written) - 1))
    octet = data.draw(st.integers(0, 255).filter(lambda other: other != written[at]))
    altered = written[:at] + bytes([octet]) + written[at + 1 :]
    with pytest.raises(LogRefused):
        Receipt.parse(altered.decode(errors="surrogateescape")).check(
            LEAVES[5], origin=ORIGIN, key=KEY
        )


def test_another_origin_or_key_is_refused() -> None:
    receipt = Receipt.make(TREE, index=5, signed=signed(11))
    with pytest.raises(LogRefused):
        receipt.check(LEAVES[5], origin="city.example:8443/polls/dinner", key=KEY)
    with pytest.raises(LogRefused):
        receipt.check(LEAVES[5], origin=ORIGIN, key=public(STRANGER))


def test_it_carries_the_cosignatures_along() -> None:
    point = signed(11)
    point = point.with_cosignature(ANNA.cosign(point.note.text, time=NOW), key=ANNA.verifier_key)
    receipt = Receipt.parse(Receipt.make(TREE, index=5, signed=point).to_text())
    receipt.check(LEAVES[5], origin=ORIGIN, key=KEY)
    assert receipt.signed.cosigned_by([ANNA.verifier_key]) == [(ANNA.name, NOW)]


def test_none_is_made_for_what_is_not_under_the_checkpoint() -> None:
    with pytest.raises(LogRefused, match="no entry"):
        Receipt.make(TREE, index=11, signed=signed(11))
    with pytest.raises(LogRefused, match="another root"):
        Receipt.make(FORK, index=5, signed=signed(25))
    with pytest.raises(LogRefused):
        Receipt.make(FORK, index=-1, signed=signed(11, tree=FORK))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("index 5", "index 05"),
        ("index 5\n", "extra AAAA\nindex 5\n"),
        ("index 5\n", "index 5\n\n"),
        ("index 5\n", ""),
        ("index 5\n", "index 5\nAAAA\n"),
        ("index 5\n", "index 5\n" + ("A" * 43 + "=\n") * 60),
    ],
)
def test_other_forms_are_refused(old: str, new: str) -> None:
    text = Receipt.make(TREE, index=5, signed=signed(11)).to_text()
    assert old in text
    with pytest.raises(LogRefused):
        Receipt.parse(text.replace(old, new, 1))
