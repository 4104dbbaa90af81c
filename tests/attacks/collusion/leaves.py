"""Every value inside what was received, whatever its format: found by trying, not by knowing.

JSON, door codes, base64url, hex and wire objects are opened as far as they go. A leaf is a pair of
its path and a number, a text or octets. So a field that nobody has thought of yet is looked at too.
"""

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

import base45
import cbor2

from credentials.domain_tags import QR_PREFIX
from credentials.errors import EncodingError
from credentials.formats import base64url

Leaf: TypeAlias = tuple[str, int | str | bytes]

_SHORTEST = 16
"""Characters that a text must have to be tried as base64url or hex."""
_HEX = re.compile(r"([0-9a-f]{2})+", re.ASCII)
ARRAY = 4
"""The major type of CBOR with which every wire object begins."""
_MANY = 16
"""The elements of a longer array are all called the same."""


def leaves(value: object, path: str = "") -> Iterator[Leaf]:
    """All leaves of a value."""
    match value:
        case bool() | int():
            yield path, int(value)
        case float():
            yield path, int(value * 1000)
        case str():
            yield path, value
            octets = _octets_in(value)
            if octets:
                yield from leaves(octets, path + "=")
        case bytes():
            inside = opened(value)
            yield path, value
            if inside is not None:
                yield from leaves(inside, path + "=")
        case dict():
            for key, one in value.items():
                yield from leaves(one, f"{path}.{key}")
        case list() | tuple():
            for number, one in enumerate(value):
                yield from leaves(one, f"{path}[{number if len(value) <= _MANY else '*'}]")


def _octets_in(text: str) -> bytes:
    if text.startswith(QR_PREFIX):
        try:
            return bytes(base45.b45decode(text.removeprefix(QR_PREFIX)))
        except ValueError:
            return b""
    if len(text) < _SHORTEST:
        return b""
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        return base64url.decode(text)
    except EncodingError:
        return b""


def opened(octets: bytes) -> object:
    """The JSON or the wire object that octets hold, if that is what they are."""
    if octets[:1] in (b"{", b"["):
        try:
            return json.loads(octets)
        except ValueError:
            return None
    if octets[:1] and octets[0] >> 5 == ARRAY:
        try:
            value = cbor2.loads(octets)
        except (ValueError, EOFError, UnicodeDecodeError, cbor2.CBORError):
            return None
        if isinstance(value, list | tuple) and value and isinstance(value[0], str):
            return value
    return None
