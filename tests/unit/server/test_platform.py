"""Keystore, database, log, problems and claim codes."""

import base64
import hashlib
import io
import json
import pickle
import sqlite3
import stat
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st

from server import keystore as keystores
from server.database import Database, tables
from server.event_log import EventLog
from server.issuance.claim_codes import derive_code, hash_code, is_code
from server.keystore import Keystore, open_keystore, write_keystore
from server.migrations import upgrade
from server.problems import OperatorError, Refusal, malformed, problem_object

# --- keystore


@pytest.fixture(scope="module")
def keystore() -> Keystore:
    return Keystore.generate()


@pytest.fixture(scope="module")
def keystore_file(tmp_path_factory: pytest.TempPathFactory, keystore: Keystore) -> Path:
    path: Path = tmp_path_factory.mktemp("keystore") / "keystore.json"
    write_keystore(path, keystore=keystore, passphrase="right")
    return path


def test_a_keystore_opens_with_its_passphrase_only(keystore: Keystore, keystore_file: Path) -> None:
    opened = open_keystore(keystore_file, passphrase="right")
    assert opened.to_octets() == keystore.to_octets()
    with pytest.raises(OperatorError, match="The passphrase does not open the keystore"):
        open_keystore(keystore_file, passphrase="wrong")


def test_a_keystore_is_for_its_owner_and_never_overwritten(
    keystore: Keystore, keystore_file: Path
) -> None:
    assert stat.S_IMODE(keystore_file.stat().st_mode) == 0o600
    with pytest.raises(OperatorError, match="never overwritten"):
        write_keystore(keystore_file, keystore=keystore, passphrase="other")


def test_a_changed_keystore_does_not_open(keystore_file: Path, tmp_path: Path) -> None:
    fields = json.loads(keystore_file.read_text())
    for name, value in (("p", 2), ("n", 2**20), ("format", "x"), ("sealed", "AAAA"), ("salt", "?")):
        changed = tmp_path / f"{name}.json"
        changed.write_text(json.dumps({**fields, name: value}))
        with pytest.raises(OperatorError):
            open_keystore(changed, passphrase="right")
    with pytest.raises(OperatorError, match="There is no keystore"):
        open_keystore(tmp_path / "missing.json", passphrase="right")


WEAK_OR_GREEDY = [
    *({"n": n} for n in (0, 1, 2, 2**14, 2**16, 2**18, 2**20, 2**40, -(2**17))),
    *({"r": r} for r in (0, 1, 7, 9, 2**20, -8)),
    *({"p": p} for p in (0, 2, 2**16, 2**30, -1)),
    *({"n": n} for n in (1.5, True, None, "131072", [131072])),
]


@pytest.mark.parametrize("changes", WEAK_OR_GREEDY, ids=str)
def test_a_keystore_with_other_parameters_of_scrypt_is_refused_before_it_is_tried(
    keystore_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, object]
) -> None:
    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("scrypt was run with parameters from a file")

    monkeypatch.setattr(hashlib, "scrypt", never)
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps({**json.loads(keystore_file.read_text()), **changes}))
    with pytest.raises(OperatorError, match="another version"):
        open_keystore(changed, passphrase="right")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "[" * 10_000,
        '{"a":' * 3_000,
        "\xff",
        " " * keystores.FILE_LIMIT + "{}",
    ],
    ids=lambda text: text[:8],
)
def test_a_file_that_is_no_keystore_is_one_clear_refusal(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keystore.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(OperatorError, match="cannot be read as a keystore"):
        open_keystore(file, passphrase="right")


@pytest.mark.parametrize(
    "changes",
    [
        {"salt": ""},
        {"salt": base64.b64encode(bytes(15)).decode()},
        {"nonce": base64.b64encode(bytes(8)).decode()},
        {"salt": 7},
        {"sealed": None},
        {"more": 1},
    ],
    ids=str,
)
def test_a_keystore_with_other_fields_is_refused(
    keystore_file: Path, tmp_path: Path, changes: dict[str, object]
) -> None:
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps({**json.loads(keystore_file.read_text()), **changes}))
    with pytest.raises(OperatorError, match="cannot be read as a keystore"):
        open_keystore(changed, passphrase="right")


def test_secrets_are_not_shown_and_not_pickled(keystore: Keystore) -> None:
    assert repr(keystore) == "Keystore(…)"
    with pytest.raises(TypeError):
        pickle.dumps(keystore)
    assert keystores.SCRYPT_N >= 2**17


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
            [(column["name"], str(column["type"])) for column in inspector.get_columns(name)],
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
        assert 400 <= kind.status <= 500
        assert kind.title.endswith(".")


def test_validation_names_fields_and_never_what_was_sent() -> None:
    told = malformed(
        [
            {"type": "missing", "loc": ("body", "nonce"), "input": "secret"},
            {"type": "extra_forbidden", "loc": ("body", "zoe@example.org"), "input": 1},
            {"type": "string_type", "loc": ("body", "Zoe Doe"), "input": 1},
        ]
    )
    assert told.detail == "These fields do not have the expected form: nonce."


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
