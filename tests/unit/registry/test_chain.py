"""Heads form one chain; nothing that was said is taken back; few of them are accepted."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import HeadNotAccepted, HeadRefused
from credentials.formats.head import Head, SignedHead
from credentials.registry.chain import HeadChain
from tests.community import Community

T0 = 1_790_000_000


@pytest.fixture(scope="module")
def five() -> Community:
    """A community with heads 0 to 5; removals at 2 and at 4."""
    community = Community()
    for handles in ((), (11,), (), (12, 13), ()):
        community.publish(*handles)
    return community


def signed(community: Community, head: Head) -> SignedHead:
    return SignedHead.sign(head, private_key=community.signing_key)


def start(community: Community, *epochs: int) -> HeadChain:
    heads = [community.heads.signed[epoch] for epoch in epochs]
    return HeadChain.start(heads, metadata=community.metadata)


def extend(chain: HeadChain, community: Community, *epochs: int) -> HeadChain:
    heads = [community.heads.signed[epoch] for epoch in epochs]
    return chain.extended(heads, metadata=community.metadata)


def epochs(chain: HeadChain) -> list[int]:
    assert [Head.from_cbor(one.octets) for one in chain.signed] == list(chain.heads)
    return [head.epoch for head in chain.heads]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_honest_pieces_that_reach_the_newest_join(five: Community, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, 5))
    last = data.draw(st.integers(first, 5))
    chain = start(five, *range(first, last + 1))
    then = data.draw(st.integers(0, 5))
    until = data.draw(st.integers(then, 5))
    if until < last or then > last + 1:
        with pytest.raises(HeadRefused):
            extend(chain, five, *range(then, until + 1))
        return
    joined = extend(chain, five, *range(then, until + 1))
    assert epochs(joined) == list(range(min(first, then), max(last, until) + 1))


def test_a_gap_and_a_step_back_are_refused(five: Community) -> None:
    chain = start(five, 0, 1, 2)
    with pytest.raises(HeadRefused, match="missing between"):
        extend(chain, five, 4, 5)
    with pytest.raises(HeadRefused, match="older"):
        extend(chain, five, 0, 1)
    with pytest.raises(HeadRefused, match="follow"):
        extend(chain, five, 3, 5)
    with pytest.raises(HeadRefused, match="follow"):
        extend(chain, five, 4, 3)
    with pytest.raises(HeadRefused, match="follow"):
        extend(chain, five, 3, 3)
    with pytest.raises(HeadRefused, match="not published any"):
        extend(chain, five)
    with pytest.raises(HeadRefused, match="not published any"):
        start(five)


def test_a_fork_is_refused_wherever_it_is_shown(five: Community) -> None:
    chain = start(five, *range(6))
    for epoch in range(6):
        fork: list[Head] = list(five.heads.heads[:epoch])
        for head in five.heads.heads[epoch:]:
            previous = fork[-1].hash if fork else b""
            other = replace(head, previous=previous, next_at=head.next_at + 1)
            fork.append(other)
        shown = [signed(five, head) for head in fork]
        with pytest.raises(HeadRefused, match="two different heads"):
            chain.extended(shown, metadata=five.metadata)
        # Where the known part is shorter, the fork shows as a wrong hash.
        with pytest.raises(HeadRefused, match=r"two different heads|name the hash"):
            start(five, *range(epoch + 1)).extended(shown[epoch:], metadata=five.metadata)
    older = start(five, 3, 4, 5)
    renamed = replace(five.heads.heads[2], next_at=five.heads.heads[2].next_at + 1)
    with pytest.raises(HeadRefused):
        older.extended([signed(five, renamed), *five.heads.signed[3:]], metadata=five.metadata)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"previous": bytes(32)}, "name the hash"),
        ({"epoch": 7}, "missing between"),
        ({"registry_id": bytes(32)}, "other keys"),
        ({"removals": 2}, "takes something back"),
        ({"highest_serial": 0}, "takes something back"),
        ({"published_at": T0}, "takes something back"),
        ({"value": b"V" * 48}, "without a removal"),
        ({"root": bytes(32)}, "without a removal"),
    ],
)
def test_a_head_that_takes_something_back_is_refused(
    five: Community, changes: dict[str, Any], why: str
) -> None:
    newest = five.heads.newest
    follows = replace(
        newest,
        epoch=6,
        previous=newest.hash,
        published_at=newest.published_at + 1,
        next_at=newest.next_at + 1,
    )
    five.heads.extended([signed(five, follows)], metadata=five.metadata)
    with pytest.raises(HeadRefused, match=why):
        five.heads.extended([signed(five, replace(follows, **changes))], metadata=five.metadata)


def test_only_the_communitys_key_signs_heads(five: Community) -> None:
    newest = five.heads.newest
    stranger = Ed25519PrivateKey.generate()
    own = five.heads.signed[-1]
    for forged in (
        SignedHead.sign(newest, private_key=stranger),
        SignedHead(octets=own.octets, signature=five.signing_key.sign(own.octets)),
        SignedHead(octets=own.octets + b"\0", signature=own.signature),
        SignedHead(octets=b"", signature=own.signature),
        SignedHead(octets=own.octets, signature=bytes(64)),
    ):
        with pytest.raises(HeadRefused):
            start(five, 0, 1, 2, 3, 4).extended([forged], metadata=five.metadata)


def test_a_chain_is_found_in_and_shortened(five: Community) -> None:
    short = five.heads.shortened(2)
    assert epochs(short) == [4, 5]
    assert short.find(five.heads.heads[4].hash) == five.heads.heads[4]
    assert short.find(five.heads.heads[3].hash) is None
    assert epochs(extend(short, five, *range(6))) == [0, 1, 2, 3, 4, 5]
    assert epochs(five.heads.shortened(99)) == [0, 1, 2, 3, 4, 5]
    newest = five.heads.newest
    assert not five.heads.is_due(now=newest.next_at - 1)
    assert five.heads.is_due(now=newest.next_at)


def published(*heads: tuple[int, int]) -> Community:
    """A community whose heads were published so many seconds after T0, with these graces."""
    community = Community()
    for after, grace in heads:
        community.publish(grace=grace, at=T0 + after)
    return community


@pytest.mark.parametrize(
    ("heads", "accepted"),
    [
        # one scheduled head: the one before lasts for its grace
        ([(100, 3600)], {100: [1, 0], 3699: [1, 0], 3700: [1], 99_999: [1]}),
        # an emergency ends all before it at once
        ([(100, 0)], {100: [1], 101: [1]}),
        ([(100, 3600), (200, 0)], {200: [2]}),
        # by a slow clock too
        ([(100, 3600), (200, 0)], {0: [2], 199: [2]}),
        ([(100, 3600)], {0: [1, 0]}),
        # a head dated further ahead than its grace ends the older too
        ([(5000, 3600)], {0: [1], 1400: [1], 1401: [1, 0], 8599: [1, 0], 8600: [1]}),
        # an emergency, then a scheduled head: what the emergency ended stays ended
        ([(100, 0), (200, 3600)], {200: [2, 1], 3799: [2, 1], 3800: [2]}),
        # several within their graces
        (
            [(100, 3600), (200, 3600), (300, 3600)],
            {300: [3, 2, 1, 0], 3699: [3, 2, 1, 0], 3700: [3, 2, 1], 3800: [3, 2], 3900: [3]},
        ),
        # a short grace after a long one shortens the older too
        ([(100, 3600), (200, 10)], {205: [2, 1, 0], 210: [2], 250: [2]}),
        # a long grace after a short one does not lengthen the older
        ([(100, 10), (105, 3600)], {109: [2, 1, 0], 110: [2, 1], 3704: [2, 1], 3705: [2]}),
        # two heads of one moment
        ([(100, 0), (100, 3600)], {100: [2, 1], 3700: [2]}),
    ],
)
def test_which_heads_are_accepted_when(
    heads: list[tuple[int, int]], accepted: dict[int, list[int]]
) -> None:
    chain = published(*heads).heads
    for after, expected in accepted.items():
        now = T0 + after
        found = [head.epoch for head in chain.accepted(now=now)]
        assert found == expected, after
        for head in chain.heads:
            if head.epoch in expected:
                assert chain.accept(head.hash, now=now) == head
            else:
                with pytest.raises(HeadNotAccepted):
                    chain.accept(head.hash, now=now)


@settings(max_examples=50, deadline=None)
@given(
    steps=st.lists(st.tuples(st.integers(0, 50), st.sampled_from([0, 5, 60])), max_size=6),
    now=st.integers(0, 400),
)
def test_a_head_is_accepted_while_every_later_head_lets_it(
    steps: list[tuple[int, int]], now: int
) -> None:
    after, heads = 0, []
    for step, grace in steps:
        after += step
        heads.append((after, grace))
    chain = published(*heads).heads
    expected = [
        head.epoch
        for head in chain.heads
        if all(
            abs(T0 + now - late.published_at) < late.grace for late in chain.heads[head.epoch + 1 :]
        )
    ]
    assert [head.epoch for head in chain.accepted(now=T0 + now)] == expected[::-1]


def test_a_policy_can_ask_for_a_young_head() -> None:
    chain = published((100, 3600)).heads
    newest = chain.newest
    assert chain.accept(newest.hash, now=T0 + 160, max_age=60) == newest
    with pytest.raises(HeadNotAccepted, match="older than the policy allows"):
        chain.accept(newest.hash, now=T0 + 161, max_age=60)
    with pytest.raises(HeadNotAccepted):
        chain.accept(bytes(32), now=T0 + 100)
