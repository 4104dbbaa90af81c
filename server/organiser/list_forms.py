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
from server.organiser.pretix_words import TITLES

Titles = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """One form.

    marks: the fields whose columns must be there for a list to be of this form. columns: titles of
    each field, the best first. key: the fields that name a ticket for ever, or none.
    no_status: titles that look like a status and are something else. event: the field that says
    what the list is about. newest_counts: whether of several rows of one person the newest counts.
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
        **{field: TITLES[field] for field in ("event", "order", "id", "status", "pass")},
        **{field: TITLES[field] for field in ("variation", "name", "add-on to")},
        "email": (*TITLES["attendee email"], *TITLES["email"]),
    },
    no_status=TITLES["no status"],
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
