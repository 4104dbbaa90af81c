"""Entries of the log of removals."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.curve import curve
from credentials.curve.scalars import ORDER
from credentials.errors import EncodingError
from credentials.registry.accumulator import Removal
from credentials.registry.log import ENTRY_LENGTH, entry_of, read_entries, split_entries

POINT = curve.encode_g1(curve.g1_generator)


@settings(max_examples=25, deadline=None)
@given(handles=st.lists(st.integers(1, ORDER - 1), max_size=5))
def test_entries_come_back_as_they_were(handles: list[int]) -> None:
    removals = [
        Removal(handle=handle, value=curve.multiply_g1(curve.g1_generator, handle))
        for handle in handles
    ]
    segment = b"".join(map(entry_of, removals))
    assert len(segment) == ENTRY_LENGTH * len(removals)
    read = read_entries(split_entries(segment))
    assert [(one.handle, curve.encode_g1(one.value)) for one in read] == [
        (one.handle, curve.encode_g1(one.value)) for one in removals
    ]


@pytest.mark.parametrize(
    "entry",
    [
        bytes(32) + POINT,
        ORDER.to_bytes(32, "big") + POINT,
        b"\xff" * 32 + POINT,
        (5).to_bytes(32, "big") + bytes.fromhex("c0") + bytes(47),
        (5).to_bytes(32, "big") + bytes(48),
        (5).to_bytes(32, "big") + POINT[:-1],
        b"",
    ],
)
def test_a_malformed_entry_is_refused(entry: bytes) -> None:
    with pytest.raises(EncodingError):
        read_entries([entry])


@pytest.mark.parametrize("length", [1, 79, 81, 159])
def test_a_segment_ends_with_an_entry(length: int) -> None:
    with pytest.raises(EncodingError):
        split_entries(bytes(length))
