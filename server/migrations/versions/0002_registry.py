"""The revocation registry, the organiser's token, and what entitlements are after a revocation.

Removals that were noted before there were heads wait for the first head that removes anybody. Head
0 itself is signed, and so published by the program at its next start.
"""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "registry_heads",
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_registry_heads")),
        sa.UniqueConstraint("hash", name=op.f("uq_registry_heads_hash")),
    )
    op.create_table(
        "registry_removals",
        sa.Column("handle", sa.LargeBinary(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("value", sa.LargeBinary(length=48), nullable=True),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_registry_removals")),
        sa.UniqueConstraint("position", name=op.f("uq_registry_removals_position")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "registry_schedule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_registry_schedule_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_schedule")),
    )
    op.create_table(
        "organiser_tokens",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_organiser_tokens")),
    )
    op.execute("INSERT INTO registry_removals (handle) SELECT handle FROM pending_removals")
    op.drop_table("pending_removals")
    op.add_column(
        "credentials",
        sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    # Until now a credential was retired exactly when its handle was noted for removal.
    op.execute("UPDATE credentials SET removed = retired")
    op.create_index(
        op.f("ix_credentials_entitlement_id"), "credentials", ["entitlement_id"], unique=False
    )
    op.add_column(
        "entitlements",
        sa.Column("standing", sa.String(length=8), server_default="current", nullable=False),
    )
    op.add_column("entitlements", sa.Column("valid_until", sa.Integer(), nullable=True))
    op.create_index(
        op.f("ix_entitlements_valid_until"), "entitlements", ["valid_until"], unique=False
    )
    _copy_last_days()


def _copy_last_days() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, attributes FROM entitlements")).all()
    last_days = [
        {"id": row.id, "day": day}
        for row in rows
        if type(day := json.loads(row.attributes).get("valid_until")) is int
    ]
    if last_days:
        connection.execute(
            sa.text("UPDATE entitlements SET valid_until = :day WHERE id = :id"), last_days
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_entitlements_valid_until"), table_name="entitlements")
    op.drop_column("entitlements", "valid_until")
    op.drop_column("entitlements", "standing")
    op.drop_index(op.f("ix_credentials_entitlement_id"), table_name="credentials")
    op.drop_column("credentials", "removed")
    op.create_table(
        "pending_removals",
        sa.Column("handle", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_pending_removals")),
    )
    op.execute("INSERT INTO pending_removals (handle) SELECT handle FROM registry_removals")
    op.drop_table("organiser_tokens")
    op.drop_table("registry_schedule")
    op.drop_table("registry_removals")
    op.drop_table("registry_heads")
