"""The text inside a QR code of a presentation: "SYM1:" and base45 of the CBOR.

Source: RFC 9285 (base45, the densest text for a QR code's alphanumeric mode). Drawing and reading
pictures is left to the client.
"""

from typing import Final

import base45

from credentials.domain_tags import QR_PREFIX
from credentials.errors import EncodingError

MAX_OCTETS: Final = 828  # QR version 20, level L: larger codes failed on soft cameras
MAX_CHARACTERS: Final = len(QR_PREFIX) + MAX_OCTETS // 2 * 3


def to_qr_text(octets: bytes) -> str:
    """The text of 1 to 828 octets, for alphanumeric mode; raises EncodingError."""
    if type(octets) is not bytes or not 1 <= len(octets) <= MAX_OCTETS:
        raise EncodingError(f"a code holds 1 to {MAX_OCTETS} octets")
    encoded: bytes = base45.b45encode(octets)
    return QR_PREFIX + encoded.decode("ascii")


def from_qr_text(text: str) -> bytes:
    """The octets of which `text` is the one encoding; raises EncodingError."""
    if type(text) is not str or not text.startswith(QR_PREFIX):
        raise EncodingError(f"the code does not begin with {QR_PREFIX}")
    if len(text) > MAX_CHARACTERS:
        raise EncodingError(f"the code holds more than {MAX_OCTETS} octets")
    try:
        octets: bytes = base45.b45decode(text.removeprefix(QR_PREFIX))
    except ValueError:
        raise EncodingError("the code is not base45") from None
    if to_qr_text(octets) != text:
        raise EncodingError("the code is not the one base45 encoding of its octets")
    return octets
