"""Lists of disclosed values that no presentation should have, and how they get into one."""

from typing import Any

from credentials.formats import cbor

Pairs = tuple[Any, ...]

BAD: tuple[Pairs, ...] = (
    (),
    ((2, 0),),
    ((2, 0), (2, 0), (3, "resident"), (4, 0)),
    ((2, 0), (3, "resident"), (3, "resident"), (4, 0)),
    ((4, 0), (3, "resident"), (2, 0)),
    ((0, 0), (1, 1), (2, 0), (3, "resident"), (4, 0)),
    ((2, 0), (3, "resident"), (4, 0), (5, "owl")),
    ((2, 0), (3, "resident"), (10, 0)),
    ((2, 0), (3, "resident"), (17, 0)),
    ((2, 0), (3, "resident"), (18, 0)),
    ((2, 0), (3, "resident"), (2**63, 0)),
    ((2, 0), (3, "resident"), (2**64 - 1, 0)),
    ((2, 0), (3, ""), (4, 0)),
    ((2, "resident"), (3, 0), (4, 0)),
    ((2, 0), (3, "resident"), (4, 2**64 - 1)),
    ((2, 0), (3, "resident"), (4,)),
    ((2, 0), (3, "resident"), ()),
    ((2, 0), (3, "resident"), (4, 0, 0)),
    ((2, 0), (3, "resident"), (4, b"")),
    ((2, 0), (3, "resident"), ("4", 0)),
    ((2, 0), (3, "resident"), (b"4", 0)),
    ((2, 0), (3, "resident"), (4, (0,))),
    (2, 3, 4),
    ("2", "3", "4"),
    ((((),),),),
    tuple((2 + at, 0) for at in range(16)),
    tuple((2 + at, 0) for at in range(17)),
    ((2, 0),) * 1000,
)


def with_pairs(octets: bytes, pairs: Pairs) -> bytes:
    """A presentation whose list of disclosed values is another one; the proof stays."""
    fields = list(cbor.decode(octets, limit=2**16))
    (at,) = (at for at, field in enumerate(fields) if isinstance(field, tuple))
    fields[at] = pairs
    return cbor.encode(tuple(fields))


def with_bad(octets: bytes, pairs: Pairs) -> bytes:
    """The same, and another bad list where this one happens to be what was asked for."""
    changed = with_pairs(octets, pairs)
    return with_pairs(octets, ((9, 0),)) if changed == octets else changed


def inside(ballot: bytes, presentation: bytes) -> bytes:
    """A ballot around another presentation."""
    *fields, _ = cbor.decode(ballot, limit=2**16)
    return cbor.encode((*fields, presentation))
