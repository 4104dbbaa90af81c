"""Heads form one chain; nothing that was said is taken back; few of them are accepted."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import HeadNotAccepted, HeadRefused
from credentials.formats.head import Head, SignedHead
from credentials.issuance import draw_handle
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
    assert short.at(five.heads.newest.removals) == five.heads.newest
    assert short.at(five.heads.heads[2].removals) is None
    assert five.heads.knows(five.heads.first.value)
    assert not short.knows(five.heads.first.value)
    assert epochs(extend(short, five, *range(6))) == [0, 1, 2, 3, 4, 5]
    assert epochs(five.heads.shortened(99)) == [0, 1, 2, 3, 4, 5]
    newest = five.heads.newest
    assert not five.heads.is_due(now=newest.next_at - 1)
    assert five.heads.is_due(now=newest.next_at)


def published(*heads: tuple[int, int, int]) -> Community:
    """A community whose heads were published so many seconds after T0, with these graces, and so
    many removals each."""
    community = Community()
    for after, grace, removed in heads:
        community.publish(*(draw_handle() for _ in range(removed)), grace=grace, at=T0 + after)
    return community


@pytest.mark.parametrize(
    ("heads", "accepted"),
    [
        # one scheduled removal: the value before lasts for its grace
        ([(100, 3600, 1)], {100: [1, 0], 3699: [1, 0], 3700: [1], 99_999: [1]}),
        # an emergency ends all values before it at once, by a slow clock too
        ([(100, 0, 1)], {0: [1], 99: [1], 100: [1], 101: [1]}),
        ([(100, 3600, 1), (200, 0, 0)], {0: [1], 199: [1], 200: [1]}),
        ([(100, 3600, 1)], {0: [1, 0]}),
        # a head dated further ahead than its grace ends the older too
        ([(5000, 3600, 1)], {0: [1], 1400: [1], 1401: [1, 0], 8599: [1, 0], 8600: [1]}),
        # an emergency, then a scheduled removal: what the emergency ended stays ended
        ([(100, 0, 1), (200, 3600, 1)], {200: [2, 1], 3799: [2, 1], 3800: [2]}),
        # several removals within their graces: never more than two values
        ([(100, 3600, 1), (200, 3600, 2), (300, 3600, 1)], {300: [4, 3], 3899: [4, 3], 3900: [4]}),
        # heads without a removal change nothing, however many and whatever their grace
        ([(after, 3600, 0) for after in range(1, 20)], {1: [0], 10: [0], 4000: [0]}),
        # one that comes within the grace carries what is left of it
        ([(100, 3600, 1), (200, 3500, 0)], {3699: [1, 0], 3700: [1]}),
        # and none makes it longer than the head that changed the value did
        ([(100, 10, 1), (105, 3600, 0)], {109: [1, 0], 110: [1], 3704: [1]}),
        # two heads of one moment
        ([(100, 0, 1), (100, 3600, 1)], {100: [2, 1], 3700: [2]}),
    ],
)
def test_which_values_are_accepted_when(
    heads: list[tuple[int, int, int]], accepted: dict[int, list[int]]
) -> None:
    chain = published(*heads).heads
    for after, expected in accepted.items():
        now = T0 + after
        found = [head.removals for head in chain.accepted(now=now)]
        assert found == expected, after
        for removals in range(chain.newest.removals + 2):
            if removals in expected:
                assert chain.accept(removals, now=now) == chain.at(removals)
            else:
                with pytest.raises(HeadNotAccepted):
                    chain.accept(removals, now=now)


@settings(max_examples=50, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 50), st.sampled_from([0, 5, 60]), st.integers(0, 1)), max_size=6
    ),
    now=st.integers(0, 400),
)
def test_at_most_two_values_are_ever_accepted(steps: list[tuple[int, int, int]], now: int) -> None:
    after, heads = 0, []
    for step, grace, removed in steps:
        after += step
        heads.append((after, grace, removed))
    chain = published(*heads).heads
    accepted = [head.removals for head in chain.accepted(now=T0 + now)]
    newest = chain.newest.removals
    assert accepted in ([newest], [newest, newest - 1])
    if len(accepted) == 2:
        since = [head for head in chain.heads if head.removals == newest]
        assert all(abs(T0 + now - head.published_at) < head.grace for head in since)


def test_a_policy_can_ask_for_a_young_head() -> None:
    chain = published((100, 3600, 1)).heads
    newest = chain.newest
    assert chain.accept(1, now=T0 + 160, max_age=60) == newest
    with pytest.raises(HeadNotAccepted, match="older than the policy allows"):
        chain.accept(1, now=T0 + 161, max_age=60)
    with pytest.raises(HeadNotAccepted):
        chain.accept(2, now=T0 + 100)


def test_a_head_without_a_removal_makes_a_value_young_again() -> None:
    chain = published((100, 3600, 1), (5000, 0, 0)).heads
    assert chain.accept(1, now=T0 + 5060, max_age=60) == chain.newest


HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("heads", "counted"),
    [
        # (seconds after T0, seconds until the next is announced, removals)
        ([(DAY, DAY, 3), (2 * DAY, DAY, 1)], 0),
        ([(100, DAY, 1), (200, DAY, 2), (300, DAY, 0), (400, DAY, 1)], 3),
        # what came more than a day ago is past
        ([(100, DAY, 1), (200, DAY, 1), (DAY + 150, DAY, 1)], 2),
        # every hour is a schedule, every minute is none
        ([(DAY + n * HOUR, HOUR, 1) for n in range(6)], 0),
        ([(DAY + n * 60, 60, 1) for n in range(6)], 5),
    ],
)
def test_removals_outside_the_schedule_are_counted(
    heads: list[tuple[int, int, int]], counted: int
) -> None:
    community = Community(period=DAY)
    for after, period, removed in heads:
        community.period = period
        community.publish(*(draw_handle() for _ in range(removed)), at=T0 + after)
    assert community.heads.unscheduled(now=T0 + heads[-1][0]) == counted
