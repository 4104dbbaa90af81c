"""Database, log, problems and claim codes."""

import io
import json
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from server.database import Database, tables
from server.event_log import EventLog
from server.issuance.claim_codes import derive_code, hash_code, is_code
from server.migrations import upgrade
from server.problems import Refusal, malformed, problem_object

# --- database


def test_migrations_make_the_tables_that_the_stores_define(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    upgrade(database)
    upgrade(database)  # a second time changes nothing
    with database.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables) == []
    defined = Database(f"sqlite:///{tmp_path / 'defined.db'}")
    tables.create_all(defined.engine)
    assert _shape(database) == _shape(defined)


def _shape(database: Database) -> dict[str, object]:
    inspector = sqlalchemy.inspect(database.engine)
    names = sorted(set(inspector.get_table_names()) - {"alembic_version"})
    return {
        name: (
            sorted((one["name"], str(one["type"])) for one in inspector.get_columns(name)),
            inspector.get_pk_constraint(name)["constrained_columns"],
            sorted(str(one["column_names"]) for one in inspector.get_unique_constraints(name)),
            sorted(
                str((one["column_names"], one["unique"])) for one in inspector.get_indexes(name)
            ),
            inspector.get_table_options(name),
        )
        for name in names
    }


def test_a_failed_writing_transaction_leaves_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")

    def write_half() -> None:
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0


def test_a_database_error_shows_no_parameters(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(sqlalchemy.exc.OperationalError) as caught, database.write() as connection:
        connection.execute(sqlalchemy.text("INSERT INTO nowhere VALUES (:a)"), {"a": "zoe@x.org"})
    assert "zoe" not in str(caught.value)


def test_write_ahead_log_and_foreign_keys_are_on(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    database.close()
    assert sqlite3.connect(tmp_path / "new.db").execute("PRAGMA user_version").fetchone() == (0,)


# --- log and problems


def test_the_log_takes_codes_and_counts() -> None:
    stream = io.StringIO()
    EventLog(stream).record("checkin", verdict="already_in", count=2, route="/doors/{door}")
    line = json.loads(stream.getvalue())
    assert line.pop("time") > 0
    assert line == {
        "event": "checkin",
        "verdict": "already_in",
        "count": 2,
        "route": "/doors/{door}",
    }


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Ana"},
        {"outcome": "ana@example.org"},
        {"outcome": "two words"},
        {"route": "/doors/main?code=1"},
        {"route": "/doors/MAIN"},
        {"kind": "x" * 61},
    ],
)
def test_the_log_refuses_free_text(fields: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="takes no text"):
        EventLog(io.StringIO()).record("event", **fields)


def test_every_problem_has_a_slug_a_title_and_a_status_of_its_own() -> None:
    kinds = Refusal.__subclasses__()
    assert len({kind.slug for kind in kinds}) == len(kinds)
    for kind in kinds:
        told = problem_object(kind())
        assert told["type"] == f"urn:symbolon:problem:{kind.slug}"
        assert 400 <= kind.status <= 503
        assert kind.title.endswith(".")


def test_validation_names_fields_and_never_what_was_sent() -> None:
    told = malformed(
        [
            {"type": "missing", "loc": ("body", "nonce"), "input": "secret"},
            {"type": "extra_forbidden", "loc": ("body", "zoe@example.org"), "input": 1},
            {"type": "string_type", "loc": ("body", "Zoe Doe"), "input": 1},
        ],
        content_type="application/json",
    )
    assert told.detail == "These fields do not have the expected form: nonce."


@pytest.mark.parametrize(
    ("errors", "content_type", "said"),
    [
        ([{"type": "missing", "loc": ("body",)}], "", "Content-Type: application/json"),
        ([{"type": "json_invalid", "loc": ("body", 3)}], "application/json", "is not JSON"),
        ([{"type": "missing", "loc": ("body",)}], "application/json", "is a JSON object"),
        ([{"type": "extra_forbidden", "loc": ("body", "x")}], "text/json", "not known here"),
    ],
)
def test_a_body_that_is_not_understood_is_told_why(
    errors: list[dict[str, object]], content_type: str, said: str
) -> None:
    assert said in malformed(errors, content_type=content_type).detail


# --- claim codes


def test_codes_are_derived_again_and_differ_by_generation_and_key() -> None:
    key = bytes(range(32))
    code = derive_code(key, entitlement_id="abc", generation=1)
    assert code == derive_code(key, entitlement_id="abc", generation=1)
    others = {
        derive_code(key, entitlement_id="abc", generation=2),
        derive_code(key, entitlement_id="abc1", generation=1),
        derive_code(bytes(32), entitlement_id="abc", generation=1),
    }
    assert len(others | {code}) == 4
    assert is_code(code)
    assert len(hash_code(code)) == 32


@given(st.text(max_size=40))
def test_only_26_characters_of_base32_are_a_code(text: str) -> None:
    expected = len(text) == 26 and all(c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" for c in text)
    assert is_code(text) == expected
