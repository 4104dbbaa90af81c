"""What the registry says: heads, the log, what is removed or about to be; publishing is apart.

Every worker keeps the newest heads as one verified chain; a small query with every use sees whether
there is a newer one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from credentials.errors import HeadRefused
from credentials.formats.head import Head, SignedHead
from credentials.merkle import Frontier
from credentials.registry.chain import SEGMENT_HEADS, HeadChain
from credentials.registry.log import SEGMENT_ENTRIES
from server.community.service import CommunityService
from server.database import Database
from server.problems import NotFound, OperatorError
from server.registry import store
from server.registry.schedule import Schedule

SERVED_HEADS = 64
"""How many of the newest heads a wallet or door is given at once."""

KNOWN_HEADS = 512
"""How many of the newest heads a worker keeps, to judge what a door brings late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryStatus:
    """Where the registry stands: its newest head, and what waits for the next one."""

    head: Head
    pending: int
    schedule: Schedule


class NoHead(OperatorError):
    """A database in which the first head is still to be published."""

    def __init__(self) -> None:
        super().__init__("The registry has no head yet; symbolon-server serve publishes it.")


class RegistryService:
    """The registry of one community as every other feature sees it."""

    def __init__(self, database: Database, community: CommunityService) -> None:
        self._database = database
        self._community = community
        self._cached: HeadChain | None = None

    def chain(self) -> HeadChain:
        """The newest heads, those that were known already not read again.

        Raises NoHead where no head was published yet.
        """
        known = self._cached
        with self._database.read() as connection:
            newest = store.newest_epoch(connection)
            if newest is None:
                raise NoHead
            if known is not None and known.newest.epoch == newest:
                return known
            metadata = self._community.metadata(connection=connection)
            first = max(0, newest - KNOWN_HEADS + 1) if known is None else known.newest.epoch + 1
            signed = store.heads(connection, first=first, last=newest)
        if known is None:
            self._cached = HeadChain.start(signed, metadata=metadata)
        else:
            self._cached = known.extended(signed, metadata=metadata).shortened(KNOWN_HEADS)
        return self._cached

    def newest(self, connection: Connection) -> tuple[Head, SignedHead]:
        """The newest head inside the caller's transaction; raises NoHead."""
        newest = store.newest_head(connection)
        if newest is None:
            raise NoHead
        return Head.from_cbor(newest.signed.octets), newest.signed

    def announced_serial(self, connection: Connection) -> int:
        """The highest serial that a head has announced, 0 before the first head."""
        newest = store.newest_head(connection)
        return 0 if newest is None else Head.from_cbor(newest.signed.octets).highest_serial

    def heads(self) -> tuple[SignedHead, ...]:
        """The newest heads that wallets and doors are given, ascending."""
        return self.chain().signed[-SERVED_HEADS:]

    def signed_head(self, head_hash: bytes) -> SignedHead:
        """The published head with this hash; raises NotFound."""
        with self._database.read() as connection:
            signed = store.head_by_hash(connection, head_hash)
        if signed is None:
            raise NotFound
        return signed

    def head_segment(self, number: int) -> tuple[list[SignedHead], bool]:
        """The heads 256n … 256n+255, and whether they are all there; raises NotFound beyond."""
        first = number * SEGMENT_HEADS
        with self._database.read() as connection:
            signed = store.heads(connection, first=first, last=first + SEGMENT_HEADS - 1)
        if not signed:
            raise NotFound
        return signed, len(signed) == SEGMENT_HEADS

    def log_segment(self, number: int) -> tuple[bytes, bool]:
        """The log's entries 1024n … 1024n+1023, and whether they are all there.

        Raises NotFound beyond the log's end.
        """
        first = number * SEGMENT_ENTRIES
        with self._database.read() as connection:
            entries = store.entries(connection, first=first, last=first + SEGMENT_ENTRIES - 1)
        if not entries and number:
            raise NotFound
        return b"".join(entries), len(entries) == SEGMENT_ENTRIES

    def published_after(self, *, epoch: int, removals: int) -> tuple[list[SignedHead], list[bytes]]:
        """The heads after an epoch, and the log's entries from position `removals` on."""
        with self._database.read() as connection:
            newest = store.newest_head(connection)
            if newest is None:
                return [], []
            head = Head.from_cbor(newest.signed.octets)
            return (
                store.heads(connection, first=epoch + 1, last=head.epoch),
                store.entries(connection, first=removals, last=head.removals - 1),
            )

    def status(self) -> RegistryStatus:
        """Where the registry stands."""
        with self._database.read() as connection:
            head, _ = self.newest(connection)
            return RegistryStatus(
                head=head,
                pending=store.count_pending(connection),
                schedule=self.schedule(connection),
            )

    def schedule(self, connection: Connection) -> Schedule:
        """The schedule that the organiser has set, or a head every day at 03:00 UTC."""
        kept = store.schedule(connection)
        return Schedule() if kept is None else Schedule(period=kept[0], offset=kept[1])

    def set_schedule(self, schedule: Schedule) -> None:
        """Set the schedule; it counts from the next head on."""
        with self._database.write() as connection:
            store.set_schedule(connection, period=schedule.period, offset=schedule.offset)

    def adopt(
        self, connection: Connection, signed: Sequence[SignedHead], entries: Sequence[bytes]
    ) -> tuple[int, list[bytes]]:
        """Take in heads that were published before, and are missing here.

        `entries` are those of the log that came with these heads, from the position on at which the
        first of them begins. Gives how many heads were added, and the handles that they removed.
        Those that are here already must be the same. Raises HeadRefused.
        """
        kept = store.newest_head(connection)
        if kept is None:
            raise NoHead
        metadata = self._community.metadata(connection=connection)
        chain = HeadChain.start([kept.signed], metadata=metadata)
        before, frontier = (
            chain.newest,
            Frontier.from_octets(kept.frontier, size=chain.newest.removals),
        )
        newer = HeadChain.start(signed, metadata=metadata).heads if signed else ()
        known = [head for head in newer if head.epoch <= before.epoch]
        for head in known:
            if store.head_by_hash(connection, head.hash) is None:
                raise HeadRefused("a registry head differs from the one here")
        first = (newer[-1].removals if newer else 0) - len(entries)
        added, handles = 0, []
        for one, head in zip(signed, newer, strict=True):
            if head.epoch <= before.epoch:
                continue
            came = list(entries[before.removals - first : head.removals - first])
            frontier = frontier.grown(came)
            if frontier.root != head.root or frontier.size != head.removals:
                raise HeadRefused("the log's entries do not lead to the registry head")
            store.adopt_entries(connection, came, first=before.removals)
            chain = chain.extended([one], metadata=metadata)
            store.add_head(
                connection,
                epoch=head.epoch,
                signed=one,
                head_hash=head.hash,
                frontier=frontier.to_octets(),
            )
            handles += [entry[:32] for entry in came]
            before, added = head, added + 1
        return added, handles

    # --- removals, inside the caller's writing transaction

    def note_removals(self, connection: Connection, handles: list[bytes]) -> None:
        """Note handles (32 octets each) for removal at the next head.

        IntegrityError if one was noted before: a handle is never removed twice.
        """
        store.note_removals(connection, handles)

    def is_noted(self, connection: Connection, handle: bytes) -> bool:
        """Whether a handle was removed or is to be removed: it never gets a witness again."""
        return store.is_noted(connection, handle)

    def count_noted(self, connection: Connection) -> int:
        """How many handles were removed, or are to be removed at the next head."""
        return store.count_noted(connection)

    def are_pending(self, connection: Connection, handles: list[bytes]) -> bool:
        """Whether one of the handles waits for the head that removes it."""
        return bool(handles) and store.are_pending(connection, handles)
