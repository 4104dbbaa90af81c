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
        "app_tokens",
        sa.Column("app", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("app", name=op.f("pk_app_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_app_tokens_token_hash")),
    )
    op.create_table(
        "community_metadata",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_community_metadata")),
    )
    op.create_table(
        "door_answers",
        sa.Column("scan_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("door", sa.String(length=32), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("first_at", sa.Integer(), nullable=True),
        sa.Column("first_door", sa.String(length=32), nullable=True),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_door_answers")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_door_answers_expires_at"), "door_answers", ["expires_at"], unique=False
    )
    op.create_table(
        "door_codes_seen",
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_door_codes_seen")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_door_codes_seen_expires_at"), "door_codes_seen", ["expires_at"], unique=False
    )
    op.create_table(
        "door_scans",
        sa.Column("scan_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("context_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pseudonym", sa.LargeBinary(length=48), nullable=False),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("against", sa.LargeBinary(length=16), nullable=True),
        sa.Column("door", sa.String(length=32), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["against"], ["door_scans.scan_id"], name=op.f("fk_door_scans_against")
        ),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_door_scans")),
        sa.UniqueConstraint(
            "context_id", "pseudonym", "n", name=op.f("uq_door_scans_context_id_pseudonym_n")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_door_scans_door_at"), "door_scans", ["door", "at"], unique=False)
    op.create_table(
        "door_tokens",
        sa.Column("door", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("door", name=op.f("pk_door_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_door_tokens_token_hash")),
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
        "polls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("manifest_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("closed_at", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
        sa.UniqueConstraint("manifest_hash", name=op.f("uq_polls_manifest_hash")),
    )
    op.create_table(
        "presentation_nonces",
        sa.Column("app", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("app", "nonce", name=op.f("pk_presentation_nonces")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_presentation_nonces_expires_at"),
        "presentation_nonces",
        ["expires_at"],
        unique=False,
    )
    op.create_table(
        "presentation_requests",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("app", sa.String(length=32), nullable=False),
        sa.Column("request", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("pseudonym", sa.LargeBinary(length=48), nullable=True),
        sa.Column("disclosed", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presentation_requests")),
    )
    op.create_index(
        op.f("ix_presentation_requests_expires_at"),
        "presentation_requests",
        ["expires_at"],
        unique=False,
    )
    op.create_table(
        "ballots",
        sa.Column("ballot_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("poll", sa.String(length=32), nullable=False),
        sa.Column("pseudonym", sa.LargeBinary(length=48), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll"], ["polls.id"], name=op.f("fk_ballots_poll")),
        sa.PrimaryKeyConstraint("ballot_hash", name=op.f("pk_ballots")),
        sa.UniqueConstraint(
            "poll", "pseudonym", "sequence", name=op.f("uq_ballots_poll_pseudonym_sequence")
        ),
        sqlite_with_rowid=False,
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
    op.drop_table("ballots")
    op.drop_index(op.f("ix_presentation_requests_expires_at"), table_name="presentation_requests")
    op.drop_table("presentation_requests")
    op.drop_index(op.f("ix_presentation_nonces_expires_at"), table_name="presentation_nonces")
    op.drop_table("presentation_nonces")
    op.drop_table("polls")
    op.drop_table("pending_removals")
    op.drop_index(op.f("ix_issuance_nonces_expires_at"), table_name="issuance_nonces")
    op.drop_table("issuance_nonces")
    op.drop_index(op.f("ix_entitlements_email"), table_name="entitlements")
    op.drop_table("entitlements")
    op.drop_table("door_tokens")
    op.drop_index(op.f("ix_door_scans_door_at"), table_name="door_scans")
    op.drop_table("door_scans")
    op.drop_index(op.f("ix_door_codes_seen_expires_at"), table_name="door_codes_seen")
    op.drop_table("door_codes_seen")
    op.drop_index(op.f("ix_door_answers_expires_at"), table_name="door_answers")
    op.drop_table("door_answers")
    op.drop_table("community_metadata")
    op.drop_table("app_tokens")
