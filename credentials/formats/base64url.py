"""base64url without padding, the text form of octets in JSON and links.

Source: RFC 4648, section 5. Strict: no padding, no white space, no second spelling of a value.
"""

import base64
import re

from credentials.errors import EncodingError

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)


def encode(octets: bytes) -> str:
    """`octets` as text without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def decode(text: str, *, limit: int | None = None) -> bytes:
    """The octets (at most `limit`) of which `text` is the one encoding; raises EncodingError."""
    if type(text) is not str or _ALPHABET.fullmatch(text) is None or len(text) % 4 == 1:
        raise EncodingError("the text is not base64url without padding")
    if limit is not None and len(text) * 3 // 4 > limit:
        raise EncodingError(f"the text stands for more than {limit} octets")
    octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(octets) != text:
        raise EncodingError("the text is not the one base64url encoding of its octets")
    return octets
