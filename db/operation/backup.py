"""Saves the rows of all tables in one file, and restores them.

The file is a zip archive: `manifest.json`, and for each table its rows as PostgreSQL's COPY writes
them. It has no table definitions: a restore builds the tables by the migrations of its revision.
"""

import asyncio
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Collection,
    Generator,
    Mapping,
    Sequence,
)
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final, Literal, NamedTuple

import asyncpg
from pydantic import AwareDatetime, BaseModel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.connection.database import explained
from db.connection.database_url import APPLICATION_NAME
from db.connection.errors import BackupError
from db.schema.migrate import ONE_CONNECTION_A_NODE, current_revision, is_known, lock, move_to
from db.schema.models import Base

TABLES: Final = [table.name for table in Base.metadata.sorted_tables]
"""The tables that are saved, in the order of their foreign keys. A table that a migration drops
stays in this list: a backup of an older schema has it."""

MANIFEST: Final = "manifest.json"
DRAFT_PREFIX: Final = ".backup-"
CHUNK: Final = 1 << 18  # bytes
QUICKLY: Final = 1  # the level of compression at which the disk is the limit
SECONDS_TO_LEAVE: Final = 2.0
"""For a bot that has just stopped: PostgreSQL lists its connections for a moment longer."""

LOCK_SECONDS: Final = 30
"""How long a restore waits for the tables it replaces: longer than any statement of a bot takes."""

# Roles and databases of managed servers may set limits, and other formats of times. Without
# row_security, a policy that would hide rows raises an error. No version knows all of these.
PLAIN_SETTINGS: Final = text(
    """
    SELECT set_config(name, value, true)
    FROM (VALUES
        ('statement_timeout', '0'), ('transaction_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'), ('row_security', 'off'),
        ('datestyle', 'ISO'), ('timezone', 'UTC')
    ) AS wanted (name, value)
    WHERE current_setting(name, true) IS NOT NULL
    """
)
WAIT_FOR_LOCKS: Final = text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")

COLUMNS: Final = text(
    """
    SELECT known.name, array_agg(attname::text ORDER BY attnum) AS columns
    FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS known (name, place)
    JOIN pg_attribute ON attrelid = to_regclass(format('%I.%I', current_schema(), known.name))
    WHERE attnum > 0 AND NOT attisdropped AND attgenerated = ''
    GROUP BY known.name, known.place
    ORDER BY known.place
    """
)

OTHER_BOTS: Final = text(
    """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND application_name IN (:name, current_setting('application_name'))
    """
)
LOOK_ANEW: Final = text("SELECT pg_stat_clear_snapshot()")

