"""What a reader of vectors is."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from tests.vectors.vector_community import VectorCommunity

Given = Mapping[str, Any]


Reader = Callable[[Any, Given], Any]


def parsed(kind: Any) -> Reader:
    """An object of its own: read, and the same when it is written again."""

    def read(octets: bytes, _: Given) -> None:
        assert kind.from_cbor(octets).to_cbor() == octets

    return read


@cache
def community() -> VectorCommunity:
    return VectorCommunity()


def octets(given: Given, name: str) -> bytes:
    return bytes.fromhex(given[name])
