"""credentials.formats.crowd: a table of lower bounds, and what it says of a combination."""

import dataclasses

import pytest

from credentials.errors import EncodingError
from credentials.formats.crowd import Crowd, Group, Sheet
from tests.unit.formats.samples import METADATA

CROWD = Crowd(
    day=20_700,
    since=3,
    removals=7,
    highest_serial=295,
    members=290,
    sheets=(
        Sheet(
            attributes=("pass", "speaker"),
            groups=(
                Group(values=(0,), members=30),
                Group(values=(0, 0), members=140),
                Group(values=(1, 0), members=60),
                Group(values=(1, 1), members=20),
            ),
        ),
        Sheet(attributes=("reissued",), groups=(Group(values=(0,), members=280),)),
    ),
)


@pytest.mark.parametrize(
    ("places", "members"),
    [
        ({}, 290),
        ({"pass": 0}, 170),
        ({"pass": 1}, 80),
        ({"pass": 0, "speaker": 0}, 140),
        ({"pass": 0, "speaker": 1}, 0),
        ({"speaker": 0}, 200),
        ({"speaker": 1}, 20),
        ({"reissued": 0}, 280),
        ({"reissued": 1}, 0),
        ({"pass": 0, "reissued": 0}, 170 + 280 - 299),
        ({"pass": 1, "reissued": 0}, 80 + 280 - 299),
        ({"speaker": 1, "reissued": 0}, 20 + 280 - 299),
        ({"pass": 0, "speaker": 1, "reissued": 0}, 0),
        ({"pass": 0, "colour": 1}, 0),
    ],
)
def test_a_combination_is_told_by_what_is_true_of_it(places: dict[str, int], members: int) -> None:
    assert CROWD.sharing(places) == members


def test_a_crowd_comes_back_as_it_was() -> None:
    for crowd in (Crowd(), CROWD):
        assert Crowd.from_fields(crowd.to_fields()) == crowd


SHEET = (("pass",), (((0,), 20),))
TWO = (("pass", "speaker"), (((0,), 20), ((0, 1), 20)))


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (0, 0, 0, 0, 30),
        10,
        (0, 0, 0, 0, 35, ()),
        (0, 0, 0, 0, -10, ()),
        (0, 0, 0, 0, 2**24 + 4, ()),
        (2**16, 0, 0, 0, 30, ()),
        (0, 1, 0, 0, 30, ()),  # more had left earlier than by now
        (0, 0, 2**32, 0, 30, ()),
        (0, 0, 0, 2**24, 30, ()),
        (0, 0, 0, 0, 20, (SHEET,)),  # nobody is left untold
        (0, 0, 0, 0, 40, (TWO,)),
        (0, 0, 0, 0, 30, (SHEET, SHEET)),
        (0, 0, 0, 0, 30, [SHEET]),
        (0, 0, 0, 0, 30, ((("pass",), ()),)),
        (0, 0, 0, 0, 30, (((), (((0,), 20),)),)),
        (0, 0, 0, 0, 30, ((("Pass",), (((0,), 20),)),)),
        (0, 0, 0, 0, 30, ((("pass",), (((0,), 10),)),)),
        (0, 0, 0, 0, 40, ((("pass",), (((0,), 25),)),)),
        (0, 0, 0, 0, 30, ((("pass",), (((), 20),)),)),
        (0, 0, 0, 0, 30, ((("pass",), (((64,), 20),)),)),
        (0, 0, 0, 0, 30, ((("pass",), (((0, 0), 20),)),)),
        (0, 0, 0, 0, 30, ((("pass",), ((("week",), 20),)),)),
        (0, 0, 0, 0, 90, ((("pass",), (((1,), 20), ((0,), 20))),)),
        (0, 0, 0, 0, 90, ((("pass",), (((0,), 20), ((0,), 20))),)),
        (0, 0, 0, 0, 90, ((("a", "b", "c", "d"), (((0,), 20),)),)),
        (0, 0, 0, 0, 90, tuple(((f"a{n}",), (((0,), 20),)) for n in range(17))),
    ],
)
def test_a_malformed_crowd_is_refused(fields: object) -> None:
    with pytest.raises(EncodingError):
        Crowd.from_fields(fields)


@pytest.mark.parametrize(
    ("attributes", "values"),
    [
        (("colour",), (0,)),  # not in the schema
        (("level",), (0,)),  # a number
        (("name",), (0,)),  # a text
        (("pass",), (63,)),  # a value that the choice does not list
        (("reissued",), (2,)),
        (("reissued", "pass"), (0, 63)),
    ],
)
def test_metadata_counts_by_choices_and_flags_of_its_schema_only(
    attributes: tuple[str, ...], values: tuple[int, ...]
) -> None:
    sheet = Sheet(attributes=attributes, groups=(Group(values=values, members=20),))
    with pytest.raises(EncodingError, match="the crowd counts"):
        dataclasses.replace(METADATA, crowd=Crowd(members=90, sheets=(sheet,)))
