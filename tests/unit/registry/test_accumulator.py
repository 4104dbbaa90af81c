"""The accumulator: witnesses stay good whatever is issued and removed, in whatever order."""

import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.curve import G1, curve
from credentials.curve.scalars import ORDER
from credentials.errors import MemberRevoked, SymbolonError, WitnessRefused
from credentials.registry.accumulator import (
    Removal,
    check_witness,
    first_value,
    make_witness,
    remove,
    rewind_witness,
    update_witness,
)
from tests.unit.curve.odd_points import small_order_points_g1

ALPHA = 0x5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5
KEY = curve.multiply_g2(curve.g2_generator, ALPHA)
START = curve.multiply_g1(curve.g1_generator, 0xC0FFEE)

HANDLES = st.integers(min_value=1, max_value=ORDER - 1)
FEW = settings(max_examples=25, deadline=None)


def removed_in_turn(*handles: int) -> list[Removal]:
    """Removals of the handles, each after the other."""
    value, removals = START, []
    for handle in handles:
        value = remove(value, handle=handle, alpha=ALPHA)
        removals.append(Removal(handle=handle, value=value))
    return removals


def value_after(removals: list[Removal]) -> G1:
    return removals[-1].value if removals else START


def assert_good(witness: G1, *, handle: int, removals: list[Removal]) -> None:
    value = value_after(removals)
    check_witness(witness, handle=handle, value=value, registry_key=KEY)
    assert witness == make_witness(value, handle=handle, alpha=ALPHA)


@FEW
@given(
    handles=st.lists(HANDLES, min_size=1, max_size=30, unique=True),
    issued_at=st.integers(0, 29),
    data=st.data(),
)
def test_updates_compose_forward_and_back(
    handles: list[int], issued_at: int, data: st.DataObject
) -> None:
    own, *removed = handles
    removals = removed_in_turn(*removed)
    issued_at = min(issued_at, len(removals))
    at_first = make_witness(value_after(removals[:issued_at]), handle=own, alpha=ALPHA)

    later = removals[issued_at:]
    split = data.draw(st.integers(0, len(later)))
    half = update_witness(at_first, handle=own, removals=later[:split])
    assert_good(half, handle=own, removals=removals[: issued_at + split])
    in_two = update_witness(half, handle=own, removals=later[split:])
    in_one = update_witness(at_first, handle=own, removals=later)
    assert in_one == in_two
    assert_good(in_one, handle=own, removals=removals)

    # Back to any epoch, before the own issuance too.
    target = data.draw(st.integers(0, len(removals)))
    back = rewind_witness(in_one, handle=own, removals=removals[target:])
    assert_good(back, handle=own, removals=removals[:target])


@FEW
@given(order=st.lists(st.integers(0, 11), max_size=24))
def test_any_order_of_issuing_and_removing_keeps_the_others_good(order: list[int]) -> None:
    """Each number issues a member, or removes the one that was issued under it."""
    removals: list[Removal] = []
    held: dict[int, tuple[int, int, G1]] = {}
    gone: list[tuple[int, int, G1]] = []
    for number in order:
        value = value_after(removals)
        if number not in held:
            handle = 1 + secrets.randbelow(ORDER - 1)
            witness = make_witness(value, handle=handle, alpha=ALPHA)
            held[number] = (handle, len(removals), witness)
        else:
            gone.append(held.pop(number))
            handle = gone[-1][0]
            value = remove(value, handle=handle, alpha=ALPHA)
            removals.append(Removal(handle=handle, value=value))
    for handle, since, witness in held.values():
        updated = update_witness(witness, handle=handle, removals=removals[since:])
        assert_good(updated, handle=handle, removals=removals)
    for handle, since, witness in gone:
        with pytest.raises(MemberRevoked):
            update_witness(witness, handle=handle, removals=removals[since:])
        # What it had, and what it can compute around its own removal, is worth nothing now.
        others = [removal for removal in removals[since:] if removal.handle != handle]
        for tried in (witness, update_witness(witness, handle=handle, removals=others)):
            with pytest.raises(WitnessRefused):
                check_witness(tried, handle=handle, value=value_after(removals), registry_key=KEY)


def test_removing_in_any_order_gives_one_value() -> None:
    handles = [3, 1_000_000, ORDER - 1]
    values = [
        value_after(removed_in_turn(*order))
        for order in (handles, handles[::-1], [*handles[1:], 3])
    ]
    assert values[0] == values[1] == values[2]


def test_a_removed_member_comes_back_only_to_epochs_before_the_removal() -> None:
    """The roll of a poll is frozen: who is removed later may still vote in it."""
    removals = removed_in_turn(5, 6, 7)
    back = rewind_witness(START, handle=6, removals=removals[1:])
    assert_good(back, handle=6, removals=removals[:1])


def test_nothing_to_update_leaves_the_witness_as_it_is() -> None:
    witness = make_witness(START, handle=9, alpha=ALPHA)
    assert update_witness(witness, handle=9, removals=[]) == witness
    assert rewind_witness(witness, handle=9, removals=[]) == witness


def test_a_handle_that_cancels_the_secret_is_neither_removed_nor_witnessed() -> None:
    for made in (remove, make_witness):
        with pytest.raises(SymbolonError):
            made(START, handle=ORDER - ALPHA, alpha=ALPHA)


def test_a_first_value_is_never_the_same() -> None:
    values = {curve.encode_g1(first_value()) for _ in range(5)}
    assert len(values) == 5


def test_a_witness_of_something_else_is_refused() -> None:
    own, other = 1234, 5678
    value = value_after(removed_in_turn(1, 2))
    good = make_witness(value, handle=own, alpha=ALPHA)
    check_witness(good, handle=own, value=value, registry_key=KEY)
    wrong = {
        "another member's": make_witness(value, handle=other, alpha=ALPHA),
        "an older one": make_witness(START, handle=own, alpha=ALPHA),
        "the identity": curve.g1_identity,
        "the value itself": value,
        "its negative": -good,
        "twice": good + good,
        "under another secret": make_witness(value, handle=own, alpha=ALPHA + 1),
    }
    for name, witness in wrong.items():
        with pytest.raises(WitnessRefused):
            check_witness(witness, handle=own, value=value, registry_key=KEY)
        assert name
    for change in ({"handle": own + 1}, {"value": START}, {"registry_key": curve.g2_generator}):
        arguments = {"handle": own, "value": value, "registry_key": KEY, **change}
        with pytest.raises(WitnessRefused):
            check_witness(good, **arguments)


def test_a_value_that_is_the_identity_has_no_witnesses() -> None:
    """With V = O everybody's witness would be O: it is refused by value."""
    with pytest.raises(WitnessRefused):
        check_witness(curve.g1_identity, handle=5, value=curve.g1_identity, registry_key=KEY)


def test_octets_of_odd_points_are_no_witness(community, ana) -> None:
    head = community.heads.newest
    own = ana.credential.witness_octets
    odd = [
        bytes.fromhex("c0") + bytes(47),
        bytes.fromhex("c0") + bytes(46) + b"\x01",
        bytes.fromhex("e0") + bytes(47),
        bytes(48),
        b"",
        own[:-1],
        own + b"\0",
        *small_order_points_g1(beside=own),
    ]
    for octets in odd:
        with pytest.raises(WitnessRefused):
            ana.credential.at(head, witness=octets)
    assert ana.credential.at(head, witness=own).witness_octets == own
