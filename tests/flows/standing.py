"""A community with its services over a real SQLite file, a clock that stands, and codes to show.

The services are the ones that `serve` runs; only the time is an argument. Several processes may
open the same file.
"""

from dataclasses import dataclass, field
from pathlib import Path

from credentials.doors import door_policy
from credentials.formats.metadata import Door, Metadata
from credentials.formats.policy import Policy
from credentials.formats.poll import Ballot, Manifest, action_digest
from credentials.formats.qr import to_qr_text
from credentials.presentation import present
from credentials.scope import app_scope, door_scope, poll_scope, time_slot
from server.bearer import hash_token
from server.community.service import CommunityService
from server.database import Database, tables
from server.doors.movements import Direction
from server.doors.organiser import DoorOffice
from server.doors.service import CheckIn, DoorService
from server.doors.sync import QueuedScan, SyncService
from server.polls.organiser import PollOffice
from server.polls.service import PollService
from server.presentations.organiser import AppOffice
from server.presentations.service import PresentationService
from tests.community import Community, Member

NOON = 1_790_000_000


@dataclass
class Clock:
    """A clock that moves only when told."""

    now: int = NOON

    def __call__(self) -> int:
        return self.now


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
        self.doors = DoorService(self.database, self.published, clock=self.clock)
        self.sync = SyncService(self.database, self.published, self.doors, clock=self.clock)
        self.polls = PollService(self.database, self.published, clock=self.clock)
        self.apps = PresentationService(self.database, self.published, clock=self.clock)
        self.door_office = DoorOffice(self.database, self.published)
        self.poll_office = PollOffice(self.database, self.published, clock=self.clock)
        self.app_office = AppOffice(self.database, self.published)

    def make(self) -> "Standing":
        """Create the tables, publish the metadata, and give every door and app its token."""
        tables.create_all(self.database.engine)
        with self.database.write() as connection:
            self.published.publish_first(self.community.metadata, connection=connection)
        self.tokens = {
            **{door.id: self.door_office.renew_token(door.id) for door in self.metadata.doors},
            **{app.id: self.app_office.renew_token(app.id) for app in self.metadata.apps},
        }
        return self

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

    def hand_over(self, *scans: QueuedScan, door: str) -> list[CheckIn]:
        """A door without network hands its queue over."""
        return self.sync.sync(door, token_hash=self.token_hash(door), scans=scans)

    def ballot(
        self, member: Member, *, manifest: Manifest, choice: int, sequence: int = 1
    ) -> Ballot:
        """A member's ballot."""
        poll = manifest.manifest_hash
        return Ballot(
            manifest_hash=poll,
            sequence=sequence,
            choice=choice,
            presentation=present(
                member.credential,
                policy=manifest.policy,
                scope=poll_scope(manifest.community_id, poll),
                freshness=poll,
                action=action_digest(poll, sequence, choice),
            ),
        )

    def answer(self, member: Member, *, app: str, policy: Policy, nonce: bytes) -> bytes:
        """What a member's wallet sends to an app."""
        return present(
            member.credential,
            policy=policy,
            scope=app_scope(policy.purpose, self.metadata.app(app).response_address),
            freshness=nonce,
        ).to_cbor()

    def rows(self, table: str) -> list[dict[str, object]]:
        """All rows of a table, in the order of their first column."""
        with self.database.read() as connection:
            found = connection.execute(tables.tables[table].select())
            rows = [dict(row._mapping) for row in found]
        return sorted(rows, key=lambda row: str(next(iter(row.values()))))
