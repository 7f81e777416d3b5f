"""Migrates the schema at start, and writes the catalogue into its table."""

from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.connection.database import explained
from db.connection.errors import DatabaseUnavailable
from fridge.catalogue.catalogue import Catalogue
from fridge.items import UNCATALOGUED

MIGRATIONS: Final = Path(__file__).parent / "migrations"

# An arbitrary number, which every version of the bot has to use.
MIGRATION_LOCK: Final = 0x46524944

# Lets Citus migrate a table that refers to the catalogue in the transaction that also writes the
# catalogue. PostgreSQL without Citus ignores the setting.
# https://docs.citusdata.com/en/stable/develop/api_guc.html
ONE_CONNECTION_A_NODE: Final = text("SET LOCAL citus.multi_shard_modify_mode TO 'sequential'")

SYNC_CATALOGUE: Final = text(
    """
    INSERT INTO ingredients AS ingredient (ingredient_id, category, emoji, ko, en)
    SELECT * FROM unnest(
        CAST(:ids AS integer[]), CAST(:categories AS text[]), CAST(:emojis AS text[]),
        CAST(:ko AS text[]), CAST(:en AS text[])
    )
    ON CONFLICT (ingredient_id) DO UPDATE SET
        category = excluded.category, emoji = excluded.emoji, ko = excluded.ko, en = excluded.en
    WHERE (ingredient.category, ingredient.emoji, ingredient.ko, ingredient.en)
        IS DISTINCT FROM (excluded.category, excluded.emoji, excluded.ko, excluded.en)
    """
)


def alembic_config(connection: Connection) -> Config:
    """Make the configuration by which Alembic works on this connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def migrate(
    engine: AsyncEngine,
    catalogue: Catalogue,
    before_change: Callable[[str], Awaitable[object]] | None = None,
) -> None:
    """Apply the missing migrations and sync the catalogue, in one transaction.

    Bots that start at once wait for each other here; the first does the work. The lock ends with
    the transaction, so that it works through a transaction pooler.

    Args:
        engine: the engine of the database.
        catalogue: the catalogue to write into the table of ingredients.
        before_change: awaited with the present revision before a schema is migrated.

    Raises:
        DatabaseUnavailable: the schema is newer than this program, or may not be changed.
    """
    with explained():
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")
            async with connection.begin():
                await lock(connection)
                await connection.execute(ONE_CONNECTION_A_NODE)
                revision = await connection.run_sync(current_revision)
                newest = newest_revision()
                if before_change and revision is not None and revision != newest:
                    await before_change(revision)
                await connection.run_sync(move_to, newest)
                await connection.execute(SYNC_CATALOGUE, _catalogue_columns(catalogue))


async def lock(connection: AsyncConnection) -> None:
    """Take the lock for migrating or restoring the database, until the transaction ends."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})


def current_revision(connection: Connection) -> str | None:
    """Return the revision of the schema; None if there is no schema yet.

    Raises:
        DatabaseUnavailable: this program does not know the revision.
    """
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and not is_known(revision):
        raise DatabaseUnavailable(
            "The database was migrated by a newer version of the bot. "
            "Start that version, or restore a backup from before."
        )
    return revision


def newest_revision() -> str:
    """Return the revision that this program works with."""
    return str(_scripts().get_current_head())


def is_known(revision: str) -> bool:
    """Tell whether this program has the migrations up to a revision."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def move_to(connection: Connection, revision: str) -> None:
    """Migrate the schema up or down to a revision, in the transaction of the connection."""
    present = current_revision(connection)
    passed = _scripts().iterate_revisions(present, "base") if present else ()
    down = revision in {script.revision for script in passed}
    (command.downgrade if down else command.upgrade)(alembic_config(connection), revision)


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(MIGRATIONS))


def _catalogue_columns(catalogue: Catalogue) -> dict[str, list[int] | list[str]]:
    known = catalogue.ingredients
    return {
        "ids": [UNCATALOGUED, *(ingredient.id for ingredient in known)],
        "categories": ["other", *(ingredient.category for ingredient in known)],
        "emojis": ["🍽️", *(ingredient.emoji for ingredient in known)],
        "ko": ["", *(ingredient.ko for ingredient in known)],
        "en": ["", *(ingredient.en for ingredient in known)],
    }
