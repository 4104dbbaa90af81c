"""What all parts of the service's HTTP API share: where it is, and how its answers are parsed.

Each answer is parsed once: wire objects come back as octets, everything else as plain values of
checked types.
"""

from typing import Any, Self

from client.clocks import ClockReading
from client.errors import ClientError
from client.transport import Json, Transport, checked_address, origin_for_people
from credentials.errors import EncodingError
from credentials.formats import base64url
from credentials.formats.head import SignedHead
from credentials.formats.metadata import SignedMetadata

SEGMENT_LIMIT = 32 * 1024 * 1024
"""Octets of an answer with as many versions of the metadata as a segment can have."""


class ServiceClient:
    """The service at one address (checked here). Raises ClientError."""

    def __init__(self, address: str, *, transport: Transport) -> None:
        self.address = checked_address(address)
        self._transport = transport

    @property
    def clock(self) -> ClockReading | None:
        """This machine's clock beside the server's, as its last answer says; None before one."""
        return self._transport.clock_of(self.address)

    def at(self, address: str) -> Self:
        """The same at another address."""
        return type(self)(address, transport=self._transport)

    def metadata(self) -> SignedMetadata:
        """The signed metadata as published; nothing in it is checked yet."""
        return self._signed(self._transport.get(f"{self.address}/.well-known/symbolon.json"))

    def metadata_segment(self, number: int) -> tuple[SignedMetadata, ...]:
        """The versions of the metadata from 64 * number on: 64 of them, or the last ones.

        The first segment begins with version 1.
        """
        answer = self._transport.get(
            f"{self.address}/community/metadata/{number}", limit=SEGMENT_LIMIT
        )
        return tuple(self._signed(row) for row in self._rows(answer, "versions"))

    def _signed(self, answer: Json) -> SignedMetadata:
        return SignedMetadata(
            octets=self._octets(answer, "metadata"), signature=self._octets(answer, "signature")
        )

    def _heads(self, answer: Json) -> tuple[SignedHead, ...]:
        return tuple(self._head(row) for row in self._rows(answer, "heads"))

    def _head(self, value: Any) -> SignedHead:
        try:
            return SignedHead.from_json(value)
        except EncodingError:
            raise self._strange() from None

    def _octets(self, answer: Any, name: str) -> bytes:
        try:
            return base64url.decode(self._text(answer, name))
        except EncodingError:
            raise self._strange() from None

    def _text(self, answer: Any, name: str) -> str:
        value = answer.get(name)
        if not isinstance(value, str):
            raise self._strange()
        return value

    def _number(self, answer: Any, name: str) -> int:
        value = answer.get(name)
        if type(value) is not int or value < 0:
            raise self._strange()
        return value

    def _rows(self, answer: Json, name: str) -> list[Json]:
        value = answer.get(name)
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            raise self._strange()
        return value

    def _strange(self) -> ClientError:
        return ClientError(
            f"The server {origin_for_people(self.address)} answers in a form that this version of "
            "Symbolon does not know."
        )
