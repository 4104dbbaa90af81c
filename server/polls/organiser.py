"""The organiser's side of polls: preparing, opening, extending, closing, cancelling, objecting,
certifying."""

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from credentials.errors import EncodingError, SymbolonError
from credentials.formats.head import Head
from credentials.formats.lot import Beacon
from credentials.formats.manifest import Manifest
from credentials.formats.names import mend_shown_text, take_identifier
from credentials.formats.poll_event import MAX_REASON
from credentials.polls import State
from credentials.tally import TallyResult
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.polls import store
from server.polls.life import PollLife
from server.polls.log import PollLogs
from server.polls.lots import Lots
from server.polls.poll import Draft, Poll, poll_of
from server.problems import OperatorError, Refusal
from server.registry.publisher import Publisher
from server.registry.service import RegistryService


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPoll:
    """A poll as the organiser sees it; `poll` is None while it is a draft.

    `ballots` are those that were taken, re-votes included, whether in the log or waiting for it;
    `logged` those in the log. `awaited` is the beacon's round that it still needs, if any.
    """

    id: str
    draft: Draft
    poll: Poll | None
    ballots: int
    logged: int = 0
    awaited: Beacon | None = None

    @property
    def state(self) -> State:
        """Where it stands."""
        return State.DRAFT if self.poll is None else self.poll.state

    @property
    def closes_at(self) -> int | None:
        """When voting ends or ended, Unix seconds, if that is known already."""
        if self.poll is None:
            return self.draft.closes_at
        return self.poll.closed_at or self.poll.closes_at


