"""The database's schema through time, by Alembic; run when a community is made or served.

A migration that cannot carry everything over has a function `losses(connection)`, which says in
words what of this very database it would lose.
"""

from enum import Enum, auto
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy

from server.database import Database
from server.problems import OperatorError

if TYPE_CHECKING:
    from alembic.config import Config

_VERSIONS = Path(__file__).parent / "versions"


class Age(Enum):
    """A database's schema, compared with the one that this program uses."""

    OLDER = auto()
    CURRENT = auto()
    NEWER = auto()


def configuration() -> "Config":
    """Alembic's settings; there is no ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def revision(database: Database) -> str:
    """The revision of a database's schema, such as `0004`; empty where it has none."""
    with database.read() as connection:
        if not sqlalchemy.inspect(connection).has_table("alembic_version"):
            return ""
        query = sqlalchemy.text("SELECT version_num FROM alembic_version")
        return str(connection.execute(query).scalar() or "")


def age(database: Database) -> Age:
    """Whether a database is of this program's version, without loading Alembic."""
    known, found = _revisions(), revision(database)
    if found == known[-1]:
        return Age.CURRENT
    return Age.OLDER if found in ("", *known) else Age.NEWER


def losses(database: Database) -> list[str]:
    """What would be lost of a database if it were brought to the newest revision."""
    found = revision(database)
    words: list[str] = []
    with database.read() as connection:
        for name in _names():
            module = import_module(f"server.migrations.versions.{name}")
            if module.revision > found and hasattr(module, "losses"):
                words += module.losses(connection)
    return words


def upgrade(database: Database) -> None:
    """Bring the schema to the newest revision, in one transaction; does nothing if it is.

    Raises OperatorError for a database of a later version than this program's.
    """
    from alembic import command
    from alembic.util import CommandError

    config = configuration()
    with database.write() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise newer() from None


def newer() -> OperatorError:
    """What is said of a database of a later version."""
    return OperatorError(
        "The database was made by a later version of symbolon-server; nothing was changed. Install "
        "that version, or restore a backup from before it: symbolon-server restore FILE"
    )


def _names() -> list[str]:
    return sorted(path.stem for path in _VERSIONS.glob("[0-9]*.py"))


def _revisions() -> list[str]:
    return [name.partition("_")[0] for name in _names()]
