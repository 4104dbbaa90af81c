"""A poll's manifest: everything that decides the outcome, fixed before the first vote.

Its SHA-256 names the poll, and stands in the scope of every ballot. The roll is the hash of one
registry head: every enrolment whose serial is at most that head's highest, and which was not
removed at it. A credential issued anew has a higher serial, and so no second vote.

Source: docs/protocol.md, "Polls".
"""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from credentials import domain_tags
from credentials.errors import EncodingError, PolicyError
from credentials.formats import cbor
from credentials.formats.attribute import AttributeValue
from credentials.formats.community import Metadata
from credentials.formats.head import Head
from credentials.formats.lot import BY_NONE, Beacon
from credentials.formats.manifest_rules import (
    MAX_ORIGIN,
    MAX_QUESTION,
    check_counting,
    check_fields,
    check_log,
    check_lot,
)
from credentials.formats.names import MAX_TEXT
from credentials.formats.policy import Policy
from credentials.formats.requirement import AT_MOST, Requirement
from credentials.formats.schema import MAX_ATTRIBUTES, SERIAL
from credentials.formats.sealing import Sealing
from credentials.formats.vote import MAX_OPTIONS, SINGLE_CHOICE, BallotPaper
from credentials.formats.witnesses import MAX_KEY, MAX_WITNESSES, take_witnesses
from credentials.log.checkpoint import log_origin
from credentials.log.note import VerifierKey

MANIFEST_LIMIT: Final = 65536  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A poll; raises EncodingError or PolicyError.

    community_id, issuer_id, registry_id, schema_id: 32 octets each. poll: its id. options: 2 to 64
    different texts, counted from 1. ballot_type, limit and equal_ranks: see BallotPaper. tally: the
    method of counting and its version. seats: how many options are elected. tie_rule: where the
    seed of the lot comes from, the value with which trustees open the votes or a beacon; or that
    there is no lot. beacon: the round, only where the tie rule needs one; it follows from the
    closing time. quorum: ballots needed, abstentions among them. threshold: (numerator,
    denominator) in lowest terms and below 1, the share of the votes without abstentions that a
    winner must exceed; (0, 1) is none. opens_at, closes_at: Unix seconds. timezone: the IANA name
    of the zone in which people are shown times. batch_seconds: a ballot is in the log this long
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
    equal_ranks: bool = False
    tally: str = "plurality/1"
    seats: int = 1
    tie_rule: str = BY_NONE
    beacon: Beacon | None = None
    quorum: int = 0
    threshold: tuple[int, int] = (0, 1)
    opens_at: int
    closes_at: int
    timezone: str = "UTC"
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
        check_fields(self)
        check_counting(self)
        check_log(self)
        check_lot(self)
        octets = self.to_cbor()
        if len(octets) > MANIFEST_LIMIT:
            raise EncodingError(f"a manifest has more than {MANIFEST_LIMIT} octets")
        object.__setattr__(self, "manifest_hash", hashlib.sha256(octets).digest())

    @property
    def paper(self) -> BallotPaper:
        """What a voter may mark."""
        return BallotPaper(
            ballot_type=self.ballot_type,
            options=len(self.options),
            limit=self.limit,
            equal_ranks=self.equal_ranks,
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

    def beacon_at(self, closes_at: int) -> Beacon:
        """The round that would be this poll's lot if it closed at this time (Unix seconds)."""
        return Beacon.after(closes_at, batch_seconds=self.batch_seconds)

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
            int(self.equal_ranks),
            self.tally,
            self.seats,
            self.tie_rule,
            () if self.beacon is None else self.beacon.to_fields(),
            self.quorum,
            self.threshold,
            self.opens_at,
            self.closes_at,
            self.timezone,
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
            octets, label=domain_tags.POLL, fields=27, limit=MANIFEST_LIMIT
        )
        hashes = [cbor.take_octets(value, length=32, name="an id") for value in fields[:4]]
        poll, question, options, ballot_type, limit, equal_ranks, tally, seats = fields[4:12]
        tie_rule, beacon, quorum, threshold, opens_at, closes_at, timezone = fields[12:19]
        batch_seconds, origin, witnesses, witnesses_needed, sealing, live = fields[19:25]
        head, require = fields[25:]
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
            equal_ranks=cbor.take_flag(equal_ranks, name="whether ranks may be equal"),
            tally=cbor.take_text(tally, max=32, name="a tally"),
            seats=cbor.take_uint(seats, name="a number of seats"),
            tie_rule=cbor.take_text(tie_rule, max=32, name="a tie rule"),
            beacon=Beacon.from_fields(beacon),
            quorum=cbor.take_uint(quorum, name="a quorum"),
            threshold=(cbor.take_uint(numerator), cbor.take_uint(denominator)),
            opens_at=cbor.take_uint(opens_at, name="an opening time"),
            closes_at=cbor.take_uint(closes_at, name="a closing time"),
            timezone=cbor.take_text(timezone, max=64, name="a time zone"),
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
