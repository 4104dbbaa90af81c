"""Titles of columns: how they are compared, and which ones mean a name or an address.

Upper and lower case, accents, spaces, hyphens, underscores and a colon or question mark make no
difference: `E-Mail`, `e_mail` and `Email:` are one title. Source of the languages: how event shops
and form programs title these columns in them.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from credentials.formats.text import fold

_MARKS = re.compile(r"[\s_\-./:*?!¿¡()\[\]'\"]+")


def title_key(title: str) -> str:
    """What two spellings of one title have in common."""
    return _MARKS.sub("", without_accents(fold(title)))


def without_accents(text: str) -> str:
    """`text` without the accents of Latin, Greek and Cyrillic letters."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", apart)).replace("ı", "i")


def positions_of(titles: Iterable[str], *, columns: Sequence[str]) -> tuple[int, ...]:
    """Where the columns with one of `titles` are, in the order of `titles`."""
    keys = [title_key(column) for column in columns]
    wanted = dict.fromkeys(title_key(title) for title in titles)
    return tuple(at for key in wanted for at, column in enumerate(keys) if column == key)


EMAIL = (
    *("attendee email", "ticket email", "guest email", "participant email", "holder email"),
    *("email", "email address", "mail", "mail address", "your email", "your email address"),
    *("contact email", "primary email", "E-Mail-Adresse", "Mailadresse", "E-Mail Teilnehmer*in"),
    *("adresse e-mail", "courriel", "adresse courriel", "adresse mail", "adresse électronique"),
    *("correo electrónico", "correo", "dirección de correo electrónico", "e-mail del asistente"),
    *("indirizzo e-mail", "indirizzo di posta elettronica", "posta elettronica"),
    *("endereço de e-mail", "endereço de email", "correio eletrónico", "correio eletrônico"),
    *("e-mailadres", "e-post", "epost", "e-postadress", "e-postadresse", "e-mailadresse"),
    *("sähköposti", "sähköpostiosoite", "adres e-mail", "e-mailová adresa", "e-mail cím"),
    *("e-posta", "e-posta adresi", "correu electrònic", "địa chỉ email", "thư điện tử"),
    *("электронная почта", "почта", "адрес электронной почты", "эл. почта", "имейл"),
    *("електронна пошта", "ел. пошта", "ηλεκτρονικό ταχυδρομείο", "דוא״ל", "אימייל"),
    *("البريد الإلكتروني", "ایمیل", "ईमेल", "อีเมล"),
    *("电子邮件", "电子邮箱", "邮箱", "邮箱地址", "电子邮件地址", "電子郵件", "電子信箱"),
    *("電子郵件地址", "メール", "メールアドレス", "電子メール", "이메일", "이메일 주소"),
)
FULL_NAME = (
    *(
        "full name",
        "attendee name",
        "ticket full name",
        "guest name",
        "holder name",
        "participant name",
    ),
    *("member name", "your full name", "your name", "what is your name", "display name"),
    *("first and last name", "name and surname", "vollständiger name", "voller name"),
    *("vor- und nachname", "name teilnehmer*in", "nom complet", "nom et prénom", "prénom et nom"),
    *("nom du participant", "nombre completo", "nombre y apellidos", "nombre y apellido"),
    *("nome completo", "nome e cognome", "cognome e nome", "volledige naam", "fullständigt namn"),
    *("fullt navn", "koko nimi", "imię i nazwisko", "celé jméno", "teljes név", "ad soyad"),
    *(
        "adı soyadı",
        "họ và tên",
        "họ tên",
        "фио",
        "имя и фамилия",
        "полное имя",
        "ім'я та прізвище",
    ),
    *("ονοματεπώνυμο", "שם מלא", "الاسم الكامل", "نام و نام خانوادگی", "पूरा नाम"),
    *("全名", "姓名", "氏名", "お名前", "성명"),
)
NAME = (
    *("name", "attendee", "guest", "participant", "teilnehmer", "teilnehmer*in", "nom"),
    *("participant·e", "nombre", "nome", "naam", "namn", "navn", "nimi", "imię", "jméno", "név"),
    *("isim", "tên", "имя", "ім'я", "όνομα", "שם", "الاسم", "نام", "नाम", "ชื่อ"),
    *("名字", "名前", "이름"),
)
FIRST_NAME = (
    *("first name", "given name", "forename", "ticket first name", "attendee first name"),
    *("guest first name", "vorname", "prénom", "primer nombre", "nombre de pila", "voornaam"),
    *("förnamn", "fornavn", "etunimi", "křestní jméno", "keresztnév", "ad", "nome próprio"),
    *("primeiro nome", "имя", "名"),
)
LAST_NAME = (
    *("last name", "surname", "family name", "ticket last name", "attendee last name"),
    *("guest last name", "nachname", "familienname", "nom de famille", "apellidos", "apellido"),
    *("cognome", "sobrenome", "apelido", "achternaam", "efternamn", "etternavn", "efternavn"),
    *("sukunimi", "nazwisko", "příjmení", "vezetéknév", "soyad", "soyadı", "фамилия", "姓", "姓氏"),
)
PRODUCT = (
    *("pass", "product", "ticket type", "ticket", "ticket name", "item", "ticketart", "produkt"),
    *("tickettyp", "produit", "type de billet", "billet", "producto", "tipo de entrada", "entrada"),
    *("prodotto", "tipo di biglietto", "biglietto", "produto", "tipo de ingresso", "ingresso"),
    *("产品", "票种", "產品", "票種", "製品", "チケット", "チケットの種類", "제품", "티켓"),
)
VARIATION = ("variation", "variant", "variante")
