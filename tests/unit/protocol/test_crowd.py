"""credentials.crowd: nothing below ten can be worked out, by whoever tries every population."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credentials.crowd import (
    MAX_CELLS,
    enough_newcomers,
    places_of,
    sheets_of,
    told,
    worth_telling,
)
from credentials.formats.attribute import Attribute
from credentials.formats.crowd import Crowd, Group, Sheet
from credentials.formats.schema import Schema
from tests.community import SCHEMA

Population = tuple[int, ...]
NAMES = ("a", "b", "c")


def populations(members: int, kinds: int) -> Iterator[Population]:
    """Every way in which so many members can be of so many kinds."""
    for bars in itertools.combinations(range(members + kinds - 1), kinds - 1):
        edges = (-1, *bars, members + kinds - 1)
        yield tuple(right - left - 1 for left, right in itertools.pairwise(edges))


@cache
def table(shape: tuple[int, ...], counts: Population) -> tuple[Group, ...]:
    kinds = itertools.product(*map(range, shape))
    sheet = told(NAMES[: len(shape)], dict(zip(kinds, counts, strict=True)))
    return () if sheet is None else sheet.groups


# --- an exact solver: all populations that have one table


@pytest.mark.parametrize(
    ("shape", "members"),
    [
        ((2,), range(10, 110)),
        ((3,), range(10, 66)),
        ((4,), (21, 30, 38, 45)),
        ((2, 2), (10, 19, 20, 29, 30, 39, 40, 44, 49)),
        ((2, 1, 2), (20, 41)),
        ((1, 3), (25, 43, 61)),
    ],
)
def test_every_combination_may_have_ten_members_whatever_the_table(
    shape: tuple[int, ...], members: range | tuple[int, ...]
) -> None:
    kinds = list(itertools.product(*map(range, shape)))
    for size in members:
        most: dict[tuple[Group, ...], Population] = {}
        for counts in populations(size, len(kinds)):
            groups = table(shape, counts)
            known = most.get(groups, counts)
            most[groups] = tuple(map(max, known, counts))
        for groups, largest in most.items():
            assert min(largest) >= 10, (size, groups, largest)


def test_no_two_tables_in_a_row_show_that_there_is_a_small_group() -> None:
    """Twenty came in between, or twenty left: a group that must be small may be empty."""
    for size, change in ((41, 20), (41, -20)):
        least: dict[tuple[object, object], Population] = {}
        most: dict[tuple[object, object], Population] = {}
        for before in populations(size, 3):
            for moves in populations(abs(change), 3):
                after = tuple(
                    a + b if change > 0 else a - b for a, b in zip(before, moves, strict=True)
                )
                if min(after) >= 0:
                    seen = (table((3,), before), table((3,), after))
                    least[seen] = tuple(map(min, least.get(seen, after), after))
                    most[seen] = tuple(map(max, most.get(seen, after), after))
        for seen, largest in most.items():
            pairs = zip(least[seen], largest, strict=True)
            assert all(low == 0 or high >= 10 for low, high in pairs), seen


# --- larger sheets: the proof, made by a program


SHAPES = st.sampled_from([(2,), (5,), (2, 3), (3, 2, 2), (2, 4, 3), (4, 64)])


@st.composite
def counted(draw: st.DrawFn) -> tuple[tuple[int, ...], dict[tuple[int, ...], int]]:
    shape = draw(SHAPES)
    kinds = list(itertools.product(*map(range, shape)))
    sizes = st.one_of(st.integers(0, 12), st.integers(15, 34), st.integers(0, 400))
    some = draw(st.lists(st.sampled_from(kinds), max_size=12, unique=True))
    return shape, {kind: draw(sizes) for kind in some}


@settings(max_examples=400, deadline=None)
@given(counted=counted(), data=st.data())
def test_another_population_with_the_same_table_has_ten_of_any_kind(
    counted: tuple[tuple[int, ...], dict[tuple[int, ...], int]], data: st.DataObject
) -> None:
    shape, cells = counted
    names, size = NAMES[: len(shape)], sum(cells.values())
    kind = tuple(data.draw(st.integers(0, values - 1)) for values in shape)
    if size < 10:
        return
    sheet = told(names, cells)
    other = with_ten(cells, kind=kind, sheet=sheet)
    assert sum(other.values()) == size
    assert min(other.values()) >= 0
    assert other[kind] >= 10
    assert told(names, other) == sheet


def with_ten(
    cells: dict[tuple[int, ...], int], *, kind: tuple[int, ...], sheet: Sheet | None
) -> Counter[tuple[int, ...]]:
    """The population of the proof in credentials.crowd; its three cases in their order."""
    other = Counter(cells)
    if other[kind] >= 10:
        return other
    home, sizes = homes(cells)
    for length in range(len(kind), -1, -1):
        here = [one for one in cells if one[:length] == kind[:length] and len(home[one]) <= length]
        if sum(cells[one] for one in here) >= 10:
            return moved(other, givers=here, to=kind, members=10 - other[kind])
    numbers = {} if sheet is None else {group.values: group.members for group in sheet.groups}
    natural = {values: size // 10 * 10 for values, size in sizes.items()}
    if numbers and numbers == natural:
        beyond = {values: size - numbers[values] for values, size in sizes.items()}
        for one in cells:
            spare = min(other[one], beyond.get(home[one], other[one]), 10 - other[kind])
            if one != kind and spare > 0:
                if home[one] in beyond:
                    beyond[home[one]] -= spare
                other[one] -= spare
                other[kind] += spare
        return other
    kept = numbers or dict.fromkeys(list(sizes)[1:], 20)
    other = Counter()
    for values, number in kept.items():
        room = number
        for one, members in cells.items():
            if home[one] == values:
                other[one] = min(members, room)
                room -= other[one]
    other[kind] += sum(cells.values()) - sum(other.values())
    return other


def homes(
    cells: dict[tuple[int, ...], int],
) -> tuple[dict[tuple[int, ...], tuple[int, ...]], dict[tuple[int, ...], int]]:
    """Which group each kind is counted in, () for none; and how large the groups are."""
    home = {kind: kind for kind in cells}
    sizes: dict[tuple[int, ...], int] = {}
    for length in range(max(map(len, cells), default=0), 0, -1):
        rests: dict[tuple[int, ...], int] = defaultdict(int)
        for kind, at in home.items():
            if len(at) == length and at not in sizes:
                rests[at] += cells[kind]
        for values, rest in rests.items():
            if rest >= 20:
                sizes[values] = rest
        home = {
            kind: at[:-1] if len(at) == length and at not in sizes else at
            for kind, at in home.items()
        }
    return home, sizes


def moved(
    other: Counter[tuple[int, ...]],
    *,
    givers: list[tuple[int, ...]],
    to: tuple[int, ...],
    members: int,
) -> Counter[tuple[int, ...]]:
    for giver in givers:
        given_up = min(other[giver], members) if giver != to else 0
        other[giver] -= given_up
        other[to] += given_up
        members -= given_up
    return other


# --- what is told is true, and is found again


@settings(max_examples=200, deadline=None)
@given(counted=counted(), data=st.data())
def test_what_is_told_of_a_combination_is_never_more_than_there_are(
    counted: tuple[tuple[int, ...], dict[tuple[int, ...], int]], data: st.DataObject
) -> None:
    shape, cells = counted
    names, size = NAMES[: len(shape)], sum(cells.values())
    sheet = told(names, cells)
    crowd = Crowd(members=size // 10 * 10, sheets=() if sheet is None else (sheet,))
    asked = data.draw(st.lists(st.sampled_from(range(len(shape))), unique=True))
    places = {names[at]: data.draw(st.integers(0, shape[at] - 1)) for at in asked}
    true = sum(
        members
        for kind, members in cells.items()
        if all(kind[names.index(name)] == place for name, place in places.items())
    )
    assert crowd.sharing(places) <= true
    if sheet is not None:
        assert sheet.members <= size - 10
        assert all(group.members >= 20 for group in sheet.groups)


@settings(max_examples=100)
@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=20, max_size=300))
def test_a_combination_over_several_sheets_is_never_told_too_large(
    people: list[tuple[int, int, int]],
) -> None:
    sheets = [told((name,), Counter((one[at],) for one in people)) for at, name in enumerate(NAMES)]
    crowd = Crowd(
        members=len(people) // 10 * 10, sheets=tuple(each for each in sheets if each is not None)
    )
    for kind in itertools.product(range(3), repeat=3):
        assert crowd.sharing(dict(zip(NAMES, kind, strict=True))) <= people.count(kind)


def test_small_groups_stay_with_what_surrounds_them() -> None:
    cells = {(0, 0): 120, (0, 1): 12, (0, 2): 13, (1, 0): 9, (1, 1): 8, (2, 0): 31}
    assert told(("a", "b"), cells) == Sheet(
        attributes=("a", "b"),
        groups=(
            Group(values=(0,), members=20),
            Group(values=(0, 0), members=120),
            Group(values=(2, 0), members=30),
        ),
    )


def test_ten_always_stay_untold() -> None:
    assert told(("a",), {(0,): 291, (1,): 4}) == told(("a",), {(0,): 295})
    assert told(("a",), {(0,): 295}) == Sheet(
        attributes=("a",), groups=(Group(values=(0,), members=280),)
    )
    assert told(("a",), {(0,): 29}) is None
    assert told(("a",), {(0,): 25, (1,): 22}) is None
    assert told(("a",), {(0,): 19, (1,): 18}) is None


# --- what is counted together


def schema_of(*values: int) -> Schema:
    """`reissued`, and an attribute with so many values each; 0 makes a number, 1 a flag."""
    kinds = {0: "integer", 1: "flag"}
    attributes = [Attribute(name="reissued", type="flag")]
    for at, many in enumerate(values):
        kind = kinds.get(many, "choice")
        listed = tuple(f"v{n}" for n in range(many)) if kind == "choice" else ()
        attributes.append(Attribute(name=f"a{at}", type=kind, values=listed))
    return Schema(name="x", attributes=tuple(attributes))


@pytest.mark.parametrize(
    ("values", "sheets"),
    [
        ((), [["reissued"]]),
        ((3, 1), [["reissued", "a0", "a1"]]),
        ((0, 3, 0, 1), [["reissued", "a1", "a3"]]),
        ((3, 1, 1, 1), [["reissued", "a0", "a1"], ["a2", "a3"]]),
        ((64, 1, 64), [["reissued", "a0", "a1"], ["a2"]]),
        ((64, 3, 64), [["reissued", "a0"], ["a1", "a2"]]),
        ((64, 64), [["reissued", "a0"], ["a1"]]),
    ],
)
def test_choices_and_flags_are_counted_together_as_they_stand(
    values: tuple[int, ...], sheets: list[list[str]]
) -> None:
    assert [list(one) for one in sheets_of(schema_of(*values))] == sheets


def test_the_largest_table_of_all_has_room() -> None:
    for values in ((64,) * 15, (64, 1, 1) * 5, (2, 64, 2) * 5, (64, 4, 2) * 5):
        schema = schema_of(*values)
        sheets = []
        for names in sheets_of(schema):
            sizes = [len(schema.attribute(name).values) or 2 for name in names]
            cells = dict.fromkeys(itertools.product(*map(range, sizes)), 2**14)
            assert len(cells) <= MAX_CELLS
            sheet = told(names, cells)
            assert sheet is not None
            sheets.append(sheet)
        Crowd(members=2**23 // 10 * 10, sheets=tuple(sheets)).check(schema)


def test_places_are_those_of_the_schema() -> None:
    values = {"reissued": 0, "pass": "day", "volunteer": 1, "nickname": "owl", "points": 3}
    assert places_of(values, schema=SCHEMA) == {"reissued": 0, "pass": 2, "volunteer": 1}


def test_nineteen_are_not_worth_telling() -> None:
    assert [worth_telling(change) for change in (0, 1, 19, 20)] == [False, False, False, True]


def test_ten_newcomers_are_enough_as_long_as_fewer_than_thirty_were_ever_counted() -> None:
    assert [enough_newcomers(n, highest_counted=0) for n in (9, 10)] == [False, True]
    assert [enough_newcomers(n, highest_counted=29) for n in (9, 10)] == [False, True]
    assert [enough_newcomers(n, highest_counted=30) for n in (10, 19, 20)] == [False, False, True]


def test_a_table_of_fewer_than_thirty_tells_nothing_but_their_number() -> None:
    for members in range(30):
        for others in range(members + 1):
            cells = {(0, 0): members - others, (0, 1): others}
            assert told(("a", "b"), cells) is None
