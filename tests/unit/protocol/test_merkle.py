"""The frontier against the recursive definition of RFC 6962, which the second registry has."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.merkle import EMPTY_ROOT, Frontier, root_of
from tests.vectors.second_registry import merkle_root

ENTRIES = [bytes([at % 256, at // 256]) * (at % 5) for at in range(201)]


def test_the_root_of_every_size_to_two_hundred_is_that_of_the_definition() -> None:
    frontier = Frontier()
    for size in range(201):
        assert frontier.size == size
        assert frontier.root == merkle_root(ENTRIES[:size]), size
        assert len(frontier.peaks) == size.bit_count()
        frontier = frontier.grown([ENTRIES[size]])


def test_known_roots() -> None:
    """The vectors of Certificate Transparency's own implementation, for these entries."""
    entries = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243")]
    entries += [bytes.fromhex("5051525354555657"), bytes(range(0x60, 0x70))]
    assert hashlib.sha256(b"").digest() == EMPTY_ROOT
    assert root_of(entries[:1]).hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert root_of(entries).hex() == (
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    )


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(st.lists(st.binary(max_size=90), max_size=40), max_size=8))
def test_growth_in_any_parts_is_growth_at_once(parts: list[list[bytes]]) -> None:
    frontier = Frontier()
    grown: list[bytes] = []
    for part in parts:
        kept = Frontier.from_octets(frontier.to_octets(), size=frontier.size)
        assert kept == frontier
        frontier = kept.grown(part)
        grown += part
        assert frontier.root == merkle_root(grown)
    assert frontier == Frontier().grown(grown)
    assert root_of(iter(grown)) == frontier.root


def test_entries_are_not_taken_for_nodes() -> None:
    left, right = (hashlib.sha256(b"\0" + entry).digest() for entry in (b"a", b"b"))
    assert root_of([b"a", b"b"]) != root_of([left + right])
    assert root_of([b"a", b"b"]) != root_of([b"b", b"a"])
    assert root_of([b"ab"]) != root_of([b"a", b"b"])


@pytest.mark.parametrize(("size", "hashes"), [(0, 1), (1, 0), (3, 1), (4, 2), (7, 4)])
def test_a_frontier_of_another_size_is_refused(size: int, hashes: int) -> None:
    with pytest.raises(ValueError, match="one hash for each bit"):
        Frontier.from_octets(bytes(32 * hashes), size=size)
    with pytest.raises(ValueError, match="one hash for each bit"):
        Frontier.from_octets(bytes(32 * size.bit_count() + 1), size=size)
