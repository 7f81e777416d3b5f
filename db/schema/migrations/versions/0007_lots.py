"""Lots: how much there is of an item, until when, where, and what else is known."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLE = "user_fridge_ingredients"
CONSTRAINTS = {
    "ck_user_fridge_ingredients_unit": "(amount IS NULL) = (unit IS NULL)",
    "ck_user_fridge_ingredients_amount": "amount > 0 AND amount <= 100000",
}


def upgrade() -> None:
    """Add the columns, which are empty for the items from before: nothing is written anew.

    The primary key stays, because the statements of a replica of an older version name it. Such a
    replica neither knows the columns nor writes them.

    The constraints are NOT VALID: they hold for every row that is written from now on, and the
    columns of the rows from before are empty. Otherwise PostgreSQL would read the whole table,
    while no command could. A validation would find nothing, so there is none.
    """
    op.add_column(TABLE, sa.Column("amount", sa.Numeric(9, 3), nullable=True))
    op.add_column(TABLE, sa.Column("unit", sa.Text(), nullable=True))
    op.add_column(TABLE, sa.Column("best_before", sa.Date(), nullable=True))
    op.add_column(TABLE, sa.Column("place", sa.Text(), nullable=True))
    op.add_column(TABLE, sa.Column("note", sa.Text(), nullable=True))
    op.add_column(TABLE, sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
    for name, condition in CONSTRAINTS.items():
        op.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID")


def downgrade() -> None:
    """Drop the columns, and keep one item of each name."""
    op.execute(
        f"""
        DELETE FROM {TABLE} AS lot
        WHERE strpos(lot.name_key, chr(10)) > 0 AND EXISTS (
            SELECT FROM {TABLE} AS other
            WHERE other.chat_id = lot.chat_id AND other.ingredient_id = lot.ingredient_id
                AND split_part(other.name_key, chr(10), 1) = split_part(lot.name_key, chr(10), 1)
                AND other.name_key < lot.name_key
        )
        """
    )
    op.execute(
        f"""
        UPDATE {TABLE} SET name_key = split_part(name_key, chr(10), 1)
        WHERE strpos(name_key, chr(10)) > 0
        """
    )
    for name in CONSTRAINTS:
        op.drop_constraint(name, TABLE)
    for column in ("moved_at", "note", "place", "best_before", "unit", "amount"):
        op.drop_column(TABLE, column)
