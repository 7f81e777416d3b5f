"""Which bot the database belongs to."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table. The bot that starts next makes itself the owner."""
    op.create_table(
        "database_owner",
        sa.Column("only_row", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.CheckConstraint("only_row", name="ck_database_owner_only_row"),
        sa.PrimaryKeyConstraint("only_row", name="pk_database_owner"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("database_owner")
