"""What a code is that a door does not let in: a claim letter, another door's code, a Wi-Fi network.

The verdict stays as it is; this is the sentence beside it, so that nobody calls a good letter an
invalid code. Nothing here is proven, and nothing here lets anybody in.

Source: docs/protocol.md, "Doors".
"""

import re
from collections.abc import Sequence
from typing import Final

from credentials import domain_tags
from credentials.doors import VERDICT_SIGNS, Verdict, fitting_doors
from credentials.errors import EncodingError
from credentials.formats.claim_link import ClaimLink
from credentials.formats.metadata import Door, Metadata
from credentials.formats.presentation import Presentation
from credentials.formats.qr import from_qr_text
from credentials.formats.scanned import begins_a_code, code_in, codes_in, is_mistyped
from credentials.scope import SLOT_SECONDS, time_slot

_KINDS: Final[Sequence[tuple[str, str]]] = (
    (r"https?://\S*/presentations/requests/", "an app's request: its owner opens it in the wallet"),
    (r"https?://\S*/polls/", "the link of a poll: its owner opens it in the wallet"),
    (r"https?://|www\.", "a web address"),
    (r"wifi:", "the code of a Wi-Fi network"),
    (r"begin:vcard|mecard:", "a contact card"),
    (r"begin:v(calendar|event)", "a date for a calendar"),
    (r"mailto:|matmsg:", "an e-mail address"),
    (r"tel:", "a telephone number"),
    (r"sms(to)?:", "a text message"),
    (r"geo:", "a place on a map"),
    (r"otpauth", "a secret for logging in; put it away"),
    (r"[0-9]{8}([0-9]{4,6})?$", "a bar code with a number, and not the wallet's code"),
    (
        r"[a-z0-9]{32}$|[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
        "a ticket of a shop, such as pretix: ask for the code in the wallet, or for the claim "
        "letter, which its owner must claim first",
    ),
)
_OTHER_PREFIX: Final = re.compile(r"SYM[02-9][0-9]?:", re.ASCII)
_ANY_LABEL: Final = domain_tags.PRESENTATION.rpartition("/")[0].encode() + b"/"
_LABEL_WITHIN: Final = 24
"""Octets at the beginning of a presentation in which its label begins and ends."""


def explain(text: str, verdict: Verdict, *, metadata: Metadata, door: Door, now: int) -> str:
    """One sentence on what was scanned, for the verdicts that it helps to understand; else none."""
    code = code_in(text)
    if code is None:
        return _no_code(text) if verdict is Verdict.INVALID else ""
    shown = Presentation.from_cbor(from_qr_text(code))
    if verdict is Verdict.INVALID and shown.purpose != "door":
        return f"This was made for a {shown.purpose}, not for a door."
    if verdict is Verdict.WRONG_EVENT:
        return _elsewhere(shown, metadata=metadata, door=door)
    if verdict in (Verdict.CODE_TOO_OLD, Verdict.CLOCK_WRONG) and isinstance(shown.freshness, int):
        return _other_time(shown.freshness, now=now)
    return ""


def instruction(verdict: Verdict, *, explanation: str) -> str:
    """What a volunteer does now. What is no code at all is not called an invalid one."""
    general = VERDICT_SIGNS[verdict].instruction
    if verdict is Verdict.INVALID and explanation:
        return explanation
    return f"{explanation} {general}".strip()


def is_of_another_version(octets: bytes) -> bool:
    """Whether these octets are a presentation in a format that is not known here."""
    begins = octets[:_LABEL_WITHIN]
    return _ANY_LABEL in begins and domain_tags.PRESENTATION.encode() not in begins


def _no_code(text: str) -> str:
    found = text.strip("\ufeff \t\r\n\x02\x03")
    if len(codes_in(text)) > 1:
        return "Two codes were read at once: scan one at a time."
    ours = _damaged(found)
    if ours:
        return ours
    if _is_claim_link(found):
        return "This is a claim letter: its owner must claim it first."
    for shape, name in _KINDS:
        if re.match(shape, found, re.IGNORECASE | re.ASCII):
            return f"This is {name}."
    return "This is not a code of a wallet." if found else "Nothing was read: scan it again."


def _damaged(text: str) -> str:
    """What happened to a text that was one of our codes; empty for others."""
    if _is_newer(text):
        return "This code is of another version: update this door and the wallet."
    if begins_a_code(text) or domain_tags.QR_PREFIX in text.upper():
        return "Only a part of a code was read, or it is damaged: scan it again."
    if is_mistyped(text):
        return (
            "Your scanner's keyboard layout differs from this computer's: set both to the same, "
            "then scan again."
        )
    return ""


def _is_claim_link(text: str) -> bool:
    try:
        ClaimLink.parse(text)
    except EncodingError:
        return "/claim#" in text.lower()
    return True


def _is_newer(text: str) -> bool:
    if _OTHER_PREFIX.match(text.upper()):
        return True
    try:
        return is_of_another_version(from_qr_text(text))
    except EncodingError:
        return False


def _elsewhere(shown: Presentation, *, metadata: Metadata, door: Door) -> str:
    """For which event or door a code was drawn."""
    event_id, _, day = str(shown.instance).partition("/")
    here = metadata.event(door.event)
    if event_id != door.event:
        event = metadata.event(event_id)
        named = f"the event {event.name}" if event is not None else "another event"
        return f"This code is for {named}; this door is for {here.name if here else door.event}."
    others = [other.name for other in fitting_doors(shown, metadata=metadata, event=door.event)]
    if others:
        return f"This code is for the door {' or '.join(others)}."
    if day and door.mode == "once_per_day":
        return f"This code is for another day: {day}."
    return "This code is for another door of this event, or for this door as it was before."


def _other_time(slot: int, *, now: int) -> str:
    seconds = (slot - time_slot(now)) * SLOT_SECONDS
    amount = _amount(abs(seconds))
    if seconds > 0:
        return f"The phone's clock is about {amount} ahead of this door's: one of them is wrong."
    return (
        f"The code was drawn about {amount} ago. If it is live on the screen, the phone's clock or "
        "this door's is wrong."
    )


def _amount(seconds: int) -> str:
    for unit, name in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {name}"
    return f"{seconds} seconds"
