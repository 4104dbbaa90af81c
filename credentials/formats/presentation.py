"""What a wallet shows: a proof, its pseudonym, what it discloses, and for what it was made.

The claims about purpose, instance, freshness and removals tell the verifier what to compare; the
proof is checked against the verifier's own scope, policy and registry value, never against these.
The registry's value is named by how many removals led to it, and by nothing finer: whoever is at
one value shows the same. Leaves out the meaning of the proof's octets.
"""

from dataclasses import dataclass, field
from typing import Final

from credentials import domain_tags
from credentials.errors import EncodingError
from credentials.formats import cbor
from credentials.formats.attribute import AttributeValue
from credentials.formats.head import MAX_REMOVALS
from credentials.formats.names import MAX_TEXT, take_shown_text
from credentials.formats.policy import PURPOSES
from credentials.formats.schema import FIRST_ATTRIBUTE, MAX_ATTRIBUTES

MAX_INSTANCE_TEXT: Final = 64  # an event id of 32, "/" and a date
MAX_TIME_SLOT: Final = 2**40
POINT_LENGTH: Final = 48
SCALAR_LENGTH: Final = 32
MIN_PROOF: Final = 3 * POINT_LENGTH + 4 * SCALAR_LENGTH
MAX_PROOF: Final = 6144
PRESENTATION_LIMIT: Final = 8192  # octets
MAX_INTEGER: Final = 2**24 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A presentation; raises EncodingError when it is made malformed.

    instance: text for a door (at most 64 characters), octets (none or 32) otherwise.
    freshness: the time slot, or a nonce of 32 octets. removals: how many led to the registry value
    at which it was made. disclosed: (message index from 2, value) pairs, ascending. pseudonym: 48
    octets, or none. proof: 272 to 6144 octets: three points and pairs of further ones, then
    scalars.
    """

    purpose: str
    instance: str | bytes
    freshness: int | bytes
    removals: int
    disclosed: tuple[tuple[int, AttributeValue], ...] = field(default=(), repr=False)
    pseudonym: bytes = field(default=b"", repr=False)
    proof: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.purpose not in PURPOSES:
            raise EncodingError("a presentation has an unknown purpose")
        if type(self.instance) is str:
            take_shown_text(self.instance, max=MAX_INSTANCE_TEXT, name="an instance")
        else:
            cbor.take_octets(self.instance, length=32, or_empty=True, name="an instance")
        if type(self.freshness) is int:
            cbor.take_uint(self.freshness, max=MAX_TIME_SLOT, name="a time slot")
        else:
            cbor.take_octets(self.freshness, length=32, name="a nonce")
        cbor.take_uint(self.removals, max=MAX_REMOVALS, name="a number of removals")
        _check_disclosed(self.disclosed)
        cbor.take_octets(self.pseudonym, length=POINT_LENGTH, or_empty=True, name="a pseudonym")
        cbor.take_octets(self.proof, max=MAX_PROOF, name="a proof")
        # Points beyond the first three come in pairs, which are as long as three scalars.
        if len(self.proof) < MIN_PROOF or (len(self.proof) - 3 * POINT_LENGTH) % SCALAR_LENGTH:
            raise EncodingError("a proof is too short or ends inside a scalar")

    def to_cbor(self) -> bytes:
        """Its octets: a door code holds them as they are."""
        return cbor.encode_labelled(
            domain_tags.PRESENTATION,
            self.purpose,
            self.instance,
            self.freshness,
            self.removals,
            self.disclosed,
            int(bool(self.pseudonym)),
            self.pseudonym + self.proof,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Presentation":
        """The presentation in `octets`; raises EncodingError."""
        purpose, instance, freshness, removals, disclosed, has_pseudonym, points_and_scalars = (
            cbor.decode_labelled(
                octets, label=domain_tags.PRESENTATION, fields=7, limit=PRESENTATION_LIMIT
            )
        )
        together = cbor.take_octets(points_and_scalars, name="a proof")
        split = POINT_LENGTH if cbor.take_flag(has_pseudonym) else 0
        if len(together) < split:
            raise EncodingError("a proof ends inside its pseudonym")
        return cls(
            purpose=cbor.take_text(purpose, max=16, name="a purpose"),
            instance=instance
            if isinstance(instance, str)
            else cbor.take_octets(instance, name="an instance"),
            freshness=freshness
            if isinstance(freshness, int)
            else cbor.take_octets(freshness, name="a nonce"),
            removals=cbor.take_uint(removals, name="a number of removals"),
            disclosed=tuple(
                _read_pair(pair)
                for pair in cbor.take_array(disclosed, max=MAX_ATTRIBUTES, name="disclosed values")
            ),
            pseudonym=together[:split],
            proof=together[split:],
        )


def _read_pair(value: object) -> tuple[int, AttributeValue]:
    index, shown = cbor.take_array(value, length=2, name="a disclosed value")
    if not isinstance(shown, (str, int)):
        raise EncodingError("a disclosed value is neither text nor a number")
    return cbor.take_uint(index, name="a message index"), shown


def _check_disclosed(disclosed: object) -> None:
    previous = FIRST_ATTRIBUTE - 1  # handle and serial are never disclosed
    largest = FIRST_ATTRIBUTE + MAX_ATTRIBUTES - 1
    for pair in cbor.take_array(disclosed, max=MAX_ATTRIBUTES, name="disclosed values"):
        index, value = cbor.take_array(pair, length=2, name="a disclosed value")
        if cbor.take_uint(index, max=largest, name="a message index") <= previous:
            raise EncodingError("disclosed values are not in ascending order of their indexes")
        previous = cbor.take_uint(index)
        if type(value) is str:
            take_shown_text(value, max=MAX_TEXT, name="a disclosed value")
        else:
            cbor.take_uint(value, max=MAX_INTEGER, name="a disclosed value")
