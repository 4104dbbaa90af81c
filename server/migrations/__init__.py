"""The database's schema through time, by Alembic; run when a community is made or served."""

from pathlib import Path
from typing import TYPE_CHECKING

from server.database import Database

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
    """Bring the schema to the newest revision, in one transaction; does nothing if it is."""
    from alembic import command

    config = configuration()
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
