"""What happens in a poll besides ballots, as entries of its log.

An extension moves the closing time; a cancellation ends the poll without a result; the closing ends
the ballots; the opening publishes the value that opens sealed votes; the beacon's round gives the
lot its seed; an objection stands beside the result that everybody can see by then; the
certification states the result. While voting goes on, the end of each batch of ballots stands in
the log too, without a time. Source: docs/protocol.md, "Polls".
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from credentials import domain_tags
from credentials.beacon import SIGNATURE_LENGTH
from credentials.errors import EncodingError, PolicyError
from credentials.formats import cbor
from credentials.formats.lot import Beacon
from credentials.formats.manifest_rules import MAX_TIME
from credentials.formats.names import take_shown_text
from credentials.tally.result import RESULT_LIMIT

MAX_REASON: Final = 500  # characters
MAX_VALUE: Final = RESULT_LIMIT
EVENT_LIMIT: Final = MAX_VALUE + 4096  # octets
OPENING_LENGTH: Final = 48  # octets, a compressed point of G1
NUMBER_LENGTH: Final = 8  # octets, of a time and of a beacon's round


class Kind(StrEnum):
    """The kinds of events."""

    BATCH = "batch"
    EXTENSION = "extension"
    CANCELLATION = "cancellation"
    CLOSING = "closing"
    OPENING = "opening"
    BEACON = "beacon"
    OBJECTION = "objection"
    CERTIFICATION = "certification"


_WITH_REASON = (Kind.EXTENSION, Kind.CANCELLATION, Kind.OBJECTION)
_LENGTHS = {
    Kind.EXTENSION: (NUMBER_LENGTH, 2 * NUMBER_LENGTH),
    Kind.OPENING: (OPENING_LENGTH,),
    Kind.BEACON: (SIGNATURE_LENGTH,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PollEvent:
    """One event; raises EncodingError or PolicyError.

    at: Unix seconds; 0 at the end of a batch, as nothing tells when ballots came. reason: for
    people; an extension, a cancellation and an objection must give one, elsewhere it may be empty.
    value: of an extension the new closing time (I2OSP(Unix seconds, 8)) and, where a beacon is the
    lot, the new round (I2OSP(number, 8)); of an opening the opening value (48 octets); of a beacon
    its signature (48 octets); of a certification the result's CBOR; empty elsewhere.
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
        if self.kind is Kind.BATCH and (self.at or self.reason):
            raise EncodingError("the end of a batch has a time or a reason")
        cbor.take_octets(self.value, max=MAX_VALUE, name="an event's value")
        if self.kind is not Kind.CERTIFICATION and len(self.value) not in _LENGTHS.get(
            self.kind, (0,)
        ):
            raise EncodingError("an event's value does not have the length of its kind")
        if self.kind is Kind.EXTENSION and self.closes_at > MAX_TIME:
            raise PolicyError("an extension names a time that is too far away")

    @classmethod
    def extension(
        cls, *, at: int, reason: str, closes_at: int, beacon: Beacon | None = None
    ) -> "PollEvent":
        """Voting goes on until `closes_at` (Unix seconds), and the lot is that beacon's round."""
        cbor.take_uint(closes_at, max=MAX_TIME, name="a closing time")
        value = closes_at.to_bytes(NUMBER_LENGTH, "big")
        if beacon is not None:
            value += beacon.number.to_bytes(NUMBER_LENGTH, "big")
        return cls(kind=Kind.EXTENSION, at=at, reason=reason, value=value)

    @property
    def closes_at(self) -> int:
        """The closing time that an extension sets, Unix seconds."""
        return int.from_bytes(self.value[:NUMBER_LENGTH], "big")

    @property
    def beacon_round(self) -> int | None:
        """The beacon's round that an extension sets, None where it names none."""
        rest = self.value[NUMBER_LENGTH:]
        return int.from_bytes(rest, "big") if rest else None

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


BATCH_END: Final = PollEvent(kind=Kind.BATCH, at=0)
"""The end of a batch: the same octets each time."""


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise EncodingError("a poll has an event that this version does not know") from None
