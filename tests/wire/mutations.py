"""What is done to an object's elements, at every depth, so that it should not match any more.

Of a long list of one kind only the first and the last element are changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cbor2

WRONG_TYPE = "wrong type"
WRONG_LENGTH = "wrong length"
MISSING = "missing element"
EXTRA = "extra element"
LABEL = "unknown label"
HUGE = "a number that nothing has"
NUMBER = "another number"
FOREIGN = "what no object has"

_OF_TYPES: dict[type, Any] = {int: 0, bytes: bytes(32), str: "x", list: []}
_FOREIGN = (-1, 1.5, True, None, {"x": 0}, cbor2.CBORTag(0, "2026-11-25"))
_MANY = 8  # elements of one type: a list, in which one is as good as another


@dataclass(frozen=True)
class Mutant:
    """`octets` were canonical CBOR before one element, at `path`, was changed."""

    kind: str
    path: tuple[int, ...]
    what: str
    octets: bytes

    def __str__(self) -> str:
        return f"{self.kind} at {'/'.join(map(str, self.path)) or 'the top'}: {self.what}"


def mutants(octets: bytes, *, after: bytes | None = None) -> Iterator[Mutant]:
    """All mutants of one object; only of what is new in it, `after` the mutants of another."""
    whole = cbor2.loads(octets)
    known = {} if after is None else dict(_elements(cbor2.loads(after), ()))
    for path, element in _elements(whole, ()):
        if path in known and known[path] == element:
            continue
        for kind, what, changed in _changes(element, path):
            yield Mutant(kind, path, what, cbor2.dumps(_replaced(whole, path, changed)))


def _elements(value: Any, path: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    yield path, value
    if isinstance(value, list):
        alike = len(value) > _MANY and len({type(element) for element in value}) == 1
        for at, element in enumerate(value):
            if not alike or at in (0, len(value) - 1):
                yield from _elements(element, (*path, at))


def _changes(element: Any, path: tuple[int, ...]) -> Iterator[tuple[str, str, Any]]:
    for other, value in _OF_TYPES.items():
        if type(element) is not other:
            yield WRONG_TYPE, f"{other.__name__} in place of {type(element).__name__}", value
    for value in _FOREIGN:
        yield FOREIGN, repr(value), value
    if isinstance(element, int):
        yield HUGE, "2^64 - 1", 2**64 - 1
        yield HUGE, "2^41", 2**41
        for value in sorted({0, element + 1, element + 2, element + 4, 2**24, 2**32} - {element}):
            yield NUMBER, str(value), value
    elif isinstance(element, bytes):
        yield WRONG_LENGTH, "an octet more", element + b"\0"
        yield WRONG_LENGTH, "an octet less", element[:-1]
        yield WRONG_LENGTH, "no octets", b""
        yield WRONG_LENGTH, "2^17 octets", bytes(2**17)
    elif isinstance(element, str):
        yield WRONG_LENGTH, "1,001 characters", "x" * 1001
        yield WRONG_LENGTH, "none", ""
        if element.startswith("symbolon/"):
            yield LABEL, "the next number", element[:-1] + str(int(element[-1]) + 1)
    else:
        yield EXTRA, "one more at the end", [*element, 0]
        often = 520 if len(path) == 1 else 70  # above every limit there
        yield EXTRA, f"{often} times itself", (element * often)[:often]
        if element:
            yield MISSING, "the first", element[1:]
            yield MISSING, "the last", element[:-1]
            yield EXTRA, "the last once more", [*element, element[-1]]


def _replaced(whole: Any, path: tuple[int, ...], changed: Any) -> Any:
    if not path:
        return changed
    at, *rest = path
    return [*whole[:at], _replaced(whole[at], tuple(rest), changed), *whole[at + 1 :]]
