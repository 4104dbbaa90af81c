"""The mapping file: which product gives what, which gives no membership, what words mean."""

from pathlib import Path

import pytest

from credentials.formats.schema import Schema
from server.organiser.attendee_list import AttendeeList, read_attendee_list
from server.organiser.product_mapping import ProductMapping
from server.problems import OperatorError

SCHEMA = Schema.from_json(
    {
        "name": "fest",
        "attributes": [
            {"name": "pass", "type": "choice", "values": ["day", "week"]},
            {"name": "valid_until", "type": "date"},
        ],
    }
)
LIST = (
    "Event slug;Order code;Position ID;Status;Email;Product;Variation;Attendee name\n"
    "fest;AAAA1;1;paid;ana@example.org;Day ticket;Late;Ana\n"
    "fest;AAAA1;2;paid;ana@example.org;T-shirt;M;\n"
    "fest;AAAA1;3;canceled;ana@example.org;Day ticket;;Ana\n"
    "fest;AAAA1;4;paid;ana@example.org;Dinner – Friday;;Ana\n"
)


def read(folder: Path, mapping: str) -> AttendeeList:
    (folder / "list.csv").write_text(LIST)
    (folder / "map.json").write_text(mapping)
    products = ProductMapping.read(folder / "map.json", schema=SCHEMA)
    return read_attendee_list(folder / "list.csv", schema=SCHEMA, mapping=products)


def test_a_product_that_gives_no_membership_is_said_so(tmp_path: Path) -> None:
    """Found by trying the product: a shirt became a member."""
    mapping = '{"*": {"pass": "day", "valid_until": "2031-12-31"}, "t-SHIRT": null}'
    attendees = read(tmp_path, mapping)
    assert [(one.line, one.state.value) for one in attendees.tickets] == [
        *((2, "valid"), (3, "other product"), (4, "canceled"), (5, "valid")),
    ]
    shirt = attendees.tickets[1]
    assert (shirt.attributes, shirt.key is not None) == ({}, True)
    assert not attendees.skipped


def test_a_variation_can_be_the_one_that_gives_none(tmp_path: Path) -> None:
    mapping = """{
        "*": {"valid_until": "2031-12-31"},
        "Day ticket": {"pass": "day"}, "Day ticket - Late": null,
        "T-shirt": null, "Dinner - Friday": null
    }"""
    states = {one.line: one.state.value for one in read(tmp_path, mapping).tickets}
    assert states == {2: "other product", 3: "other product", 4: "canceled", 5: "other product"}


def test_a_product_that_is_not_named_is_skipped_with_its_name(tmp_path: Path) -> None:
    mapping = '{"Day ticket": {"pass": "day", "valid_until": "2031-12-31"}}'
    attendees = read(tmp_path, mapping)
    assert {row.line: row.reason for row in attendees.skipped} == {
        3: "the product “T-shirt - M” is not in the mapping file",
        5: "the product “Dinner – Friday” is not in the mapping file",
    }
    assert all(row.key is not None for row in attendees.skipped)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ('{"*": null}', r"'\*' needs an object"),
        ('{"Day": 3}', "or null if it gives no membership"),
        ('{"Day": {}, "DAY ": {}}', "names a product twice"),
        ('{"Day": null, "Day": {}}', "names 'Day' twice"),
        ('{"statuses": ["going"]}', "needs an object of words"),
        ('{"statuses": {"going": "yes"}}', "valid, pending or canceled"),
    ],
)
def test_a_mapping_that_cannot_be_is_one_sentence(
    tmp_path: Path, mapping: str, sentence: str
) -> None:
    with pytest.raises(OperatorError, match=sentence):
        read(tmp_path, mapping)


def test_passes_and_products_of_every_script_are_found(tmp_path: Path) -> None:
    schema = Schema.from_json(
        {
            "name": "fest",
            "attributes": [{"name": "pass", "type": "choice", "values": ["一日票", "день"]}],
        }
    )
    path = tmp_path / "list.csv"
    path.write_text("name,email,pass\nAna,a@x.org,一日票\nBo,b@x.org,День!\n", encoding="utf-8")
    tickets = read_attendee_list(path, schema=schema).tickets
    assert [ticket.attributes["pass"] for ticket in tickets] == ["一日票", "день"]


def test_a_mapping_is_read_as_windows_writes_it(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / "map.json").write_text('{"Été": {"pass": "day"}}', encoding=encoding)
        assert ProductMapping.read(tmp_path / "map.json", schema=SCHEMA).names("ÉTÉ", variation="")
