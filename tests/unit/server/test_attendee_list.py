"""Attendee lists as people really export them."""

from pathlib import Path

import pytest

from credentials.formats.schema import Schema
from server.organiser.attendee_list import AttendeeList, read_attendee_list
from server.organiser.product_mapping import ProductMapping
from server.problems import OperatorError

SCHEMA = Schema.from_json(
    {
        "name": "city",
        "attributes": [
            {"name": "pass", "type": "choice", "values": ["Full week", "weekend", "day-visitor"]},
            {"name": "volunteer", "type": "flag"},
        ],
    }
)
DATED = Schema.from_json(
    {
        "name": "city",
        "attributes": [
            {"name": "pass", "type": "choice", "values": ["week", "weekend"]},
            {"name": "valid_until", "type": "date"},
        ],
    }
)
PRETIX = (
    "Event slug;Order code;Position ID;Status;Email;Phone number;Order date;Order time;Product;"
    "Variation;Price;Attendee name;Attendee email;Company;Company\n"
)


def read(
    folder: Path, text: str | bytes, *, schema: Schema = SCHEMA, mapping: str | None = None
) -> AttendeeList:
    path = folder / "list.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    products = None
    if mapping is not None:
        (folder / "map.json").write_text(mapping)
        products = ProductMapping.read(folder / "map.json", schema=schema)
    return read_attendee_list(path, schema=schema, mapping=products)


def ticket(
    *,
    order: str = "ABC12",
    position: str = "1",
    status: str = "paid",
    product: str = "Full week",
    variation: str = "",
    email: str = "order@example.org",
    attendee: str = "ana@example.org",
) -> str:
    return (
        f"agora;{order};{position};{status};{email};;2026-01-01;10:00:00;{product};{variation};"
        f"99.00;Ana;{attendee};Firm;Other firm\n"
    )


def reasons(attendees: AttendeeList) -> dict[int, str]:
    return {row.line: row.reason for row in attendees.skipped}


def test_a_plain_file_in_each_punctuation_reads_the_same(tmp_path: Path) -> None:
    comma = read(tmp_path, "name,email,pass\nAna,Ana@Example.org,weekend\n")
    semicolon = read(tmp_path, "name;email;pass\r\nAna;Ana@Example.org;weekend\r\n")
    with_mark = read(tmp_path, "\ufeffName,Email,Pass\nAna,ana@example.org, Weekend \n")
    (one,) = comma.tickets
    assert (one.name, one.email) == ("Ana", "ana@example.org")
    assert one.attributes == {"pass": "weekend", "volunteer": 0}
    assert [one] == list(semicolon.tickets) == list(with_mark.tickets)


def test_columns_named_like_attributes_are_read(tmp_path: Path) -> None:
    attendees = read(
        tmp_path, "name,email,pass,volunteer\nAna,a@x.org,weekend,yes\nBo,b@x.org,weekend,\n"
    )
    assert [one.attributes["volunteer"] for one in attendees.tickets] == [1, 0]
    attendees = read(tmp_path, "name,email,pass,volunteer\nAna,a@x.org,weekend,perhaps\n")
    assert reasons(attendees) == {2: "the value of 'volunteer' is not yes or no"}


def test_unusable_rows_are_reported_with_the_line_on_which_they_begin(tmp_path: Path) -> None:
    attendees = read(
        tmp_path,
        'name,email,pass\n"A\nna",a@x.org,weekend\nBo,b@x.org,weekend\nCy,c.org,weekend\n'
        "Di,,weekend\n,e@x.org,weekend\nFay,f@x.org\nBo,B@x.org,weekend\nGus,g@x.org,king\n"
        "Hal,h@x.org,\n",
    )
    assert [one.name for one in attendees.tickets] == ["A na", "Bo"]
    assert reasons(attendees) == {
        5: "the e-mail address does not have one @",
        6: "the e-mail address is missing",
        7: "the name is missing",
        8: "it has more or fewer cells than the first line",
        9: "the same ticket is on line 4",
        10: "the product “king” is none of the community's passes; name it with --map",
        11: "the pass is missing",
    }


