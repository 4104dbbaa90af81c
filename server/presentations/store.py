"""The tables of third parties: tokens, requests with their one verdict, and nonces used up.

Requests and nonces have an end, after which whoever comes next deletes them.
"""

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from server.database import tables

WAITING = "waiting"

app_tokens = Table(
    "app_tokens",
    tables,
    Column("app", String(32), primary_key=True),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
)

presentation_requests = Table(
    "presentation_requests",
    tables,
    Column("id", String(64), primary_key=True),
    Column("app", String(32), nullable=False),
    # The request as the wallet gets it (CBOR): policy, nonce and expiry.
    Column("request", LargeBinary, nullable=False),
    Column("status", String(16), nullable=False),
    Column("pseudonym", LargeBinary(48)),
    Column("disclosed", JSON),
    Column("reason", Text),
    Column("expires_at", Integer, nullable=False, index=True),
)

presentation_nonces = Table(
    "presentation_nonces",
    tables,
    Column("app", String(32), primary_key=True),
    Column("nonce", LargeBinary(32), primary_key=True),
    Column("expires_at", Integer, nullable=False, index=True),
    sqlite_with_rowid=False,
)


def set_token(connection: Connection, *, app: str, token_hash: bytes) -> None:
    """Give an app its token; an earlier one ends."""
    connection.execute(delete(app_tokens).where(app_tokens.c.app == app))
    connection.execute(insert(app_tokens).values(app=app, token_hash=token_hash))


def forget_app(connection: Connection, app: str) -> None:
    """Take an app's token away, and what it asked; nonces that were used stay used."""
    for table in (app_tokens, presentation_requests):
        connection.execute(delete(table).where(table.c.app == app))


def app_of_token(connection: Connection, token_hash: bytes) -> str | None:
    """The app that a token belongs to, or None."""
    return connection.execute(
        select(app_tokens.c.app).where(app_tokens.c.token_hash == token_hash)
    ).scalar()


def purge(connection: Connection, *, now: int, keep_seconds: int) -> None:
    """Delete nonces that have ended, and requests that ended `keep_seconds` ago."""
    connection.execute(delete(presentation_nonces).where(presentation_nonces.c.expires_at <= now))
    connection.execute(
        delete(presentation_requests).where(
            presentation_requests.c.expires_at <= now - keep_seconds
        )
    )


def add_request(
    connection: Connection, *, request_id: str, app: str, request: bytes, expires_at: int
) -> None:
    """Keep a request that waits for its answer."""
    connection.execute(
        insert(presentation_requests).values(
            id=request_id, app=app, request=request, status=WAITING, expires_at=expires_at
        )
    )


def request_row(connection: Connection, request_id: str) -> Row[tuple[object, ...]] | None:
    """A request, or None."""
    query = select(presentation_requests).where(presentation_requests.c.id == request_id)
    return connection.execute(query).one_or_none()


def settle(
    connection: Connection,
    request_id: str,
    *,
    status: str,
    pseudonym: bytes | None,
    disclosed: dict[str, str | int],
    reason: str | None,
    now: int,
) -> bool:
    """Write the verdict on a request that still waits; whether this call did it."""
    changed = connection.execute(
        update(presentation_requests)
        .where(
            presentation_requests.c.id == request_id,
            presentation_requests.c.status == WAITING,
            presentation_requests.c.expires_at > now,
        )
        .values(status=status, pseudonym=pseudonym, disclosed=disclosed, reason=reason)
    )
    return changed.rowcount == 1


def use_nonce(connection: Connection, *, app: str, nonce: bytes, expires_at: int) -> None:
    """Use up an app's nonce; IntegrityError if it was used."""
    connection.execute(
        insert(presentation_nonces).values(app=app, nonce=nonce, expires_at=expires_at)
    )
