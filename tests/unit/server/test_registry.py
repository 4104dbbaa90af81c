"""The service of the registry: what every process sees of heads and removals, at little cost."""

import json
import threading
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.exc import IntegrityError

from credentials.formats.head import Head
from credentials.issuance import draw_handle
from credentials.merkle import root_of
from credentials.registry.chain import HeadChain
from credentials.registry.log import split_entries
from server.community.service import CommunityService
from server.database import Database
from server.migrations import upgrade
from server.registry.publisher import Publisher
from server.registry.service import NoHead, RegistryService
from server.registry.watch import keep_publishing
from tests.community import Community
from tests.flows.standing import Everybody

NOW = 1_790_000_100


class Process:
    """The services as each process has its own."""

    def __init__(self, community: Community, file: Path) -> None:
        self.database = Database(f"sqlite:///{file}")
        self.published = CommunityService(
            self.database, signing_key=lambda: community.signing_key, clock=lambda: NOW
        )
        self.registry = RegistryService(self.database, self.published)
        self.publisher = Publisher(
            self.database,
            community=self.published,
            registry=self.registry,
            enrolments=Everybody(),
            secret_key=lambda: community.secret,
            signing_key=lambda: community.signing_key,
            clock=lambda: NOW,
        )

    def remove(self, number: int) -> None:
        """Remove so many handles with one head."""
        with self.database.write() as connection:
            handles = [draw_handle().to_bytes(32, "big") for _ in range(number)]
            self.registry.note_removals(connection, handles)
            self.publisher.publish(connection=connection)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "community.db"


@pytest.fixture
def process(community: Community, file: Path) -> Process:
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    made = Process(community, file)
    with database.write() as connection:
        made.published.publish_first(community.metadata, connection=connection)
    return made


def test_before_the_first_head_there_is_none_and_the_publisher_makes_it(process: Process) -> None:
    with pytest.raises(NoHead):
        process.registry.chain()
    first = process.publisher.publish_due()
    assert first is not None
    assert process.registry.chain().newest == first


def test_a_head_at_once_makes_the_first_one_where_it_is_missing(process: Process) -> None:
    assert process.publisher.publish().epoch == 1


def test_every_process_sees_a_new_head_at_once(
    community: Community, file: Path, process: Process
) -> None:
    other = Process(community, file)
    process.publisher.publish_due()
    assert other.registry.chain().newest.epoch == 0
    for number in (1, 2):
        process.remove(number)
    assert other.registry.chain() == process.registry.chain()
    assert [head.removals for head in other.registry.chain().heads] == [0, 1, 3]


def test_a_head_that_was_not_committed_was_never_published(process: Process) -> None:
    process.publisher.publish_due()

    def publish_and_fail() -> None:
        with process.database.write() as connection:
            head = process.publisher.publish(connection=connection)
            assert process.registry.newest(connection)[0] == head
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_and_fail()
    assert process.registry.chain().newest.epoch == 0


def test_log_and_heads_agree_and_a_head_stays_small(community: Community, process: Process) -> None:
    process.publisher.publish_due()
    for number in (1, 2, 5, 0, 9):
        process.remove(number)
        octets, full = process.registry.log_segment(0)
        newest = process.registry.chain().newest
        assert newest.root == root_of(split_entries(octets))
        assert len(split_entries(octets)) == newest.removals
        assert not full
        if newest.removals:
            assert octets[-48:] == newest.value
    assert HeadChain.start(process.registry.heads(), metadata=community.metadata).newest == newest
    with process.database.read() as connection:
        sizes = connection.execute(
            sqlalchemy.text("SELECT length(frontier) FROM registry_heads ORDER BY epoch")
        ).scalars()
        assert list(sizes) == [32 * count.bit_count() for count in (0, 1, 3, 8, 8, 17)]


def test_a_handle_is_never_noted_twice(process: Process) -> None:
    process.publisher.publish_due()
    handle = draw_handle().to_bytes(32, "big")

    def note() -> None:
        with process.database.write() as connection:
            process.registry.note_removals(connection, [handle])

    note()
    with pytest.raises(IntegrityError):
        note()
    process.publisher.publish()
    with pytest.raises(IntegrityError):
        note()
    with process.database.read() as connection:
        assert process.registry.is_noted(connection, handle)
        assert not process.registry.are_pending(connection, [handle])


def test_the_watching_thread_publishes_and_outlives_a_failure(
    process: Process, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("server.registry.watch.CHECK_SECONDS", 0.01)
    asked = threading.Semaphore(0)
    publish_due = process.publisher.publish_due
    failures = [OSError("the disk is away")]

    def publish_after_a_failure() -> Head | None:
        asked.release()
        if failures:
            raise failures.pop()
        return publish_due()

    monkeypatch.setattr(process.publisher, "publish_due", publish_after_a_failure)
    keep_publishing(process.publisher)
    for _ in range(4):
        assert asked.acquire(timeout=20)
    assert process.registry.chain().newest.epoch == 0
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["fault", "registry_head"]
    assert lines[0]["kind"] == "OSError"
