"""The forms of attendee lists that are known: their column titles, and what names a ticket in them.

Sources: pretix's export “Order data”, sheet of positions, with its own translations of the titles;
the guest list of Luma, the attendee report of Eventbrite, the ticket export of Tito, and the
answers of a Google Form, each as published exports have them. A form that is not here is read as
`plain`, with columns found by their titles or named by the organiser.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from server.organiser import column_titles as titles

Titles = tuple[str, ...]

FIELDS: Final = (
    *("name", "first name", "last name", "email", "pass", "variation", "status"),
    *("id", "order", "event", "add-on to", "quantity"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """One form.

    marks: the fields whose columns must be there for a list to be of this form. columns: titles of
    each field, the best first. key: the fields that name a ticket for ever, or none.
    no_status: titles that look like a status and are something else. event: the field that says
    what the list is about. newest_counts: whether of several rows of one address the last counts.
    omits_canceled: as in AttendeeList.
    """

    name: str
    marks: Titles
    columns: Mapping[str, Titles]
    key: Titles = ()
    no_status: Titles = ()
    newest_counts: bool = False
    omits_canceled: bool = False


_PRETIX: Final = ListForm(
    name="pretix",
    marks=("event", "order", "id", "status", "email", "pass"),
    key=("event", "order", "id"),
    omits_canceled=True,
    columns={
        "event": (
            *("Event slug", "Kurzname der Veranstaltung", "Titre de l'événement", "活动slug"),
            *("活動slug", "Slug del evento", "Slug dell'evento", "Slug van evenement"),
            *(
                "Slug do evento",
                "Slug evento",
                "Förkortning för evenemanget",
                "Tapahtuman tunniste",
            ),
            *("Zkratka události", "イベントのスラグ", "Коротка назва події", "Etkinlik dizisi"),
            *("Rendezvény azonosítója (slug)", "Event permalenke", "اسم المختصر للحدث"),
            *("Название мероприятия", "Mot de l'esdeveniment", "Slug acara"),
        ),
        "order": (
            *("Order code", "Bestellnummer", "Code de commande", "订单代码", "訂單代碼"),
            *(
                "Código del pedido",
                "Codice ordine",
                "Bestelcode",
                "Código do pedido",
                "Kod zamówienia",
            ),
            *("Bokningsnummer", "Bestillingsnr.", "Ordrekode", "Tilauskoodi", "Kód objednávky"),
            *(
                "Rendelési kód",
                "Sipariş kodu",
                "注文コード",
                "주문 코드",
                "Код заказа",
                "رمز الطلب",
            ),
            *("Код замовлення", "Codi de comanda", "Kode pemesanan", "Κωδικός παραγγελίας"),
        ),
        "id": (
            *("Position ID", "Position", "ID de la position", "位置ID", "位置識別號"),
            *("ID de posición", "ID posizione", "Positie-ID", "ID Posição", "ID de posição"),
            *(
                "ID pozycji",
                "Positions-ID",
                "Post-ID",
                "Posisjons ID",
                "Paikkatunniste",
                "ID pozice",
            ),
            *("Pozícióazonosító", "ポジションID", "직책 아이디", "ID позиции", "ID позиції"),
            *("رقم الوظيفة", "Identificador de la posició", "ID Posisi"),
        ),
        "status": (
            *("Status", "Statut", "状态", "狀態", "Estado", "Stato", "Stan", "Tila", "Állapot"),
            *("Durum", "ステータス", "진행상태", "Статус", "الحالة", "Estat", "Κατάσταση"),
        ),
        "email": (
            *("Attendee email", "E-Mail Teilnehmer*in", "E-mail du participant", "观众Email"),
            *("與會者電子郵件", "Correo electrónico del participante", "Email partecipante"),
            *("E-mailadres van deelnemer", "Email do participante", "Adres email uczestnika"),
            *("E-post till deltagare", "Deltakerens e-post", "Osallistujan sähköposti"),
            *("Email účastníka", "Résztvevő e-mail címe", "Katılımcı e-postası"),
            *("参加者の電子メール", "참석자 이메일", "Адрес электронной почты посетителя"),
            *("Адреса електронної пошти відвідувача", "البريد الإلكتروني للمشارك"),
            *("Correu electrònic de l'assistent", "email peserta", "Email συμμετεχόντος"),
            *("Email", "E-Mail", "电子邮件", "電子郵件", *titles.EMAIL),
        ),
        "pass": (
            *("Product", "Produkt", "Produit", "产品", "產品", "Producto", "Prodotto", "Produto"),
            *("Tuote", "Termék", "Ürün", "製品", "제품", "Продукт", "المنتج", "Producte", "Produk"),
            "Προϊόν",
        ),
        "variation": (
            *(
                "Variation",
                "Variante",
                "变量",
                "類別",
                "Variacion",
                "Variant",
                "Variação",
                "Wariant",
            ),
            *(
                "Variasjon",
                "Variaatio",
                "Variace",
                "Variáció",
                "Varyasyon",
                "バリエーション",
                "변동",
            ),
            *("Вариант", "Варіанти", "التباين", "Variació", "Variasi", "Παραλλαγή"),
        ),
        "name": (
            *(
                "Attendee name",
                "Name Teilnehmer*in",
                "Nom du participant",
                "观众姓名",
                "與會者名字",
            ),
            *("Nombre del asistente", "Nome del partecipante", "Naam deelnemer"),
            *("Nome do participante", "Imię i nazwisko uczestnika", "Namn på deltagare"),
            *("Navn på deltager", "Deltakernavn", "Osallistujan nimi", "Jméno účastníka"),
            *("Résztvevő neve", "Katılımcı adı", "参加者の名前", "참석자 이름", "Имя посетителя"),
            *("Ім'я учасника", "اسم المشارك", "Nom de l'assistent", "Nama peserta"),
            "Όνομα συμμετεχόντος",
        ),
        "add-on to": (
            *("Add-on to position ID", "Zusatzprodukt zu Position", "Add-on à la position ID"),
            *(
                "位置識別號的附加元件",
                "Add-on al ID de posición",
                "Aggiunta all'ID della posizione",
            ),
            *("Add-on bij positie-ID", "Complemento da ID de posição", "Dodatek do pozycji ID"),
            *("Add-on para a posição ID", "Tillæg til positions-ID", "アドオン先のポジションID"),
            *("lisäosa työtehtävään liittyvään tunnukseen", "Dodatek k ID pozice"),
            *(
                "Szülő tétel azonosítója (kiegészítőknél)",
                "직책 아이디에 추가기능",
                "ملحق لمعرف الموضع",
            ),
        ),
    },
    no_status=(
        *("State", "Bundesstaat", "État", "州", "Invoice address state"),
        *("Rechnungsadresse: Bundesstaat", "Région de l'adresse de facturation"),
        *("État de l’adresse de facturation", "發票地址州", "發票地址的州"),
        *("Email address verified", "Check-in lists", "Check-in text"),
    ),
)

_LUMA: Final = ListForm(
    name="luma",
    marks=("id", "email", "status"),
    key=("id",),
    columns={
        "id": ("api_id", "guest_id", "guest_api_id"),
        "status": ("approval_status",),
        "name": ("name", "guest_name"),
        "first name": ("first_name",),
        "last name": ("last_name",),
        "email": ("email",),
        "pass": ("ticket_name", "ticket_type"),
        "event": ("event_api_id", "event_id"),
    },
)

_EVENTBRITE: Final = ListForm(
    name="eventbrite",
    marks=("order", "email", "pass"),
    key=("id",),
    omits_canceled=True,
    columns={
        "order": ("Order #", "Order no."),
        "id": ("Attendee #", "Attendee no.", "Attendee ID"),
        "name": ("Attendee name", "Name"),
        "first name": ("First Name", "Attendee first name"),
        "last name": ("Last Name", "Surname", "Attendee last name", "Attendee surname"),
        "email": ("Email", "Attendee email", "Email address", "Buyer email"),
        "pass": ("Ticket Type", "Ticket type name"),
        "quantity": ("Quantity", "Ticket quantity"),
        "event": ("Event ID", "Event Name"),
    },
)

_TITO: Final = ListForm(
    name="tito",
    marks=("id", "email", "name"),
    key=("id",),
    columns={
        "id": ("Ticket Reference",),
        "order": ("Order Reference", "Registration Reference"),
        "name": ("Ticket Full Name", "Ticket Name"),
        "first name": ("Ticket First Name",),
        "last name": ("Ticket Last Name",),
        "email": ("Ticket Email",),
        "pass": ("Ticket", "Ticket Type", "Release", "Ticket Title"),
        "event": ("Event",),
    },
)

_PLAIN_COLUMNS: Final[Mapping[str, Titles]] = {
    "name": titles.FULL_NAME,
    "email": titles.EMAIL,
    "pass": titles.PRODUCT,
    "variation": titles.VARIATION,
    "order": ("order code", "order", "order number", "order id", "bestellnummer"),
}

_GOOGLE_FORMS: Final = ListForm(
    name="google-forms",
    marks=("submitted", "email"),
    newest_counts=True,
    columns={
        **_PLAIN_COLUMNS,
        "submitted": (
            *(
                "Timestamp",
                "Zeitstempel",
                "Horodateur",
                "Marca temporal",
                "Informazioni cronologiche",
            ),
            *("Carimbo de data/hora", "Tijdstempel", "Tidstämpel", "Tidsstempel", "Aikaleima"),
            *("Sygnatura czasowa", "Časová značka", "Időbélyeg", "Zaman damgası", "Dấu thời gian"),
            *("Отметка времени", "Позначка часу", "Χρονική σήμανση", "טיימסטאמפ", "طابع زمني"),
            *("时间戳记", "時間戳記", "タイムスタンプ", "타임스탬프", "टाइमस्टैम्प"),
        ),
        "email": ("Email Address", "Username", *titles.EMAIL),
    },
)

PLAIN: Final = ListForm(name="plain", marks=("email",), columns=_PLAIN_COLUMNS)

FORMS: Final = (_PRETIX, _LUMA, _TITO, _EVENTBRITE, _GOOGLE_FORMS, PLAIN)
FORM_NAMES: Final = tuple(form.name for form in FORMS)

PRETIX_ORDERS: Final = (
    *("Order total", "Gesamtbetrag", "Total de la commande", "订单总计", "訂單總額"),
    *("Total del pedido", "Fee type", "Art der Gebühr", "Type de frais", "费用类别", "費用類型"),
)