class PollOffice:
    """Polls as the organiser handles them, from the command line; raises OperatorError."""

    def __init__(
        self,
        database: Database,
        community: CommunityService,
        registry: RegistryService,
        publisher: Publisher,
        *,
        logs: PollLogs,
        life: PollLife,
        lots: Lots,
        clock: Clock = unix_seconds,
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._publisher = publisher
        self._logs = logs
        self._life = life
        self._lots = lots
        self._clock = clock

    def create(self, poll_id: str, draft: Draft) -> ListedPoll:
        """Keep a poll as a draft, checked as if it opened now."""
        now = self._clock()
        self._manifest(poll_id, draft, head=self._registry.chain().newest, now=now)
        try:
            with self._database.write() as connection:
                store.add_draft(
                    connection,
                    poll=poll_id,
                    draft=draft.to_json(),
                    state=State.DRAFT.value,
                    created_at=now,
                )
        except IntegrityError:
            raise OperatorError(f"There is already a poll with the id {poll_id}.") from None
        return self.poll(poll_id)

    def open(self, poll_id: str) -> ListedPoll:
        """Freeze the manifest and the roll, begin the log with it, and begin voting.

        The roll is the newest registry head; if members came or are to go since that one, a new
        one is published first, in the same transaction.
        """
        now = self._clock()
        with self._database.write() as connection:
            row = store.poll_row(connection, poll_id, locked=True)
            if row is None:
                raise _no_poll(poll_id)
            if row.manifest is not None:
                raise OperatorError(f"The poll {poll_id} was opened before.")
            head = self._publisher.fresh_head(connection)
            if head.highest_serial == 0:
                raise OperatorError(
                    "Nobody has claimed a credential yet, so nobody would be on the roll; open the "
                    f"poll when members have: symbolon-server poll open {poll_id}"
                )
            manifest = self._manifest(poll_id, Draft.from_json(row.draft), head=head, now=now)
            store.update_poll(
                connection,
                poll_id,
                state=State.OPEN.value,
                manifest=manifest.to_cbor(),
                manifest_hash=manifest.manifest_hash,
                closes_at=manifest.closes_at,
            )
            poll = self._row(connection, poll_id)
            if not self._life.can_open(poll):
                raise OperatorError(
                    "This server does not hold the key to which the poll is sealed."
                )
            self._logs.begin(connection, poll, now=now)
        return self.poll(poll_id)

    def close(self, poll_id: str, *, reason: str) -> ListedPoll:
        """End voting before its time, with a reason that everybody will read.

        Not where trustees open and no witness is pinned: an early closing that they alone are shown
        would open the votes while voting goes on.
        """
        reason = _mended_reason(reason)
        with self._database.write() as connection:
            poll = self._held(connection, poll_id)
            if not poll.is_open:
                raise OperatorError(f"The poll {poll_id} is {poll.state} already.")
            if not poll.manifest.may_close_early:
                raise OperatorError(
                    f"The poll {poll_id} closes at its time and not before: trustees open it, and "
                    "it pins no witness who could tell them that everybody else saw the closing."
                )
            self._life.close(connection, poll, reason=reason)
        return self.poll(poll_id)

    def extend(self, poll_id: str, *, closes_at: int, reason: str) -> ListedPoll:
        """Let voting go on for longer, with a reason that everybody will read."""
        reason = _mended_reason(reason)
        with self._database.write() as connection:
            poll = self._held(connection, poll_id)
            if not poll.is_open:
                raise OperatorError(f"The poll {poll_id} is {poll.state}; it cannot go on.")
            if closes_at <= poll.closes_at:
                raise OperatorError("That is not later than the closing time it has.")
            self._life.extend(connection, poll, closes_at=closes_at, reason=reason)
        return self.poll(poll_id)

    def cancel(self, poll_id: str, *, reason: str) -> ListedPoll:
        """End the poll without a result, with a reason that everybody will read.

        Not once its result can be seen: see `object`.
        """
        reason = _mended_reason(reason)
        with self._database.write() as connection:
            poll = self._held(connection, poll_id)
            if poll.has_ended:
                raise OperatorError(f"The poll {poll_id} is {poll.state} already.")
            if poll.result_is_out:
                raise OperatorError(
                    f"Everybody can see the result of {poll_id}, so it is not cancelled any more. "
                    f"An objection stands beside it: symbolon-server poll object {poll_id}"
                )
            if self._life.is_lot_known(connection, poll):
                raise OperatorError(
                    "The poll's lot is known by now, so it can only be certified: nobody shall "
                    "cancel a poll because of its lot."
                )
            self._life.cancel(connection, poll, reason=reason)
        return self.poll(poll_id)

    def object(self, poll_id: str, *, reason: str) -> ListedPoll:
        """Put an objection beside the result, with a reason that everybody will read."""
        reason = _mended_reason(reason)
        with self._database.write() as connection:
            poll = self._held(connection, poll_id)
            if poll.has_ended:
                raise OperatorError(f"The poll {poll_id} is {poll.state} already.")
            if not poll.result_is_out:
                raise OperatorError(f"The poll {poll_id} has no result yet to object to.")
            self._life.object(connection, poll, reason=reason)
        return self.poll(poll_id)

    def move_on(self, poll_id: str) -> ListedPoll:
        """Do what is due by now: close it at its time, and open it if the server alone can."""
        try:
            self._life.current(poll_id)
        except Refusal as refusal:
            raise OperatorError(refusal.detail) from None
        return self.poll(poll_id)

    def draw(self, poll_id: str, signature: bytes) -> ListedPoll:
        """Write the beacon's round into the log: its signature, 48 octets."""
        try:
            self._lots.take(poll_id, signature)
        except Refusal as refusal:
            raise OperatorError(refusal.detail) from None
        return self.poll(poll_id)

    def certify(self, poll_id: str) -> tuple[ListedPoll, TallyResult]:
        """Count, and state the result as the log's last entry."""
        try:
            poll = self._life.current(poll_id)
            if poll.is_open:
                raise OperatorError(f"Voting in {poll_id} goes on; close it first.")
            if poll.has_ended:
                raise OperatorError(f"The poll {poll_id} is {poll.state} already.")
            _, result = self._life.certify(poll_id)
        except Refusal as refusal:
            raise OperatorError(refusal.detail) from None
        return self.poll(poll_id), result

    def poll(self, poll_id: str) -> ListedPoll:
        """One poll, drafts included."""
        found = [listed for listed in self.polls() if listed.id == poll_id]
        if not found:
            raise _no_poll(poll_id)
        return found[0]

    def polls(self) -> list[ListedPoll]:
        """All polls, drafts included, the oldest first."""
        with self._database.read() as connection:
            return [self._listed(connection, row) for row in store.poll_rows(connection)]

    def _listed(self, connection: Connection, row: store.PollRow) -> ListedPoll:
        poll = None if row.manifest is None else poll_of(row)
        return ListedPoll(
            id=row.id,
            draft=Draft.from_json(row.draft),
            poll=poll,
            ballots=store.count_ballots(connection, row.id),
            logged=0 if poll is None else self._logs.ballots(poll),
            awaited=None if poll is None else self._lots.awaited(poll),
        )

    def _held(self, connection: Connection, poll_id: str) -> Poll:
        row = store.poll_row(connection, poll_id)
        if row is None:
            raise _no_poll(poll_id)
        if row.manifest is None:
            raise OperatorError(f"The poll {poll_id} was not opened yet.")
        return self._life.hold(connection, poll_id)

    @staticmethod
    def _row(connection: Connection, poll_id: str) -> Poll:
        row = store.poll_row(connection, poll_id)
        if row is None:
            raise _no_poll(poll_id)
        return poll_of(row)

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


def _mended_reason(reason: str) -> str:
    try:
        return mend_shown_text(reason, max=MAX_REASON, name="the reason")
    except EncodingError as error:
        raise OperatorError(f"The reason cannot stand in the log: {error}.") from None


def _no_poll(poll_id: str) -> OperatorError:
    return OperatorError(f"There is no poll with the id {poll_id}.")
