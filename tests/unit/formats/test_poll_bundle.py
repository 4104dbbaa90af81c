"""credentials.formats.poll_bundle: a file that is read as a stream, and what is no such file."""

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import EncodingError
from credentials.formats.poll_bundle import read_bundle, write_bundle
from credentials.formats.poll_event import EVENT_LIMIT
from tests.unit.formats.samples import BUNDLE

ENTRIES = [b"manifest", b"", b"b" * 3000, b"event"]


def file_of(entries: list[bytes], *, said: int | None = None) -> bytes:
    number = len(entries) if said is None else said
    return b"".join(write_bundle(replace(BUNDLE, entries=number), entries))


def read_whole(octets: bytes) -> list[bytes]:
    _, entries = read_bundle(io.BytesIO(octets))
    return list(entries)


@given(entries=st.lists(st.binary(max_size=200), min_size=1, max_size=12))
def test_a_bundle_comes_back(entries: list[bytes]) -> None:
    head, read = read_bundle(io.BytesIO(file_of(entries)))
    assert head == replace(BUNDLE, entries=len(entries))
    assert list(read) == entries


def test_entries_are_read_only_when_they_are_asked_for() -> None:
    file = io.BytesIO(file_of(ENTRIES))
    _, entries = read_bundle(file)
    before = file.tell()
    assert next(entries) == b"manifest"
    assert file.tell() == before + 4 + len(b"manifest")


def test_a_file_that_is_cut_off_is_refused_wherever_it_is_cut() -> None:
    whole = file_of(ENTRIES)
    for end in range(len(whole)):
        with pytest.raises(EncodingError):
            read_whole(whole[:end])


@pytest.mark.parametrize("said", [3, 5])
def test_the_number_of_entries_is_what_the_head_says(said: int) -> None:
    _, entries = read_bundle(io.BytesIO(file_of(ENTRIES, said=said)))
    with pytest.raises(EncodingError):
        list(entries)


def test_a_frame_cannot_claim_more_memory_than_an_entry_may_have() -> None:
    head = b"".join(write_bundle(BUNDLE, []))
    huge = (EVENT_LIMIT + 1).to_bytes(4, "big")
    _, entries = read_bundle(io.BytesIO(head + huge))
    with pytest.raises(EncodingError, match="damaged"):
        next(entries)
    with pytest.raises(EncodingError, match="damaged"):
        read_bundle(io.BytesIO(b"\xff" * 100))
