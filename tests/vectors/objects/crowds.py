"""Crowds that metadata may not hold."""

from collections.abc import Iterator
from typing import Any

from credentials.formats.metadata import Metadata
from tests.vectors.objects.object_file import Changes, Refused, element


def spoilt_crowds(own: Metadata) -> Iterator[Refused]:
    """Refusals of metadata with a crowd of one sheet, each by one change of it."""
    octets = own.to_cbor()
    change = Changes(octets, "metadata")
    ((*_, sheets),) = element(octets, "metadata", "crowd")
    (names, groups) = sheets[0]

    def crowd(name: str, value: Any, *inner: int, why: str) -> Refused:
        return change(name, "crowd", value, 0, *inner, why=why)

    yield change("two crowds", "crowd", ((0,) * 5 + ((),),) * 2, why="one or none")
    yield crowd("a day after 65535", 2**16, 0, why="days are below 2^16")
    yield crowd("taken out later than the head", 3, 1, why="since is at most removals")
    yield crowd("members that are not tens", 291, 4, why="numbers are rounded down to tens")
    yield crowd("a group of ten", 10, 5, 0, 1, 0, 1, why="twenty at least")
    yield crowd("a group that is not in tens", 35, 5, 0, 1, 0, 1, why="rounded down to tens")
    yield crowd("nine in no group", 280, 4, why="ten at least are in none")
    yield crowd("groups in another order", groups[::-1], 5, 0, 1, why="ascending by values")
    yield crowd("a group twice", (groups[0], groups[0]), 5, 0, 1, why="each once")
    yield crowd("no groups", (), 5, 0, 1, why="a sheet has one at least")
    yield crowd("a group without values", (), 5, 0, 1, 0, 0, why="one at least")
    yield crowd("more values than attributes", names[:1], 5, 0, 0, why="one for an attribute")
    yield crowd("an attribute on two sheets", (sheets[0],) * 2, 5, why="on one at most")
    yield crowd("counted by a text", "nickname", 5, 0, 0, 1, why="choices and flags only")
    yield crowd("counted by what is not in the schema", "age", 5, 0, 0, 1, why="the schema has it")
    yield crowd("a fourth of three choices", (0, 3), 5, 0, 1, 2, 0, why="the schema has three")
    yield crowd("17 sheets", tuple(sheets) * 17, 5, why="at most 16")