NOT_A_BACKUP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""The errors that reading raises if a file is no zip archive, is cut off, or was changed."""


class TableRows(BaseModel):
    """The columns and the number of rows that a backup has of one table."""

    columns: Sequence[str]
    rows: int


class Backup(BaseModel):
    """The manifest of a backup."""

    format: Literal[1] = 1
    made_at: AwareDatetime
    revision: str
    tables: Mapping[str, TableRows]

    def __str__(self) -> str:
        rows = sum(table.rows for table in self.tables.values())
        return f"{rows:,} rows of {len(self.tables)} tables, schema {self.revision}"


async def back_up(engine: AsyncEngine, file: Path, now: datetime) -> Backup:
    """Save the rows of one moment in a file that only its owner can read.

    The file appears, or replaces an older one, once it is whole, on the disk, and read back.
    Commands run meanwhile.

    Raises:
        BackupError: the file can't be written, or there is nothing to save.
        DatabaseUnavailable: the database can't be read, or is of a newer version of the bot.
    """
    with _explained(file), _draft_of(file) as draft:
        backup = await _save(engine, file, draft, now)
        if await asyncio.to_thread(_read, file, draft) != backup:
            raise BackupError(f"{file} can't be read back as it was written: check the disk")
    return backup


class BackupFile(NamedTuple):
    """A backup that was read to its end and is whole."""

    file: Path
    archive: zipfile.ZipFile
    backup: Backup

    async def rows(self, table: str) -> AsyncGenerator[bytes]:
        """Read the rows of a table, as COPY takes them."""
        with self.archive.open(_member(table)) as member:
            while True:
                with _explained(self.file), _readable(self.file):
                    chunk = member.read(CHUNK)
                if not chunk:
                    return
                yield chunk


@asynccontextmanager
async def opened(file: Path) -> AsyncGenerator[BackupFile]:
    """Open a file that `back_up` wrote, and check it.

    Raises:
        BackupError: the file can't be read, or is no whole backup.
    """
    with ExitStack() as stack:
        with _explained(file):
            stream = stack.enter_context(await asyncio.to_thread(file.open, "rb"))
            backup = await asyncio.to_thread(_read, file, stream)
            archive = stack.enter_context(zipfile.ZipFile(stream))
        yield BackupFile(file, archive, backup)


async def restore(
    engine: AsyncEngine,
    saved: BackupFile,
    before_replacing: Callable[[str], Awaitable[object]] | None = None,
    patience: float = SECONDS_TO_LEAVE,
) -> None:
    """Put a backup into the database, whole or not at all. Its schema is then the backup's.

    Args:
        engine: of an empty database, or of one whose rows are to be replaced.
        saved: the backup.
        before_replacing: awaited with the schema's revision before rows of chats are replaced; if
            None, such rows are not replaced.
        patience: seconds to wait for a connected bot to leave.

    Raises:
        BackupError: the backup is of a newer version of the bot; chats have rows that may not be
            replaced; a bot is connected to the database.
        DatabaseUnavailable: the database can't be written to, or is of a newer version of the bot.
    """
    with explained():
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")
            async with connection.begin():
                await connection.execute(WAIT_FOR_LOCKS)
                await lock(connection)
                await connection.execute(ONE_CONNECTION_A_NODE)
                await connection.execute(PLAIN_SETTINGS)
                await _refuse_bots(connection, patience)
                await _make_room(connection, saved, before_replacing)
                await _load(connection, saved)


def make_folder(folder: Path) -> None:
    """Make a folder for backups that only its owner can read.

    Raises:
        BackupError: the folder can't be made.
    """
    with _explained(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def keep_newest(folder: Path, number: int, spared: Collection[Path]) -> None:
    """Remove all but the newest backups of a folder, by their names, and unfinished ones.

    Nobody else may be saving into the folder.

    Args:
        folder: the folder.
        number: how many backups to keep.
        spared: files that stay, however old they are.

    Raises:
        BackupError: a file can't be removed.
    """
    with _explained(folder):
        stay = {file.resolve() for file in spared}
        old = sorted(folder.glob("fridge-*.zip"))[:-number]
        for file in (*old, *folder.glob(f"{DRAFT_PREFIX}*")):
            if file.resolve() not in stay:
                file.unlink()


async def _save(engine: AsyncEngine, file: Path, draft: IO[bytes], now: datetime) -> Backup:
    with explained():
        async with engine.connect() as connection:
            present = await _columns(connection)
        if not present:
            raise BackupError("The database has none of the bot's tables: there is nothing to save")
        async with engine.connect() as connection:
            await connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            async with connection.begin():
                # A migration is then seen as a whole or not at all.
                names = ", ".join([*present, "alembic_version"])
                await connection.execute(text(f"LOCK TABLE {names} IN ACCESS SHARE MODE"))
                await connection.execute(PLAIN_SETTINGS)
                revision = await connection.run_sync(current_revision)
                if revision is None:
                    raise BackupError("The database has no schema yet: there is nothing to save")
                columns = await _columns(connection)
                with _explained(file), _writer(draft) as archive:
                    tables = {
                        name: await _save_table(connection, archive, file, name, columns[name])
                        for name in columns
                    }
                    backup = Backup(made_at=now, revision=revision, tables=tables)
                    archive.writestr(MANIFEST, backup.model_dump_json(indent=2))
    return backup


async def _save_table(
    connection: AsyncConnection,
    archive: zipfile.ZipFile,
    file: Path,
    name: str,
    columns: Sequence[str],
) -> TableRows:
    with archive.open(_member(name), "w", force_zip64=True) as member:

        async def write(chunk: bytes) -> None:
            with _explained(file):
                member.write(chunk)

        with explained():
            driver = await _driver(connection)
            status = await driver.copy_from_table(name, columns=columns, output=write)
    return TableRows(columns=columns, rows=_copied(status))


async def _make_room(
    connection: AsyncConnection,
    saved: BackupFile,
    before_replacing: Callable[[str], Awaitable[object]] | None,
) -> None:
    """Bring the schema to the backup's revision, with empty tables."""
    wanted = saved.backup.revision
    if not is_known(wanted):
        raise BackupError(
            f"{saved.file} was made by a newer version of the bot: restore it with that version"
        )
    revision = await connection.run_sync(current_revision)
    if revision is not None:
        columns = await _columns(connection)
        if await _is_used(connection, columns):
            if before_replacing is None:
                raise BackupError(
                    "Chats have something stored in this database: restore into an empty one, or "
                    "add --replace to put the backup in its place"
                )
            await before_replacing(revision)
        await connection.execute(text(f"TRUNCATE {', '.join(columns)}"))
    await connection.run_sync(lambda sync: move_to(sync, wanted))


