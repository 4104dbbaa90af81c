"""Deterministic CBOR, the one encoding of every wire object.

Source: RFC 8949, section 4.2.1 (core deterministic encoding), narrowed to unsigned integers, octet
strings, text and arrays of definite length. No maps, negative numbers, floats, tags, simple values.
The `cbor2` library does the encoding and decoding, but is not strict by itself: every item head is
checked before it sees the octets (so no tag decoder ever runs), and what it read is encoded again
and compared.
"""

from collections.abc import Sequence
from itertools import count
from typing import Final, TypeAlias

import cbor2

from credentials.errors import EncodingError

Value: TypeAlias = "int | bytes | str | Sequence[Value]"
Decoded: TypeAlias = "int | bytes | str | tuple[Decoded, ...]"

DEFAULT_LIMIT: Final = 65536
MAX_DEPTH: Final = 8
MAX_ITEMS: Final = 2**21  # in one object
MAX_UINT: Final = 2**64 - 1

_UINT, _OCTETS, _TEXT, _ARRAY = 0, 2, 3, 4
_SMALLEST_OF_WIDTH: Final = {1: 24, 2: 2**8, 4: 2**16, 8: 2**32}


def encode(value: Value) -> bytes:
    """The one CBOR encoding of integers below 2^64, bytes, str, and tuples or lists of these.

    Raises EncodingError for any other type (bool and subclasses included), a negative or larger
    integer, text that is not Unicode, and arrays nested deeper than MAX_DEPTH.
    """
    _check_encodable(value, 0)
    return cbor2.dumps(value)


def decode(octets: bytes, *, limit: int = DEFAULT_LIMIT) -> Decoded:
    """The value of which `octets` (at most `limit` of them) are the one encoding; arrays as tuples.

    Raises EncodingError for everything else.
    """
    if type(octets) is not bytes:
        raise EncodingError("CBOR is decoded from octets")
    if len(octets) > limit:
        raise EncodingError(f"an object is larger than {limit} octets")
    _check_heads(octets)
    try:
        value: Decoded = cbor2.loads(
            octets, immutable=True, allow_indefinite=False, max_depth=MAX_DEPTH + 1
        )
    except Exception:  # whatever the library calls it; its message may quote the input
        raise EncodingError("the octets are not CBOR") from None
    if encode(value) != octets:
        raise EncodingError("the octets are not the one CBOR encoding of their value")
    return value


def encode_labelled(label: str, *fields: Value) -> bytes:
    """The CBOR array of a label and the fields after it; raises EncodingError."""
    return encode((label, *fields))


def decode_labelled(
    octets: bytes, *, label: str, fields: int, limit: int = DEFAULT_LIMIT
) -> tuple[Decoded, ...]:
    """The `fields` elements after `label` of a CBOR array; raises EncodingError."""
    value = decode(octets, limit=limit)
    if type(value) is not tuple or not value or value[0] != label:
        raise EncodingError(f"the octets are not a {label} object")
    if len(value) != fields + 1:
        raise EncodingError(f"a {label} object has {fields} fields")
    return value[1:]


def take_uint(value: object, *, max: int = MAX_UINT, min: int = 0, name: str = "a number") -> int:
    """`value` if it is an integer from `min` to `max`; raises EncodingError."""
    if type(value) is not int or not min <= value <= max:
        raise EncodingError(f"{name} is not an integer from {min} to {max}")
    return value


def take_flag(value: object, *, name: str = "a flag") -> bool:
    """`value` as a bool if it is the integer 0 or 1; raises EncodingError."""
    return take_uint(value, max=1, name=name) == 1


def take_octets(
    value: object,
    *,
    length: int | None = None,
    max: int | None = None,
    or_empty: bool = False,
    name: str = "a field",
) -> bytes:
    """`value` if it is `length` octets (or none, if so said), or at most `max`.

    Raises EncodingError.
    """
    if type(value) is not bytes:
        raise EncodingError(f"{name} is not an octet string")
    if or_empty and not value:
        return value
    if length is not None and len(value) != length:
        raise EncodingError(f"{name} does not have {length} octets")
    if max is not None and len(value) > max:
        raise EncodingError(f"{name} has more than {max} octets")
    return value


