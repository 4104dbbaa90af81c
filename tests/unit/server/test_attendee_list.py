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
        10: "the product “king” is none of the community's passes; use --map",
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


def test_good_names_of_every_script_are_taken(tmp_path: Path) -> None:
    """Found by trying the product, which refused all but the last two."""
    names = {
        "Ida\u00a0Inner": "Ida Inner",
        "می\u200cخواهم": "می\u200cخواهم",
        "Wider\u00adfall": "Widerfall",
        "👩\u200d💻 Dev": "👩\u200d💻 Dev",
        "山田\u3000太郎": "山田 太郎",
        "क्ष\u200dत्रिय": "क्ष\u200dत्रिय",
        "Jose\u0301": "José",
        "Işıl  İnan": "Işıl İnan",
        "Nguyễn Thị Ánh": "Nguyễn Thị Ánh",
    }
    rows = "".join(f"{name},g{at}@example.org,weekend\n" for at, name in enumerate(names))
    attendees = read(tmp_path, "name,email,pass\n" + rows)
    assert [one.name for one in attendees.tickets] == list(names.values())


def test_a_refusal_names_the_character_and_its_place(tmp_path: Path) -> None:
    attendees = read(
        tmp_path,
        "name,email,pass\nAna\u202eB,a@x.org,weekend\nBo\x07,b@x.org,weekend\n"
        f"{'x' * 201},c@x.org,weekend\nDi,d\x08@x.org,weekend\n",
    )
    assert reasons(attendees) == {
        2: "the name holds U+202E RIGHT-TO-LEFT OVERRIDE (character 4)",
        3: "the name holds U+0007 a control character (character 3)",
        4: "the name is longer than 200 characters",
        5: "the e-mail address holds U+0008 a control character (character 2)",
    }


def test_what_gives_no_membership_needs_no_good_name(tmp_path: Path) -> None:
    text = PRETIX + ticket(status="canceled", email="nowhere", attendee="nowhere")
    (one,) = read(tmp_path, text).tickets
    assert (one.state.value, one.email, one.key is not None) == ("canceled", "", True)


def test_an_address_in_brackets_is_taken_out_of_them(tmp_path: Path) -> None:
    text = "name,email,pass\nAna,Ana Amaro <Ana@Example.org>,weekend\nBo,mailto:b@x.org,weekend\n"
    assert [one.email for one in read(tmp_path, text).tickets] == ["ana@example.org", "b@x.org"]


def test_excel_writes_lists_that_are_read(tmp_path: Path) -> None:
    """Found by trying the product, which refused both."""
    separator = read(tmp_path, "\ufeffsep=;\r\nname;email;pass\r\nAnna;a@x.org;weekend\r\n")
    tabs = read(tmp_path, "name\temail\tpass\nAnna\ta@x.org\tweekend\n")
    assert [one.name for one in separator.tickets] == ["Anna"] == [one.name for one in tabs.tickets]
    assert separator.tickets[0].line == 3