async def _load(connection: AsyncConnection, saved: BackupFile) -> None:
    tables = saved.backup.tables
    if await _columns(connection) != {name: table.columns for name, table in tables.items()}:
        raise BackupError(
            f"{saved.file} has other tables or columns than schema {saved.backup.revision} here: "
            "restore it with the version of the bot that made it"
        )
    driver = await _driver(connection)
    for name, table in tables.items():
        status = await driver.copy_to_table(name, columns=table.columns, source=saved.rows(name))
        if _copied(status) != table.rows:
            raise BackupError(f"{name} did not take all rows of {saved.file}: nothing was changed")


async def _is_used(connection: AsyncConnection, columns: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether any chat has rows."""
    of_chats = [f"EXISTS (SELECT FROM {name})" for name in columns if "chat_id" in columns[name]]
    found = await connection.execute(text(f"SELECT {' OR '.join(of_chats)}"))
    return bool(found.scalar_one())


async def _refuse_bots(connection: AsyncConnection, patience: float) -> None:
    """Refuse to change the tables while a bot is connected: it has some rows in its memory."""
    deadline = time.monotonic() + patience
    while await _other_bots(connection):
        if time.monotonic() > deadline:
            raise BackupError(
                "A bot is connected to this database: stop it, with all its replicas, and then "
                "restore (a pooler keeps connections for a while: use a URL that leads past it)"
            )
        await asyncio.sleep(0.1)


async def _other_bots(connection: AsyncConnection) -> int:
    await connection.execute(LOOK_ANEW)
    return int((await connection.execute(OTHER_BOTS, {"name": APPLICATION_NAME})).scalar_one())


async def _columns(connection: AsyncConnection) -> dict[str, list[str]]:
    """Return the tables of `TABLES` that exist, each with the columns that are not computed."""
    found = await connection.execute(COLUMNS, {"names": TABLES})
    return {row.name: row.columns for row in found}


async def _driver(connection: AsyncConnection) -> asyncpg.Connection:
    """Return asyncpg's own connection: SQLAlchemy has no COPY."""
    driver: asyncpg.Connection | None = (await connection.get_raw_connection()).driver_connection
    if driver is None:
        raise BackupError("The connection to the database was lost: try again")
    return driver


def _copied(status: str) -> int:
    """Return the number of rows in a command tag, such as `COPY 42`."""
    return int(status.rpartition(" ")[2])


def _member(table: str) -> str:
    return f"{table}.copy"


def _writer(draft: IO[bytes]) -> zipfile.ZipFile:
    return zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICKLY)


def _read(file: Path, stream: IO[bytes]) -> Backup:
    """Read a backup to its end, which compares its checksums, and return its manifest."""
    with _readable(file), zipfile.ZipFile(stream) as archive:
        backup = Backup.model_validate_json(archive.read(MANIFEST))
        for name, table in backup.tables.items():
            with archive.open(_member(name)) as member:
                # COPY escapes line breaks inside values: each line is a row.
                rows = sum(chunk.count(b"\n") for chunk in iter(lambda: member.read(CHUNK), b""))
            if rows != table.rows:
                raise ValueError(f"{rows} rows of {name} instead of {table.rows}")
    return backup


@contextmanager
def _draft_of(file: Path) -> Generator[IO[bytes]]:
    """Make a new file that takes the place of another on success, and is removed on failure."""
    target = Path(os.path.realpath(file))
    if target.exists() and not target.is_file():
        raise BackupError(f"{file} is not a file that can be replaced: name another one")
    # Made by mkstemp, with the mode 0600.
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=DRAFT_PREFIX, delete=False) as draft:
        try:
            yield draft
            draft.flush()
            os.fsync(draft.fileno())
            Path(draft.name).replace(target)
        finally:
            Path(draft.name).unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _explained(file: Path) -> Generator[None]:
    """Turn errors of the operating system into a line for the operator."""
    try:
        yield
    except OSError as error:
        raise BackupError(f"{file} can't be used: {error.strerror or error}") from None


@contextmanager
def _readable(file: Path) -> Generator[None]:
    try:
        yield
    except NOT_A_BACKUP as error:
        reason = " ".join(str(error).split())
        raise BackupError(
            f"{file} is not a whole backup that this version of the bot made: take another one "
            f"({reason})"
        ) from None
