"""Inclusion and consistency proofs: of every entry and between any two sizes, and nothing else."""

import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from credentials.errors import LogRefused
from credentials.merkle import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of_leaves,
)
from tests.vectors.second_registry import merkle_root

MOST = 70
ENTRIES = [bytes([at]) * (at % 3) for at in range(MOST)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = [merkle_root(ENTRIES[:size]) for size in range(MOST + 1)]
TREE = Tree.over(LEAVES)

sizes = st.integers(1, MOST)


def test_every_entry_is_proven_in_every_tree() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = TREE.inclusion_proof(index, size=size)
            assert len(proof) <= (size - 1).bit_length()
            check_inclusion(LEAVES[index], index=index, size=size, root=ROOTS[size], proof=proof)


def test_every_tree_is_proven_to_be_the_beginning_of_every_larger_one() -> None:
    for second in range(MOST + 1):
        for first in range(second + 1):
            proof = TREE.consistency_proof(first, second)
            assert len(proof) <= second.bit_length() + 1
            check_consistency(
                first=first,
                first_root=ROOTS[first],
                second=second,
                second_root=ROOTS[second],
                proof=proof,
            )


def test_trees_frontiers_and_lists_of_leaves_agree() -> None:
    for size in (0, 1, 2, 3, 17, MOST):
        assert TREE.root(size) == ROOTS[size] == root_of_leaves(LEAVES[:size])
        grown = Frontier().grown(ENTRIES[:size]).grown_by_leaves(LEAVES[size:])
        assert grown == Frontier().grown(ENTRIES)
    assert TREE.root() == ROOTS[MOST]
    assert inclusion_proof(LEAVES, 5) == TREE.inclusion_proof(5)
    assert consistency_proof(LEAVES, 5, 9) == TREE.consistency_proof(5, 9)
    assert Tree.over([]).root() == EMPTY_ROOT


@settings(max_examples=300, deadline=None)
@given(data=st.data(), size=sizes)
def test_an_inclusion_proof_is_good_for_nothing_else(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = list(TREE.inclusion_proof(index, size=size))
    case = {"leaf": LEAVES[index], "root": ROOTS[size]}
    change = data.draw(
        st.sampled_from(["index", "size", "flip", "cut", "longer", "leaf", "root", "swap"])
    )
    other_index, other_size = index, size
    if change == "index":
        other_index = data.draw(st.integers(-2, MOST + 2).filter(lambda other: other != index))
    elif change == "size":
        other_size = data.draw(sizes.filter(lambda other: other != size))
        # A path fits several sizes (it has the same turns); only root and size together are signed.
        case["root"] = ROOTS[other_size]
    elif change == "longer":
        at = data.draw(st.integers(0, len(proof)))
        proof.insert(at, data.draw(st.sampled_from(LEAVES + ROOTS)))
    elif change in case:
        case[change] = _flipped(data, case[change])
    else:
        assume(proof)
        at = data.draw(st.integers(0, len(proof) - 1))
        if change == "flip":
            proof[at] = _flipped(data, proof[at])
        elif change == "cut":
            del proof[at]
        else:
            assume(at > 0)
            proof[at], proof[at - 1] = proof[at - 1], proof[at]
    with pytest.raises(LogRefused):
        check_inclusion(
            case["leaf"], index=other_index, size=other_size, root=case["root"], proof=proof
        )


@settings(max_examples=300, deadline=None)
@given(data=st.data(), second=sizes)
def test_a_consistency_proof_is_good_for_nothing_else(data: st.DataObject, second: int) -> None:
    first = data.draw(st.integers(0, second))
    proof = list(TREE.consistency_proof(first, second))
    numbers = {"first": first, "second": second}
    roots = {"first_root": ROOTS[first], "second_root": ROOTS[second]}
    change = data.draw(st.sampled_from([*numbers, *roots, "flip", "cut", "longer"]))
    if change in numbers:
        numbers[change] = data.draw(
            st.integers(-1, MOST).filter(lambda other: other != numbers[change])
        )
        # The empty tree is the beginning of every tree, of any size.
        assume(numbers["first"] != 0 or roots["first_root"] != EMPTY_ROOT)
        roots |= {f"{change}_root": ROOTS[max(numbers[change], 0)]}
        assume(list(_proof_or_none(**numbers)) != proof)
    elif change == "first_root" or (change == "second_root" and first):
        roots[change] = _flipped(data, roots[change])
    elif change == "longer":
        at = data.draw(st.integers(0, len(proof)))
        proof.insert(at, data.draw(st.sampled_from(LEAVES + ROOTS)))
    else:
        assume(proof)
        at = data.draw(st.integers(0, len(proof) - 1))
        if change == "flip":
            proof[at] = _flipped(data, proof[at])
        else:
            del proof[at]
    with pytest.raises(LogRefused):
        check_consistency(**numbers, **roots, proof=proof)


def test_a_log_that_changed_an_old_entry_cannot_prove_that_it_only_grew() -> None:
    changed = [*LEAVES]
    changed[7] = leaf_hash(b"another vote")
    for second in range(10, 40):
        with pytest.raises(LogRefused):
            check_consistency(
                first=9,
                first_root=ROOTS[9],
                second=second,
                second_root=root_of_leaves(changed[:second]),
                proof=consistency_proof(changed, 9, second),
            )


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    for index, size in ((-1, 4), (4, 4), (0, 0), (0, MOST + 1), (0, -1)):
        with pytest.raises(LogRefused):
            TREE.inclusion_proof(index, size=size)
    for first, second in ((5, 4), (-1, 4), (0, MOST + 1)):
        with pytest.raises(LogRefused):
            TREE.consistency_proof(first, second)


@pytest.mark.parametrize("wrong", [b"", bytes(31), bytes(33)])
def test_hashes_of_other_lengths_are_refused(wrong: bytes) -> None:
    proof = TREE.inclusion_proof(2, size=3)
    with pytest.raises(LogRefused, match="32 octets"):
        check_inclusion(wrong, index=2, size=3, root=ROOTS[3], proof=proof)
    with pytest.raises(LogRefused, match="32 octets"):
        check_consistency(
            first=2, first_root=ROOTS[2], second=2, second_root=ROOTS[2], proof=[wrong]
        )


def test_proofs_in_a_large_log_take_a_moment() -> None:
    leaves = [leaf_hash(at.to_bytes(4, "big")) for at in range(100_000)]
    tree = Tree.over(leaves)
    root = root_of_leaves(leaves)
    started = time.perf_counter()
    for index in range(0, 100_000, 100):
        check_inclusion(
            leaves[index],
            index=index,
            size=100_000,
            root=root,
            proof=tree.inclusion_proof(index),
        )
    tree.consistency_proof(65_537, 99_999)
    # A thousand proofs that each hashed the whole log again would take a minute and more.
    assert time.perf_counter() - started < 10


def _flipped(data: st.DataObject, octets: bytes) -> bytes:
    at = data.draw(st.integers(0, len(octets) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    return octets[:at] + bytes([octets[at] ^ bit]) + octets[at + 1 :]


def _proof_or_none(*, first: int, second: int) -> tuple[bytes, ...]:
    try:
        return TREE.consistency_proof(first, second)
    except LogRefused:
        return (b"none",)
