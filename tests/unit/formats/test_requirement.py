"""credentials.formats.requirement: what can be asked to be proven, and in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import EncodingError, PolicyError
from credentials.formats.requirement import Bound, Requirement
from tests.unit.formats.samples import SCHEMA

LARGEST = 2**24 - 1
LAST_DAY = 2**16 - 1  # 2149-06-06


@pytest.mark.parametrize(
    ("text", "operator", "bound"),
    [
        ("level >= 0", ">=", 0),
        ("level<=5", "<=", 5),
        ("level   >=   16777215", ">=", LARGEST),
        ("level >= 007", ">=", 7),
        ("valid_until >= today", ">=", "today"),
        ("valid_until >= 1970-01-01", ">=", 0),
        ("valid_until <= 2149-06-06", "<=", LAST_DAY),
        ("valid_until >= 2024-02-29", ">=", 19_782),
        ("serial <= 300", "<=", 300),
    ],
)
def test_good_requirements_are_read(text: str, operator: str, bound: int | str) -> None:
    read = Requirement.parse(text)
    assert (read.operator, read.bound) == (operator, bound)
    read.check(SCHEMA)
    assert Requirement.parse(str(read)) == read
    assert Requirement.from_fields(read.to_fields()) == read
    assert Requirement.parse(read.show_text(SCHEMA)) == read


@pytest.mark.parametrize(
    "text",
    [
        None,
        5,
        ["level", ">=", 5],
        "",
        "level",
        "level >=",
        ">= 5",
        "level > 5",
        "level => 5",
        "level == 5",
        "level >= 5 and level <= 7",
        "level >= -1",
        "level >= +1",
        "level >= 1.5",
        "level >= 1e3",
        "level >= 0x10",
        "level >= 16777216",
        "level >= 99999999",
        "level >= 9999999999",
        "level >= 00000000001",
        "level >= 5 ",
        " level >= 5",
        "level >= 5\n",
        "level\t>= 5",
        "level >= \u0663",
        "Level >= 5",
        "1evel >= 5",
        "a" * 33 + " >= 5",
        "valid_until >= tomorrow",
        "valid_until >= Today",
        "valid_until >= 2026-02-30",
        "valid_until >= 2026-1-1",
        "valid_until >= 1969-12-31",
        "valid_until >= 2026-11-25T00:00",
        "valid_until >= --",
    ],
)
def test_what_is_not_a_requirement_is_refused(text: object) -> None:
    with pytest.raises(PolicyError):
        Requirement.parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("unknown >= 1", "no attribute"),
        ("pass >= 1", "neither a date nor an integer"),
        ("nickname >= 1", "neither a date nor an integer"),
        ("speaker >= 1", "neither a date nor an integer"),
        ("reissued <= 0", "neither a date nor an integer"),
        ("level >= today", "not a date"),
        ("serial >= today", "not a date"),
        ("handle >= 1", "no attribute"),
        ("valid_until >= 65536", "outside its type"),
        ("valid_until >= 2149-06-07", "outside its type"),
    ],
)
def test_what_the_schema_cannot_meet_is_refused(text: str, why: str) -> None:
    with pytest.raises(PolicyError, match=why):
        Requirement.parse(text).check(SCHEMA)


def test_bounds_have_the_digits_of_their_type() -> None:
    assert Requirement.parse("level >= 5").resolve(SCHEMA, today=None) == Bound(
        index=6, operator=">=", bound=5, digits=3
    )
    assert Requirement.parse("valid_until <= today").resolve(SCHEMA, today=20_000) == Bound(
        index=5, operator="<=", bound=20_000, digits=2
    )
    assert Requirement.parse("serial <= 16777215").resolve(SCHEMA, today=None) == Bound(
        index=1, operator="<=", bound=LARGEST, digits=3
    )


def test_today_has_to_be_known_and_to_be_a_day() -> None:
    requirement = Requirement.parse("valid_until >= today")
    assert requirement.resolve(SCHEMA, today=LAST_DAY).bound == LAST_DAY
    assert requirement.resolve(SCHEMA, today=0).bound == 0
    with pytest.raises(PolicyError, match="needs a day"):
        requirement.resolve(SCHEMA, today=None)
    for day in (-1, LAST_DAY + 1, 2**40):
        with pytest.raises(PolicyError, match="outside its type"):
            requirement.resolve(SCHEMA, today=day)
    # Where today is not named it makes no difference.
    Requirement.parse("valid_until >= 2026-11-25").resolve(SCHEMA, today=None)


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ("level", 0),
        ("level", 0, 5, 6),
        ("level", 2, 5),
        ("level", ">=", 5),
        (b"level", 0, 5),
        ("Level", 0, 5),
        ("level", 0, "tomorrow"),
        ("level", 0, b"today"),
        ("level", 0, (5,)),
        ("level", 0, LARGEST + 1),
        ("level", True, 5),
        "level >= 5",
    ],
)
def test_malformed_fields_are_refused(fields: object) -> None:
    with pytest.raises((EncodingError, PolicyError)):
        Requirement.from_fields(fields)


@pytest.mark.parametrize("bound", [True, -1, LARGEST + 1, 1.0, None, "5", b"5"])
def test_a_bound_of_another_type_does_not_exist(bound: object) -> None:
    with pytest.raises(PolicyError):
        Requirement(attribute="level", operator=">=", bound=bound)  # type: ignore[arg-type]


@given(text=st.text(max_size=30))
def test_any_text_is_read_or_refused_with_our_error(text: str) -> None:
    try:
        read = Requirement.parse(text)
    except PolicyError:
        return
    assert Requirement.parse(str(read)) == read


def test_a_bound_written_as_a_date_bounds_dates_only() -> None:
    written = "level >= 2020-01-01"
    with pytest.raises(PolicyError, match="not a date"):
        Requirement.parse(written).check(SCHEMA)
    kept = Requirement.parse("valid_until <= 2031-12-31")
    kept.check(SCHEMA)
    assert str(kept) == "valid_until <= 2031-12-31"
    assert Requirement.parse(str(kept)) == kept
