"""How the CBOR of objects is changed by tests/attacks/mutants.py: elements, order and encoding."""

from collections.abc import Callable
from random import Random

import cbor2

from credentials.errors import EncodingError
from credentials.formats import cbor
from tests.attacks.mutations import Original, Spare, Structure, mutation, structure_of


@mutation
def a_field_replaced(rng: Random, original: Original, _: Spare) -> bytes | None:
    """One element, anywhere, by something else; the encoding stays canonical."""
    return _restructured(rng, original, _replaced)


@mutation
def a_field_added_dropped_or_moved(rng: Random, original: Original, _: Spare) -> bytes | None:
    return _restructured(rng, original, _rearranged)


@mutation
def another_encoding_of_the_same(rng: Random, original: Original, _: Spare) -> bytes | None:
    """Longer heads, indefinite lengths, tags: what a lenient reader takes for the same."""
    structure = structure_of(original)
    return None if structure is None else _loosely(rng, structure, rng.randrange(1, 4))


@mutation
def other_cbor(rng: Random, original: Original, _: Spare) -> bytes:
    """Values that are CBOR and that no object of ours has."""
    structure = list(structure_of(original) or ["symbolon/showing/1"])
    at = rng.randrange(len(structure))
    structure[at] = rng.choice(
        (-1, 1.5, None, True, {"a": 1}, {1: {2: 3}}, 2**64, -(2**70), cbor2.CBORTag(0, "x"))
    )
    return cbor2.dumps(structure)


@mutation
def nested_deep(rng: Random, original: Original, _: Spare) -> bytes:
    depth = rng.choice((7, 8, 9, 100, 5000))
    return b"\x81" * depth + rng.choice((b"\0", b"\x80", b"", original.octets))


@mutation
def a_length_that_lies(rng: Random, original: Original, _: Spare) -> bytes:
    major = rng.choice((2, 3, 4)) << 5
    head = bytes([major | 27]) + rng.choice((2**63, 2**32, 2**64 - 1)).to_bytes(8, "big")
    at = rng.randrange(len(original.octets))
    return original.octets[:at] + head + original.octets[at:]


def _restructured(
    rng: Random, original: Original, change: Callable[[Random, Structure], Structure]
) -> bytes | None:
    structure = structure_of(original)
    if structure is None:
        return None
    try:
        octets = cbor.encode(change(rng, structure))
    except EncodingError:
        return None
    return octets + original.octets[-64:] if original.kind == "head" else octets


def _replaced(rng: Random, structure: Structure) -> Structure:
    if type(structure) is tuple and structure and rng.random() < 0.8:
        at = rng.randrange(len(structure))
        return (*structure[:at], _replaced(rng, structure[at]), *structure[at + 1 :])
    if type(structure) is int and rng.random() < 0.6:
        return rng.choice((structure + 1, max(0, structure - 1), structure + 2**16, 2**63, 0))
    if type(structure) is bytes and rng.random() < 0.6:
        return rng.choice((structure[:-1], structure + b"\0", rng.randbytes(len(structure))))
    return rng.choice(
        (
            0,
            1,
            2**64 - 1,
            b"",
            bytes(32),
            bytes(48),
            "",
            "door",
            "e\u0301",
            "\u202e",
            "x" * 300,
            "poll",
            "login",
            "today",
            "serial",
            (),
            (0,),
            ((2, 0),),
            (("reissued",),),
            ((), ()),
            ((2, 0), (2, 0)),
            ((3, "resident"), (2, 0)),
            (((((),),),),),
        )
    )


def _rearranged(rng: Random, structure: Structure) -> Structure:
    if type(structure) is not tuple or not structure:
        return (structure, structure)
    at = rng.randrange(len(structure))
    if type(structure[at]) is tuple and rng.random() < 0.7:
        return (*structure[:at], _rearranged(rng, structure[at]), *structure[at + 1 :])
    other = rng.randrange(len(structure))
    moved = list(structure)
    moved[at], moved[other] = moved[other], moved[at]
    return rng.choice(
        (
            structure[:at] + structure[at + 1 :],
            (*structure[:at], structure[at], *structure[at:]),
            (*structure, structure[at]),
            tuple(moved),
        )
    )


def _loosely(rng: Random, value: Structure, loose: int) -> bytes:
    """CBOR by hand, in which some heads are longer than they must be."""
    kind = {int: 0, bytes: 2, str: 3, tuple: 4}[type(value)]
    payload = value.encode() if kind == 3 else value
    argument = value if kind == 0 else len(payload)
    if rng.random() < 0.2 * loose:
        style = rng.randrange(3)
        if style == 0:
            head = bytes([kind << 5 | 27]) + argument.to_bytes(8, "big")
        elif style == 1:
            head = bytes([0xC0 | rng.randrange(24)]) + _head(kind, argument)
        else:
            return _indefinite(rng, value, kind, payload, loose)
    else:
        head = _head(kind, argument)
    if kind == 4:
        return head + b"".join(_loosely(rng, element, loose) for element in value)
    return head if kind == 0 else head + payload


def _indefinite(rng: Random, value: Structure, kind: int, payload: bytes, loose: int) -> bytes:
    if kind == 0:
        return b"\xd8\x00" + _head(0, value)
    if kind == 4:
        return b"\x9f" + b"".join(_loosely(rng, one, loose) for one in value) + b"\xff"
    return bytes([kind << 5 | 31]) + _head(kind, len(payload)) + payload + b"\xff"


def _head(kind: int, argument: int) -> bytes:
    return bytes([kind << 5 | cbor2.dumps(argument)[0]]) + cbor2.dumps(argument)[1:]
