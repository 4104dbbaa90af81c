"""Statuses in lists: understood, or the list is refused. Nobody who was declined becomes a member.

The lists of guests with a status that was ignored were found by trying the product.
"""

from pathlib import Path

import pytest

from credentials.formats.schema import Schema
from server.organiser.attendee_list import read_attendee_list, read_columns
from server.organiser.product_mapping import ProductMapping
from server.organiser.status_titles import Kind, kind_of
from server.organiser.status_words import CANCELED, PENDING, STATES, VALID
from server.organiser.ticket import TicketState
from server.problems import OperatorError

SCHEMA = Schema.from_json({"name": "club", "attributes": [{"name": "volunteer", "type": "flag"}]})


def states(
    folder: Path, title: str, *values: str, mapping: str | None = None, columns: str | None = None
) -> list[str]:
    """What a list with this column says of its rows; `skipped` for a row that is no ticket."""
    rows = [f"Guest {at},g{at}@example.org,{value}\n" for at, value in enumerate(values)]
    path = folder / "list.csv"
    path.write_text(f"name,email,{title}\n{''.join(rows)}", encoding="utf-8")
    products = None
    if mapping is not None:
        (folder / "map.json").write_text(mapping, encoding="utf-8")
        products = ProductMapping.read(folder / "map.json", schema=SCHEMA)
    read = read_attendee_list(
        path,
        schema=SCHEMA,
        mapping=products,
        columns=read_columns(columns) if columns is not None else None,
    )
    said = {ticket.line: ticket.state.value for ticket in read.tickets}
    return [said.get(line, "skipped") for line in range(2, 2 + len(values))]


def test_no_word_says_two_things() -> None:
    assert not VALID & PENDING
    assert not VALID & CANCELED
    assert not PENDING & CANCELED
    assert "" not in STATES


@pytest.mark.parametrize(
    "title",
    [
        *("Status", "STATUS ", "State", "approval_status", "Ticket Status", "Order status"),
        *("paymentStatus", "RSVP", "Guest status", "Attendee Status", "Zahlungsstatus"),
        *("Statut", "Statut du billet", "État", "Estado", "Estado de la entrada", "Stato"),
        *("状态", "审核状态", "狀態", "ステータス", "상태", "Статус", "Durum", "Trạng thái"),
        *("Situação", "Status płatności", "Tila", "الحالة", "Decision", "Response"),
    ],
)
def test_words_in_any_column_that_looks_like_a_status_are_understood(
    tmp_path: Path, title: str
) -> None:
    read = states(
        tmp_path,
        title,
        *("approved", "Paid", "going", "CONFIRMED", "declined", "Cancelled", "refunded"),
        *("expired", "blocked", "waitlist", "pending_approval", "Invited", "not attending"),
    )
    assert read == ["valid"] * 4 + ["canceled"] * 5 + ["pending"] * 3 + ["canceled"]


@pytest.mark.parametrize(
    ("valid", "pending", "canceled"),
    [
        ("bezahlt", "ausstehend", "storniert"),
        ("payé", "en attente", "annulé"),
        ("pagado", "pendiente", "cancelado"),
        ("confermato", "in attesa", "annullato"),
        ("pago", "pendente", "cancelado"),
        ("betaald", "wachtlijst", "geannuleerd"),
        ("已付款", "待处理的", "取消的"),
        ("支付", "等待批准", "已取消（已支付费用）"),
        ("支払い済み", "保留中", "キャンセル済み"),
        ("결제 완료", "대기중", "취소"),
        ("оплачено", "в ожидании", "отменено"),
        ("onaylandı", "bekliyor", "İptal edildi"),
        ("đã thanh toán", "danh sách chờ", "Đã hủy"),
        ("مدفوع", "قيد الانتظار", "تم إلغاؤه"),
        ("ausstehend (bestätigt)", "Freigabe ausstehend", "storniert (bezahlte Gebühr)"),
    ],
)
def test_words_of_other_languages_are_understood(
    tmp_path: Path, valid: str, pending: str, canceled: str
) -> None:
    assert states(tmp_path, "Status", valid, pending.upper(), canceled) == [
        *("valid", "pending", "canceled")
    ]


