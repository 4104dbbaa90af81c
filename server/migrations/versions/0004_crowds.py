"""The count of members that crowd tables are made of, and which credentials are in it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "member_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("removals", sa.Integer(), nullable=False),
        sa.Column("highest_serial", sa.Integer(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_member_count_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_count")),
    )
    op.add_column(
        "credentials",
        sa.Column("counted", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(
        op.f("ix_credentials_uncounted"),
        "credentials",
        ["serial"],
        unique=False,
        sqlite_where=sa.text("counted = 0"),
        postgresql_where=sa.text("counted = false"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_credentials_uncounted"), table_name="credentials")
    op.drop_column("credentials", "counted")
    op.drop_table("member_count")
