"""Polls with a log, checkpoints, trustees' shares and witnesses.

Polls of the version before had no log and another manifest, and their bundles can no longer be
made; they are taken away. Download the bundles of those that matter before.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def losses(connection: sa.Connection) -> list[str]:
    """The polls of the version before, which are taken away."""
    polls, ballots = (
        connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608
        for table in ("polls", "ballots")
    )
    if not polls:
        return []
    return [
        f"Polls of the version before had no log, and there is none to put them in: {polls} "
        f"poll{'' if polls == 1 else 's'} with {ballots} ballot{'' if ballots == 1 else 's'} will "
        "be taken away for good. Download the bundles of those that matter with the version before."
    ]


def upgrade() -> None:
    op.drop_table("ballots")
    op.drop_table("polls")
    op.create_table(
        "polls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=True),
        sa.Column("manifest_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("closes_at", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("batch_at", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
        sa.UniqueConstraint("manifest_hash", name=op.f("uq_polls_manifest_hash")),
    )
    op.create_table(
        "ballots",
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("poll", sa.String(length=32), nullable=False),
        sa.Column("pseudonym", sa.LargeBinary(length=48), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.Column("log_index", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["poll"], ["polls.id"], name=op.f("fk_ballots_poll_polls")),
        sa.PrimaryKeyConstraint("leaf_hash", name=op.f("pk_ballots")),
        sa.UniqueConstraint(
            "poll", "pseudonym", "sequence", name=op.f("uq_ballots_poll_pseudonym_sequence")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_ballots_poll_log_index"), "ballots", ["poll", "log_index"])
    op.create_table(
        "poll_events",
        sa.Column("poll", sa.String(length=32), nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll"], ["polls.id"], name=op.f("fk_poll_events_poll_polls")),
        sa.PrimaryKeyConstraint("poll", "log_index", name=op.f("pk_poll_events")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "poll_checkpoints",
        sa.Column("poll", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll"], ["polls.id"], name=op.f("fk_poll_checkpoints_poll_polls")
        ),
        sa.PrimaryKeyConstraint("poll", "size", name=op.f("pk_poll_checkpoints")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "poll_shares",
        sa.Column("poll", sa.String(length=32), nullable=False),
        sa.Column("trustee", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("share", sa.LargeBinary(length=48), nullable=False),
        sa.ForeignKeyConstraint(["poll"], ["polls.id"], name=op.f("fk_poll_shares_poll_polls")),
        sa.PrimaryKeyConstraint("poll", "trustee", name=op.f("pk_poll_shares")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "witnesses",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=600), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_witnesses")),
        sa.UniqueConstraint("key", name=op.f("uq_witnesses_key")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("witnesses", "poll_shares", "poll_checkpoints", "poll_events", "ballots"):
        op.drop_table(table)
    op.drop_table("polls")
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
        "ballots",
        sa.Column("ballot_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("poll", sa.String(length=32), nullable=False),
        sa.Column("pseudonym", sa.LargeBinary(length=48), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["poll"], ["polls.id"], name=op.f("fk_ballots_poll_polls")),
        sa.PrimaryKeyConstraint("ballot_hash", name=op.f("pk_ballots")),
        sa.UniqueConstraint(
            "poll", "pseudonym", "sequence", name=op.f("uq_ballots_poll_pseudonym_sequence")
        ),
        sqlite_with_rowid=False,
    )
