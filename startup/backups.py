"""Saves the database in a file and puts it back, as the operator asks, or before it is migrated."""

import asyncio
import logging
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import check, create_engine
from db.operation import backup
from startup.clock import now
from startup.server import open_server
from startup.settings import Settings

KEPT: Final = 5
"""How many of the backups that nobody asked for are kept: the newest."""

logger = logging.getLogger("fridge")


async def back_up(settings: Settings, file: Path) -> str:
    """Save the database of the settings in a file, whether a bot works on it or not.

    Returns:
        What has been saved, in a line.

    Raises:
        StartError: there is no database.
        BackupError: the file can't be written, or there is nothing to save.
        DatabaseUnavailable: the database can't be read.
    """
    async with open_server(settings, only_existing=True) as server:
        engine = create_engine(server.url, command_timeout=None)
        try:
            await check(engine)
            saved = await backup.back_up(engine, file, now())
        finally:
            await engine.dispose()
    return f"Saved {server.name} in {file}: {saved}"


async def restore(settings: Settings, file: Path, *, replace: bool) -> str:
    """Put a backup into the database of the settings, on which no bot may work meanwhile.

    Returns:
        What has been restored, in a line.

    Raises:
        BackupError: the file can't be restored, or there is something that it may not replace.
        DatabaseUnavailable: the database can't be written to.
    """
    async with backup.opened(file) as saved, open_server(settings) as server:
        engine = create_engine(server.url, command_timeout=None)
        saver = create_engine(server.url, command_timeout=None)
        save_first = partial(keep, saver, settings.server_dir)
        try:
            await check(saver)
            await saver.dispose()
            await backup.restore(engine, saved, save_first if replace else None)
        finally:
            await engine.dispose()
            await saver.dispose()
    return f"Restored {file} in {server.name}: {saved.backup}"


async def keep(engine: AsyncEngine, server_dir: Path, revision: str) -> None:
    """Save the database beside the embedded one before it is changed, and say where.

    Raises:
        BackupError: it can't be saved, so that it should not be changed.
    """
    folder = server_dir / "backups"
    file = folder / f"fridge-{now():%Y%m%dT%H%M%SZ}-{revision}.zip"
    await asyncio.to_thread(backup.make_folder, folder)
    await backup.back_up(engine, file, now())
    await asyncio.to_thread(backup.keep_newest, folder, KEPT)
    logger.info("Saved schema %s, which is about to be replaced, in %s", revision, file)
