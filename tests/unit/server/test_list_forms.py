"""Lists as shops and form programs export them; the titles are theirs, the people are made up.

That guests who were declined came in with them was found by trying the product.
"""

from pathlib import Path

import pytest

from server.problems import OperatorError
from tests.unit.server.list_reading import read, states

LUMA = (
    "api_id,name,first_name,last_name,email,phone_number,created_at,approval_status,checked_in_at,"
    "custom_source,qr_code_url,amount,amount_tax,amount_discount,currency,coupon_code,eth_address,"
    "solana_address,survey_response_rating,survey_response_feedback,ticket_type_id,ticket_name"
)
EVENTBRITE = (
    "Order #,Order Date,First Name,Last Name,Email,Quantity,Price Tier,Ticket Type,Attendee #,"
    "Group,Order Type,Currency,Total Paid,Attendee Status,Home Address 1,Home City,Home State"
)
TITO = (
    "Number,Ticket Created Date,Ticket,Ticket Full Name,Ticket First Name,Ticket Last Name,"
    "Ticket Email,Event,Void Status,Price,Ticket Reference,Order Reference,Order Name,Order Email"
)


def test_luma_guests_come_in_only_if_they_were_approved(tmp_path: Path) -> None:
    def guest(number: int, status: str, *, name: str = "Ana Amaro") -> str:
        return (
            f"gst-{number},{name},Given,Family,g{number}@example.org,,2027-05-01T10:00:00.000Z,"
            f"{status},,,,,,,,,,,,,tt-1,Standard\n"
        )

    words = ["approved", "declined", "pending_approval", "waitlist", "invited", ""]
    guests = [guest(number, word) for number, word in enumerate(words)]
    attendees = read(
        tmp_path, "\ufeff" + LUMA + "\n" + "".join(guests) + guest(7, "approved", name="")
    )
    assert (attendees.form, attendees.scope) == ("luma", "luma")
    assert not attendees.omits_canceled
    assert states(attendees) == [
        *("valid", "canceled", "pending", "pending", "pending", "pending", "valid")
    ]
    assert (attendees.tickets[0].name, attendees.tickets[-1].name) == ("Ana Amaro", "Given Family")
    assert len({one.key for one in attendees.tickets} - {None}) == 7
    with pytest.raises(OperatorError, match=r"approval_status.*“shortlisted”"):
        read(tmp_path, LUMA + "\n" + guest(1, "approved") + guest(2, "shortlisted"))


def test_eventbrite_attendees_come_in_only_if_they_attend(tmp_path: Path) -> None:
    def attendee(number: int, status: str, quantity: int = 1) -> str:
        return (
            f"990,11/29/26 22:28,Ana,Amaro,g{number}@example.org,{quantity},,General,"
            f"18441583{number},,Free Order,USD,0,{status},,Reno,NV\n"
        )

    words = ["Attending", "Checked In", "Not Attending", "Deleted", "Refunded"]
    rows = [attendee(number, word) for number, word in enumerate(words)]
    attendees = read(tmp_path, EVENTBRITE + "\n" + "".join(rows))
    assert attendees.form == "eventbrite"
    assert states(attendees) == ["valid", "valid", "canceled", "canceled", "canceled"]
    assert attendees.tickets[0].name == "Ana Amaro"
    assert attendees.tickets[0].order == "990"
    assert len({one.key for one in attendees.tickets} - {None}) == 5


def test_an_eventbrite_order_of_several_tickets_is_not_one_person(tmp_path: Path) -> None:
    attendees = read(
        tmp_path,
        "Order #,First Name,Last Name,Email,Quantity,Ticket Type,Order Status\n"
        "990,Ana,Amaro,ana@example.org,2,General,Attending\n"
        "991,Bo,Berg,bo@example.org,1,General,Attending\n",
    )
    assert [one.name for one in attendees.tickets] == ["Bo Berg"]
    assert "export the attendees" in attendees.skipped[0].reason


