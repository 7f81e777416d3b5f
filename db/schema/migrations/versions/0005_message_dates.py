"""The date of the message that a request was handled for."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, which is empty for what was handled before."""
    op.add_column(
        "handled_requests", sa.Column("message_date", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("handled_requests", "message_date")
