"""One attribute of a schema: its type, its domain, and its values as people write them.

The issuer keeps every value inside its domain; range proofs are sound only because it does.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

from credentials.errors import SchemaError
from credentials.formats import cbor
from credentials.formats.json_object import read_list, read_object
from credentials.formats.names import (
    MAX_TEXT,
    mend_shown_text,
    refuse_look_alikes,
    take_attribute_name,
    take_shown_text,
)
from credentials.formats.text import meant_by, tidy

AttributeValue: TypeAlias = str | int

TYPES: Final = ("text", "choice", "integer", "date", "flag")
MAX_OF_TYPE: Final = {"integer": 2**24 - 1, "date": 2**16 - 1, "flag": 1}
MAX_VALUES: Final = 64
RESERVED: Final = frozenset({"handle", "serial"})  # the messages before the attributes
ANONYMOUS_TYPES: Final = frozenset({"choice", "flag"})  # may be disclosed without identifying

_EPOCH: Final = date(1970, 1, 1)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INTEGER = re.compile(r"[0-9]{1,8}", re.ASCII)
_FLAG_WORDS: Final = {"yes": 1, "true": 1, "1": 1, "no": 0, "false": 0, "0": 0}


def days_of(text: str, *, name: str = "a day") -> int:
    """The days from 1970-01-01 to a date YYYY-MM-DD; raises SchemaError."""
    try:
        if _DATE.fullmatch(text) is None:
            raise ValueError
        return (date.fromisoformat(text) - _EPOCH).days
    except ValueError:
        raise SchemaError(f"{name} is not a date YYYY-MM-DD") from None


def date_of(days: int) -> str:
    """The date YYYY-MM-DD so many days after 1970-01-01; at most 65535."""
    return (_EPOCH + timedelta(days=days)).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """A name, one of TYPES and, for a choice only, its 1 to 64 distinct values.

    Values are str for text and choice (1 to 200 characters, NFC), int for the others: integer
    0 to 2^24-1, date in days since 1970-01-01 (0 to 65535), flag 0 or 1. Raises SchemaError.
    """

    name: str
    type: str
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        take_attribute_name(self.name, error=SchemaError)
        if self.name in RESERVED:
            raise SchemaError(f"{self.name!r} is in every credential and is not an attribute")
        if self.type not in TYPES:
            raise SchemaError(f"the type of {self.name!r} is none of {', '.join(TYPES)}")
        if type(self.values) is not tuple:
            raise SchemaError(f"the values of {self.name!r} are not a tuple")
        if self.type != "choice":
            if self.values:
                raise SchemaError(f"{self.name!r} is not a choice and lists values")
            return
        for value in self.values:
            take_shown_text(value, name=f"a value of {self.name!r}", error=SchemaError)
        if not 1 <= len(self.values) <= MAX_VALUES:
            raise SchemaError(f"{self.name!r} does not list 1 to {MAX_VALUES} values")
        refuse_look_alikes(self.values, name=f"the values of {self.name!r}", error=SchemaError)

    def check(self, value: object) -> AttributeValue:
        """`value` if it is in the domain; raises SchemaError, which does not show the value."""
        if self.type in ("text", "choice"):
            text = take_shown_text(
                value, max=MAX_TEXT, name=f"the value of {self.name!r}", error=SchemaError
            )
            if self.type == "choice" and text not in self.values:
                raise SchemaError(f"the value of {self.name!r} is none of those it may have")
            return text
        largest = MAX_OF_TYPE[self.type]
        if type(value) is not int or not 0 <= value <= largest:
            raise SchemaError(f"the value of {self.name!r} is not an integer from 0 to {largest}")
        return value

    def parse_text(self, text: str) -> AttributeValue:
        """The value that a person wrote; raises SchemaError.

        Text is tidied, and one of the choices is found by its fold, as spreadsheets write it in
        several ways. Dates are YYYY-MM-DD; flags yes, no, true, false, 1, 0.
        """
        if not isinstance(text, str):
            raise SchemaError(f"the value of {self.name!r} is not text")
        written = tidy(text)
        if self.type == "choice":
            return self.check(meant_by(written, among=self.values) or written)
        if self.type == "text":
            return self.check(written)
        if self.type == "flag":
            flag = _FLAG_WORDS.get(written.lower())
            if flag is None:
                raise SchemaError(f"the value of {self.name!r} is not yes or no")
            return flag
        if self.type == "date":
            return self.check(days_of(written, name=f"the value of {self.name!r}"))
        if _INTEGER.fullmatch(written) is None:
            raise SchemaError(f"the value of {self.name!r} is not a whole number")
        return self.check(int(written))

    def show_text(self, value: AttributeValue) -> str:
        """A value as a person reads it, and as parse_text reads it back; raises SchemaError."""
        checked = self.check(value)
        if self.type == "flag":
            return "yes" if checked else "no"
        if self.type == "date":
            return date_of(int(checked))
        return str(checked)

    def to_fields(self) -> tuple[str, str, tuple[str, ...]]:
        """The elements of its CBOR array inside a schema."""
        return (self.name, self.type, self.values)

    @classmethod
    def from_fields(cls, fields: object) -> "Attribute":
        """From the elements of its CBOR array; raises EncodingError or SchemaError."""
        name, kind, values = cbor.take_array(fields, length=3, name="an attribute")
        return cls(
            name=cbor.take_text(name, max=32, name="an attribute's name"),
            type=cbor.take_text(kind, max=16, name="an attribute's type"),
            values=tuple(
                cbor.take_text(value, max=MAX_TEXT, name="a choice's value")
                for value in cbor.take_array(values, max=MAX_VALUES, name="a choice's values")
            ),
        )

    @classmethod
    def from_json(cls, value: object) -> "Attribute":
        """From {"name", "type", "values"?}; raises SchemaError."""
        read = read_object(
            value,
            required=("name", "type"),
            optional=("values",),
            name="an attribute",
            error=SchemaError,
        )
        values = read_list(read.get("values", ()), name="a choice's values", error=SchemaError)
        return cls(
            name=take_attribute_name(read["name"], error=SchemaError),
            type=take_shown_text(read["type"], name="an attribute's type", error=SchemaError),
            values=tuple(
                mend_shown_text(item, name="a choice's value", error=SchemaError) for item in values
            ),
        )

    def to_json(self) -> dict[str, object]:
        """The object that from_json reads."""
        written: dict[str, object] = {"name": self.name, "type": self.type}
        return {**written, "values": list(self.values)} if self.values else written