def test_void_tito_tickets_are_canceled_and_unassigned_ones_wait(tmp_path: Path) -> None:
    def ticket(number: int, name: str, email: str, void: str) -> str:
        ids = f"AB-{number},AB,Buyer,b@x.org"
        return f"{number},2027-05-01,Early,{name},,,{email},Fest,{void},9,{ids}\n"

    attendees = read(
        tmp_path,
        f"{TITO}\n"
        + ticket(1, "Ana", "ana@example.org", "")
        + ticket(2, "Bo", "bo@example.org", "true")
        + ticket(3, "Cy", "cy@example.org", "Void")
        + ticket(4, "", "", ""),
    )
    assert (attendees.form, attendees.scope) == ("tito", "tito/Fest")
    assert states(attendees) == ["valid", "canceled", "canceled"]
    (unassigned,) = attendees.skipped
    assert unassigned.reason == "the e-mail address is missing"
    assert unassigned.key is not None


def test_of_two_answers_in_a_google_form_the_later_counts(tmp_path: Path) -> None:
    attendees = read(
        tmp_path,
        "Timestamp,Email Address,What is your name?,Will you attend?,Which city are you from?\n"
        "2027/05/01 10:00:00 AM GMT+1,Ana@example.org,Ana,Yes,Reno\n"
        "2027/05/02 10:00:00 AM GMT+1,bo@example.org,Bo,Yes,Oslo\n"
        "2027/05/03 10:00:00 AM GMT+1,ana@example.org,Ana Amaro,No,Reno\n",
    )
    assert attendees.form == "google-forms"
    assert {one.name: one.state.value for one in attendees.tickets} == {
        "Bo": "valid",
        "Ana Amaro": "canceled",
    }
    assert [(row.line, row.reason) for row in attendees.skipped] == [
        (2, "the same address answered again on line 4")
    ]


ANSWERS = "Timestamp,Email Address,Name,Will you attend?"


def answers(folder: Path, *rows: str) -> dict[str, str]:
    """The names that count, and what they say."""
    attendees = read(folder, "\n".join((ANSWERS, *rows)) + "\n")
    return {one.name: one.state.value for one in attendees.tickets}


@pytest.mark.parametrize(
    ("earlier", "later", "another"),
    [
        (
            "2027/05/01 9:00:00 AM GMT+1",
            "2027/05/01 1:00:00 PM GMT+1",
            "2027/05/02 1:00:00 AM GMT+1",
        ),
        (
            "2027/10/31 2:30:00 AM GMT+2",
            "2027/10/31 2:10:00 AM GMT+1",
            "2027/11/01 1:00:00 AM GMT+1",
        ),
        ("5/9/2027 10:00:00", "5/10/2027 9:00:00", "5/13/2027 9:00:00"),
        ("30/04/2027 10:00:00", "01/05/2027 09:00:00", "02/05/2027 09:00:00"),
        ("30.04.2027 10:00:00", "01.05.2027 09:00:00", "02.05.2027 09:00:00"),
        ("30-4-2027 10:00:00", "1-5-2027 9:00:00", "2-5-2027 9:00:00"),
        ("2027-05-01T10:00:00.000Z", "2027-05-01T10:00:00.500Z", "2027-05-01T11:00:00.500Z"),
        ("2027. 4. 30 오전 11:00:00", "2027. 4. 30 오후 1:00:00", "2027. 5. 1 오후 1:00:00"),
        ("2027/04/30 上午11:00:00", "2027/04/30 下午1:00:00", "2027/05/01 下午1:00:00"),
        ("01/02/2027 10:00:00", "02/02/2027 10:00:00", "03/02/2027 10:00:00"),
    ],
)
@pytest.mark.parametrize("newest_first", [False, True])
def test_the_newer_answer_counts_however_the_list_is_sorted(
    tmp_path: Path, earlier: str, later: str, another: str, newest_first: bool
) -> None:
    rows = [
        f"{earlier},ana@x.org,Ana,Yes",
        f"{later},ana@x.org,Ana,No",
        f"{another},bo@x.org,Bo,Yes",
    ]
    found = answers(tmp_path, *(reversed(rows) if newest_first else rows))
    assert found == {"Ana": "canceled", "Bo": "valid"}