def test_reasons_never_hold_addresses(tmp_path: Path) -> None:
    with pytest.raises(OperatorError) as refused:
        read(tmp_path, PRETIX + ticket(status="zoe@example.org", attendee="zoe@example.org"))
    assert "zoe" not in str(refused.value).replace(str(tmp_path), "")
    attendees = read(tmp_path, PRETIX + ticket(product="zoe@example.org"))
    assert "zoe" not in repr(attendees) + repr(reasons(attendees))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("paid", "valid"),
        ("pending (confirmed)", "valid"),
        ("pending", "pending"),
        ("approval pending", "pending"),
        ("expired", "canceled"),
        ("canceled", "canceled"),
        ("canceled (paid fee)", "canceled"),
    ],
)
def test_a_pretix_status_is_the_state_of_the_ticket(
    tmp_path: Path, status: str, state: str
) -> None:
    (one,) = read(tmp_path, PRETIX + ticket(status=status)).tickets
    assert (one.state.value, one.said) == (state, status)
    assert bool(one.attributes) == (state == "valid")


def test_a_ticket_is_named_by_event_order_and_position(tmp_path: Path) -> None:
    attendees = read(
        tmp_path,
        PRETIX + ticket() + ticket(position="2") + ticket(order="XYZ99") + ticket(),
    )
    assert len({one.key for one in attendees.tickets}) == 3
    assert reasons(attendees) == {5: "the same ticket is on line 2"}


def test_the_attendees_address_comes_before_the_buyers(tmp_path: Path) -> None:
    attendees = read(tmp_path, PRETIX + ticket() + ticket(position="2", attendee=""))
    assert [one.email for one in attendees.tickets] == ["ana@example.org", "order@example.org"]


def test_product_or_variation_is_matched_to_the_passes(tmp_path: Path) -> None:
    attendees = read(
        tmp_path,
        PRETIX
        + ticket(product="FULL WEEK!")
        + ticket(position="2", product="Ticket", variation="Weekend")
        + ticket(position="3", product="Day", variation="visitor")
        + ticket(position="4", product="T-Shirt"),
    )
    passes = [one.attributes["pass"] for one in attendees.tickets]
    assert passes == ["Full week", "weekend", "day-visitor"]
    assert list(reasons(attendees)) == [5]


def test_a_mapping_gives_attributes_by_product(tmp_path: Path) -> None:
    mapping = (
        '{"*": {"valid_until": "2026-08-31"}, "Ticket": {"pass": "week"},'
        ' "Ticket - Late": {"pass": "weekend", "valid_until": "2026-09-30"}}'
    )
    attendees = read(
        tmp_path,
        PRETIX
        + ticket(product="Ticket")
        + ticket(position="2", product="Ticket", variation="Late")
        + ticket(position="3", product="T-Shirt"),
        schema=DATED,
        mapping=mapping,
    )
    first, second = attendees.tickets
    assert first.attributes == {"pass": "week", "valid_until": 20696}
    assert second.attributes == {"pass": "weekend", "valid_until": 20726}
    assert reasons(attendees) == {4: "the product “T-Shirt” is not in the mapping file"}


def test_an_attribute_that_nothing_gives_stops_the_import(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"gives the attribute 'valid_until'"):
        read(tmp_path, "name,email,pass\nAna,a@x.org,week\n", schema=DATED)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\x00", "is not text in UTF-16"),
        (b'name,email\n"Ana,a@x.org\n', "row that begins on line 2"),
        (b"hat;shoe\nAna;a@x.org\n", "no column is found for 'name', 'email'"),
    ],
)
def test_a_file_of_no_use_is_one_sentence(tmp_path: Path, text: bytes, sentence: str) -> None:
    with pytest.raises(OperatorError, match=sentence):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ("[]", "is not a JSON object"),
        ("{", "is not JSON"),
        ('{"Ticket": 1}', "needs an object"),
        ('{"Ticket": {"pass": "king"}}', "'Ticket'"),
        ('{"Ticket": {"reissued": 0}}', "set by the issuer alone"),
        ('{"Ticket": {"hat": "yes"}}', "no attribute 'hat'"),
    ],
)
def test_a_bad_mapping_is_one_sentence(tmp_path: Path, mapping: str, sentence: str) -> None:
    with pytest.raises(OperatorError, match=sentence):
        read(tmp_path, "name,email,pass\n", mapping=mapping)
