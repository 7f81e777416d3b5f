"""The kind of change that a request was handled for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column.

    PostgreSQL computes it: for the rows from before, and for those that a replica of an older
    version writes, which does not know the column.
    """
    op.add_column(
        "handled_requests",
        sa.Column(
            "kind",
            sa.Text(),
            sa.Computed("split_part(request, ' '::text, 2)", persisted=True),
            nullable=False,
        ),
    )


def downgrade() -> None:
    """Drop the column. The names of the requests still end with it."""
    op.drop_column("handled_requests", "kind")
