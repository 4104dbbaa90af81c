"""credentials.formats.crowd: how many members there are, told so that nobody stands out."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.errors import EncodingError
from credentials.formats.crowd import SMALLEST, Crowd, Group

COUNTS = st.dictionaries(
    st.sampled_from(["resident", "week", "day", "été", "guest"]),
    st.one_of(st.integers(0, 25), st.integers(0, 2000)),
    min_size=1,
)


def told(crowd: Crowd, attribute: str) -> dict[Any, int]:
    return {one.value: one.members for one in crowd.groups if one.attribute == attribute}


@settings(max_examples=300)
@given(counts=COUNTS)
def test_nothing_small_is_told_and_no_hidden_group_stands_alone(counts: dict[str, int]) -> None:
    total = sum(counts.values())
    crowd = Crowd.of(total, {"pass": counts})
    assert crowd.members % 10 == 0
    assert (crowd.members == 0) == (total < SMALLEST)
    shown = told(crowd, "pass")
    for value, members in shown.items():
        assert counts[value] >= SMALLEST
        assert members >= SMALLEST
        assert members % 10 == 0
        assert abs(members - counts[value]) <= 5
    hidden = [count for value, count in counts.items() if count and value not in shown]
    small = [count for count in hidden if count < SMALLEST]
    if len(small) == 1:
        # It has company of at least ten, unless it is all that there is and is not told either.
        assert len(hidden) >= 2 or crowd.members == 0
    if not small:
        assert not hidden


@settings(max_examples=100)
@given(counts=COUNTS, one=st.integers(1, 9), other=st.integers(1, 9))
def test_the_size_of_a_lone_small_group_leaves_no_trace(
    counts: dict[str, int], one: int, other: int
) -> None:
    """What is told of the groups is the same, whichever size below ten the small one has."""
    large = {value: count + SMALLEST for value, count in counts.items()}
    crowds = [Crowd.of(1000, {"pass": {**large, "tiny": size}}) for size in (one, other)]
    assert crowds[0] == crowds[1]


def test_the_next_smallest_keeps_a_small_group_company() -> None:
    crowd = Crowd.of(300, {"pass": {"resident": 204, "week": 87, "day": 9}})
    assert told(crowd, "pass") == {"resident": 200}
    assert told(Crowd.of(209, {"pass": {"resident": 204, "day": 5}}), "pass") == {}
    two = Crowd.of(300, {"pass": {"resident": 204, "week": 87, "day": 5, "guest": 4}})
    assert told(two, "pass") == {"resident": 200, "week": 90}
    assert told(Crowd.of(5, {"pass": {"day": 5}}), "pass") == {}


def test_a_value_that_nobody_has_needs_no_company() -> None:
    crowd = Crowd.of(100, {"speaker": {0: 100, 1: 0}})
    assert told(crowd, "speaker") == {0: 100}


@pytest.mark.parametrize(
    ("count", "shown"), [(0, 0), (9, 0), (10, 10), (14, 10), (15, 20), (24, 20), (291, 290)]
)
def test_counts_are_rounded_to_tens(count: int, shown: int) -> None:
    assert Crowd.of(count, {}).members == shown


def test_the_crowd_around_what_is_shown_is_the_smallest_group() -> None:
    crowd = Crowd.of(291, {"pass": {"resident": 204, "week": 87}, "speaker": {0: 268, 1: 23}})
    assert crowd.around({}) == 290
    assert crowd.around({"pass": "resident"}) == 200
    assert crowd.around({"pass": "resident", "speaker": 1}) == 20
    # Not told: too small, or of a type that is not counted.
    assert crowd.around({"pass": "king"}) is None
    assert crowd.around({"nickname": "Ana"}) is None
    assert crowd.around({"speaker": 0, "points": 7}) is None
    assert Crowd.of(9, {}).around({}) is None


def test_a_crowd_comes_back_as_it_was() -> None:
    for crowd in (
        Crowd.of(0, {}),
        Crowd.of(291, {"pass": {"resident": 204, "été": 87}, "speaker": {0: 268, 1: 23}}),
    ):
        assert Crowd.from_fields(crowd.to_fields()) == crowd


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (10,),
        (15, ()),
        (-10, ()),
        (2**24 + 4, ()),
        (10, (("pass", "week", 0),)),
        (10, (("pass", "week", 15),)),
        (10, (("pass", "", 10),)),
        (10, (("Pass", "week", 10),)),
        (10, (("speaker", 2, 10),)),
        (10, (("speaker", b"x", 10),)),
        (10, (("pass", "week", 10), ("pass", "week", 20))),
        (10, [("pass", "week", 10)]),
        10,
    ],
)
def test_a_malformed_crowd_is_refused(fields: object) -> None:
    with pytest.raises(EncodingError):
        Crowd.from_fields(fields)


def test_a_group_cannot_be_built_wrong() -> None:
    for members in (0, 5, 11, True, None):
        with pytest.raises(EncodingError):
            Group(attribute="pass", value="week", members=members)  # type: ignore[arg-type]
