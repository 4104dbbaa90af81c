"""Polls before they are opened: kept, shown as voters will see them, changed and thrown away.

Nothing of a draft is public, and its id is free again when it is deleted. Each is checked as if it
opened at that moment.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from credentials.crowd import places_of
from credentials.errors import SymbolonError
from credentials.formats.crowd import STEP
from credentials.formats.head import Head
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Metadata
from credentials.formats.names import take_identifier
from credentials.polls import State
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.polls import store
from server.polls.poll import Draft, Poll
from server.problems import OperatorError
from server.registry.publisher import Publisher
from server.registry.service import RegistryService


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A draft as voters will see it if it opens now.

    `problem` says why it cannot be opened as it is; then there is no `poll`. `least` and `most`
    bound how many are on the roll. `sharing`: at least so many have what voters show, by the
    published table; None where nothing is shown, 0 where it is not known.
    """

    id: str
    draft: Draft
    poll: Poll | None
    problem: str
    least: int
    most: int
    sharing: int | None


class PollDrafts:
    """Drafts as the organiser handles them; raises OperatorError."""

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

    def create(self, poll_id: str, draft: Draft) -> None:
        """Keep a poll as a draft."""
        now = self._clock()
        self.manifest(poll_id, draft, head=self._registry.chain().newest, now=now)
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

    def edit(self, poll_id: str, change: Callable[[Draft], Draft]) -> None:
        """Put what `change` makes of a draft in its place."""
        head = self._registry.chain().newest
        with self._database.write() as connection:
            draft = change(_draft(connection, poll_id))
            self.manifest(poll_id, draft, head=head, now=self._clock())
            store.update_poll(connection, poll_id, draft=draft.to_json())

    def delete(self, poll_id: str) -> None:
        """Throw a draft away."""
        with self._database.write() as connection:
            _draft(connection, poll_id)
            store.delete_draft(connection, poll_id)

    def paper(self, poll_id: str) -> Paper:
        """A draft as voters will see it."""
        metadata, head, now = (
            self._community.metadata(),
            self._registry.chain().newest,
            self._clock(),
        )
        with self._database.read() as connection:
            draft = _draft(connection, poll_id)
            least, most = self._publisher.next_roll(connection)
        poll, problem = None, ""
        try:
            manifest = self.manifest(poll_id, draft, head=head, now=now)
            poll = _as_if_open(manifest)
        except OperatorError as error:
            problem = str(error)
        return Paper(
            id=poll_id,
            draft=draft,
            poll=poll,
            problem=problem,
            least=least,
            most=most,
            sharing=_sharing(draft, metadata=metadata, most=most, left=most - least),
        )

    def manifest(self, poll_id: str, draft: Draft, *, head: Head, now: int) -> Manifest:
        """What voters would be given if the poll opened now, with this head as its roll."""
        if draft.closes_at is not None and draft.closes_at <= now:
            raise OperatorError("The poll would close before it opens; give a later closing time.")
        try:
            take_identifier(poll_id, name="the poll's id")
            return draft.manifest(
                poll_id, metadata=self._community.metadata(), head=head.hash, opens_at=now
            )
        except SymbolonError as error:
            raise OperatorError(f"The poll cannot be made: {error}.") from None


def no_poll(poll_id: str) -> OperatorError:
    """There is none with this id."""
    return OperatorError(f"There is no poll with the id {poll_id}.")


def _draft(connection: Connection, poll_id: str) -> Draft:
    row = store.poll_row(connection, poll_id, locked=True)
    if row is None:
        raise no_poll(poll_id)
    if row.manifest is not None:
        raise OperatorError(
            f"The poll {poll_id} was opened: nothing about it changes any more, and it stays. See "
            f"symbolon-server poll show {poll_id}"
        )
    return Draft.from_json(row.draft)


def _as_if_open(manifest: Manifest) -> Poll:
    return Poll(
        id=manifest.poll,
        state=State.DRAFT,
        manifest=manifest,
        octets=b"",
        closes_at=manifest.closes_at,
        closed_at=None,
        size=0,
        frontier=b"",
        waiting=0,
        batch_at=0,
    )


def _sharing(draft: Draft, *, metadata: Metadata, most: int, left: int) -> int | None:
    """How many at least have all that voters show; as in a wallet, but for who left since."""
    shown = dict(draft.require)
    if not shown:
        return None
    places = places_of(shown, schema=metadata.schema)
    if metadata.crowd is None or len(places) < len(shown):
        return 0
    known = metadata.crowd.sharing(places) - max(0, left - metadata.crowd.since)
    return max(0, min(known, most)) // STEP * STEP
