"""Drafts a migration: `.venv/bin/python -m tools.draft_migration "Remember notes"`.

Alembic compares the models with a new database that has all migrations so far, and writes the
difference as the next migration.
"""

import argparse
import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import Connection

from db.connection.database import create_engine
from db.connection.embedded import EmbeddedPostgres
from db.schema.migrate import alembic_config, migrate, newest_revision
from fridge.catalogue.catalogue import load_catalogue


def main() -> None:
    """Write the draft, with the next number and the title that the argument gives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("title", help="what the migration does, as an imperative")
    title = parser.parse_args().title
    # A socket's path must be short.
    with TemporaryDirectory(dir="/tmp") as folder:
        server = EmbeddedPostgres(Path(folder))
        try:
            asyncio.run(_draft(server.start(), title))
        finally:
            server.stop()


async def _draft(url: str, title: str) -> None:
    number = f"{int(newest_revision()) + 1:04}"

    def draft(connection: Connection) -> None:
        command.revision(alembic_config(connection), title, autogenerate=True, rev_id=number)

    engine = create_engine(url)
    await migrate(engine, load_catalogue())
    async with engine.connect() as connection:
        await connection.run_sync(draft)
    await engine.dispose()


if __name__ == "__main__":
    main()
