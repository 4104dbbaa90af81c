"""A consistent copy of the database while others write, and whether a database is whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

from server.files import create_private
from server.problems import OperatorError


def copy_database(source: Path, target: Path) -> None:
    """Copy with SQLite's own backup, in one transaction; `target` is new, and 0600."""
    create_private(target)
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # all of it in the one file


def check_database(file: Path, *, name: str) -> None:
    """Raise OperatorError unless SQLite finds the database whole; `name` is said of it."""
    try:
        with closing(sqlite3.connect(file)) as database:
            found = [str(row[0]) for row in database.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        found = [str(error)]
    if found != ["ok"]:
        raise OperatorError(
            f"{name} is damaged ({found[0]}). Put a good copy in its place: symbolon-server "
            "restore FILE"
        )
