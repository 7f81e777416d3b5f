"""Saves the database in a file, for the operator or before a change, and restores it.

A change is a migration, or a restore that replaces rows.
"""

import asyncio
import logging
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import check, create_engine
from db.connection.errors import BackupError
from db.operation import backup
from startup.clock import now
from startup.database.server import open_server
from startup.settings.settings import Settings

KEPT: Final = 5
"""How many backups from before changes are kept: the newest."""

logger = logging.getLogger("fridge")


async def back_up(settings: Settings, file: Path) -> str:
    """Save the database that the settings name in a file; a bot may run on it meanwhile.

    Returns:
        A line that names the database, the file, and how much was saved.

    Raises:
        StartError: there is no database.
        BackupError: the file can't be written, or the database has none of the bot's tables.
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
    """Restore a backup into the database that the settings name; no bot may run on it meanwhile.

    Args:
        settings: name the database.
        file: a backup.
        replace: whether the backup may replace rows that chats have stored; they are saved first.

    Returns:
        A line that names the file, the database, and how much was restored.

    Raises:
        BackupError: the file can't be restored, or the database holds rows and `replace` is False.
        DatabaseUnavailable: the database can't be written to.
    """
    async with backup.opened(file) as saved, open_server(settings) as server:
        engine = create_engine(server.url, command_timeout=None)
        saver = create_engine(server.url, command_timeout=None)
        before = BackupBeforeChange(settings.server_dir)
        try:
            await check(saver)
            await saver.dispose()
            await backup.restore(engine, saved, partial(before.save, saver) if replace else None)
        finally:
            await engine.dispose()
            await saver.dispose()
        await before.remove_older(spared=file)
    return f"Restored {file} in {server.name}: {saved.backup}"


class BackupBeforeChange:
    """The backup of a database that is about to be migrated or replaced.

    One is saved, also if the change has to be tried several times.

    Args:
        server_dir: the embedded server's folder, in which the folder of backups is.
    """

    def __init__(self, server_dir: Path) -> None:
        self._folder = server_dir / "backups"
        self._file: Path | None = None

    async def save(self, engine: AsyncEngine, revision: str) -> None:
        """Save the database, unless that is done, and log the name of the file.

        Args:
            engine: of the database.
            revision: of the schema that is about to be replaced.

        Raises:
            BackupError: the database can't be saved, so the caller must not change it.
        """
        if self._file is not None:
            return
        file = self._folder / f"fridge-{now():%Y%m%dT%H%M%SZ}-{revision}.zip"
        await asyncio.to_thread(backup.make_folder, self._folder)
        await backup.back_up(engine, file, now())
        self._file = file
        logger.info("Saved schema %s, which is about to be replaced, in %s", revision, file)

    async def remove_older(self, *, spared: Path | None = None) -> None:
        """Remove all but the newest backups, if one was saved; call this after the change.

        A change that fails removes none: any of them may be the backup that the operator needs.

        Args:
            spared: a backup that stays, however old it is.
        """
        if self._file is None:
            return
        spare = {self._file, spared or self._file}
        try:
            await asyncio.to_thread(backup.keep_newest, self._folder, KEPT, spare)
        except BackupError as error:
            logger.warning("Older backups are left: %s", error)