@pytest.mark.parametrize(
    "title",
    [
        *("Canceled", "cancelled?", "isCancelled", "Blocked", "Refunded", "Void", "Declined"),
        *("Storniert", "Gesperrt", "Annulé", "Bloqué", "Cancelado", "取消", "已封锁", "キャンセル"),
        *("Void Status", "Rejected", "Gelöscht", "Отменён", "İptal"),
    ],
)
def test_yes_and_dates_end_a_ticket_where_the_title_says_so(tmp_path: Path, title: str) -> None:
    yes = ["yes", "TRUE", "1", "x", "Ja", "oui", "是", "2027-05-01 10:00", "01/05/2027"]
    no = ["no", "False", "0", "", "nein", "-", "n/a"]
    assert states(tmp_path, title, *yes, *no) == ["canceled"] * len(yes) + ["valid"] * len(no)


@pytest.mark.parametrize(
    "title", ["Paid", "approved", "Confirmed?", "Have you paid?", "Payé", "付款"]
)
def test_who_has_not_paid_or_is_not_approved_is_pending(tmp_path: Path, title: str) -> None:
    assert states(tmp_path, title, "yes", "2027-05-01", "no", "") == [
        *("valid", "valid", "pending", "pending")
    ]


@pytest.mark.parametrize("title", ["RSVP", "Attending", "Will you attend?", "¿Asistirás?", "参加"])
def test_who_does_not_come_is_canceled(tmp_path: Path, title: str) -> None:
    assert states(tmp_path, title, "Yes", "No", "Maybe", "") == [
        *("valid", "canceled", "pending", "pending")
    ]


def test_waiting_lists_are_pending_and_visits_say_nothing(tmp_path: Path) -> None:
    assert states(tmp_path, "Waitlisted", "yes", "no", "") == ["pending", "valid", "valid"]
    for title in ("Checked in", "checked_in_at", "Eingecheckt", "签到"):
        read = states(tmp_path, title, "yes", "No", "2027-05-01", "", "declined")
        assert read == ["valid", "valid", "valid", "valid", "canceled"]


def test_the_strictest_column_decides(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "name,email,Status,Blocked,Status\n"
        "Ana,a@example.org,paid,,paid\nBo,b@example.org,paid,yes,paid\n"
        "Cy,c@example.org,paid,,declined\nDi,d@example.org,pending,no,paid\n"
    )
    read = read_attendee_list(path, schema=SCHEMA)
    assert [ticket.state.value for ticket in read.tickets] == [
        *("valid", "canceled", "canceled", "pending")
    ]
    assert [ticket.said for ticket in read.tickets] == [
        *("paid", "Blocked: yes", "declined", "pending")
    ]


@pytest.mark.parametrize("title", ["Status", "RSVP", "Canceled", "Paid", "État", "状态"])
def test_a_value_that_is_not_known_refuses_the_list(tmp_path: Path, title: str) -> None:
    with pytest.raises(OperatorError) as refused:
        states(tmp_path, title, "valid", "perhaps later", "z@example.org")
    sentence = str(refused.value)
    assert f"the column '{title}'" in sentence
    assert "“perhaps later” (line 3)" in sentence
    assert '"statuses": {"perhaps later": "pending"}' in sentence
    assert "--columns status=" in sentence
    assert "z@example.org" not in sentence


def test_yes_means_nothing_under_a_title_that_asks_nothing(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="what these values mean"):
        states(tmp_path, "Status", "yes", "no")


def test_an_empty_status_is_no_yes(tmp_path: Path) -> None:
    assert states(tmp_path, "Status", "paid", "") == ["valid", "skipped"]


