"""Run by Alembic: migrates over the connection that it is handed, for all features' tables."""

from alembic import context

from server.community import store as _community
from server.database import tables
from server.issuance import store as _issuance

_STORES = (_community, _issuance)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
