"""Runs the migrations on the connection that `db.schema.migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from db.schema.models import Base


def run_migrations(connection: Connection) -> None:
    """Apply the missing migrations, in the caller's transaction."""
    context.configure(
        connection=connection, target_metadata=Base.metadata, compare_server_default=True
    )
    context.run_migrations()


run_migrations(context.config.attributes["connection"])
