"""The database: one set of tables, and transactions for reading and for writing.

SQLite in WAL mode by default. A writing transaction on SQLite takes the write lock when it begins
(BEGIN IMMEDIATE), so that what it reads cannot change before it commits; elsewhere it is
serializable. Each feature defines its own tables, on `tables`, in its store.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, event

BUSY_SECONDS = 30
"""How long a transaction waits for another process's write lock."""

tables = sqlalchemy.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Database:
    """Connections to one database, safe to share between threads but not between processes."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {"pool_size": 8, "max_overflow": 32, "pool_timeout": BUSY_SECONDS}
        # An error of the database must not carry addresses or pseudonyms into a log.
        options["hide_parameters"] = True
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        self.engine = sqlalchemy.create_engine(url, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            self._writer = self.engine.execution_options(symbolon_writes=True)
        else:
            self._writer = self.engine.execution_options(isolation_level="SERIALIZABLE")
        # SQLite lets one writer in at a time and makes the others poll; threads of this process
        # queue here instead, and only processes compete for the file.
        self._turn = threading.Lock() if self.is_sqlite else nullcontext()
        self.after_write: list[Callable[[], None]] = []
        """Called after each writing transaction that was committed."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with self.engine.connect() as connection, connection.begin() as transaction:
            yield connection
            transaction.rollback()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end, and is undone whole if anything is raised."""
        with self._turn, self._writer.begin() as connection:
            yield connection
        for follow in self.after_write:
            follow()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin in _begin_sqlite, not by themselves
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("symbolon_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
