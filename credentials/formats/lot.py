"""Where a poll's lot comes from, if it has one: what its manifest says beside the tie rule.

A lot's seed must be one that nobody knows or chooses while anything can still be changed. Source:
docs/protocol.md, "Polls"; docs/tally.md, "Ties".
"""

from dataclasses import dataclass
from typing import Final

from credentials import beacon
from credentials.errors import PolicyError
from credentials.formats import cbor

BY_OPENING: Final = "opening/1"  # the value with which trustees open the votes
BY_BEACON: Final = "beacon/1"  # a round of the public beacon, after the close
BY_NONE: Final = "none/1"  # no lot: a tie is the result
TIE_RULES: Final = (BY_OPENING, BY_BEACON, BY_NONE)

FINAL_SECONDS: Final = 300
"""How long after the last batch the lot may fall at the earliest: witnesses look every minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beacon:
    """The round of a public beacon that is a poll's lot; raises EncodingError or PolicyError.

    chain: the hash of the beacon's chain, 32 octets; there is one that is known, drand's quicknet.
    number: the round's.
    """

    chain: bytes = beacon.CHAIN_HASH
    number: int

    def __post_init__(self) -> None:
        cbor.take_octets(self.chain, length=32, name="the hash of a beacon's chain")
        cbor.take_uint(self.number, min=1, max=beacon.MAX_ROUND, name="a beacon's round")
        if self.chain != beacon.CHAIN_HASH:
            raise PolicyError("the poll's lot comes from a beacon that is not known here")

    @property
    def due_at(self) -> int:
        """When the round is due, Unix seconds."""
        return beacon.time_of(self.number)

    @classmethod
    def after(cls, closes_at: int, *, batch_seconds: int) -> "Beacon":
        """The one round that a poll with this closing time and batch interval may name."""
        return cls(number=beacon.round_at(closes_at + batch_seconds + FINAL_SECONDS))

    def to_fields(self) -> tuple[cbor.Value, ...]:
        """The elements of its CBOR array."""
        return (self.chain, self.number)

    @classmethod
    def from_fields(cls, value: object) -> "Beacon | None":
        """From its CBOR array, None for an empty one; raises EncodingError or PolicyError."""
        if value == ():
            return None
        chain, number = cbor.take_array(value, length=2, name="a beacon")
        return cls(
            chain=cbor.take_octets(chain, name="the hash of a beacon's chain"),
            number=cbor.take_uint(number, name="a beacon's round"),
        )
