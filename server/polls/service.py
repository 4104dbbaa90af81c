"""Voting: which ballots are taken, and what members, witnesses and auditors ask of polls.

A ballot is verified outside any transaction, and recorded inside one that sees whether the poll is
still open and which number of this pseudonym comes next. The constraint on (poll, pseudonym,
sequence) decides between two at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from credentials.errors import BallotRefused, SequenceRefused
from credentials.formats.head import Head, SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Metadata, SignedMetadata
from credentials.formats.poll import Ballot
from credentials.formats.poll_bundle import BundleHead, write_bundle
from credentials.formats.promise import Promise, SignedPromise
from credentials.keys import VerifierKeys
from credentials.log.checkpoint import log_origin
from credentials.polls import BATCH_SIZE, VerifiedBallot, roll_bounds, verify_ballots
from server.community.service import CommunityService
from server.database import Database
from server.event_log import event_log
from server.polls import store
from server.polls.life import PollLife
from server.polls.log import PollLogs
from server.polls.poll import Poll, poll_of
from server.polls.results import Result, Results
from server.problems import PollNotCertified, PollNotOpen, SequenceWrong
from server.registry.service import RegistryService


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """What a voter is told: the ballot's leaf hash (32 octets) and a promise about it.

    `new` is False for a ballot that was taken before.
    """

    leaf_hash: bytes
    promise: SignedPromise
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """The registry head that fixes who may vote, and from how many to how many those are.

    A removal takes one member off the roll, or none: a changed credential keeps its place.
    """

    head: SignedHead
    least: int
    most: int


class PollService:
    """Polls as everybody but the organiser sees them; drafts do not exist here."""

    def __init__(
        self,
        database: Database,
        community: CommunityService,
        registry: RegistryService,
        *,
        logs: PollLogs,
        life: PollLife,
        results: Results,
        signing_key: Callable[[], Ed25519PrivateKey],
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._signing_key = signing_key
        self.logs = logs
        self.life = life
        self._results = results

    def polls(self) -> list[Poll]:
        """All polls that were opened, the oldest first."""
        with self._database.read() as connection:
            rows = [row for row in store.poll_rows(connection) if row.manifest is not None]
        return [self.life.current(poll_of(row).id) for row in rows]

    def poll(self, poll_id: str) -> Poll:
        """A poll that was opened, as it stands now; raises PollUnknown."""
        return self.life.current(poll_id)

    def roll(self, poll: Poll) -> Roll:
        """Who may vote in a poll, as far as anyone can say."""
        signed = self._registry.signed_head(poll.manifest.head)
        least, most = roll_bounds(Head.from_cbor(signed.octets))
        return Roll(head=signed, least=least, most=most)

    def cast(self, poll_id: str, octets: bytes) -> Cast:
        """Verify a ballot (CBOR) and take it, once.

        The very same ballot again gets a promise again and counts nothing, even after closing.
        Raises PollUnknown, PollNotOpen, SequenceWrong, and EncodingError or BallotRefused from the
        protocol.
        """
        poll = self.poll(poll_id)
        ballot = Ballot.from_cbor(octets)
        leaf = ballot.leaf_hash
        if self._is_taken(poll_id, leaf):
            return self._promised(poll, leaf, new=False)
        if not poll.is_open:
            raise PollNotOpen("Voting in this poll has ended.")
        verified = self._verified(ballot, poll=poll)
        try:
            with self._database.write() as connection:
                poll = self.life.hold(connection, poll_id)
                closed = not poll.is_open
                if not closed:
                    self._take(connection, poll, verified, octets=octets)
        except (IntegrityError, SequenceRefused) as error:
            if self._is_taken(poll_id, leaf):
                return self._promised(poll, leaf, new=False)
            event_log.count("ballot", outcome="sequence_wrong")
            raise self._wrong_number(poll_id, verified) from error
        if closed:
            raise PollNotOpen("Voting in this poll has ended.")
        event_log.count("ballot", outcome="taken")
        return self._promised(poll, leaf, new=True)

    def _verified(self, ballot: Ballot, *, poll: Poll) -> VerifiedBallot:
        (verdict,) = verify_ballots(
            [ballot], manifest=poll.manifest, verifier=self._verifier(poll.manifest)
        )
        if isinstance(verdict, BallotRefused):
            raise verdict
        return verdict

    def _take(
        self, connection: Connection, poll: Poll, ballot: VerifiedBallot, *, octets: bytes
    ) -> None:
        expected = 1 + store.last_sequence(connection, poll=poll.id, pseudonym=ballot.pseudonym)
        if ballot.sequence != expected:
            raise SequenceRefused(expected)
        store.add_ballot(
            connection,
            leaf_hash=ballot.leaf_hash,
            poll=poll.id,
            pseudonym=ballot.pseudonym,
            sequence=ballot.sequence,
            octets=octets,
        )
        store.update_poll(connection, poll.id, waiting=poll.waiting + 1)
        if poll.waiting + 1 >= BATCH_SIZE:
            self.life.hold(connection, poll.id)

    def _wrong_number(self, poll_id: str, ballot: VerifiedBallot) -> SequenceWrong:
        """Told only to who has proven to be this pseudonym."""
        with self._database.read() as connection:
            last = store.last_sequence(connection, poll=poll_id, pseudonym=ballot.pseudonym)
        return SequenceWrong(f"The ballot's sequence number must be {last + 1}.", expected=last + 1)

    def _promised(self, poll: Poll, leaf: bytes, *, new: bool) -> Cast:
        promise = Promise(
            manifest_hash=poll.manifest.manifest_hash,
            leaf_hash=leaf,
            merged_by=poll.closes_at + poll.manifest.batch_seconds,
        )
        signed = SignedPromise.sign(promise, private_key=self._signing_key())
        return Cast(leaf_hash=leaf, promise=signed, new=new)

    def result(self, poll: Poll) -> Result:
        """What the ballots come to; raises PollStillOpen, PollSealed, PollCancelled."""
        return self._results.of(poll)

    def bundle(self, poll: Poll) -> Iterator[bytes]:
        """The file from which anyone can recount, piece by piece; raises PollNotCertified."""
        if not poll.has_ended:
            raise PollNotCertified
        head = BundleHead(
            metadata=self._metadata_of(poll.manifest),
            head=self.roll(poll).head,
            checkpoint=self.logs.checkpoint(poll).encode(),
            closing=self.logs.closing_note(poll).encode(),
            earlier=self.logs.cosigned(poll),
            witnesses=self.logs.witness_keys(),
            entries=poll.size,
        )
        return write_bundle(head, self.logs.entries(poll))

    def _metadata_of(self, manifest: Manifest) -> SignedMetadata:
        """The newest metadata at the address that names the log: the community may have moved."""

        def is_there(metadata: Metadata) -> bool:
            return manifest.origin == log_origin(metadata.address, poll=manifest.poll)

        return self._community.signed_at(is_there)

    def _verifier(self, manifest: Manifest) -> VerifierKeys:
        """The keys at the head that the poll has pinned, however old that is by now."""
        head = Head.from_cbor(self._registry.signed_head(manifest.head).octets)
        return self._community.verifier().at(head)

    def _is_taken(self, poll_id: str, leaf: bytes) -> bool:
        with self._database.read() as connection:
            return store.has_ballot(connection, poll=poll_id, leaf_hash=leaf)
