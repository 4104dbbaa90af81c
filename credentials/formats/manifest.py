"""A poll's manifest: everything that decides the outcome, fixed before the first vote.

Its SHA-256 names the poll, and stands in the scope of every ballot. The roll is the hash of one
registry head: every enrolment whose serial is at most that head's highest, and which was not
removed at it. A credential issued anew has a higher serial, and so no second vote.

Source: docs/protocol.md, "Polls".
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
from credentials.formats.lot import BY_BEACON, BY_NONE, BY_OPENING, TIE_RULES, Beacon
from credentials.formats.names import (
    MAX_TEXT,
    refuse_look_alikes,
    take_attribute_name,
    take_identifier,
    take_shown_text,
)
from credentials.formats.policy import Policy
from credentials.formats.requirement import AT_MOST, Requirement
from credentials.formats.schema import MAX_ATTRIBUTES, SERIAL
from credentials.formats.sealing import Sealing
from credentials.formats.vote import (
    MAX_OPTIONS,
    MIN_OPTIONS,
    SINGLE_CHOICE,
    BallotPaper,
)
from credentials.formats.witnesses import MAX_KEY, MAX_WITNESSES, take_witnesses
from credentials.log.checkpoint import log_origin
from credentials.log.note import VerifierKey
from credentials.tally import MAX_SEATS, METHODS, WITH_SEATS, WITH_THRESHOLD

MAX_QUESTION: Final = 1000  # characters
MAX_NUMBER: Final = 2**24 - 1
MAX_TIME: Final = 2**40  # Unix seconds
MAX_BATCH_SECONDS: Final = 86_400
MAX_ORIGIN: Final = 400  # characters
MANIFEST_LIMIT: Final = 65536  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A poll; raises EncodingError or PolicyError.

    community_id, issuer_id, registry_id, schema_id: 32 octets each. poll: its id. options: 2 to 64
    different texts, counted from 1. ballot_type and limit: see BallotPaper. tally: the method of
    counting and its version. seats: how many options are elected. tie_rule: where the seed of the
    lot comes from, the value with which trustees open the votes or a beacon; or that there is no
    lot. beacon: the round, only where the tie rule needs one; it follows from the closing time.
    quorum: ballots needed, abstentions among them. threshold: (numerator, denominator) in lowest
    terms and below 1, the share of the votes without abstentions that a winner must exceed; (0, 1)
    is none. opens_at, closes_at: Unix seconds. batch_seconds: a ballot is in the log this long
    after the closing at the latest. origin: the name of the log. witnesses: verifier keys of those
    who watch it, of whom witnesses_needed, more than half, must cosign the closing before anyone
    opens or certifies; 0 without witnesses. sealing: None for votes that are readable at once.
    live: whether the count is shown while voting goes on. head: hash of the registry head that is
    the roll, 32 octets. require: attributes that every voter discloses, each with its one admitted
    value.
    """

    community_id: bytes
    issuer_id: bytes
    registry_id: bytes
    schema_id: bytes
    poll: str
    question: str
    options: tuple[str, ...]
    ballot_type: str = SINGLE_CHOICE
    limit: int = 0
    tally: str = "plurality/1"
    seats: int = 1
    tie_rule: str = BY_NONE
    beacon: Beacon | None = None
    quorum: int = 0
    threshold: tuple[int, int] = (0, 1)
    opens_at: int
    closes_at: int
    batch_seconds: int = 300
    origin: str
    witnesses: tuple[str, ...] = ()
    witnesses_needed: int = 0
    sealing: Sealing | None = None
    live: bool = False
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
        self._check_counting()
        cbor.take_uint(self.quorum, max=MAX_NUMBER, name="a quorum")
        self._check_threshold()
        cbor.take_uint(self.opens_at, max=MAX_TIME, name="an opening time")
        cbor.take_uint(self.closes_at, max=MAX_TIME, name="a closing time")
        cbor.take_uint(self.batch_seconds, min=1, max=MAX_BATCH_SECONDS, name="a batch interval")
        if self.opens_at >= self.closes_at:
            raise PolicyError("a poll closes before it opens")
        self._check_log()
        self._check_lot()
        self.witness_keys  # noqa: B018 - raises EncodingError, PolicyError
        cbor.take_octets(self.head, length=32, name="the hash of a poll's head")
        self._check_require()
        octets = self.to_cbor()
        if len(octets) > MANIFEST_LIMIT:
            raise EncodingError(f"a manifest has more than {MANIFEST_LIMIT} octets")
        object.__setattr__(self, "manifest_hash", hashlib.sha256(octets).digest())

    @property
    def paper(self) -> BallotPaper:
        """What a voter may mark."""
        return BallotPaper(
            ballot_type=self.ballot_type, options=len(self.options), limit=self.limit
        )

    @property
    def witness_keys(self) -> tuple[VerifierKey, ...]:
        """The keys of the witnesses that the poll pins."""
        return take_witnesses(self.witnesses, needed=self.witnesses_needed)

    @property
    def may_close_early(self) -> bool:
        """Whether voting can end before its time: if only trustees open, not without witnesses.

        Otherwise an early closing that trustees alone are shown would open votes while voting goes
        on.
        """
        return self.sealing is None or not self.sealing.trustees or self.witnesses_needed > 0

    def _check_options(self) -> None:
        cbor.take_array(self.options, min=MIN_OPTIONS, max=MAX_OPTIONS, name="a poll's options")
        for option in self.options:
            take_shown_text(option, name="an option")
        refuse_look_alikes(self.options, name="a poll's options", error=PolicyError)

    def _check_counting(self) -> None:
        self.paper  # noqa: B018 - raises PolicyError
        if METHODS.get(cbor.take_text(self.tally, max=32, name="a tally")) != self.ballot_type:
            raise PolicyError(f"the method {self.tally!r} does not count this type of ballot")
        most = min(MAX_SEATS, len(self.options)) if self.tally in WITH_SEATS else 1
        cbor.take_uint(self.seats, min=1, max=most, name="a number of seats")

    def _check_lot(self) -> None:
        if self.tie_rule not in TIE_RULES:
            raise PolicyError(f"there is no tie rule {self.tie_rule!r}")
        if self.tie_rule == BY_OPENING and (self.sealing is None or not self.sealing.trustees):
            raise PolicyError("without trustees there is no opening value to draw lots from")
        if self.beacon != (self.beacon_at(self.closes_at) if self.tie_rule == BY_BEACON else None):
            raise PolicyError("the beacon's round is not the one that follows from the close")

    def beacon_at(self, closes_at: int) -> Beacon:
        """The round that would be this poll's lot if it closed at this time (Unix seconds)."""
        return Beacon.after(closes_at, batch_seconds=self.batch_seconds)

    def _check_log(self) -> None:
        take_shown_text(self.origin, max=MAX_ORIGIN, name="a log's origin")
        if "+" in self.origin or any(character.isspace() for character in self.origin):
            raise PolicyError("a log's origin has a space or a plus")
        if not self.origin.endswith(f"/polls/{self.poll}"):
            raise PolicyError("the log's origin is that of another poll")
        if type(self.live) is not bool:
            raise EncodingError("whether a count is shown live is neither yes nor no")
        if self.sealing is not None and type(self.sealing) is not Sealing:
            raise EncodingError("a poll's sealing is something else")
        if self.live and self.sealing is not None:
            raise PolicyError("the count of a sealed poll cannot be shown while voting goes on")

    def _check_threshold(self) -> None:
        numerator, denominator = (
            cbor.take_uint(number, max=MAX_NUMBER, name="a threshold's number")
            for number in cbor.take_array(self.threshold, length=2, name="a threshold")
        )
        if numerator >= denominator or gcd(numerator, denominator) != 1:
            raise PolicyError("a threshold is not a fraction below 1 in lowest terms")
        if numerator and self.tally not in WITH_THRESHOLD:
            raise PolicyError(f"the method {self.tally!r} has no threshold")

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

    def check_origin(self, address: str) -> None:
        """Raise PolicyError unless the log's origin is that of the community's web address."""
        if self.origin != log_origin(address, poll=self.poll):
            raise PolicyError("the poll's log has another origin than the community's address")

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
            self.limit,
            self.tally,
            self.seats,
            self.tie_rule,
            () if self.beacon is None else self.beacon.to_fields(),
            self.quorum,
            self.threshold,
            self.opens_at,
            self.closes_at,
            self.batch_seconds,
            self.origin,
            self.witnesses,
            self.witnesses_needed,
            () if self.sealing is None else self.sealing.to_fields(),
            int(self.live),
            self.head,
            self.require,
        )

    @classmethod
    def from_cbor(cls, octets: bytes) -> "Manifest":
        """The manifest in `octets`; raises EncodingError or PolicyError."""
        fields = cbor.decode_labelled(
            octets, label=domain_tags.POLL, fields=25, limit=MANIFEST_LIMIT
        )
        hashes = [cbor.take_octets(value, length=32, name="an id") for value in fields[:4]]
        poll, question, options, ballot_type, limit, tally, seats, tie_rule = fields[4:12]
        beacon, quorum, threshold, opens_at, closes_at, batch_seconds, origin = fields[12:19]
        witnesses, witnesses_needed, sealing, live, head, require = fields[19:]
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
            limit=cbor.take_uint(limit, name="a limit"),
            tally=cbor.take_text(tally, max=32, name="a tally"),
            seats=cbor.take_uint(seats, name="a number of seats"),
            tie_rule=cbor.take_text(tie_rule, max=32, name="a tie rule"),
            beacon=Beacon.from_fields(beacon),
            quorum=cbor.take_uint(quorum, name="a quorum"),
            threshold=(cbor.take_uint(numerator), cbor.take_uint(denominator)),
            opens_at=cbor.take_uint(opens_at, name="an opening time"),
            closes_at=cbor.take_uint(closes_at, name="a closing time"),
            batch_seconds=cbor.take_uint(batch_seconds, name="a batch interval"),
            origin=cbor.take_text(origin, max=MAX_ORIGIN, name="a log's origin"),
            witnesses=tuple(
                cbor.take_text(witness, max=MAX_KEY, name="a witness's key")
                for witness in cbor.take_array(witnesses, max=MAX_WITNESSES, name="witnesses")
            ),
            witnesses_needed=cbor.take_uint(witnesses_needed, name="a number of witnesses"),
            sealing=Sealing.from_fields(sealing),
            live=cbor.take_flag(live, name="whether a count is shown live"),
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
