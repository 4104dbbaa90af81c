"""What a verifier asks for: why, under which pseudonym, and which attributes it wants to see.

A policy is the verifier's own; nothing in a presentation can change it. Requirements on ranges and
on the age of a registry head have their place in the encoding, and are refused until there is a
registry.
"""

from dataclasses import dataclass
from typing import Final

from credentials.errors import PolicyError
from credentials.formats import cbor
from credentials.formats.attribute import ANONYMOUS_TYPES
from credentials.formats.json_object import read_flag, read_list, read_object
from credentials.formats.names import take_attribute_name
from credentials.formats.schema import MAX_ATTRIBUTES, Schema

PURPOSES: Final = ("door", "poll", "login", "visit")
FIELDS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A purpose, whether a pseudonym is asked, and the names of the attributes to disclose.

    `identifying` says that what is disclosed may name the member: without it only choices and flags
    can be asked. Raises PolicyError.
    """

    purpose: str
    pseudonym: bool = True
    disclose: tuple[str, ...] = ()
    identifying: bool = False
    require: tuple[()] = ()
    max_head_age: None = None

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
        if self.require != ():
            raise _needs_registry("a requirement on a range")
        if self.max_head_age is not None:
            raise _needs_registry("an age limit for the registry head")

    def check(self, schema: Schema) -> None:
        """Raise PolicyError unless the schema has what is asked, in types that may be shown."""
        for name in self.disclose:
            if all(attribute.name != name for attribute in schema.attributes):
                raise PolicyError(f"the community's schema has no attribute {name!r}")
            if schema.attribute(name).type not in ANONYMOUS_TYPES and not self.identifying:
                raise PolicyError(
                    f"{name!r} could identify the member; a policy that asks for it must say so"
                )

    def disclosed_indexes(self, schema: Schema) -> tuple[int, ...]:
        """The message indexes to disclose, ascending; raises PolicyError as check does."""
        self.check(schema)
        return tuple(sorted(schema.index_of(name) for name in self.disclose))

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The six elements of its CBOR array inside a request."""
        return (
            self.purpose,
            int(self.pseudonym),
            self.disclose,
            int(self.identifying),
            (),  # require
            (),  # max_head_age: none, or one number
        )

    @classmethod
    def from_fields(cls, fields: object) -> "Policy":
        """From the elements of its CBOR array; raises EncodingError or PolicyError."""
        purpose, pseudonym, disclose, identifying, require, max_head_age = cbor.take_array(
            fields, length=FIELDS, name="a policy"
        )
        if cbor.take_array(require, max=MAX_ATTRIBUTES, name="requirements"):
            raise _needs_registry("a requirement on a range")
        if cbor.take_array(max_head_age, max=1, name="an age limit"):
            raise _needs_registry("an age limit for the registry head")
        return cls(
            purpose=cbor.take_text(purpose, max=16, name="a purpose"),
            pseudonym=cbor.take_flag(pseudonym),
            disclose=tuple(
                cbor.take_text(name, max=32, name="an attribute's name")
                for name in cbor.take_array(disclose, max=MAX_ATTRIBUTES, name="attributes")
            ),
            identifying=cbor.take_flag(identifying),
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
        if read_list(read.get("require", ()), name="'require'", error=PolicyError):
            raise _needs_registry("a requirement on a range")
        if read.get("max_head_age") is not None:
            raise _needs_registry("an age limit for the registry head")
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
        )

    def to_json(self) -> dict[str, object]:
        """The object that from_json reads."""
        return {
            "purpose": self.purpose,
            "pseudonym": self.pseudonym,
            "disclose": list(self.disclose),
            "identifying": self.identifying,
        }


def _needs_registry(what: str) -> PolicyError:
    return PolicyError(f"{what} needs the registry, which this version does not have")
