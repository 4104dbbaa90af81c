"""Pretix's export of orders: its sheets, its languages, blocked and bundled positions.

The titles and words are pretix's own; the people are made up.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from server.organiser.pretix_words import CANCELED, PENDING, TITLES, VALID
from server.organiser.status_titles import Kind, kind_of
from server.organiser.status_words import STATES, words_of
from server.problems import OperatorError
from tests.spreadsheets import Sheets, ods, xlsx
from tests.unit.server.list_reading import read, read_file, states

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


def test_a_ticket_that_is_canceled_once_in_a_file_is_canceled(tmp_path: Path) -> None:
    table = [PRETIX["en"], position(1, "paid"), position(1, "canceled"), position(1, "paid")]
    assert states(read(tmp_path, table)) == ["canceled"]


def test_titles_and_words_of_every_language_are_known() -> None:
    assert {kind_of(title) for title in TITLES["blocked"]} == {Kind.ENDS}
    for words, state in ((VALID, "valid"), (PENDING, "pending"), (CANCELED, "canceled")):
        assert {STATES[words_of(word)].value for word in words} == {state}
