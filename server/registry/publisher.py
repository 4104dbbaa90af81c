"""Publishing registry heads: the first one, on the schedule, and at once when the organiser asks.

A head is made in one writing transaction, which reads the head before it, removes what is pending
and signs. Of several publishers the constraint on the epoch lets one through; the others find, when
they look again, that nothing is due any more.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from credentials.curve import curve
from credentials.curve.scalars import decode_scalar
from credentials.days import earliest_today
from credentials.errors import MetadataRefused
from credentials.formats.crowd import Crowd
from credentials.formats.head import Head, SignedHead
from credentials.formats.metadata import Metadata
from credentials.formats.schema import Schema
from credentials.issuance import IssuerSecret
from credentials.merkle import Frontier
from credentials.registry.accumulator import Removal, first_value, remove
from credentials.registry.log import entry_of
from server.clock import Clock, unix_seconds
from server.community.service import CommunityService
from server.database import Database
from server.event_log import event_log
from server.hold import FREE, Hold
from server.registry import store
from server.registry.service import RegistryService

GRACE_SECONDS = 3600
"""How long the value before is accepted after a head that removes somebody."""


class When(StrEnum):
    """When a removal takes effect: with the next scheduled head, now, or now without any grace."""

    SCHEDULED = "scheduled"
    NOW = "now"
    EMERGENCY = "emergency"


class Enrolments(Protocol):
    """What the registry asks of whoever enrols members; in the caller's transaction."""

    def highest_serial(self, connection: Connection) -> int:
        """The highest serial issued so far, 0 before the first."""

    def end_passes(self, connection: Connection, *, schema: Schema, today: int) -> None:
        """Note for removal whoever's pass ended before `today` (days since 1970-01-01)."""

    def is_first_crowd_due(self, connection: Connection, *, schema: Schema, today: int) -> bool:
        """Whether the first crowd table of all can be made, though no head is due."""

    def count(
        self, connection: Connection, *, schema: Schema, today: int
    ) -> Callable[[Connection, Head], Crowd | None]:
        """Read who is counted; what comes back makes the crowd table of a head, where it is made.

        None as long as there is none.
        """


