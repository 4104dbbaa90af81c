"""Voting: which ballots count, and what the votes come to.

A ballot is verified outside any transaction, and recorded inside one that sees whether the poll is
still open. The constraint on (poll, pseudonym, sequence) decides between two at once.
"""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, Row
from sqlalchemy.exc import IntegrityError

from credentials.formats.head import Head, SignedHead
from credentials.formats.manifest import Manifest
from credentials.formats.poll import Ballot, PollBundle
from credentials.keys import VerifierKeys
from credentials.polls import FIRST_SEQUENCE, SequenceRefused, verify_ballot
from credentials.tally.plurality import PluralityResult, plurality
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.event_log import event_log
from server.polls import store
from server.polls.poll import Draft, Poll, State
from server.problems import AlreadyVoted, PollNotOpen, PollStillOpen, PollUnknown, SequenceWrong
from server.registry.service import RegistryService


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A counted ballot's hash (32 octets); `new` is False for one that was counted before."""

    ballot_hash: bytes
    new: bool


class PollService:
    """Polls as members and auditors see them; drafts do not exist for them."""

    def __init__(
        self,
        database: Database,
        community: CommunityService,
        registry: RegistryService,
        *,
        clock: Clock = unix_seconds,
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._clock = clock

    def polls(self) -> list[Poll]:
        """All polls that were opened, the oldest first."""
        with self._database.read() as connection:
            rows = store.poll_rows(connection)
        return [poll for row in rows if (poll := self._poll(row)).state is not State.DRAFT]

    def poll(self, poll_id: str) -> Poll:
        """A poll that was opened; raises PollUnknown."""
        with self._database.read() as connection:
            return self._opened(connection, poll_id)

    def roll(self, poll: Poll) -> SignedHead:
        """The registry head that is the roll of a poll that was opened; raises PollUnknown."""
        if poll.manifest is None:
            raise PollUnknown
        return self._registry.signed_head(poll.manifest.head)

    def cast(self, poll_id: str, octets: bytes) -> Cast:
        """Verify a ballot (CBOR) and count it, once.

        The very same ballot again gets the same answer and counts nothing, even after closing.
        Raises PollUnknown, PollNotOpen, AlreadyVoted, SequenceWrong, and EncodingError or
        BallotRefused from the protocol.
        """
        poll = self.poll(poll_id)
        ballot = Ballot.from_cbor(octets)
        ballot_hash = ballot.ballot_hash
        if self._is_counted(poll_id, ballot_hash):
            return Cast(ballot_hash=ballot_hash, new=False)
        if poll.state is not State.OPEN or poll.manifest is None:
            raise PollNotOpen("Voting in this poll has ended.")
        try:
            verified = verify_ballot(
                ballot, manifest=poll.manifest, verifier=self._verifier(poll.manifest)
            )
        except SequenceRefused as error:
            raise SequenceWrong(
                f"The ballot's sequence number must be {FIRST_SEQUENCE}.", expected=FIRST_SEQUENCE
            ) from error
        try:
            with self._database.write() as connection:
                self._check_open(connection, poll_id)
                store.add_ballot(
                    connection,
                    ballot_hash=ballot_hash,
                    poll=poll_id,
                    pseudonym=verified.pseudonym,
                    sequence=verified.sequence,
                    octets=octets,
                )
        except IntegrityError:
            if self._is_counted(poll_id, ballot_hash):
                return Cast(ballot_hash=ballot_hash, new=False)
            event_log.count("ballot", outcome="already_voted")
            raise AlreadyVoted from None
        event_log.count("ballot", outcome="counted")
        return Cast(ballot_hash=ballot_hash, new=True)

    def result(self, poll_id: str) -> PluralityResult:
        """What all counted ballots come to; raises PollUnknown or PollStillOpen."""
        poll = self._sealed(poll_id)
        if poll.manifest is None:
            raise PollUnknown
        return _count(self._database, poll.manifest)

    def bundle(self, poll_id: str) -> bytes:
        """The CBOR from which anyone can recount; raises PollUnknown or PollStillOpen."""
        poll = self._sealed(poll_id)
        signed = self._community.signed()
        with self._database.read() as connection:
            ballots = tuple(store.ballot_octets(connection, poll_id))
        return PollBundle(
            metadata=signed,
            manifest=poll.octets or b"",
            head=self.roll(poll),
            ballots=ballots,
            closed_at=poll.closed_at,
        ).to_cbor()

    def _verifier(self, manifest: Manifest) -> VerifierKeys:
        """The keys at the head that the poll has pinned, however old that is by now."""
        head = Head.from_cbor(self._registry.signed_head(manifest.head).octets)
        return self._community.verifier().at(head)

    def _sealed(self, poll_id: str) -> Poll:
        """A closed poll to which no ballot can be added any more.

        A ballot that was under way when the closing time came may be committed a moment later. So
        whoever first asks for the result writes the closing down, in a transaction of which every
        ballot is either before or after; what is counted then stays.
        """
        poll = self.poll(poll_id)
        if poll.state is State.OPEN or poll.manifest is None:
            raise PollStillOpen
        if poll.closed_at is None:
            with self._database.write() as connection:
                store.close_poll(connection, poll_id, closed_at=poll.manifest.closes_at)
            poll = self.poll(poll_id)
        return poll

    def _is_counted(self, poll_id: str, ballot_hash: bytes) -> bool:
        with self._database.read() as connection:
            return store.has_ballot(connection, poll=poll_id, ballot_hash=ballot_hash)

    def _check_open(self, connection: Connection, poll_id: str) -> None:
        row = store.poll_row(connection, poll_id, locked=True)
        if self._poll(row).state is not State.OPEN:
            raise PollNotOpen("Voting in this poll has ended.")

    def _opened(self, connection: Connection, poll_id: str) -> Poll:
        row = store.poll_row(connection, poll_id)
        poll = None if row is None else self._poll(row)
        if poll is None or poll.state is State.DRAFT:
            raise PollUnknown
        return poll

    def _poll(self, row: Row[tuple[object, ...]]) -> Poll:
        return poll_of(row, now=self._clock())


def poll_of(row: Row[tuple[object, ...]], *, now: int) -> Poll:
    """A poll's row as it stands at `now`: closed by command, or by its manifest's closing time."""
    if row.manifest is None:
        state, manifest = State.DRAFT, None
    else:
        manifest = _manifest(row.manifest)
        over = row.closed_at is not None or now >= manifest.closes_at
        state = State.CLOSED if over else State.OPEN
    return Poll(
        id=row.id,
        state=state,
        draft=Draft.from_json(row.draft),
        manifest=manifest,
        octets=row.manifest,
        closed_at=row.closed_at,
    )


@lru_cache(maxsize=256)
def _manifest(octets: bytes) -> Manifest:
    return Manifest.from_cbor(octets)


@lru_cache(maxsize=64)
def _count(database: Database, manifest: Manifest) -> PluralityResult:
    """The count of a sealed poll; it cannot change any more, so it is computed once per process."""
    with database.read() as connection:
        choices = [
            Ballot.from_cbor(octets).choice
            for octets in store.ballot_octets(connection, manifest.poll)
        ]
    return plurality(
        choices,
        options=len(manifest.options),
        quorum=manifest.quorum,
        threshold=manifest.threshold,
    )
