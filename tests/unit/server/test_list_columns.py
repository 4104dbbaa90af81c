"""Which column is what: found under many titles, or named by the organiser."""

from pathlib import Path

import pytest

from server.organiser.attendee_list import read_columns
from server.problems import OperatorError
from tests.spreadsheets import xlsx
from tests.unit.server.list_reading import read


def test_of_several_lists_the_organiser_says_which(tmp_path: Path) -> None:
    rows = [["Name", "E-Mail"], ["Ana", "ana@example.org"]]
    lists = xlsx({"May": rows, "June": rows, "Budget": [["item", "cost"], ["tent", 9]]})
    with pytest.raises(OperatorError, match=r"'May', 'June'.*--columns sheet=May"):
        read(tmp_path, lists)
    assert read(tmp_path, lists, columns="sheet=june").read_from["sheet"] == "June"
    with pytest.raises(OperatorError, match="no sheet 'July'; it has 'May', 'June', 'Budget'"):
        read(tmp_path, lists, columns="sheet=July")
    with pytest.raises(OperatorError, match="sheet 'Budget', is no attendee list"):
        read(tmp_path, lists, columns="sheet=Budget")


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
        ("name=Nobody", "no column 'Nobody' for name; there are “name”, “email”"),
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


def test_a_list_without_titles_is_told_so_and_names_nobody(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="not with titles") as refused:
        read(tmp_path, "Ana Amaro,ana@example.org\nBo Berg,bo@example.org\n")
    assert "Ana" not in str(refused.value)
