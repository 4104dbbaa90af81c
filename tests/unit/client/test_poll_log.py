"""Looking into a poll's log: where a leaf stands, and what contradicts what was seen before."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.poll_log import LogView, contradiction, place_of, root_of_first, split_leaves, view_of
from credentials.errors import LogRefused
from credentials.log.checkpoint import Checkpoint
from credentials.merkle import root_of_leaves
from tests.community import Community
from tests.poll_papers import open_manifest
from tests.polling import PollInMemory

# Few different octets, so that hashes appear across the boundary of two others.
HASHES = st.lists(st.sampled_from([0, 1]).map(lambda n: bytes([n])), min_size=32, max_size=32).map(
    b"".join
)


@given(leaves=st.lists(HASHES, max_size=6), wanted=HASHES)
def test_a_leaf_is_found_where_it_stands_and_nowhere_between(
    leaves: list[bytes], wanted: bytes
) -> None:
    expected = leaves.index(wanted) if wanted in leaves else None
    assert place_of(wanted, b"".join(leaves)) == expected


@pytest.mark.parametrize("offset", [1, 16, 31])
def test_a_leaf_across_two_others_is_not_there(offset: int) -> None:
    leaf = bytes(range(32))
    around = bytes(offset) + leaf + bytes(32 - offset)
    assert place_of(leaf, around) is None
    assert place_of(leaf, around + leaf) == 2


@given(leaves=st.lists(HASHES, max_size=9))
def test_the_root_of_the_first_entries_is_that_of_their_tree(leaves: list[bytes]) -> None:
    octets = b"".join(leaves)
    assert split_leaves(octets) == leaves
    for size in range(len(leaves) + 1):
        assert root_of_first(size, octets) == root_of_leaves(leaves[:size])


def log_of(community: Community, *entries: bytes) -> PollInMemory:
    manifest = open_manifest(community)
    return PollInMemory(community, manifest, entries=[manifest.to_cbor(), *entries])


def seen(poll: PollInMemory, *, time: int) -> LogView:
    return view_of(
        poll.checkpoint(time=time).to_text(),
        b"".join(poll.leaves),
        origin=poll.manifest.origin,
        key=poll.community.metadata.metadata_key,
    )


def test_a_log_that_grew_contradicts_nothing(community: Community) -> None:
    before = seen(log_of(community, b"a"), time=10).checkpoint
    assert contradiction(before, seen(log_of(community, b"a", b"b"), time=20)) == ""
    assert contradiction(before, seen(log_of(community, b"a"), time=20)) == ""


@pytest.mark.parametrize("entries", [(b"x",), (b"x", b"b"), ()])
def test_a_log_that_changed_or_shrank_contradicts(
    community: Community, entries: tuple[bytes, ...]
) -> None:
    before = seen(log_of(community, b"a"), time=10).checkpoint
    assert contradiction(before, seen(log_of(community, *entries), time=20))


def test_an_old_state_of_the_log_is_no_contradiction(community: Community) -> None:
    before = seen(log_of(community, b"a"), time=10).checkpoint
    assert contradiction(before, seen(log_of(community), time=10)) == ""


def test_leaves_beyond_the_checkpoint_are_left_out_and_missing_ones_refused(
    community: Community,
) -> None:
    poll = log_of(community, b"a")
    note = poll.checkpoint().to_text()
    how = {"origin": poll.manifest.origin, "key": community.metadata.metadata_key}
    view = view_of(note, b"".join(poll.leaves) + bytes(32), **how)
    assert view.leaves == b"".join(poll.leaves)
    for leaves in (b"", poll.leaves[0], bytes(64)):
        with pytest.raises(LogRefused):
            view_of(note, leaves, **how)
    with pytest.raises(LogRefused):
        view_of(note, view.leaves, origin="elsewhere/polls/lunch", key=how["key"])


def test_a_receipt_is_made_without_asking_anybody(community: Community) -> None:
    poll = log_of(community, b"a", b"b")
    view = seen(poll, time=10)
    receipt = view.receipt(2)
    key = community.metadata.metadata_key
    found: Checkpoint = receipt.check(poll.leaves[2], origin=poll.manifest.origin, key=key)
    assert found.size == 3
    with pytest.raises(LogRefused):
        replace(receipt, index=1).check(poll.leaves[2], origin=poll.manifest.origin, key=key)