def test_a_mapping_says_what_words_mean(tmp_path: Path) -> None:
    mapping = '{"statuses": {"Perhaps-later": "pending", "IN": "valid", "going": "canceled"}}'
    read = states(tmp_path, "Status", "perhaps later", "in", "Going", "paid", mapping=mapping)
    assert read == ["pending", "valid", "canceled", "valid"]


def test_a_mapping_does_not_turn_a_yes_under_blocked_about(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "name,email,Status,Blocked\n"
        "Ana,a@example.org,yes,\nBo,b@example.org,yes,yes\nCy,c@example.org,no,\nDi,d@x.org,,\n"
    )
    (tmp_path / "map.json").write_text(
        '{"statuses": {"yes": "valid", "no": "canceled", "": "pending"}}'
    )
    mapping = ProductMapping.read(tmp_path / "map.json", schema=SCHEMA)
    read = read_attendee_list(path, schema=SCHEMA, mapping=mapping)
    assert [ticket.state.value for ticket in read.tickets] == [
        *("valid", "canceled", "canceled", "pending")
    ]


def test_values_that_say_no_are_found_under_any_title(tmp_path: Path) -> None:
    assert states(tmp_path, "Answer of the board", "accepted", "declined", "") == [
        *("valid", "canceled", "valid")
    ]
    with pytest.raises(OperatorError, match=r"'Answer of the board'.*“later” "):
        states(tmp_path, "Answer of the board", "accepted", "declined", "later")
    assert states(tmp_path, "Notes", "vegan", "new", "brings a dog") == ["valid"] * 3
    with pytest.raises(OperatorError, match=r"'Notes' says “canceled by phone” on line 3"):
        states(tmp_path, "Notes", "vegan", "canceled by phone", "brings a dog")