def take_text(value: object, *, max: int, name: str = "a field") -> str:
    """`value` if it is text of at most `max` characters; raises EncodingError."""
    if type(value) is not str:
        raise EncodingError(f"{name} is not text")
    if len(value) > max:
        raise EncodingError(f"{name} has more than {max} characters")
    if not _is_unicode(value):
        raise EncodingError(f"{name} is not Unicode text")
    return value


def take_array(
    value: object,
    *,
    length: int | None = None,
    max: int | None = None,
    min: int = 0,
    name: str = "a field",
) -> tuple[Decoded, ...]:
    """`value` if it is a tuple of `length` (or `min` to `max`) elements; raises EncodingError."""
    if type(value) is not tuple:
        raise EncodingError(f"{name} is not an array")
    if length is not None and len(value) != length:
        raise EncodingError(f"{name} does not have {length} elements")
    if len(value) < min or (max is not None and len(value) > max):
        raise EncodingError(f"{name} has too few or too many elements")
    return value


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # lone surrogates
        return False
    return True


def _check_encodable(value: object, depth: int) -> None:
    kind = type(value)
    if kind is tuple or kind is list:
        if depth == MAX_DEPTH:
            raise EncodingError(f"arrays are nested deeper than {MAX_DEPTH}")
        for element in value:  # type: ignore[attr-defined]
            _check_encodable(element, depth + 1)
    elif kind is int:
        if not 0 <= value <= MAX_UINT:  # type: ignore[operator]
            raise EncodingError("an integer is negative or not below 2^64")
    elif kind is str:
        if not _is_unicode(value):  # type: ignore[arg-type]
            raise EncodingError("a text is not Unicode")
    elif kind is not bytes:
        raise EncodingError("a value is not an unsigned integer, octets, text or an array")


def _check_heads(octets: bytes) -> None:
    """Walk over the item heads without recursion: types, shortest form, lengths, counts, depth."""
    at = 0
    open_arrays: list[int] = []  # elements still to come, outermost first
    for items in count(1):
        # Each item costs the decoder some hundred octets of memory, however short it is.
        if items > MAX_ITEMS:
            raise EncodingError(f"an object holds more than {MAX_ITEMS} items")
        major, argument, at = _read_head(octets, at)
        if major == _ARRAY:
            open_arrays.append(argument)
            if len(open_arrays) > MAX_DEPTH:
                raise EncodingError(f"arrays are nested deeper than {MAX_DEPTH}")
        else:
            if major != _UINT:
                at += argument
            if at > len(octets):
                raise EncodingError("the octets end inside a string")
            if open_arrays:
                open_arrays[-1] -= 1
        while open_arrays and open_arrays[-1] == 0:
            open_arrays.pop()
            if open_arrays:
                open_arrays[-1] -= 1
        if not open_arrays:
            break
    if at != len(octets):
        raise EncodingError("there are octets after the end of the object")


def _read_head(octets: bytes, at: int) -> tuple[int, int, int]:
    """Major type, argument, and where the head ends (RFC 8949, section 3)."""
    if at >= len(octets):
        raise EncodingError("the octets end too early")
    major, info = octets[at] >> 5, octets[at] & 31
    if major not in (_UINT, _OCTETS, _TEXT, _ARRAY):
        raise EncodingError("only unsigned integers, octets, text and arrays are allowed")
    at += 1
    if info < 24:
        return major, info, at
    if info > 27:
        raise EncodingError("a length is reserved or indefinite")
    width = 1 << (info - 24)
    end = at + width
    if end > len(octets):
        raise EncodingError("the octets end too early")
    argument = int.from_bytes(octets[at:end], "big")
    if argument < _SMALLEST_OF_WIDTH[width]:
        raise EncodingError("a number or length is not in its shortest form")
    return major, argument, end
