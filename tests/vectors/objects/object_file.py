"""One file of vectors, and the ways to spoil octets that are the same for all objects."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from credentials.formats import cbor
from tests.wire.grammar import place

OWN_LABELS = 10**9  # octets: above every limit


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """`value` is octets, a text, or JSON, as the file's form says; `gives` is what is read.

    `given` stands for this case in place of what the file gives under the same names.
    """

    name: str
    value: Any
    gives: Any = None
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Refused:
    """`refusal` is the class of the error, as in credentials/errors.py or client/errors.py."""

    name: str
    value: Any
    refusal: str
    why: str
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ObjectFile:
    """`form` is cbor, octets, text or json; `given` is what a reader needs beside the value."""

    about: str
    rule: str
    form: str
    given: Mapping[str, Any] = field(default_factory=dict)
    accepted: Sequence[Accepted]
    refused: Sequence[Refused]

    def to_json(self) -> dict[str, Any]:
        return {
            "about": self.about,
            "rule": self.rule,
            "form": self.form,
            "given": dict(self.given),
            "accepted": [
                {"name": one.name, **self._value(one.value)}
                | ({} if one.gives is None else {"gives": one.gives})
                | _given(one.given)
                for one in self.accepted
            ],
            "refused": [
                {"name": one.name, "why": one.why, "class": one.refusal, **self._value(one.value)}
                | _given(one.given)
                for one in self.refused
            ],
        }

    def _value(self, value: Any) -> dict[str, Any]:
        return {"octets": value.hex()} if self.form in ("cbor", "octets") else {self.form: value}


def _given(given: Mapping[str, Any]) -> dict[str, Any]:
    return {"given": dict(given)} if given else {}


def of_objects(**objects: Any) -> list[Accepted]:
    """Accepted objects that have `to_cbor`, by name (with _ for a space)."""
    return [
        Accepted(name=name.replace("_", " "), value=one.to_cbor()) for name, one in objects.items()
    ]


def spoilt(octets: bytes, *, refusal: str = "EncodingError") -> Iterator[Refused]:
    """What no object is: another encoding of it, another label, too few or too many elements."""
    value = read(octets)
    for name, why, other in (
        ("an octet after the end", "nothing stands after an object", octets + b"\0"),
        ("the last octet is missing", "the octets end too early", octets[:-1]),
        ("no octets", "the octets end too early", b""),
        (
            "the array's length is not in its shortest form",
            "every object has one encoding",
            _long_head(octets),
        ),
        (
            "an array of indefinite length",
            "every length is definite",
            b"\x9f" + octets[_head_length(octets) :] + b"\xff",
        ),
        ("a tag in front", "there are no tags", b"\xc1" + octets),
        ("the label of a later version", "readers know one number", _relabelled(value)),
        ("an element too many", "the number of elements is fixed", cbor.encode((*value, 0))),
        ("an element is missing", "the number of elements is fixed", cbor.encode(value[:-1])),
        ("the label alone is missing", "every object begins with it", cbor.encode(value[1:])),
    ):
        yield Refused(name=name, why=why, refusal=refusal, value=other)


def read(octets: bytes) -> tuple[Any, ...]:
    """The elements of an object."""
    value = cbor.decode(octets, limit=OWN_LABELS)
    assert isinstance(value, tuple)
    return value


def changed(octets: bytes, rule: str, name: str | int, value: Any, *inner: int) -> bytes:
    """The object with another value for a named element, or for one inside of it."""
    at = name if isinstance(name, int) else place(rule, name)
    return cbor.encode(_put(read(octets), (at, *inner), value))


def element(octets: bytes, rule: str, name: str) -> Any:
    """The value of a named element."""
    return read(octets)[place(rule, name)]


class Changes:
    """Refusals of one object, each by one changed element."""

    def __init__(self, octets: bytes, rule: str) -> None:
        self._octets, self._rule = octets, rule

    def __call__(
        self,
        name: str,
        element: str | int,
        value: Any,
        *inner: int,
        why: str,
        refusal: str = "EncodingError",
    ) -> Refused:
        other = changed(self._octets, self._rule, element, value, *inner)
        assert other != self._octets, name
        return Refused(name=name, why=why, refusal=refusal, value=other)


def _put(value: tuple[Any, ...], path: tuple[int, ...], new: Any) -> Any:
    at, *rest = path
    inner = _put(value[at], tuple(rest), new) if rest else new
    return (*value[:at], inner, *value[at + 1 :])


def _relabelled(value: tuple[Any, ...]) -> bytes:
    label, number = str(value[0]).rsplit("/", 1)
    return cbor.encode((f"{label}/{int(number) + 1}", *value[1:]))


def _head_length(octets: bytes) -> int:
    return 1 if octets[0] & 31 < 24 else 2


def _long_head(octets: bytes) -> bytes:
    count = octets[0] & 31
    if count < 24:
        return bytes((0x98, count)) + octets[1:]
    return bytes((0x99, 0, octets[1])) + octets[2:]