def test_a_state_beside_a_city_is_a_place_unless_it_says_more(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,email,City,State\nAna,a@example.org,Reno,NV\n")
    (ana,) = read_attendee_list(path, schema=SCHEMA).tickets
    assert ana.state is TicketState.VALID
    path.write_text("name,email,City,State\nAna,a@example.org,Reno,NV\nBo,b@x.org,,declined\n")
    with pytest.raises(OperatorError, match="“NV”"):
        read_attendee_list(path, schema=SCHEMA)
    with pytest.raises(OperatorError, match="“NV”"):
        states(tmp_path, "State", "NV")


def test_the_organiser_says_which_column_is_the_status(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "name,email,Visa status,Progress\n"
        "Ana,a@example.org,no visa,going\nBo,b@example.org,none needed,declined\n"
    )
    with pytest.raises(OperatorError, match="Visa status"):
        read_attendee_list(path, schema=SCHEMA)
    named = read_attendee_list(path, schema=SCHEMA, columns=read_columns("status=Progress"))
    assert [ticket.state.value for ticket in named.tickets] == ["valid", "canceled"]


def test_a_plain_cancellation_counts_whatever_column_is_named(tmp_path: Path) -> None:
    for columns in ("status=", "status=note"):
        path = tmp_path / "list.csv"
        path.write_text(
            "name,email,State,note\nAna,a@example.org,NV,\nBo,b@example.org,declined,going\n"
        )
        read = read_attendee_list(path, schema=SCHEMA, columns=read_columns(columns))
        bo = next(ticket for ticket in read.tickets if ticket.name == "Bo")
        assert bo.state is TicketState.CANCELED


@pytest.mark.parametrize(
    "title",
    [
        *("Home State", "State/Province", "Cancellation policy accepted", "Valid until", "Country"),
        *("Date of last payment", "Email address verified", "Are you attending the dinner?"),
        *("Registered on", "Total paid", "Company", "Comment", "Bundesland", "Expires"),
    ],
)
def test_titles_that_only_resemble_a_status_are_none(title: str) -> None:
    assert kind_of(title) is None


def test_a_column_that_the_schema_names_is_an_attribute_and_no_status(tmp_path: Path) -> None:
    schema = Schema.from_json(
        {
            "name": "club",
            "attributes": [
                {"name": "status", "type": "choice", "values": ["student", "staff"]},
            ],
        }
    )
    path = tmp_path / "list.csv"
    path.write_text("name,email,Status\nAna,a@example.org,student\nBo,b@example.org,declined\n")
    read = read_attendee_list(path, schema=schema)
    assert [ticket.attributes for ticket in read.tickets] == [{"status": "student"}]
    assert [row.line for row in read.skipped] == [3]


def test_each_kind_of_title_is_told_apart() -> None:
    kinds = {
        "Waiting list": Kind.WAITS,
        "キャンセル待ち": Kind.WAITS,
        "Cancellation date": Kind.ENDS,
        "Payment": Kind.ALLOWS,
        "Registration confirmed": Kind.ALLOWS,
        "是否参加": Kind.COMES,
        "No show": Kind.VISITED,
    }
    assert {title: kind_of(title) for title in kinds} == kinds


def test_a_column_of_tickets_that_holds_statuses_is_one(tmp_path: Path) -> None:
    assert states(tmp_path, "Ticket", "valid", "cancelled") == ["valid", "canceled"]
    assert states(tmp_path, "Ticket", "Waitlist", "Standard") == ["pending", "valid"]
    assert states(tmp_path, "Ticket", "Refunded: VIP", "Standard") == ["pending", "valid"]


@pytest.mark.parametrize(
    "title",
    [
        *("Approved (yes/no)", "Accepted (Y/N)", "Valid (TRUE/FALSE)", "Membership fee paid"),
        *("Approved by organiser", "Final decision", "Eligible to vote?", "Registered?"),
        *("Can you make it?", "Mitgliedsbeitrag bezahlt", "Stimmberechtigt", "Einlass", "Dabei?"),
        *("Cotisation payée", "Accepté(e)", "Vient ?", "Cuota pagada", "Asiste"),
    ],
)
def test_a_status_is_found_among_other_words_of_a_title(tmp_path: Path, title: str) -> None:
    yes, no, nothing = states(tmp_path, title, "yes", "no", "")
    assert yes == "valid"
    assert {no, nothing} <= {"pending", "canceled"}


@pytest.mark.parametrize(
    "title", ["Not attending", "Unable to attend", "Disqualified", "Ausgetreten", "Duplicate"]
)
def test_yes_says_no_where_the_title_does(tmp_path: Path, title: str) -> None:
    assert states(tmp_path, title, "yes", "no", "") == ["canceled", "valid", "valid"]


@pytest.mark.parametrize("title", ["Payment date", "Bezahlt am", "Confirmed At (UTC)"])
def test_a_date_that_is_missing_says_not_yet(tmp_path: Path, title: str) -> None:
    assert states(tmp_path, title, "2026-05-01", "") == ["valid", "pending"]


@pytest.mark.parametrize("title", ["Vegetarian", "Newsletter", "Answer 3"])
def test_a_column_of_yes_and_no_that_nobody_knows_is_asked_about(
    tmp_path: Path, title: str
) -> None:
    with pytest.raises(OperatorError, match=f"'{title}' says only yes and no"):
        states(tmp_path, title, "yes", "no")


def test_nothing_said_is_no_yes(tmp_path: Path) -> None:
    assert states(tmp_path, "Approved", "N/A", "none", "-", "yes") == [
        *("pending", "pending", "pending", "valid")
    ]
    assert states(tmp_path, "RSVP", "", "") == ["pending", "pending"]


@pytest.mark.parametrize("mark", ["*", "!", "+", "x"])
def test_a_mark_crosses_somebody_out(tmp_path: Path, mark: str) -> None:
    assert states(tmp_path, "Cancelled", mark, "") == ["canceled", "valid"]
