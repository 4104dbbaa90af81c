"""Numbers and octets as they stand in the lines of a note, each with one spelling.

Source: RFC 4648, section 4 (base64 with padding), and C2SP tlog-checkpoint (decimal numbers without
leading zeros).
"""

import base64
import binascii
import re
from typing import Final

from credentials.errors import LogRefused

MAX_NUMBER: Final = 2**63 - 1

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def encode_base64(octets: bytes) -> str:
    """`octets` as base64 with padding."""
    return base64.b64encode(octets).decode("ascii")


def decode_base64(text: object, *, length: int | None = None, name: str) -> bytes:
    """The octets (exactly `length`) of which `text` is the one encoding; raises LogRefused."""
    try:
        octets = base64.b64decode(text, validate=True) if type(text) is str else b""
    except (binascii.Error, ValueError):
        octets = b""
    if encode_base64(octets) != text:
        raise LogRefused(f"{name} is not the one base64 encoding of its octets")
    if length is not None and len(octets) != length:
        raise LogRefused(f"{name} does not have {length} octets")
    return octets


def decode_number(text: str, *, name: str) -> int:
    """The number from 0 to 2^63 - 1 that `text` spells; raises LogRefused."""
    if _DECIMAL.fullmatch(text) is None or int(text) > MAX_NUMBER:
        raise LogRefused(f"{name} is not a decimal number from 0 to 2^63 - 1")
    return int(text)


def take_number(value: int, *, name: str) -> int:
    """`value` if it can be written in a note; raises LogRefused."""
    if type(value) is not int or not 0 <= value <= MAX_NUMBER:
        raise LogRefused(f"{name} is not a number from 0 to 2^63 - 1")
    return value
