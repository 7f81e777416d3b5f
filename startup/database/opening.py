"""Opens the database of the program, checked and migrated."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from db.connection.database import Engine, check, create_engine
from db.connection.database_url import read_database_url
from db.schema.migrate import migrate
from fridge.catalogue.catalogue import Catalogue
from startup.database.backups import BackupBeforeChange
from startup.database.ownership import refuse_others
from startup.database.server import Server, open_server
from startup.patience import Patience
from startup.settings.settings import Settings

logger = logging.getLogger("fridge")


@asynccontextmanager
async def open_database(
    settings: Settings, catalogue: Catalogue, *, of_any_owner: bool = False
) -> AsyncGenerator[Engine]:
    """Open and migrate the database; an embedded one is saved in a backup before a migration.

    Args:
        settings: name the database, and say how long to wait for it.
        catalogue: the ingredients, which the migration writes into the database.
        of_any_owner: whether the database may belong to another bot.

    Raises:
        StartError: the database belongs to another bot; it is left unchanged.
        DatabaseUnavailable: the database can't be used.
        BackupError: the backup can't be written; nothing is migrated.
    """
    async with open_server(settings) as server:
        if remark := read_database_url(server.url).remark:
            logger.warning(remark)
        patience = Patience(settings.start_patience)
        before = BackupBeforeChange(settings.server_dir)
        await patience.wait_for(
            "The database",
            partial(_prepare, server, settings, catalogue, before, of_any_owner=of_any_owner),
        )
        await before.remove_older()
        engine = create_engine(server.url, restart=server.restart)
        try:
            yield engine
        finally:
            await engine.dispose()


async def _prepare(
    server: Server,
    settings: Settings,
    catalogue: Catalogue,
    before: BackupBeforeChange,
    *,
    of_any_owner: bool,
) -> None:
    """Check the database and migrate it; the statements have no time limit."""
    engine = create_engine(server.url, command_timeout=None)
    save_first = partial(before.save, engine) if server.restart else None
    try:
        await check(engine)
        if not of_any_owner:
            await refuse_others(engine, settings)
        await migrate(engine, catalogue, save_first)
    finally:
        await engine.dispose()
