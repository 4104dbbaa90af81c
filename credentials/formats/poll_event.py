"""What happens in a poll besides ballots, as entries of its log.

An extension moves the closing time; a cancellation ends the poll without a result; the closing ends
the ballots; the opening publishes the value that opens sealed votes; an objection stands beside the
result that everybody can see by then; the certification states the result. Source:
docs/protocol.md, "Polls".
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from credentials import domain_tags
from credentials.errors import EncodingError, PolicyError
from credentials.formats import cbor
from credentials.formats.manifest import MAX_TIME
from credentials.formats.names import take_shown_text
from credentials.tally.result import RESULT_LIMIT

MAX_REASON: Final = 500  # characters
MAX_VALUE: Final = RESULT_LIMIT
EVENT_LIMIT: Final = MAX_VALUE + 4096  # octets
OPENING_LENGTH: Final = 48  # octets, a compressed point of G1
TIME_LENGTH: Final = 8


class Kind(StrEnum):
    """The kinds of events."""

    EXTENSION = "extension"
    CANCELLATION = "cancellation"
    CLOSING = "closing"
    OPENING = "opening"
    OBJECTION = "objection"
    CERTIFICATION = "certification"


_WITH_REASON = (Kind.EXTENSION, Kind.CANCELLATION, Kind.OBJECTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollEvent:
    """One event; raises EncodingError or PolicyError.

    at: Unix seconds. reason: for people; an extension, a cancellation and an objection must give
    one, elsewhere it may be empty. value: of an extension the new closing time (I2OSP(Unix seconds,
    8)), of an opening the opening value (48 octets), of a certification the result's CBOR; empty
    elsewhere.
    """

    kind: Kind
    at: int
    reason: str = ""
    value: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if type(self.kind) is not Kind:
            raise EncodingError("an event is of no known kind")
        cbor.take_uint(self.at, max=MAX_TIME, name="an event's time")
        if self.reason != "" or self.kind in _WITH_REASON:
            take_shown_text(self.reason, max=MAX_REASON, name="a reason")
        if self.kind is Kind.CERTIFICATION:
            cbor.take_octets(self.value, max=MAX_VALUE, name="a result")
        else:
            length = {Kind.EXTENSION: TIME_LENGTH, Kind.OPENING: OPENING_LENGTH}.get(self.kind, 0)
            cbor.take_octets(self.value, length=length, name="an event's value")
        if self.kind is Kind.EXTENSION and self.closes_at > MAX_TIME:
            raise PolicyError("an extension names a time that is too far away")

    @classmethod
    def extension(cls, *, at: int, reason: str, closes_at: int) -> "PollEvent":
        """Voting goes on until `closes_at` (Unix seconds)."""
        cbor.take_uint(closes_at, max=MAX_TIME, name="a closing time")
        value = closes_at.to_bytes(TIME_LENGTH, "big")
        return cls(kind=Kind.EXTENSION, at=at, reason=reason, value=value)

    @property
    def closes_at(self) -> int:
        """The closing time that an extension sets, Unix seconds."""
        return int.from_bytes(self.value, "big")

    def to_cbor(self) -> bytes:
        """Its octets: its entry in the log."""
        return cbor.encode_labelled(
            domain_tags.POLL_EVENT, self.kind.value, self.at, self.reason, self.value
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "PollEvent":
        """The event in `octets`; raises EncodingError or PolicyError."""
        kind, at, reason, value = cbor.decode_labelled(
            octets, label=domain_tags.POLL_EVENT, fields=4, limit=EVENT_LIMIT
        )
        return cls(
            kind=_kind(cbor.take_text(kind, max=32, name="a kind of event")),
            at=cbor.take_uint(at, name="an event's time"),
            reason=cbor.take_text(reason, max=MAX_REASON, name="a reason"),
            value=cbor.take_octets(value, max=MAX_VALUE, name="an event's value"),
        )


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise EncodingError("a poll has an event that this version does not know") from None
