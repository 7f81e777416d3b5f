"""Requests that were handled, and updates that wait or have failed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "handled_requests",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "request", name="pk_handled_requests"),
    )
    op.create_index(
        "ix_handled_requests_handled_at", "handled_requests", ["handled_at"], unique=False
    )
    op.create_table(
        "waiting_updates",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "update_id", name="pk_waiting_updates"),
    )
    op.create_table(
        "failed_updates",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("traceback", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "update_id", name="pk_failed_updates"),
    )
    op.create_index("ix_failed_updates_failed_at", "failed_updates", ["failed_at"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("failed_updates")
    op.drop_table("waiting_updates")
    op.drop_table("handled_requests")
