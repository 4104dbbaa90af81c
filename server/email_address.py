"""E-mail addresses: how they are stored, and when two are the same mailbox.

Source: RFC 5321 (lengths), RFC 6531 (letters beyond ASCII), IDNA 2008 for the domain. Local parts
are compared without regard to case, as every mail system in use does; nothing else is guessed, so
dots and plus signs are part of the address.
"""

import re

import idna

from credentials.formats.text import fold, tidy, unshowable
from server.problems import OperatorError

MAX_EMAIL = 254  # characters

_EMAIL = re.compile(r"[^\s@<>\",;:()\[\]\\]{1,64}@[^\s@<>\",;:()\[\]\\]+\.[^\s@<>\",;:()\[\]\\.]+")


class EmailRefused(OperatorError):
    """An address that no mail can reach; the sentence says why and names no address."""


def take_email(text: str) -> str:
    """`text` as it is stored: tidy, small letters. Raises EmailRefused, which names no address."""
    email = tidy(text).removeprefix("mailto:").lower()
    if not email:
        raise EmailRefused("the e-mail address is missing")
    refused = unshowable(email)
    if refused is not None:
        raise EmailRefused(f"the e-mail address holds {refused}")
    if " " in email:
        raise EmailRefused("the e-mail address has a space in it")
    if email.count("@") != 1:
        raise EmailRefused("the e-mail address does not have one @")
    if len(email) > MAX_EMAIL or _EMAIL.fullmatch(email) is None or ".." in email:
        raise EmailRefused("the e-mail address is not valid")
    if _ascii_domain(email) is None:
        raise EmailRefused("the e-mail address has a domain that cannot exist")
    return email


def email_key(text: str) -> str:
    """What two spellings of one address have in common; never raises."""
    local, _, _ = tidy(text).removeprefix("mailto:").rpartition("@")
    domain = _ascii_domain(tidy(text).lower())
    return f"{fold(local)}@{domain}" if domain else fold(text)


def _ascii_domain(email: str) -> str | None:
    try:
        return idna.encode(email.rpartition("@")[2], uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        return None