def test_the_whole_column_tells_day_and_month_apart(tmp_path: Path) -> None:
    """4/3 and 3/4 may be either; a third time says in which order the column is sorted."""
    rows = ["4/3/2027 9:00,ana@x.org,Ana,Yes", "3/4/2027 9:00,ana@x.org,Ana,No"]
    assert answers(tmp_path, *rows, "5/4/2027 9:00,bo@x.org,Bo,Yes")["Ana"] == "canceled"
    assert answers(tmp_path, *rows, "2/3/2027 9:00,bo@x.org,Bo,Yes")["Ana"] == "valid"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4/3/2027 9:00", "3/4/2027 9:00"),
        ("1/5/2027 9:00", "1/5/2027 9:00"),
        ("", "1/5/2027 9:00"),
        ("yesterday", "1/5/2027 9:00"),
    ],
)
def test_where_it_is_unclear_which_answer_is_newer_neither_counts(
    tmp_path: Path, one: str, other: str
) -> None:
    table = f"{ANSWERS}\n{one},ana@x.org,Ana,Yes\n{other},ana@x.org,Ana,No\n"
    attendees = read(tmp_path, table)
    assert attendees.tickets == ()
    assert [(row.line, row.repeated) for row in attendees.skipped] == [(2, False), (3, False)]
    assert all("lines 2 and 3" in row.reason for row in attendees.skipped)
    assert all("ana@x.org" in row.whose for row in attendees.skipped)


def test_two_people_may_answer_a_form_with_one_address(tmp_path: Path) -> None:
    found = answers(
        tmp_path,
        "2027/05/01 10:00:00,fam@x.org,Ana,Yes",
        "2027/05/02 10:00:00,fam@x.org,Bo,No",
        "2027/05/03 10:00:00,fam@x.org,Ana Amaro,Yes",
    )
    assert found == {"Bo": "canceled", "Ana Amaro": "valid"}


def test_a_row_that_cannot_be_read_says_whose_it_may_be(tmp_path: Path) -> None:
    table = "name,email,status\nAna,ana@x.org\nBo,bo(at)x.org,paid\nCy\nDi,di@x.org,paid\n"
    attendees = read(tmp_path, table)
    assert [row.whose for row in attendees.skipped] == [
        ("Ana", "ana@x.org"),
        ("Bo", "bo(at)x.org"),
        ("Cy",),
    ]
    assert "Ana" not in repr(attendees.skipped)


def test_one_person_in_a_plain_list_stands_once_and_what_is_valid_counts(tmp_path: Path) -> None:
    attendees = read(
        tmp_path,
        "name,email,status\nAna,ana@example.org,canceled\nANA,Ana@Example.org,paid\n"
        "Ana B,ana@example.org,paid\nAna,ana@example.org,canceled\n",
    )
    assert [(one.name, one.state.value) for one in attendees.tickets] == [
        ("ANA", "valid"),
        ("Ana B", "valid"),
    ]
    assert [row.line for row in attendees.skipped] == [2, 5]


def test_a_form_can_be_named_and_says_what_is_missing(tmp_path: Path) -> None:
    table = f"{LUMA}\n"
    assert read(tmp_path, table).form == "luma"
    with pytest.raises(OperatorError, match=r"no attendee list of the form tito: .*'Ticket Email'"):
        read(tmp_path, table, form="tito")
    with pytest.raises(OperatorError, match="no form 'lumma'; forms are pretix, luma"):
        read(tmp_path, table, form="lumma")
    assert read(tmp_path, table, form="plain").form == "plain"
