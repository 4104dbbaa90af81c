"""The organiser's side of polls: preparing, opening and closing them."""

from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from credentials.errors import SymbolonError
from credentials.formats.head import Head
from credentials.formats.manifest import Manifest
from credentials.formats.names import take_identifier
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.polls import store
from server.polls.poll import Draft, Poll, State
from server.polls.service import poll_of
from server.problems import OperatorError
from server.registry.publisher import Publisher
from server.registry.service import RegistryService


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPoll:
    """A poll with the number of ballots counted so far."""

    poll: Poll
    ballots: int


class PollOffice:
    """Polls as the organiser handles them, from the command line; raises OperatorError."""

    def __init__(
        self,
        database: Database,
        community: CommunityService,
        registry: RegistryService,
        publisher: Publisher,
        *,
        clock: Clock = unix_seconds,
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._publisher = publisher
        self._clock = clock

    def create(self, poll_id: str, draft: Draft) -> Poll:
        """Keep a poll as a draft, checked as if it opened now."""
        now = self._clock()
        self._manifest(poll_id, draft, head=self._registry.chain().newest, now=now)
        try:
            with self._database.write() as connection:
                store.add_draft(connection, poll=poll_id, draft=draft.to_json(), created_at=now)
        except IntegrityError:
            raise OperatorError(f"There is already a poll with the id {poll_id}.") from None
        return self.poll(poll_id)

    def open(self, poll_id: str) -> Poll:
        """Freeze the manifest and the roll, and begin voting.

        The roll is the newest registry head; if members came or are to go since that one, a new
        one is published first, in the same transaction.
        """
        now = self._clock()
        poll = self.poll(poll_id)
        if poll.state is not State.DRAFT:
            raise OperatorError(f"The poll {poll_id} was opened before.")
        with self._database.write() as connection:
            head = self._publisher.fresh_head(connection)
            if not head.highest_serial:
                raise OperatorError(
                    "Nobody has claimed a credential yet, so nobody would be on the roll; open the "
                    f"poll when members have: symbolon-server poll open {poll_id}"
                )
            manifest = self._manifest(poll_id, poll.draft, head=head, now=now)
            opened = store.open_poll(
                connection,
                poll_id,
                manifest=manifest.to_cbor(),
                manifest_hash=manifest.manifest_hash,
            )
            if not opened:
                raise OperatorError(f"The poll {poll_id} was opened before.")
        return self.poll(poll_id)

    def close(self, poll_id: str) -> Poll:
        """End voting now; a poll whose time is over is closed at the time in its manifest."""
        with self._database.write() as connection:
            row = store.poll_row(connection, poll_id)
            if row is None:
                raise OperatorError(f"There is no poll with the id {poll_id}.")
            now = self._clock()
            poll = poll_of(row, now=now)
            if poll.manifest is None:
                raise OperatorError(f"The poll {poll_id} is not open.")
            if poll.closed_at is not None:
                raise OperatorError(f"The poll {poll_id} is closed already.")
            store.close_poll(connection, poll_id, closed_at=min(now, poll.manifest.closes_at))
        return self.poll(poll_id)

    def poll(self, poll_id: str) -> Poll:
        """One poll, drafts included."""
        with self._database.read() as connection:
            row = store.poll_row(connection, poll_id)
        if row is None:
            raise OperatorError(f"There is no poll with the id {poll_id}.")
        return poll_of(row, now=self._clock())

    def polls(self) -> list[ListedPoll]:
        """All polls, drafts included, the oldest first."""
        now = self._clock()
        with self._database.read() as connection:
            return [
                ListedPoll(
                    poll=poll_of(row, now=now), ballots=store.count_ballots(connection, row.id)
                )
                for row in store.poll_rows(connection)
            ]

    def _manifest(self, poll_id: str, draft: Draft, *, head: Head, now: int) -> Manifest:
        if draft.closes_at is not None and draft.closes_at <= now:
            raise OperatorError("The poll would close before it opens; give a later closing time.")
        try:
            take_identifier(poll_id, name="the poll's id")
            return draft.manifest(
                poll_id, metadata=self._community.metadata(), head=head.hash, opens_at=now
            )
        except SymbolonError as error:
            raise OperatorError(f"The poll cannot be made: {error}.") from None
