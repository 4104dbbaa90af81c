"""A community with its services over a real SQLite file, a clock that stands, and codes to show.

The services are the ones that `serve` runs; only the time is an argument. Several processes may
open the same file.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from credentials.curve.scalars import encode_scalar
from credentials.days import day_of
from credentials.doors import door_policy
from credentials.formats.credential import MAX_SERIAL
from credentials.formats.crowd import Crowd
from credentials.formats.head import Head
from credentials.formats.manifest import Manifest
from credentials.formats.metadata import Door, Metadata
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot, action_digest
from credentials.formats.qr import to_qr_text
from credentials.formats.schema import Schema
from credentials.formats.vote import Marks
from credentials.merkle import Frontier
from credentials.polls import make_ballot
from credentials.presentation import present
from credentials.registry.log import read_entries, split_entries
from credentials.scope import app_scope, door_scope, poll_scope, time_slot
from server.bearer import hash_token
from server.community.service import CommunityService
from server.database import Database, tables
from server.doors.movements import Direction
from server.doors.organiser import DoorOffice
from server.doors.service import CheckIn, DoorService
from server.doors.settled import QueuedScan, Settled
from server.doors.sync import SyncService
from server.keystore import Keystore
from server.polls.assembly import assemble_polls
from server.polls.poll import Draft
from server.polls.service import Cast
from server.presentations.organiser import AppOffice
from server.presentations.service import PresentationService
from server.registry import store
from server.registry.publisher import Publisher
from server.registry.service import RegistryService
from tests.community import Community, Member

NOON = 1_790_000_000


@dataclass
class Clock:
    """A clock that moves only when told."""

    now: int = NOON

    def __call__(self) -> int:
        return self.now


class Everybody:
    """Stands in for the enrolments: members of the community in memory are in no table."""

    def highest_serial(self, _connection: Connection) -> int:
        return MAX_SERIAL

    def end_passes(self, _connection: Connection, *, schema: Schema, today: int) -> None:
        pass

    def count(
        self, _connection: Connection, *, schema: Schema, today: int
    ) -> Callable[[Connection, Head], Crowd | None]:
        return lambda _connection, _head: None

    def is_first_crowd_due(self, _connection: Connection, *, schema: Schema, today: int) -> bool:
        return False


@dataclass
class Standing:
    """The services of one community."""

    community: Community
    file: Path
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.database = Database(f"sqlite:///{self.file}")
        self.published = CommunityService(
            self.database, signing_key=lambda: self.community.signing_key, clock=self.clock
        )
        self.registry = RegistryService(self.database, self.published)
        self.publisher = Publisher(
            self.database,
            community=self.published,
            registry=self.registry,
            enrolments=Everybody(),
            secret_key=lambda: self.community.secret,
            signing_key=lambda: self.community.signing_key,
            clock=self.clock,
        )
        common = (self.database, self.published, self.registry)
        self.doors = DoorService(*common, clock=self.clock)
        self.sync = SyncService(*common, self.doors, clock=self.clock)
        self.keystore = Keystore(
            issuer=self.community.secret,
            metadata_seed=self.community.signing_key.private_bytes_raw(),
            link_key=bytes(32),
        )
        polls = assemble_polls(
            self.database,
            community=self.published,
            registry=self.registry,
            publisher=self.publisher,
            keystore=lambda: self.keystore,
            clock=self.clock,
        )
        self.polls, self.poll_office, self.poll_life = polls.service, polls.office, polls.life
        self.witnesses, self.lots = polls.witnesses, polls.lots
        self.apps = PresentationService(*common, clock=self.clock)
        self.door_office = DoorOffice(self.database, self.published)
        self.app_office = AppOffice(self.database, self.published)

    def make(self) -> "Standing":
        """Create the tables, publish the metadata, and give every door and app its token."""
        tables.create_all(self.database.engine)
        with self.database.write() as connection:
            self.published.publish_first(self.community.metadata, connection=connection)
            self._take_over_heads(connection)
        self.tokens = {
            **{door.id: self.door_office.renew_token(door.id) for door in self.metadata.doors},
            **{app.id: self.app_office.renew_token(app.id) for app in self.metadata.apps},
        }
        return self

    def _take_over_heads(self, connection: Connection) -> None:
        """The registry as the community in memory has published it up to now."""
        chain, entries = self.community.heads, self.community.entries
        for head, signed in zip(chain.heads, chain.signed, strict=True):
            store.add_head(
                connection,
                epoch=head.epoch,
                signed=signed,
                head_hash=head.hash,
                frontier=Frontier().grown(entries[: head.removals]).to_octets(),
            )
        store.note_removals(connection, [entry[:32] for entry in entries])
        store.place_removals(connection, entries, first=0)

    def remove(self, *members: Member, emergency: bool = False) -> Head:
        """Remove members at a head that is published now."""
        with self.database.write() as connection:
            handles = [encode_scalar(member.credential.handle) for member in members]
            self.registry.note_removals(connection, handles)
            return self.publisher.publish(emergency=emergency, connection=connection)

    def current(self, member: Member) -> Member:
        """A member whose wallet has gone on to the newest head; raises MemberRevoked."""
        known, newest = member.credential.keys.head.head, self.registry.chain().newest
        entries = split_entries(self.registry.log_segment(0)[0])
        removals = read_entries(entries[known.removals : newest.removals])
        return replace(member, credential=member.credential.updated(newest, removals=removals))

    @property
    def metadata(self) -> Metadata:
        """The newest metadata."""
        return self.published.metadata()

    def token_hash(self, owner: str) -> bytes:
        """What a request with this door's or app's token comes with."""
        return hash_token(self.tokens[owner])

    def code(self, member: Member, *, door: str, at: int | None = None) -> str:
        """A member's code for a door, drawn now or at another time."""
        listed: Door = self.metadata.door(door)
        slot = time_slot(self.clock.now if at is None else at)
        shown = present(
            member.credential,
            policy=door_policy(listed, schema=self.metadata.schema),
            scope=door_scope(
                self.metadata.community_id, self.metadata.event(listed.event), listed.mode, slot
            ),
            freshness=slot,
        )
        return to_qr_text(shown.to_cbor())

    def check_in(
        self,
        code: str,
        *,
        door: str,
        direction: Direction = "in",
        scan_id: bytes | None = None,
    ) -> CheckIn:
        """One scan at a door with network."""
        return self.doors.check_in(
            door,
            token_hash=self.token_hash(door),
            code=code,
            direction=direction,
            scan_id=scan_id,
        )

    def hand_over(self, *scans: QueuedScan, door: str) -> list[Settled]:
        """A door without network hands its queue over."""
        return self.sync.sync(door, token_hash=self.token_hash(door), scans=scans)

    def open_poll(self, poll: str, draft: Draft) -> Manifest:
        """Open a poll; its manifest."""
        self.poll_office.create(poll, draft)
        opened = self.poll_office.open(poll).poll
        assert opened is not None
        return opened.manifest

    def ballot(
        self, member: Member, *, manifest: Manifest, marks: Marks, sequence: int = 1
    ) -> Ballot:
        """A member's ballot, made at the head at which her wallet is."""
        return make_ballot(
            member.credential,
            manifest=manifest,
            head=Head.from_cbor(self.registry.signed_head(manifest.head).octets),
            marks=marks,
            sequence=sequence,
        )

    def ballot_of(self, member: Member, content: bytes, *, manifest: Manifest) -> Ballot:
        """A member's first ballot, with a good proof over whatever content."""
        poll = manifest.manifest_hash
        shown = present(
            member.credential,
            policy=manifest.policy(Head.from_cbor(self.registry.signed_head(manifest.head).octets)),
            scope=poll_scope(manifest.community_id, poll),
            freshness=poll,
            action=action_digest(poll, 1, content),
        )
        return Ballot(manifest_hash=poll, sequence=1, content=content, presentation=shown)

    def vote(self, member: Member, *marks: int, manifest: Manifest, sequence: int = 1) -> Cast:
        """Make a ballot and cast it."""
        ballot = self.ballot(member, manifest=manifest, marks=marks, sequence=sequence)
        return self.polls.cast(manifest.poll, ballot.to_cbor())

    def answer(self, member: Member, *, app: str, policy: Policy, nonce: bytes) -> bytes:
        """What a member's wallet sends to an app."""
        return present(
            member.credential,
            policy=policy,
            scope=app_scope(policy.purpose, self.metadata.app(app).response_address),
            freshness=nonce,
            today=day_of(self.clock.now),
        ).to_cbor()

    def rows(self, table: str) -> list[dict[str, object]]:
        """All rows of a table, in the order of their first column."""
        with self.database.read() as connection:
            found = connection.execute(tables.tables[table].select())
            rows = [dict(row._mapping) for row in found]
        return sorted(rows, key=lambda row: str(next(iter(row.values()))))
