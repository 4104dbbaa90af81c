"""What lists say of attendees, how they are compared, and which of their links were written out."""

import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from credentials.formats import cbor
from credentials.formats.text import fold
from server.email_address import email_key

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

_ENTITLEMENTS = sa.table(
    "entitlements",
    sa.column("id", sa.String),
    sa.column("source", sa.LargeBinary),
    sa.column("has_id", sa.Boolean),
    sa.column("scope", sa.Text),
    sa.column("name", sa.Text),
    sa.column("email", sa.Text),
    sa.column("email_key", sa.Text),
    sa.column("standing", sa.String),
    sa.column("decision", sa.String),
)


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("has_id", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("scope", sa.Text(), nullable=False, server_default=""),
        sa.Column("order_code", sa.Text(), nullable=False, server_default=""),
        sa.Column("email_key", sa.Text(), nullable=False, server_default=""),
        sa.Column("listed", sa.Text(), nullable=True),
        sa.Column("decision", sa.String(8), nullable=False, server_default=""),
        sa.Column("link_generation", sa.Integer(), nullable=True),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column("entitlements", column)
    op.drop_index(op.f("ix_entitlements_email"), table_name="entitlements")
    op.create_index(op.f("ix_entitlements_email_key"), "entitlements", ["email_key"])
    _fill()
    op.create_table(
        "imported_lists",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("imported_on", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "digest", name=op.f("pk_imported_lists")),
        sa.UniqueConstraint("scope", "number", name=op.f("uq_imported_lists_scope_number")),
    )


def _fill() -> None:
    """Rows of plain lists are known by name and address; all others by the ticket's id."""
    connection = op.get_bind()
    sources = set()
    for row in connection.execute(sa.select(_ENTITLEMENTS)).all():
        before = _digest("symbolon/attendee/1", "plain", row.email, row.name.casefold())
        is_plain, source, address = row.source == before, row.source, email_key(row.email)
        if is_plain:
            named = _digest("symbolon/person/1", "plain", address, fold(row.name))
            source = row.source if named in sources else named
            sources.add(source)
        is_revoked = row.standing == "revoked"
        connection.execute(
            sa.update(_ENTITLEMENTS)
            .where(_ENTITLEMENTS.c.id == row.id)
            .values(
                source=source,
                has_id=not is_plain,
                scope="plain" if is_plain else "",
                email_key=address,
                standing="removed" if is_revoked else row.standing,
                decision="removed" if is_revoked else "",
            )
        )


def _digest(*parts: str) -> bytes:
    return hashlib.sha256(cbor.encode(parts)).digest()


def downgrade() -> None:
    op.drop_table("imported_lists")
    op.drop_index(op.f("ix_entitlements_email_key"), table_name="entitlements")
    op.create_index(op.f("ix_entitlements_email"), "entitlements", ["email"])
    connection = op.get_bind()
    connection.execute(
        sa.update(_ENTITLEMENTS)
        .where(_ENTITLEMENTS.c.standing.in_(("removed", "deleted")))
        .values(standing="revoked")
    )
    for column in reversed(_columns()):
        op.drop_column("entitlements", column.name)
