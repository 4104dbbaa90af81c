"""The tables of the first version."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "community_metadata",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_community_metadata")),
    )
    op.create_table(
        "entitlements",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("source", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("reissued", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlements")),
        sa.UniqueConstraint("source", name=op.f("uq_entitlements_source")),
    )
    op.create_index(op.f("ix_entitlements_email"), "entitlements", ["email"], unique=False)
    op.create_table(
        "issuance_nonces",
        sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_issuance_nonces")),
    )
    op.create_index(
        op.f("ix_issuance_nonces_expires_at"), "issuance_nonces", ["expires_at"], unique=False
    )
    op.create_table(
        "pending_removals",
        sa.Column("handle", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_pending_removals")),
    )
    op.create_table(
        "claim_codes",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("entitlement_id", sa.String(length=16), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(length=48), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name=op.f("fk_claim_codes_entitlement_id")
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_claim_codes")),
        sa.UniqueConstraint("commitment", name=op.f("uq_claim_codes_commitment")),
        sa.UniqueConstraint(
            "entitlement_id", "generation", name=op.f("uq_claim_codes_entitlement_id_generation")
        ),
    )
    op.create_table(
        "credentials",
        sa.Column("commitment", sa.LargeBinary(length=48), nullable=False),
        sa.Column("entitlement_id", sa.String(length=16), nullable=False),
        sa.Column("handle", sa.LargeBinary(length=32), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("issued", sa.LargeBinary(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entitlement_id"], ["entitlements.id"], name=op.f("fk_credentials_entitlement_id")
        ),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_credentials")),
        sa.UniqueConstraint("handle", name=op.f("uq_credentials_handle")),
        sa.UniqueConstraint("serial", name=op.f("uq_credentials_serial")),
    )
    op.create_index(
        "uq_credentials_current",
        "credentials",
        ["entitlement_id"],
        unique=True,
        sqlite_where=sa.text("retired = 0"),
        postgresql_where=sa.text("retired = false"),
    )


def downgrade() -> None:
    op.drop_index(
        "uq_credentials_current",
        table_name="credentials",
        sqlite_where=sa.text("retired = 0"),
        postgresql_where=sa.text("retired = false"),
    )
    op.drop_table("credentials")
    op.drop_table("claim_codes")
    op.drop_table("pending_removals")
    op.drop_index(op.f("ix_issuance_nonces_expires_at"), table_name="issuance_nonces")
    op.drop_table("issuance_nonces")
    op.drop_index(op.f("ix_entitlements_email"), table_name="entitlements")
    op.drop_table("entitlements")
    op.drop_table("community_metadata")
