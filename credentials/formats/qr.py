"""The text inside a QR code of a presentation: "SYM1:" and base45 of the CBOR.

Source: RFC 9285 (base45, the densest text for a QR code's alphanumeric mode). Drawing and reading
pictures is left to the client.

Codes are drawn with the `base45` library and read here: a door reads many, and reading by columns
takes a tenth of the time. Each three characters stand for one number below 2^16 and no number has
two spellings, so what is read within these bounds is the one encoding.
"""

import struct
from typing import Final

import base45

from credentials.domain_tags import QR_PREFIX
from credentials.errors import EncodingError

MAX_OCTETS: Final = 828  # QR version 20, level L: larger codes failed on soft cameras
MAX_CHARACTERS: Final = len(QR_PREFIX) + MAX_OCTETS // 2 * 3

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_NO_DIGIT: Final = 0xFF
_DIGITS: Final = bytes(
    ALPHABET.index(chr(octet)) if chr(octet) in ALPHABET else _NO_DIGIT for octet in range(256)
)


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
    digits = text.removeprefix(QR_PREFIX).encode("ascii", "replace").translate(_DIGITS)
    if not digits or _NO_DIGIT in digits or len(digits) % 3 == 1:
        raise EncodingError("the code is not base45")
    whole = len(digits) // 3 * 3
    # Lowest digit first: c + 45 * d + 45^2 * e is two octets, c + 45 * d the one at an odd end.
    numbers = [
        c + 45 * d + 2025 * e
        for c, d, e in zip(digits[0:whole:3], digits[1:whole:3], digits[2:whole:3], strict=True)
    ]
    last = [digits[whole] + 45 * digits[whole + 1]] if whole < len(digits) else []
    if max(numbers, default=0) > 0xFFFF or max(last, default=0) > 0xFF:
        raise EncodingError("the code is not base45")
    return struct.pack(f">{len(numbers)}H", *numbers) + bytes(last)
