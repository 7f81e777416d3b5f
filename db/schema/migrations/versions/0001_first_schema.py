"""The first schema: sessions, their items, the catalogue, what chats chose, and runs of jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and the function that the extend job computes expiry with."""
    op.create_table(
        "user_fridge_sessions",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_accessed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_user_fridge_sessions"),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index(
        "ix_user_fridge_sessions_expires_at", "user_fridge_sessions", ["expires_at"], unique=False
    )
    op.create_table(
        "ingredients",
        sa.Column("ingredient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("ko", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ingredient_id", name="pk_ingredients"),
    )
    op.create_table(
        "user_fridge_ingredients",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ingredient_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "chat_id", "ingredient_id", "name_key", name="pk_user_fridge_ingredients"
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"],
            ["user_fridge_sessions.chat_id"],
            name="fk_user_fridge_ingredients_chat_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ingredient_id"],
            ["ingredients.ingredient_id"],
            name="fk_user_fridge_ingredients_ingredient_id",
        ),
    )
    op.create_table(
        "chat_settings",
        sa.Column("chat_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name="pk_chat_settings"),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("affected", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("job", "scheduled_for", name="pk_job_runs"),
    )
    # PostgreSQL calls `timestamptz + interval` STABLE, because days and months depend on the time
    # zone. Seconds do not, so that this is IMMUTABLE in truth, which Citus wants of a modification.
    op.execute(
        """
        CREATE FUNCTION session_expiry(last_use timestamptz, ttl_seconds double precision)
        RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN last_use + make_interval(secs => ttl_seconds)
        """
    )


def downgrade() -> None:
    """Drop everything."""
    op.execute("DROP FUNCTION session_expiry")
    op.drop_table("job_runs")
    op.drop_table("chat_settings")
    op.drop_table("user_fridge_ingredients")
    op.drop_table("ingredients")
    op.drop_table("user_fridge_sessions")
