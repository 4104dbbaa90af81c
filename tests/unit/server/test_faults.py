"""What goes wrong with disk and database, told apart: each has its own sentence."""

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.backup.database_copy import check_database, copy_database
from server.database import Database
from server.faults import sentence_of
from server.problems import OperatorError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path: Path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE people (email TEXT)")
        made.executemany("INSERT INTO people VALUES (?)", [(f"{n}@x.example",) for n in range(900)])
        made.execute("CREATE INDEX by_email ON people (email)")
        made.commit()
    return path


def locked(file: Path) -> None:
    with closing(sqlite3.connect(file)) as other, closing(sqlite3.connect(file, timeout=0)) as ours:
        other.execute("BEGIN EXCLUSIVE")
        ours.execute("SELECT count(*) FROM people")


def read_only(file: Path) -> None:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as ours:
        ours.execute("DELETE FROM people")


def full(file: Path) -> None:
    with closing(sqlite3.connect(file)) as ours:
        ours.execute("PRAGMA max_page_count = 20")
        ours.executemany("INSERT INTO people VALUES (?)", [("x" * 4000,) for _ in range(900)])


def damaged(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:4096] + bytes(5000))
    with closing(sqlite3.connect(file)) as ours:
        ours.execute("SELECT count(*) FROM people").fetchall()


def no_database(file: Path) -> None:
    file.write_bytes(b"name,email\n" * 1000)
    with closing(sqlite3.connect(file)) as ours:
        ours.execute("SELECT 1 FROM sqlite_master")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (locked, "The database is locked"),
        (read_only, "read-only, or this user may not write"),
        (full, "The disk is full"),
        (damaged, "The database is damaged"),
        (no_database, "the file is no database"),
    ],
)
def test_each_fault_of_the_database_has_a_sentence_of_its_own(
    file: Path, spoil: Callable[[Path], None], words: str
) -> None:
    with pytest.raises(sqlite3.Error) as raised:
        spoil(file)
    assert words in sentence_of(raised.value)
    assert "x.example" not in sentence_of(raised.value)


def test_faults_that_come_through_the_database_layer_are_told_apart_too(file: Path) -> None:
    file.write_bytes(b"name,email\n" * 1000)
    with (
        pytest.raises(Exception, match="not a database") as raised,
        Database(f"sqlite:///{file}").read() as connection,
    ):
        connection.exec_driver_sql("SELECT 1 FROM sqlite_master")
    assert "the file is no database" in sentence_of(raised.value)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EROFS, "The disk is read-only"),
        (errno.EACCES, "This user may not"),
        (errno.ENOENT, "No such file"),
    ],
)
def test_each_fault_of_a_file_names_the_file(number: int, words: str) -> None:
    told = sentence_of(OSError(number, "No such file", "/srv/agora/keystore.json"))
    assert told.startswith(words)
    assert told.endswith("(/srv/agora/keystore.json)")


def test_a_damaged_database_is_neither_copied_nor_taken_for_whole(
    file: Path, tmp_path: Path
) -> None:
    check_database(file, name="some.db")
    copy_database(file, tmp_path / "copy.db")
    check_database(tmp_path / "copy.db", name="copy.db")
    octets = bytearray(file.read_bytes())
    octets[-4096:] = bytes(4096)  # one page, perhaps of the index
    file.write_bytes(octets)
    with pytest.raises(OperatorError, match=r"some\.db is damaged"):
        check_database(file, name="some.db")
