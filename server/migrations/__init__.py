"""The database's schema through time, by Alembic; run when a community is made or served."""

from pathlib import Path
from typing import TYPE_CHECKING

from server.database import Database
from server.problems import OperatorError

if TYPE_CHECKING:
    from alembic.config import Config


def configuration() -> "Config":
    """Alembic's settings; there is no ini file."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


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
            raise OperatorError(
                "The database was made by a later version of symbolon-server; nothing was changed."
            ) from None
