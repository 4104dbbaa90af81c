"""One requirement of a policy: an attribute, `>=` or `<=`, and a bound; written as people read it.

"valid_until >= today", "points >= 100", "birthday <= 2008-11-25". A member proves it without
showing the attribute. "Between" is two requirements.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from credentials.errors import PolicyError, SchemaError
from credentials.formats import cbor
from credentials.formats.attribute import MAX_OF_TYPE, date_of, days_of
from credentials.formats.names import take_attribute_name
from credentials.formats.schema import SERIAL, SERIAL_INDEX, Schema

AT_LEAST: Final = ">="
AT_MOST: Final = "<="
OPERATORS: Final = (AT_LEAST, AT_MOST)  # 0 and 1 on the wire and in the challenge
TODAY: Final = "today"
MAX_REQUIREMENTS: Final = 8
DIGITS_OF_TYPE: Final = {"date": 2, "integer": 3}  # digits to the base 256
SERIAL_DIGITS: Final = 3

_WRITTEN = re.compile(r"([a-z][a-z0-9_]{0,31}) *(>=|<=) *([0-9-]{1,10}|today)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A requirement where everything is known: a message index, an operator, and a number.

    `digits` is how many digits to the base 256 the difference to the bound has.
    """

    index: int
    operator: str
    bound: int
    digits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """`attribute` `operator` `bound`; raises PolicyError.

    bound: a number as the attribute's type has it (dates in days since 1970-01-01), or "today": the
    UTC day of the time slot or nonce. `serial` is the number of the enrolment, for polls only.
    """

    attribute: str
    operator: str
    bound: int | str
    dated: bool = field(default=False, compare=False)  # whether the bound was written as a date

    def __post_init__(self) -> None:
        take_attribute_name(self.attribute, error=PolicyError)
        if self.operator not in OPERATORS:
            raise PolicyError(f"the operator of a requirement is none of {', '.join(OPERATORS)}")
        if self.bound != TODAY and (
            type(self.bound) is not int or not 0 <= self.bound <= MAX_OF_TYPE["integer"]
        ):
            raise PolicyError(f"the bound on {self.attribute!r} is neither a number nor 'today'")

    @property
    def key(self) -> tuple[str, str]:
        """What no two requirements of a policy share."""
        return (self.attribute, self.operator)

    def resolve(self, schema: Schema, *, today: int | None) -> Bound:
        """The bound as a number; raises PolicyError where the schema or the day do not give one."""
        if self.attribute == SERIAL:
            if self.bound == TODAY:
                raise PolicyError("a serial is not a date")
            index, digits = SERIAL_INDEX, SERIAL_DIGITS
        else:
            kind, index = self._place(schema)
            digits = DIGITS_OF_TYPE[kind]
        bound = today if self.bound == TODAY else self.bound
        if not isinstance(bound, int):
            raise PolicyError(f"the requirement on {self.attribute!r} needs a day for 'today'")
        if not 0 <= bound < 256**digits:
            raise PolicyError(f"the bound on {self.attribute!r} is outside its type")
        return Bound(index=index, operator=self.operator, bound=bound, digits=digits)

    def check(self, schema: Schema) -> None:
        """Raise PolicyError unless the schema can meet it."""
        self.resolve(schema, today=0)

    def _place(self, schema: Schema) -> tuple[str, int]:
        try:
            kind, index = schema.attribute(self.attribute).type, schema.index_of(self.attribute)
        except SchemaError:
            raise PolicyError(
                f"the community's schema has no attribute {self.attribute!r}"
            ) from None
        if kind not in DIGITS_OF_TYPE:
            raise PolicyError(f"{self.attribute!r} is neither a date nor an integer")
        if (self.bound == TODAY or self.dated) and kind != "date":
            raise PolicyError(
                f"{self.attribute!r} is not a date: neither 'today' nor a date bounds it"
            )
        return kind, index

    def show_text(self, schema: Schema) -> str:
        """The requirement as it is written in a policy."""
        bound = str(self.bound)
        if isinstance(self.bound, int) and self.attribute != SERIAL:
            bound = schema.show_text(self.attribute, self.bound)
        return f"{self.attribute} {self.operator} {bound}"

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The elements of its CBOR array inside a policy."""
        return (self.attribute, OPERATORS.index(self.operator), self.bound)

    @classmethod
    def from_fields(cls, fields: object) -> "Requirement":
        """From the elements of its CBOR array; raises EncodingError or PolicyError."""
        attribute, operator, bound = cbor.take_array(fields, length=3, name="a requirement")
        if bound != TODAY:
            bound = cbor.take_uint(bound, name="a bound")
        return cls(
            attribute=cbor.take_text(attribute, max=32, name="an attribute's name"),
            operator=OPERATORS[cbor.take_uint(operator, max=1, name="an operator")],
            bound=bound,
        )

    @classmethod
    def parse(cls, text: object) -> "Requirement":
        """From "attribute >= bound"; a date is written YYYY-MM-DD. Raises PolicyError."""
        match = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise PolicyError(
                "a requirement is not written like 'valid_until >= today' or 'points >= 100'"
            )
        attribute, operator, written = match.groups()
        bound, dated = _parse_bound(written), "-" in written
        return cls(attribute=attribute, operator=operator, bound=bound, dated=dated)

    def __str__(self) -> str:
        bound = date_of(self.bound) if self.dated and isinstance(self.bound, int) else self.bound
        return f"{self.attribute} {self.operator} {bound}"


def _parse_bound(written: str) -> int | str:
    if written == TODAY:
        return TODAY
    if "-" in written:
        try:
            return days_of(written)
        except SchemaError:
            raise PolicyError("a bound is not a date YYYY-MM-DD") from None
    if len(written) > 8:
        raise PolicyError("a bound is larger than any integer of a credential")
    return int(written)
