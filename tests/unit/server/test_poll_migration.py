"""From the polls of the version before to those with a log, and back."""

from pathlib import Path

import pytest
import sqlalchemy
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import server.app  # noqa: F401  every feature's tables
from server.database import Database, tables
from server.migrations import configuration, upgrade

POLL = """
INSERT INTO polls (id, draft, manifest, manifest_hash, closed_at, created_at)
VALUES ('lunch', '{}', x'00', :hash, NULL, 1790000000)
"""
BALLOT = """
INSERT INTO ballots (ballot_hash, poll, pseudonym, sequence, octets)
VALUES (:hash, 'lunch', :pseudonym, 1, x'00')
"""
NEW = {"poll_events", "poll_checkpoints", "poll_shares", "witnesses"}


def at_version(file: Path, revision: str) -> Database:
    """A database as that version made it, with nothing in it."""
    database = Database(f"sqlite:///{file}")
    settings = configuration()
    with database.write() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
    return database


def back_to(database: Database, revision: str) -> None:
    settings = configuration()
    with database.write() as connection:
        settings.attributes["connection"] = connection
        command.downgrade(settings, revision)


def names(database: Database) -> set[str]:
    return set(sqlalchemy.inspect(database.engine).get_table_names())


def columns(database: Database, table: str) -> list[str]:
    return [column["name"] for column in sqlalchemy.inspect(database.engine).get_columns(table)]


@pytest.fixture
def old(tmp_path: Path) -> Database:
    """A database of the version before, with a poll and a ballot in it."""
    database = at_version(tmp_path / "old.db", "0002")
    with database.write() as connection:
        connection.execute(sqlalchemy.text(POLL), {"hash": bytes(32)})
        connection.execute(sqlalchemy.text(BALLOT), {"hash": bytes(32), "pseudonym": bytes(48)})
    return database


def test_polls_without_a_log_are_taken_away_and_the_rest_stays(old: Database) -> None:
    before = names(old)
    upgrade(old)
    assert names(old) >= before | NEW
    with old.read() as connection:
        for table in ("polls", "ballots"):
            query = sqlalchemy.text(f"SELECT count(*) FROM {table}")  # noqa: S608
            assert connection.execute(query).scalar_one() == 0
    assert columns(old, "ballots")[-1] == "log_index"


def test_the_migrations_make_the_tables_that_the_code_uses(old: Database) -> None:
    upgrade(old)
    with old.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables) == []


def test_the_way_back_leads_to_the_tables_of_the_version_before(
    old: Database, tmp_path: Path
) -> None:
    upgrade(old)
    back_to(old, "0002")
    reference = at_version(tmp_path / "reference.db", "0002")
    assert names(old) == names(reference)
    for table in names(reference):
        assert columns(old, table) == columns(reference, table)
    upgrade(old)
    assert names(old) >= NEW
