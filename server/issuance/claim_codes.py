"""Claim codes: derived from the keystore's link key, so that links can be made again.

code = first 26 characters of base32 (130 bits) of HMAC-SHA-256 under the link key over CBOR
["symbolon/claim-code/1", entitlement id, generation]. The database holds SHA-256 of the code only.
"""

import base64
import hashlib
import hmac
import re

from credentials.formats import cbor

LABEL = "symbolon/claim-code/1"
CODE_LENGTH = 26
_CODE = re.compile(r"[A-Z2-7]{26}")


def derive_code(link_key: bytes, *, entitlement_id: str, generation: int) -> str:
    """The claim code of one generation of an entitlement; `link_key` has 32 octets."""
    message = cbor.encode((LABEL, entitlement_id, generation))
    digest = hmac.digest(link_key, message, "sha256")
    return base64.b32encode(digest).decode()[:CODE_LENGTH]


def hash_code(code: str) -> bytes:
    """SHA-256 of a code's text, 32 octets."""
    return hashlib.sha256(code.encode()).digest()


def is_code(text: str) -> bool:
    """Whether `text` has the form of a claim code."""
    return _CODE.fullmatch(text) is not None
