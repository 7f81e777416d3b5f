"""Settings of a chat, the language of a session, warnings before expiry, chats out of reach."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, and create the tables."""
    op.add_column("user_fridge_sessions", sa.Column("language", sa.Text(), nullable=True))
    op.alter_column("chat_settings", "language", nullable=True)
    op.add_column("chat_settings", sa.Column("time_zone", sa.Text(), nullable=True))
    op.add_column("chat_settings", sa.Column("warnings", sa.Boolean(), nullable=True))
    op.create_table(
        "expiry_warnings",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_accessed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("items", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_expiry_warnings"),
    )
    op.create_index(
        "ix_expiry_warnings_claimed_at", "expiry_warnings", ["claimed_at"], unique=False
    )
    op.create_table(
        "unreachable_chats",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_unreachable_chats"),
    )
    op.create_index("ix_unreachable_chats_since", "unreachable_chats", ["since"], unique=False)


def downgrade() -> None:
    """Drop the tables and the columns; a chat that chose no language has no row then."""
    op.drop_table("unreachable_chats")
    op.drop_table("expiry_warnings")
    op.drop_column("chat_settings", "warnings")
    op.drop_column("chat_settings", "time_zone")
    op.execute("DELETE FROM chat_settings WHERE language IS NULL")
    op.alter_column("chat_settings", "language", nullable=False)
    op.drop_column("user_fridge_sessions", "language")
