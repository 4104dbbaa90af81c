"""The link that brings an attendee's wallet to the issuer: "{address}/claim#{code}.{fingerprint}".

The code is a secret. It stands in the fragment, which browsers do not send, so that it is in no
server's log.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from credentials.errors import EncodingError
from credentials.formats import base64url, cbor
from credentials.formats.addresses import MAX_ADDRESS, take_origin
from credentials.formats.text import tidy

_CODE = re.compile(r"[A-Z2-7]{26}", re.ASCII)
_PATH: Final = "/claim#"
_MAX_LINK: Final = MAX_ADDRESS + 128
_MAX_TEXT: Final = 20_000  # characters, of a whole letter
_WITHIN = re.compile(
    r"https?://(?:(?!https?://)[^\"'<>#])+/claim#[A-Z2-7]{26}\.[A-Za-z0-9_-]{43}", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLink:
    """A community's address, a claim code (26 of A-Z and 2-7), the metadata key's fingerprint.

    fingerprint: 32 octets. Raises EncodingError.
    """

    address: str
    code: str = field(repr=False)
    fingerprint: bytes

    def __post_init__(self) -> None:
        take_origin(self.address, name="the address in a claim link")
        if type(self.code) is not str or _CODE.fullmatch(self.code) is None:
            raise EncodingError("a claim code does not have 26 of the characters A-Z and 2-7")
        cbor.take_octets(self.fingerprint, length=32, name="the fingerprint in a claim link")

    def format(self) -> str:
        """The link as text."""
        return f"{self.address}{_PATH}{self.code}.{base64url.encode(self.fingerprint)}"

    @classmethod
    def find(cls, text: str) -> "ClaimLink":
        """The link within what was pasted: in quotes or brackets, broken by spaces or lines, with
        the text around it. Raises EncodingError where there is none, or more than one."""
        joined = re.sub(r"\s+", "", tidy(text[:_MAX_TEXT])).replace("%23", "#")
        found = set(_WITHIN.findall(joined))
        if len(found) > 1:
            raise EncodingError("there is more than one claim link in the text")
        return cls.parse(found.pop() if found else text)

    @classmethod
    def parse(cls, text: str) -> "ClaimLink":
        """The link in `text`, space around it ignored; raises EncodingError."""
        if type(text) is not str or len(text) > _MAX_LINK:
            raise EncodingError("the text is not a claim link")
        address, path, fragment = text.strip().partition(_PATH)
        code, dot, fingerprint = fragment.partition(".")
        if not path or not dot:
            raise EncodingError("the text is not a claim link")
        return cls(address=address, code=code, fingerprint=base64url.decode(fingerprint, limit=32))
