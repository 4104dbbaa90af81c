"""Run by Alembic: migrates over the connection that it is handed, for all features' tables."""

from alembic import context

from server.community import store as _community
from server.database import tables
from server.doors import store as _doors
from server.issuance import count_store as _counts
from server.issuance import list_store as _lists
from server.issuance import store as _issuance
from server.organiser import store as _organiser
from server.polls import store as _polls
from server.presentations import store as _presentations
from server.registry import store as _registry

_STORES = (
    _community,
    _counts,
    _doors,
    _issuance,
    _lists,
    _organiser,
    _polls,
    _presentations,
    _registry,
)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
