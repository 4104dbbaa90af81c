"""Publishing the community's metadata."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from credentials.formats.metadata import Event, Metadata, check_successor
from server.community.service import CommunityService
from server.database import Database
from server.migrations import upgrade
from server.problems import OperatorError
from tests.community import Community


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "community.db"


def service(community: Community, file: Path) -> CommunityService:
    """A service as each process has its own."""
    return CommunityService(
        Database(f"sqlite:///{file}"),
        signing_key=lambda: community.signing_key,
        clock=lambda: 1_790_000_100,
    )


@pytest.fixture
def published(community: Community, file: Path) -> CommunityService:
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    made = service(community, file)
    with database.write() as connection:
        made.publish_first(community.metadata, connection=connection)
    return made


def with_event(name: str) -> Callable[[Metadata], Metadata]:
    event = Event(id=name, name=name, timezone="UTC")

    def change(metadata: Metadata) -> Metadata:
        return replace(metadata, events=(*metadata.events, event))

    return change


def test_every_process_sees_a_new_version_at_once(
    community: Community, file: Path, published: CommunityService
) -> None:
    other = service(community, file)
    assert other.metadata().version == 1
    published.publish(with_event("night"))
    assert other.metadata().version == 2
    assert other.metadata().event("night") is not None


def test_versions_are_signed_and_chained(community: Community, published: CommunityService) -> None:
    first = published.signed()
    published.publish(with_event("night"))
    second = published.signed()
    assert check_successor(first, second).previous == first.hash
    opened = second.open(fingerprint=community.metadata.community_id)
    assert opened.published_at == 1_790_000_100


def test_what_was_not_committed_was_never_published(
    community: Community, file: Path, published: CommunityService
) -> None:
    def publish_and_fail() -> None:
        with Database(f"sqlite:///{file}").write() as connection:
            published.publish(with_event("night"), connection=connection)
            assert published.metadata(connection=connection).version == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_and_fail()
    published.publish(with_event("day"))
    assert published.metadata().version == 2
    assert published.metadata().event("night") is None
    assert published.metadata().event("day") is not None


def test_a_new_event_leaves_keys_and_tables_as_they_are(published: CommunityService) -> None:
    before = published.verifier()
    published.publish(with_event("night"))
    assert published.verifier() is before


def test_a_directory_without_community_is_told(community: Community, file: Path) -> None:
    upgrade(Database(f"sqlite:///{file}"))
    with pytest.raises(OperatorError, match="holds no community"):
        service(community, file).metadata()


def test_a_database_of_a_later_version_is_left_alone(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OperatorError, match="later version"):
        upgrade(database)


def test_a_worker_loads_neither_the_slow_curve_nor_the_terminal() -> None:
    program = (
        "import sys, server.workers, server.app, server.commands.main;"
        "print([name for name in ('py_ecc', 'typer', 'rich', 'alembic')"
        " if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