class Publisher:
    """Publishes heads; the secrets are asked for only when there is something to publish."""

    def __init__(
        self,
        database: Database,
        *,
        community: CommunityService,
        registry: RegistryService,
        enrolments: Enrolments,
        secret_key: Callable[[], IssuerSecret],
        signing_key: Callable[[], Ed25519PrivateKey],
        clock: Clock = unix_seconds,
        guard: Hold = FREE,
    ) -> None:
        self._database = database
        self._community = community
        self._registry = registry
        self._enrolments = enrolments
        self._secret_key = secret_key
        self._signing_key = guard.guarding(signing_key)
        self._clock = clock
        self._guard = guard

    def publish_due(self) -> Head | None:
        """Publish what the schedule asks for, and the very first head where there is none.

        Returns the head, or None where nothing was due, another publisher was first, or something
        is in the way. Reads only, and little, as long as nothing is due.
        """
        if self._guard.reason() is not None:
            return None
        with self._database.read() as connection:
            if not self._is_due(connection):
                return None
            metadata = self._community.metadata(connection=connection)
            schema, today = metadata.schema, earliest_today(metadata, at=self._clock())
            # Counting takes long where there are many; nobody who writes waits for it.
            crowd_at = self._enrolments.count(connection, schema=schema, today=today)
        try:
            with self._database.write() as connection:
                if not self._is_due(connection):
                    return None
                before = store.newest_head(connection)
                if before is None:
                    return self.publish_first(connection)
                self._enrolments.end_passes(connection, schema=schema, today=today)
                head = self._publish(connection, before, when=When.SCHEDULED)
                self._publish_crowd(connection, crowd_at(connection, head))
                return head
        except IntegrityError:
            with self._database.read() as connection:
                if self._is_due(connection):
                    raise
            return None

    def publish_first_crowd(self) -> bool:
        """Publish the first crowd table of all, if it can be made now; whether this call did.

        Later ones come with scheduled heads. No head is published with it: a table tells nothing of
        the registry. Whoever looks often looks cheaply: once there is one, a single row is read.
        """
        with self._database.read() as connection:
            if not self._is_crowd_due(connection):
                return False
            crowd_at = self._count(connection)
        with self._database.write() as connection:
            newest = store.newest_head(connection)
            if newest is None or not self._is_crowd_due(connection):
                return False
            self._publish_crowd(
                connection, crowd_at(connection, Head.from_cbor(newest.signed.octets))
            )
        return True

    def _is_crowd_due(self, connection: Connection) -> bool:
        metadata = self._community.metadata(connection=connection)
        today = earliest_today(metadata, at=self._clock())
        return self._enrolments.is_first_crowd_due(connection, schema=metadata.schema, today=today)

    def _count(self, connection: Connection) -> Callable[[Connection, Head], Crowd | None]:
        metadata = self._community.metadata(connection=connection)
        today = earliest_today(metadata, at=self._clock())
        return self._enrolments.count(connection, schema=metadata.schema, today=today)

    def publish_first(self, connection: Connection) -> Head:
        """Publish the head of epoch 0, at which nobody is removed."""
        now = self._clock()
        head = Head(
            registry_id=self._community.metadata(connection=connection).keys.registry_id,
            epoch=0,
            value=curve.encode_g1(first_value()),
            removals=0,
            root=Frontier().root,
            highest_serial=self._enrolments.highest_serial(connection),
            previous=b"",
            published_at=now,
            next_at=self._registry.schedule(connection).next_after(now),
            grace=0,
        )
        return self._add(connection, head, frontier=Frontier())

    def publish(self, *, emergency: bool = False, connection: Connection | None = None) -> Head:
        """Publish a head at once, with everything that is pending.

        With `connection` it happens inside that writing transaction. After an emergency no value
        before it is accepted any more. Otherwise the value before has its grace where somebody is
        removed, and keeps what is left of it where nobody is.
        """
        if connection is None:
            with self._database.write() as own:
                return self.publish(emergency=emergency, connection=own)
        return self._publish(
            connection,
            self._newest(connection),
            when=When.EMERGENCY if emergency else When.NOW,
        )

    def fresh_head(self, connection: Connection) -> Head:
        """The newest head, after publishing one if members came or are to go since the last."""
        newest = self._newest(connection)
        head = Head.from_cbor(newest.signed.octets)
        enrolled = self._enrolments.highest_serial(connection) > head.highest_serial
        if enrolled or store.count_pending(connection):
            return self._publish(connection, newest, when=When.NOW)
        return head

    def next_roll(self, connection: Connection) -> tuple[int, int]:
        """The fewest and the most members on the roll of a poll that opened now."""
        most = self._enrolments.highest_serial(connection)
        return max(0, most - self._registry.count_noted(connection)), most

    def _newest(self, connection: Connection) -> store.KeptHead:
        if store.newest_epoch(connection) is None:
            self.publish_first(connection)
        newest = store.newest_head(connection)
        if newest is None:
            raise AssertionError("a head was published")
        return newest

    def _is_due(self, connection: Connection) -> bool:
        newest = store.newest_head(connection)
        return newest is None or self._clock() >= Head.from_cbor(newest.signed.octets).next_at

    def _publish(self, connection: Connection, newest: store.KeptHead, *, when: When) -> Head:
        before = Head.from_cbor(newest.signed.octets)
        value, entries = curve.decode_g1(before.value), []
        for octets in store.pending_handles(connection):
            handle = decode_scalar(octets)
            value = remove(value, handle=handle, alpha=self._secret_key().alpha)
            entries.append(entry_of(Removal(handle=handle, value=value)))
        store.place_removals(connection, entries, first=before.removals)
        frontier = Frontier.from_octets(newest.frontier, size=before.removals).grown(entries)
        published_at = max(self._clock(), before.published_at)
        next_at = self._registry.schedule(connection).next_after(published_at)
        head = Head(
            registry_id=before.registry_id,
            epoch=before.epoch + 1,
            value=curve.encode_g1(value),
            removals=frontier.size,
            root=frontier.root,
            highest_serial=self._enrolments.highest_serial(connection),
            previous=before.hash,
            published_at=published_at,
            next_at=next_at,
            grace=_grace(before, when, removes=bool(entries), published_at=published_at),
        )
        return self._add(connection, head, frontier=frontier)

    def _add(self, connection: Connection, head: Head, *, frontier: Frontier) -> Head:
        store.add_head(
            connection,
            epoch=head.epoch,
            signed=SignedHead.sign(head, private_key=self._signing_key()),
            head_hash=head.hash,
            frontier=frontier.to_octets(),
        )
        return head

    def _publish_crowd(self, connection: Connection, crowd: Crowd | None) -> None:
        """A new version of the metadata, if the crowd is another one now."""
        if self._community.metadata(connection=connection).crowd == crowd:
            return

        def with_crowd(metadata: Metadata) -> Metadata:
            return replace(metadata, crowd=crowd)

        try:
            self._community.publish(with_crowd, connection=connection)
        except MetadataRefused as error:
            # Where it has no room for it, the table before is true still; heads must go on.
            event_log.record("fault", kind=type(error).__name__, place="crowd")


def _grace(before: Head, when: When, *, removes: bool, published_at: int) -> int:
    """How long the value before the newest stays accepted, in seconds."""
    if when is When.EMERGENCY:
        return 0
    if removes:
        return GRACE_SECONDS
    return max(0, before.published_at + before.grace - published_at)
