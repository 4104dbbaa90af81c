"""Who somebody is, as lists tell it: a name and an address, compared and not as written.

A family may share an address, so both count. A ticket without a name is nobody in particular.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from credentials.formats import cbor
from credentials.formats.text import fold
from server.email_address import email_key

LABEL = "symbolon/person/1"


class Named(Protocol):
    """Whatever has a name and an address."""

    @property
    def name(self) -> str:
        """As stored."""

    @property
    def email(self) -> str:
        """As stored."""


@dataclass(frozen=True, slots=True)
class Person:
    """Address and name as they are compared."""

    address: str
    name: str

    def __repr__(self) -> str:
        return "Person(…)"


def person(of: Named) -> Person:
    """Whose ticket or membership something is; of nobody's where the data were erased."""
    return _person(of.email, of.name)


@lru_cache(maxsize=2**16)
def _person(email: str, name: str) -> Person:
    # A comparison asks for each several times, and folding is slow.
    return Person(email_key(email) if email else "", fold(name))


def is_another(before: Named, after: Named) -> bool:
    """Whether name and address both differ. A name that is missing differs from none."""
    one, other = person(before), person(after)
    names_differ = bool(one.name and other.name) and one.name != other.name
    return names_differ and one.address != other.address


def source_of(somebody: Named, *, scope: str) -> bytes:
    """32 octets that name a person within a scope where tickets have no id of their own."""
    who = person(somebody)
    return hashlib.sha256(cbor.encode((LABEL, scope, who.address, who.name))).digest()
