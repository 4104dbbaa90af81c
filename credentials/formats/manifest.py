"""A poll's manifest: everything that fixes the poll before the first vote.

Its SHA-256 names the poll, and stands in the scope of every ballot. The roll is the hash of one
registry head: every enrolment whose serial is at most that head's highest, and which was not
removed at it. A credential issued anew has a higher serial, and so no second vote. This version has
one ballot type and one tally.
"""

import hashlib
from dataclasses import dataclass, field
from math import gcd
from typing import Final

from credentials import domain_tags
from credentials.errors import EncodingError, PolicyError
from credentials.formats import cbor
from credentials.formats.attribute import AttributeValue
from credentials.formats.community import Metadata
from credentials.formats.head import Head
from credentials.formats.names import (
    MAX_TEXT,
    take_attribute_name,
    take_identifier,
    take_shown_text,
)
from credentials.formats.policy import Policy
from credentials.formats.requirement import AT_MOST, Requirement
from credentials.formats.schema import MAX_ATTRIBUTES, SERIAL

BALLOT_TYPES: Final = ("single_choice",)
TALLIES: Final = ("plurality/1",)
TIE_RULES: Final = ("none",)
ABSTAIN: Final = 0
MIN_OPTIONS: Final = 2
MAX_OPTIONS: Final = 64
MAX_QUESTION: Final = 1000  # characters
MAX_NUMBER: Final = 2**24 - 1
MAX_TIME: Final = 2**40  # Unix seconds
MANIFEST_LIMIT: Final = 65536  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A poll; raises EncodingError or PolicyError.

    community_id, issuer_id, registry_id, schema_id: 32 octets each. poll: its id. options: 2 to 64
    different texts; option k is the k-th, counted from 1. quorum: ballots needed, abstentions
    among them. threshold: (numerator, denominator) in lowest terms and below 1, the share of the
    votes without abstentions that a winner must exceed; (0, 1) is none. opens_at, closes_at: Unix
    seconds. head: hash of the registry head that is the roll, 32 octets. require: attributes that
    every voter discloses, each with its one admitted value.
    """

    community_id: bytes
    issuer_id: bytes
    registry_id: bytes
    schema_id: bytes
    poll: str
    question: str
    options: tuple[str, ...]
    ballot_type: str = "single_choice"
    tally: str = "plurality/1"
    tie_rule: str = "none"
    quorum: int = 0
    threshold: tuple[int, int] = (0, 1)
    opens_at: int
    closes_at: int
    head: bytes
    require: tuple[tuple[str, AttributeValue], ...] = ()
    manifest_hash: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        cbor.take_octets(self.community_id, length=32, name="a community id")
        cbor.take_octets(self.issuer_id, length=32, name="an issuer id")
        cbor.take_octets(self.registry_id, length=32, name="a registry id")
        cbor.take_octets(self.schema_id, length=32, name="a schema id")
        take_identifier(self.poll, name="a poll's id")
        take_shown_text(self.question, max=MAX_QUESTION, name="a poll's question")
        self._check_options()
        _check_one_of(self.ballot_type, BALLOT_TYPES, name="ballot type")
        _check_one_of(self.tally, TALLIES, name="tally")
        _check_one_of(self.tie_rule, TIE_RULES, name="tie rule")
        cbor.take_uint(self.quorum, max=MAX_NUMBER, name="a quorum")
        self._check_threshold()
        cbor.take_uint(self.opens_at, max=MAX_TIME, name="an opening time")
        cbor.take_uint(self.closes_at, max=MAX_TIME, name="a closing time")
        if self.opens_at >= self.closes_at:
            raise PolicyError("a poll closes before it opens")
        cbor.take_octets(self.head, length=32, name="the hash of a poll's head")
        self._check_require()
        octets = self.to_cbor()
        if len(octets) > MANIFEST_LIMIT:
            raise EncodingError(f"a manifest has more than {MANIFEST_LIMIT} octets")
        object.__setattr__(self, "manifest_hash", hashlib.sha256(octets).digest())

    def _check_options(self) -> None:
        cbor.take_array(self.options, min=MIN_OPTIONS, max=MAX_OPTIONS, name="a poll's options")
        for option in self.options:
            take_shown_text(option, name="an option")
        if len(set(self.options)) != len(self.options):
            raise PolicyError("a poll has the same option twice")

    def _check_threshold(self) -> None:
        numerator, denominator = (
            cbor.take_uint(number, max=MAX_NUMBER, name="a threshold's number")
            for number in cbor.take_array(self.threshold, length=2, name="a threshold")
        )
        if numerator >= denominator or gcd(numerator, denominator) != 1:
            raise PolicyError("a threshold is not a fraction below 1 in lowest terms")

    def _check_require(self) -> None:
        names = set()
        for pair in cbor.take_array(self.require, max=MAX_ATTRIBUTES, name="requirements"):
            name, value = cbor.take_array(pair, length=2, name="a requirement")
            names.add(take_attribute_name(name))
            if type(value) is str:
                take_shown_text(value, name="a required value")
            else:
                cbor.take_uint(value, max=MAX_NUMBER, name="a required value")
        if len(names) != len(self.require):
            raise PolicyError("a poll requires an attribute twice")

    def policy(self, head: Head) -> Policy:
        """What every voter shows: that the own serial is on the roll, and the required values.

        `head` is the one that the manifest names; raises PolicyError for any other.
        """
        if head.hash != self.head or head.registry_id != self.registry_id:
            raise PolicyError("the poll has another roll than this registry head")
        return Policy(
            purpose="poll",
            disclose=tuple(name for name, _ in self.require),
            require=(Requirement(attribute=SERIAL, operator=AT_MOST, bound=head.highest_serial),),
        )

    def allows(self, choice: int) -> bool:
        """Whether `choice` is abstention (0) or one of the options (from 1)."""
        return ABSTAIN <= choice <= len(self.options)

    def check(self, metadata: Metadata) -> None:
        """Raise PolicyError unless the poll is this community's and its schema can meet it."""
        ids = (self.community_id, self.issuer_id, self.registry_id, self.schema_id)
        keys = metadata.keys
        if ids != (
            metadata.community_id,
            keys.issuer_id,
            keys.registry_id,
            metadata.schema.schema_id,
        ):
            raise PolicyError("the poll belongs to another community, or to other keys of it")
        disclosed = Policy(purpose="poll", disclose=tuple(name for name, _ in self.require))
        disclosed.check(metadata.schema)
        for name, value in self.require:
            metadata.schema.attribute(name).check(value)

    def to_cbor(self) -> bytes:
        """The octets that manifest_hash is the hash of."""
        return cbor.encode_labelled(
            domain_tags.POLL,
            self.community_id,
            self.issuer_id,
            self.registry_id,
            self.schema_id,
            self.poll,
            self.question,
            self.options,
            self.ballot_type,
            self.tally,
            self.tie_rule,
            self.quorum,
            self.threshold,
            self.opens_at,
            self.closes_at,
            self.head,
            self.require,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Manifest":
        """The manifest in `octets`; raises EncodingError or PolicyError."""
        fields = cbor.decode_labelled(
            octets, label=domain_tags.POLL, fields=16, limit=MANIFEST_LIMIT
        )
        hashes = [cbor.take_octets(value, length=32, name="an id") for value in fields[:4]]
        poll, question, options, ballot_type, tally, tie_rule = fields[4:10]
        quorum, threshold, opens_at, closes_at, head, require = fields[10:]
        numerator, denominator = cbor.take_array(threshold, length=2, name="a threshold")
        return cls(
            community_id=hashes[0],
            issuer_id=hashes[1],
            registry_id=hashes[2],
            schema_id=hashes[3],
            poll=cbor.take_text(poll, max=32, name="a poll's id"),
            question=cbor.take_text(question, max=MAX_QUESTION, name="a poll's question"),
            options=tuple(
                cbor.take_text(option, max=MAX_TEXT, name="an option")
                for option in cbor.take_array(options, max=MAX_OPTIONS, name="a poll's options")
            ),
            ballot_type=cbor.take_text(ballot_type, max=32, name="a ballot type"),
            tally=cbor.take_text(tally, max=32, name="a tally"),
            tie_rule=cbor.take_text(tie_rule, max=32, name="a tie rule"),
            quorum=cbor.take_uint(quorum, name="a quorum"),
            threshold=(cbor.take_uint(numerator), cbor.take_uint(denominator)),
            opens_at=cbor.take_uint(opens_at, name="an opening time"),
            closes_at=cbor.take_uint(closes_at, name="a closing time"),
            head=cbor.take_octets(head, name="a head hash"),
            require=tuple(
                _read_requirement(pair)
                for pair in cbor.take_array(require, max=MAX_ATTRIBUTES, name="requirements")
            ),
        )


def _read_requirement(pair: object) -> tuple[str, AttributeValue]:
    name, value = cbor.take_array(pair, length=2, name="a requirement")
    if not isinstance(value, (str, int)):
        raise EncodingError("a required value is neither text nor a number")
    return cbor.take_text(name, max=32, name="an attribute's name"), value


def _check_one_of(value: object, known: tuple[str, ...], *, name: str) -> None:
    if value not in known:
        raise PolicyError(f"this version does not know the poll's {name}")
