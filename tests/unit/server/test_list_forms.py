"""Lists as shops and form programs export them; the titles are theirs, the people are made up.

That guests who were declined came in with them was found by trying the product.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from credentials.formats.schema import Schema
from server.organiser.attendee_list import AttendeeList, read_attendee_list, read_columns
from server.organiser.product_mapping import ProductMapping
from server.problems import OperatorError
from tests.spreadsheets import Sheets, ods, xlsx

SCHEMA = Schema.from_json({"name": "club", "attributes": [{"name": "volunteer", "type": "flag"}]})
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
PRETIX = {
    "en": (
        *("Event slug", "Event name", "Order code", "Position ID", "Status", "Email", "Product"),
        *("Variation", "Attendee name", "Attendee email", "City", "State", "Blocked"),
        *("Add-on to position ID", "Email address verified"),
    ),
    "de": (
        *("Kurzname der Veranstaltung", "Veranstaltungstitel", "Bestellnummer", "Position"),
        *("Status", "E-Mail", "Produkt", "Variante", "Name Teilnehmer*in", "E-Mail Teilnehmer*in"),
        *("Stadt", "Bundesstaat", "Gesperrt", "Zusatzprodukt zu Position"),
        "E-Mail-Adresse verifiziert",
    ),
    "fr": (
        *("Titre de l'événement", "Nom de l'événement", "Code de commande", "ID de la position"),
        *("Statut", "E-Mail", "Produit", "Variante", "Nom du participant"),
        *("E-mail du participant", "Ville", "État", "Bloqué", "Add-on à la position ID"),
        "Adresse e-mail vérifiée",
    ),
    "zh-hans": (
        *(
            "活动slug",
            "活动名称",
            "订单代码",
            "位置ID",
            "状态",
            "Email",
            "产品",
            "变量",
            "观众姓名",
        ),
        *("观众Email", "城市", "州", "Blocked", "Add-on to position ID", "E-mail 地址已验证"),
    ),
    "zh-hant": (
        *("活動slug", "活動名稱", "訂單代碼", "位置識別號", "狀態", "電子郵件", "產品", "類別"),
        *("與會者名字", "與會者電子郵件", "城市", "州", "封鎖", "位置識別號的附加元件"),
        "電子郵件地址已驗證",
    ),
}
WORDS = {
    "en": ("paid", "pending (confirmed)", "pending", "approval pending", "expired", "canceled"),
    "de": (
        *("bezahlt", "ausstehend (bestätigt)", "ausstehend", "Freigabe ausstehend", "abgelaufen"),
        "storniert",
    ),
    "fr": (
        *("Payé", "en attente (confirmé)", "en attente", "approbation en attente", "expiré"),
        "annulé",
    ),
    "zh-hans": ("支付", "pending (confirmed)", "待处理的", "approval pending", "过期的", "取消的"),
    "zh-hant": ("已付款", "待定（已確認）", "等待", "等待批准", "過期", "取消"),
}
YES = {"en": "Yes", "de": "Ja", "fr": "Oui", "zh-hans": "是", "zh-hant": "是"}


def read(
    folder: Path,
    table: Sequence[Sequence[str]] | str,
    *,
    mapping: str | None = None,
    form: str | None = None,
    columns: str | None = None,
) -> AttendeeList:
    path = folder / "list"
    path.write_bytes(table.encode() if isinstance(table, str) else xlsx({"Sheet": table}))
    return read_file(path, mapping=mapping, form=form, columns=columns)


def read_file(
    path: Path, *, mapping: str | None = None, form: str | None = None, columns: str | None = None
) -> AttendeeList:
    products = None
    if mapping is not None:
        (path.parent / "map.json").write_text(mapping)
        products = ProductMapping.read(path.parent / "map.json", schema=SCHEMA)
    return read_attendee_list(
        path,
        schema=SCHEMA,
        mapping=products,
        form=form,
        columns=read_columns(columns) if columns is not None else None,
    )


def states(attendees: AttendeeList) -> list[str]:
    return [ticket.state.value for ticket in attendees.tickets]


def position(
    number: int, status: str, *, product: str = "Pass", blocked: str = "", add_on: str = ""
) -> list[str]:
    return [
        *("fest", "The fest", "ABCDE", str(number), status, "buyer@example.org", product, ""),
        *(f"Guest {number}", f"g{number}@example.org", "Reno", "NV", blocked, add_on, "No"),
    ]


@pytest.mark.parametrize("language", sorted(PRETIX))
def test_pretix_positions_are_read_in_each_language(tmp_path: Path, language: str) -> None:
    rows = [position(number, status) for number, status in enumerate(WORDS[language], 1)]
    blocked = position(7, WORDS[language][0], blocked=YES[language])
    attendees = read(tmp_path, [PRETIX[language], *rows, blocked], form="pretix")
    assert (attendees.form, attendees.scope) == ("pretix", "pretix/fest")
    assert attendees.omits_canceled
    assert states(attendees) == [
        *("valid", "valid", "pending", "pending", "canceled", "canceled", "canceled")
    ]
    first = attendees.tickets[0]
    assert (first.name, first.email, first.order) == ("Guest 1", "g1@example.org", "ABCDE")
    english = read(tmp_path, [PRETIX["en"], *rows, blocked])
    assert [one.key for one in english.tickets] == [one.key for one in attendees.tickets]


def test_a_bundled_position_is_no_member_unless_its_product_is_named(tmp_path: Path) -> None:
    table = [
        PRETIX["en"],
        position(1, "paid"),
        position(2, "paid", product="Parking", add_on="1"),
        position(3, "paid", product="Partner", add_on="1"),
    ]
    assert states(read(tmp_path, table)) == ["valid", "other product", "other product"]
    mapping = '{"Pass": {}, "Partner": {}, "Parking": null}'
    assert states(read(tmp_path, table, mapping=mapping)) == ["valid", "other product", "valid"]
    everything = '{"*": {"volunteer": false}}'
    assert states(read(tmp_path, table, mapping=everything)) == [
        *("valid", "other product", "other product")
    ]


@pytest.mark.parametrize(
    "titles",
    [
        "Event slug,Event name,Order code,Order total,Status,Email,Name,Positions",
        "Kurzname der Veranstaltung,Bestellnummer,Gesamtbetrag,Status,E-Mail,Name,Positionen",
        "Titre de l'événement,Code de commande,Statut,E-Mail,Nom,Fees",
        "活动slug,订单代码,状态,Email,姓名,位置",
        "Event slug,Order code,Status,Email,Fee type,Name",
    ],
)
def test_pretix_orders_and_fees_are_refused_with_what_to_export(
    tmp_path: Path, titles: str
) -> None:
    row = ",".join(["x"] * (titles.count(",") + 1))
    with pytest.raises(OperatorError, match="sheet of order positions"):
        read(tmp_path, f"{titles}\n{row}\n")


@pytest.mark.parametrize("write", [xlsx, ods])
def test_of_pretix_sheets_the_positions_are_taken(
    tmp_path: Path, write: Callable[[Sheets], bytes]
) -> None:
    path = tmp_path / "orders.xlsx"
    orders = ["Event slug", "Order code", "Order total", "Status", "Email", "Name"]
    sheets = {
        "Orders": [orders, ["fest", "ABCDE", "10", "canceled", "a@example.org", "Ana"]],
        "Order positions": [PRETIX["en"], position(1, "paid")],
        "Order fees": [["Event slug", "Order code", "Status", "Email", "Fee type"]],
    }
    path.write_bytes(write(sheets))
    attendees = read_file(path)
    assert [one.name for one in attendees.tickets] == ["Guest 1"]
    assert attendees.read_from["sheet"] == "Order positions"


def test_of_several_lists_the_organiser_says_which(tmp_path: Path) -> None:
    path = tmp_path / "lists.xlsx"
    rows = [["Name", "E-Mail"], ["Ana", "ana@example.org"]]
    path.write_bytes(xlsx({"May": rows, "June": rows, "Budget": [["item", "cost"], ["tent", 9]]}))
    with pytest.raises(OperatorError, match=r"'May', 'June'.*--columns sheet=May"):
        read_file(path)
    assert read_file(path, columns="sheet=june").read_from["sheet"] == "June"
    with pytest.raises(OperatorError, match="no sheet 'July'; it has 'May', 'June', 'Budget'"):
        read_file(path, columns="sheet=July")
    with pytest.raises(OperatorError, match="sheet 'Budget', is no attendee list"):
        read_file(path, columns="sheet=Budget")


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


def test_a_ticket_that_is_canceled_once_in_a_file_is_canceled(tmp_path: Path) -> None:
    table = [PRETIX["en"], position(1, "paid"), position(1, "canceled"), position(1, "paid")]
    assert states(read(tmp_path, table)) == ["canceled"]


@pytest.mark.parametrize(
    ("titles", "row", "name"),
    [
        ("Vorname;Nachname;E-Mail-Adresse", "Jürgen;Ähre", "Jürgen Ähre"),
        ("Name;Vorname;E-Mail", "Ähre;Jürgen", "Jürgen Ähre"),
        ("Nom;Prénom;Adresse e-mail", "Été;Zoé", "Zoé Été"),
        ("Nombre;Apellidos;Correo electrónico", "Ana;Amaro Gil", "Ana Amaro Gil"),
        ("姓;名;邮箱", "王;小明", "王小明"),
        ("first_name;last_name;Mail", "Ana;Amaro", "Ana Amaro"),
        ("FULL NAME;Nickname;e mail address", "Ana Amaro;An", "Ana Amaro"),
        ("氏名;フリガナ;メールアドレス", "山田 太郎;ヤマダ", "山田 太郎"),
        ("Имя;Фамилия;Электронная почта", "Анна;Каренина", "Анна Каренина"),
        ("Ad;Soyad;E-posta", "Işıl;İnan", "Işıl İnan"),
        ("Họ và tên;Lớp;Email", "Nguyễn Ánh;1", "Nguyễn Ánh"),
        ("الاسم;المدينة;البريد الإلكتروني", "ليلى;القدس", "ليلى"),
    ],
)
def test_names_and_addresses_are_found_under_many_titles(
    tmp_path: Path, titles: str, row: str, name: str
) -> None:
    attendees = read(tmp_path, f"{titles}\n{row};guest@example.org\n")
    assert [(one.name, one.email) for one in attendees.tickets] == [(name, "guest@example.org")]


def test_columns_are_named_by_the_organiser(tmp_path: Path) -> None:
    table = "Who,Family,Reach,Where it stands,Nr\nAna,Amaro,ana@example.org,going,17\n"
    with pytest.raises(OperatorError, match="no column is found for 'name', 'email'"):
        read(tmp_path, table)
    columns = "name=Who+Family, email=reach, status=Where it stands, id=Nr"
    attendees = read(tmp_path, table, columns=columns)
    (ana,) = attendees.tickets
    assert (ana.name, ana.email, ana.said) == ("Ana Amaro", "ana@example.org", "going")
    assert ana.key is not None
    assert attendees.read_from == {
        "name": "Who + Family",
        "email": "Reach",
        "id": "Nr",
        "status": "Where it stands",
    }


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ("", "is empty"),
        ("Full name", "takes FIELD=TITLE"),
        ("nom=Full name", "fields are name, email, status, pass, id, order, sheet, encoding"),
        ("name=A,name=B", "name=ONE.OTHER"),
        ("name=Nobody", "no column 'Nobody' for name; there are 'name', 'email'"),
        ("email=", "no column '' for email"),
    ],
)
def test_columns_that_cannot_be_are_one_sentence(
    tmp_path: Path, columns: str, sentence: str
) -> None:
    with pytest.raises(OperatorError, match=sentence):
        read(tmp_path, "name,email\nAna,ana@example.org\n", columns=columns)


def test_titles_with_commas_are_named_in_quotation_marks() -> None:
    assert read_columns('"name=Last, first",email=E-Mail,status=') == {
        "name": "Last, first",
        "email": "E-Mail",
        "status": "",
    }


def test_a_form_can_be_named_and_says_what_is_missing(tmp_path: Path) -> None:
    table = f"{LUMA}\n"
    assert read(tmp_path, table).form == "luma"
    with pytest.raises(OperatorError, match=r"no attendee list of the form tito: .*'Ticket Email'"):
        read(tmp_path, table, form="tito")
    with pytest.raises(OperatorError, match="no form 'lumma'; forms are pretix, luma"):
        read(tmp_path, table, form="lumma")
    assert read(tmp_path, table, form="plain").form == "plain"
