"""What a verifier asks for: why, under which pseudonym, what to see and what to have proven.

A policy is the verifier's own; nothing in a presentation can change it. That the member was not
removed from the registry is proven for every policy and needs no saying.
"""

from dataclasses import dataclass
from typing import Final

from credentials.errors import PolicyError
from credentials.formats import cbor
from credentials.formats.attribute import ANONYMOUS_TYPES
from credentials.formats.json_object import read_flag, read_list, read_object
from credentials.formats.names import take_attribute_name
from credentials.formats.requirement import MAX_REQUIREMENTS, OPERATORS, Bound, Requirement
from credentials.formats.schema import MAX_ATTRIBUTES, SERIAL, Schema

PURPOSES: Final = ("door", "poll", "login", "visit")
FIELDS: Final = 6
MIN_HEAD_AGE: Final = 60  # seconds
MAX_HEAD_AGE: Final = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A purpose, whether a pseudonym is asked, what to disclose, and what to prove.

    `disclose` names attributes; `identifying` says that what is disclosed may name the member:
    without it only choices and flags can be asked. `require` holds up to 8 requirements on dates
    and integers, which are proven without being shown. `max_head_age`: how many seconds ago the
    registry head of a presentation may have been published. Raises PolicyError.
    """

    purpose: str
    pseudonym: bool = True
    disclose: tuple[str, ...] = ()
    identifying: bool = False
    require: tuple[Requirement, ...] = ()
    max_head_age: int | None = None

    def __post_init__(self) -> None:
        if self.purpose not in PURPOSES:
            raise PolicyError(f"the purpose of a policy is none of {', '.join(PURPOSES)}")
        if type(self.pseudonym) is not bool or type(self.identifying) is not bool:
            raise PolicyError("'pseudonym' and 'identifying' of a policy are true or false")
        if self.purpose == "poll" and not self.pseudonym:
            raise PolicyError("a poll needs a pseudonym, or nobody could tell two votes apart")
        if type(self.disclose) is not tuple or len(self.disclose) > MAX_ATTRIBUTES:
            raise PolicyError(f"a policy asks for at most {MAX_ATTRIBUTES} attributes")
        for name in self.disclose:
            take_attribute_name(name, error=PolicyError)
        if len(set(self.disclose)) != len(self.disclose):
            raise PolicyError("a policy asks for an attribute twice")
        self._check_require()
        age = self.max_head_age
        if age is not None and (type(age) is not int or not MIN_HEAD_AGE <= age <= MAX_HEAD_AGE):
            raise PolicyError(f"'max_head_age' is not a number of seconds from {MIN_HEAD_AGE} up")

    def _check_require(self) -> None:
        if type(self.require) is not tuple or len(self.require) > MAX_REQUIREMENTS:
            raise PolicyError(f"a policy has at most {MAX_REQUIREMENTS} requirements")
        if not all(type(one) is Requirement for one in self.require):
            raise PolicyError("a policy holds something that is not a requirement")
        if len({one.key for one in self.require}) != len(self.require):
            raise PolicyError("a policy requires the same of an attribute twice")
        for one in self.require:
            if one.attribute in self.disclose:
                raise PolicyError(f"a policy asks to see {one.attribute!r} and to have it proven")
            # Elsewhere, ever smaller bounds would find out one member's number.
            if one.attribute == SERIAL and self.purpose != "poll":
                raise PolicyError("only a poll may ask for the number of an enrolment")

    def check(self, schema: Schema) -> None:
        """Raise PolicyError unless the schema has what is asked, in types that may be shown."""
        for name in self.disclose:
            if all(attribute.name != name for attribute in schema.attributes):
                raise PolicyError(f"the community's schema has no attribute {name!r}")
            if schema.attribute(name).type not in ANONYMOUS_TYPES and not self.identifying:
                raise PolicyError(
                    f"{name!r} could identify the member; a policy that asks for it must say so"
                )
        for one in self.require:
            one.check(schema)

    def disclosed_indexes(self, schema: Schema) -> tuple[int, ...]:
        """The message indexes to disclose, ascending; raises PolicyError as check does."""
        self.check(schema)
        return tuple(sorted(schema.index_of(name) for name in self.disclose))

    def bounds(self, schema: Schema, *, today: int | None) -> tuple[Bound, ...]:
        """The requirements in the order of their proofs: by message index, then operator.

        `today` in days since 1970-01-01 where a requirement names it. Raises PolicyError.
        """
        resolved = (one.resolve(schema, today=today) for one in self.require)
        return tuple(sorted(resolved, key=lambda one: (one.index, OPERATORS.index(one.operator))))

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The six elements of its CBOR array inside a request."""
        return (
            self.purpose,
            int(self.pseudonym),
            self.disclose,
            int(self.identifying),
            tuple(one.to_fields() for one in self.require),
            () if self.max_head_age is None else (self.max_head_age,),
        )

    @classmethod
    def from_fields(cls, fields: object) -> "Policy":
        """From the elements of its CBOR array; raises EncodingError or PolicyError."""
        purpose, pseudonym, disclose, identifying, require, max_head_age = cbor.take_array(
            fields, length=FIELDS, name="a policy"
        )
        age = cbor.take_array(max_head_age, max=1, name="an age limit")
        return cls(
            purpose=cbor.take_text(purpose, max=16, name="a purpose"),
            pseudonym=cbor.take_flag(pseudonym),
            disclose=tuple(
                cbor.take_text(name, max=32, name="an attribute's name")
                for name in cbor.take_array(disclose, max=MAX_ATTRIBUTES, name="attributes")
            ),
            identifying=cbor.take_flag(identifying),
            require=tuple(
                Requirement.from_fields(fields)
                for fields in cbor.take_array(require, max=MAX_REQUIREMENTS, name="requirements")
            ),
            max_head_age=cbor.take_uint(age[0], name="an age limit") if age else None,
        )

    @classmethod
    def from_json(cls, value: object) -> "Policy":
        """From {"purpose", "pseudonym"?, "disclose"?, "identifying"?, "require"?, "max_head_age"?}.

        Raises PolicyError, for unknown keys too.
        """
        read = read_object(
            value,
            required=("purpose",),
            optional=("pseudonym", "disclose", "identifying", "require", "max_head_age"),
            name="a policy",
            error=PolicyError,
        )
        age = read.get("max_head_age")
        if age is not None and type(age) is not int:
            raise PolicyError("'max_head_age' of a policy is not a number of seconds")
        required = read_list(read.get("require", ()), name="'require'", error=PolicyError)
        purpose = read["purpose"]
        if not isinstance(purpose, str):
            raise PolicyError("the purpose of a policy is not text")
        names = read_list(read.get("disclose", ()), name="'disclose'", error=PolicyError)
        return cls(
            purpose=purpose,
            pseudonym=read_flag(read.get("pseudonym", True), name="'pseudonym'", error=PolicyError),
            disclose=tuple(take_attribute_name(name, error=PolicyError) for name in names),
            identifying=read_flag(
                read.get("identifying", False), name="'identifying'", error=PolicyError
            ),
            require=tuple(Requirement.parse(text) for text in required),
            max_head_age=age,
        )

    def to_json(self) -> dict[str, object]:
        """The object that from_json reads."""
        return {
            "purpose": self.purpose,
            "pseudonym": self.pseudonym,
            "disclose": list(self.disclose),
            "identifying": self.identifying,
            "require": [str(one) for one in self.require],
            "max_head_age": self.max_head_age,
        }
