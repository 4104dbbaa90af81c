"""The organiser's token for the HTTP API, as its SHA-256."""

from sqlalchemy import Column, Connection, LargeBinary, Table, delete, insert, select

from server.database import tables

organiser_tokens = Table(
    "organiser_tokens",
    tables,
    Column("token_hash", LargeBinary(32), primary_key=True),
)


def set_token(connection: Connection, token_hash: bytes) -> None:
    """Keep the organiser's token; an earlier one ends."""
    connection.execute(delete(organiser_tokens))
    connection.execute(insert(organiser_tokens).values(token_hash=token_hash))


def is_token(connection: Connection, token_hash: bytes) -> bool:
    """Whether this is the organiser's token."""
    query = select(organiser_tokens.c.token_hash).where(organiser_tokens.c.token_hash == token_hash)
    return connection.execute(query).one_or_none() is not None
