import asyncio
import json
import os
import stat
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.connection.database import Engine, create_engine
from db.connection.errors import BackupError, DatabaseUnavailable
from db.operation import backup as backups
from db.operation.backup import TABLES, TableRows, back_up, opened, restore
from db.schema.migrate import (
    MIGRATION_LOCK,
    alembic_config,
    migrate,
    move_to,
    newest_revision,
)
from fridge.catalogue.catalogue import Catalogue
from tests.db.connection.test_database_url import asking
from tests.db.full_tables import fill
from tests.db.snapshots import rows, schema
from tests.waiting import wait_until

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

WAITING = """
    SELECT count(*) FROM pg_locks WHERE NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

NewEngine = Callable[[str], AsyncEngine]
SaveTable = Callable[..., Awaitable[TableRows]]


@pytest.fixture
async def new_engine() -> AsyncIterator[NewEngine]:
    engines: list[Engine] = []

    def make(url: str) -> Engine:
        engines.append(create_engine(url, command_timeout=None))
        return engines[-1]

    yield make
    for engine in engines:
        await engine.dispose()


@pytest.fixture
async def full(new_engine: NewEngine, database_url: str) -> AsyncEngine:
    """A database with something in every table, on which no bot works."""
    engine = new_engine(database_url)
    await fill(engine)
    await engine.dispose()
    return engine


@pytest.fixture
def empty(new_engine: NewEngine, empty_database_url: str) -> AsyncEngine:
    return new_engine(empty_database_url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "fridge.zip"


async def put_back(engine: AsyncEngine, file: Path) -> None:
    """Restores where nothing is replaced, after all have left."""
    await engine.dispose()
    async with opened(file) as saved:
        await restore(engine, saved)


async def refusal(engine: AsyncEngine, file: Path) -> str:
    """What the operator is told, which is one line; the database is as it was."""
    before = await rows(engine), await schema(engine)
    await engine.dispose()
    with pytest.raises(BackupError) as caught:
        await put_back(engine, file)
    assert (await rows(engine), await schema(engine)) == before
    message = str(caught.value)
    assert "\n" not in message
    return message


def read(file: Path) -> bytes:
    return file.read_bytes()


def write(file: Path, data: bytes, mode: int = 0o600) -> None:
    file.write_bytes(data)
    file.chmod(mode)


def link(file: Path, target: Path) -> None:
    file.symlink_to(target)


def target(link: Path) -> Path:
    return link.readlink()


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def members(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(file: Path, changed: dict[str, bytes]) -> None:
    """Changes what is in a backup; the sums are right again."""
    content = members(file) | changed
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)


async def test_everything_comes_back_into_an_empty_database(
    full: AsyncEngine, empty: AsyncEngine, file: Path
) -> None:
    backup = await back_up(full, file, NOW)
    await put_back(empty, file)

    saved, restored = await rows(full), await rows(empty)
    assert all(saved.values())
    assert restored == saved
    assert await schema(empty) == await schema(full)
    assert {name: table.rows for name, table in backup.tables.items()} == {
        name: len(found) for name, found in saved.items() if name != "alembic_version"
    }


async def test_what_people_change_while_a_backup_is_made_is_not_in_it(
    full: AsyncEngine, empty: AsyncEngine, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await rows(full)
    save_table: SaveTable = vars(backups)["_save_table"]

    async def change_and_save_table(*table: Any) -> TableRows:  # noqa: ANN401 (handed on)
        async with full.connect() as connection:
            await connection.execute(text("UPDATE user_fridge_ingredients SET name = name || '!'"))
        return await save_table(*table)

    monkeypatch.setattr(backups, "_save_table", change_and_save_table)
    await back_up(full, file, NOW)
    await put_back(empty, file)

    assert await rows(empty) == before
    assert await rows(full) != before


async def test_a_migration_that_ends_while_a_backup_waits_for_it_hides_no_rows(
    full: AsyncEngine, database_url: str, file: Path
) -> None:
    before = (await rows(full))["chat_settings"]
    migrating = await asyncpg.connect(database_url)
    transaction = migrating.transaction()
    await transaction.start()
    # A transaction that began before the end of this one sees the rewritten table as an empty one.
    await migrating.execute("ALTER TABLE chat_settings ALTER language TYPE varchar(9000)")

    async def waits() -> bool:
        return bool(await migrating.fetchval(WAITING))

    saving = asyncio.create_task(back_up(full, file, NOW))
    await wait_until(waits)
    await transaction.commit()
    await migrating.close()

    assert (await saving).tables["chat_settings"].rows == len(before) > 0


async def test_rows_that_the_server_hides_from_the_user_are_an_error(
    full: AsyncEngine, new_engine: NewEngine, database_url: str, file: Path
) -> None:
    reader = f"reader_{uuid4().hex}"
    async with full.connect() as connection:
        for statement in (
            f"CREATE ROLE {reader}",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}",
            "ALTER TABLE chat_settings ENABLE ROW LEVEL SECURITY",
        ):
            await connection.execute(text(statement))
    try:
        engine = new_engine(asking(database_url, f"options={quote(f'-c role={reader}')}"))
        with pytest.raises(DatabaseUnavailable, match="row-level security"):
            await back_up(engine, file, NOW)
    finally:
        async with full.connect() as connection:
            await connection.execute(text(f"DROP OWNED BY {reader}"))
            await connection.execute(text(f"DROP ROLE {reader}"))
    assert [*file.parent.iterdir()] == []


async def test_what_a_server_sets_for_its_users_changes_no_backup_and_breaks_off_none(
    *,
    full: AsyncEngine,
    empty: AsyncEngine,
    new_engine: NewEngine,
    database_url: str,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = ("statement_timeout", "idle_in_transaction_session_timeout")
    asked = "-c datestyle=SQL,DMY " + " ".join(f"-c {limit}=1h" for limit in limits)
    managed = new_engine(asking(database_url, f"options={quote(asked)}"))
    save_table: SaveTable = vars(backups)["_save_table"]
    in_force: set[str] = set()

    async def note_limits_and_save_table(
        connection: AsyncConnection,
        *table: Any,  # noqa: ANN401 (handed on)
    ) -> TableRows:
        for limit in limits:
            in_force.add((await connection.execute(text(f"SHOW {limit}"))).scalar_one())
        return await save_table(connection, *table)

    monkeypatch.setattr(backups, "_save_table", note_limits_and_save_table)
    await back_up(managed, file, NOW)
    await put_back(empty, file)

    assert await rows(empty) == await rows(full)
    assert in_force == {"0"}


async def test_a_backup_that_was_written_wrong_is_found_out_at_once(
    full: AsyncEngine, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose_rows(*_: object) -> TableRows:
        return TableRows(columns=["chat_id"], rows=1)

    monkeypatch.setattr(backups, "_save_table", lose_rows)

    with pytest.raises(BackupError):
        await back_up(full, file, NOW)
    assert [*file.parent.iterdir()] == []


async def test_a_backup_of_each_older_schema_comes_back_and_can_be_migrated(
    full: AsyncEngine,
    empty_database: Callable[[], str],
    new_engine: NewEngine,
    catalogue: Catalogue,
    file: Path,
) -> None:
    def revisions(connection: Connection) -> list[str]:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
        return [script.revision for script in scripts.walk_revisions()]

    newest = await schema(full)
    async with full.connect() as connection:
        stairs = await connection.run_sync(revisions)
    for revision in stairs:
        async with full.begin() as connection:
            await connection.run_sync(move_to, revision)
        old = await rows(full)
        assert {*old} <= {*TABLES, "alembic_version"}, "a backup would leave something out"

        assert (await back_up(full, file, NOW)).revision == revision
        other = new_engine(await asyncio.to_thread(empty_database))
        await put_back(other, file)

        assert await rows(other) == old
        assert await schema(other) == await schema(full)
        await migrate(other, catalogue)
        assert await schema(other) == newest


async def test_a_backup_replaces_what_is_there_only_if_told_so_and_after_that_is_saved(
    full: AsyncEngine, new_engine: NewEngine, new_database: Callable[[], str], file: Path
) -> None:
    url = await asyncio.to_thread(new_database)
    other = new_engine(url)
    async with full.begin() as connection:
        await connection.run_sync(move_to, "0002")
    await back_up(full, file, NOW)
    saved = await rows(full), await schema(full)
    async with other.connect() as connection:
        await connection.execute(text("INSERT INTO waiting_updates VALUES (7, 1, 'as it was')"))
    assert "add --replace" in await refusal(other, file)

    replaced: list[str] = []

    async def look(revision: str) -> None:
        async with new_engine(url).connect() as connection:
            found = await connection.execute(text("SELECT content FROM waiting_updates"))
            replaced.extend((revision, *found.scalars().all()))

    await other.dispose()
    async with opened(file) as backup:
        await restore(other, backup, look)

    assert replaced == [newest_revision(), "as it was"]
    assert (await rows(other), await schema(other)) == saved


async def test_a_database_in_which_no_chat_has_anything_is_not_asked_about(
    full: AsyncEngine, new_engine: NewEngine, new_database: Callable[[], str], file: Path
) -> None:
    other = new_engine(await asyncio.to_thread(new_database))
    await back_up(full, file, NOW)
    await put_back(other, file)
    assert await rows(other) == await rows(full)


@pytest.mark.parametrize(
    "asked",
    [("", ""), ("application_name=kitchen",) * 2, ("", "application_name=kitchen")],
    ids=["by default", "of another name", "of the default name"],
)
async def test_nothing_is_changed_under_a_bot(
    full: AsyncEngine, new_engine: NewEngine, database_url: str, file: Path, asked: tuple[str, str]
) -> None:
    await back_up(full, file, NOW)
    await full.dispose()
    bot, restoring = (new_engine(asking(database_url, each)) for each in asked)
    async with bot.connect(), opened(file) as saved:
        with pytest.raises(BackupError, match="A bot is connected to this database: stop it"):
            await restore(restoring, saved, patience=0)


async def test_a_bot_that_is_just_leaving_is_waited_for(
    *,
    full: AsyncEngine,
    empty: AsyncEngine,
    new_engine: NewEngine,
    empty_database_url: str,
    file: Path,
) -> None:
    await back_up(full, file, NOW)
    person = await asyncpg.connect(empty_database_url, server_settings={"application_name": "psql"})

    async def has_looked() -> bool:
        found = await person.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction' AND query LIKE '%pg_stat_activity%'"
        )
        return bool(found == 1)

    bot = new_engine(empty_database_url)
    async with opened(file) as saved:
        async with bot.connect():
            restoring = asyncio.create_task(restore(empty, saved, patience=60))
            await wait_until(has_looked)
        await bot.dispose()
        await restoring
    await person.close()

    assert await rows(empty) == await rows(full)


async def test_nothing_is_restored_while_a_bot_that_starts_migrates_the_database(
    *,
    full: AsyncEngine,
    empty: AsyncEngine,
    empty_database_url: str,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backups, "WAIT_FOR_LOCKS", text("SET LOCAL lock_timeout = '10ms'"))
    await back_up(full, file, NOW)
    migrating = await asyncpg.connect(
        empty_database_url, server_settings={"application_name": "psql"}
    )
    await migrating.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")

    with pytest.raises(DatabaseUnavailable, match="lock timeout"):
        await put_back(empty, file)

    await migrating.close()


async def test_a_person_who_looks_into_the_database_is_no_bot(
    full: AsyncEngine, new_engine: NewEngine, new_database: Callable[[], str], file: Path
) -> None:
    await back_up(full, file, NOW)
    url = await asyncio.to_thread(new_database)
    person = await asyncpg.connect(url, server_settings={"application_name": "psql"})

    await put_back(new_engine(url), file)

    await person.close()


def harmed(data: bytes, harm: str) -> bytes:
    """The bytes of a backup after something has happened to it."""
    match harm:
        case "emptied":
            return b""
        case "another file":
            return b"-- PostgreSQL database dump\n"
        case "cut off":
            return data[: len(data) // 2]
        case _:
            return data[:2000] + bytes([data[2000] ^ 1]) + data[2001:]


@pytest.mark.parametrize("harm", ["emptied", "another file", "cut off", "one bit"])
async def test_a_file_that_is_no_whole_backup_is_refused(
    full: AsyncEngine, empty: AsyncEngine, file: Path, harm: str
) -> None:
    await back_up(full, file, NOW)
    write(file, harmed(read(file), harm))
    assert (await refusal(empty, file)).startswith(f"{file} is not a whole backup")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "is not a whole backup"),
        ({"revision": "9999"}, "made by a newer version of the bot"),
        ({"tables": {}}, "has other tables or columns than schema"),
        ({"tables": {"job_runs": {"columns": ["job"], "rows": 3}}}, "8 rows of job_runs instead"),
        ({"tables": {"pg_authid": {"columns": [], "rows": 0}}}, "pg_authid.copy"),
    ],
    ids=["a newer format", "a newer schema", "no tables", "another count", "another table"],
)
async def test_a_manifest_that_does_not_fit_is_refused(
    full: AsyncEngine, empty: AsyncEngine, file: Path, change: dict[str, object], message: str
) -> None:
    await back_up(full, file, NOW)
    manifest = json.loads(members(file)["manifest.json"])
    rewrite(file, {"manifest.json": json.dumps(manifest | change).encode()})
    assert message in await refusal(empty, file)


async def test_rows_that_the_database_refuses_leave_it_as_it_was(
    full: AsyncEngine, empty: AsyncEngine, file: Path
) -> None:
    await back_up(full, file, NOW)
    items = members(file)["user_fridge_ingredients.copy"].splitlines(keepends=True)
    twice = b"".join([items[0], items[0], *items[2:]])
    rewrite(file, {"user_fridge_ingredients.copy": twice})
    before = await rows(empty), await schema(empty)
    with pytest.raises(DatabaseUnavailable, match="duplicate key value violates unique constraint"):
        await put_back(empty, file)
    assert (await rows(empty), await schema(empty)) == before


async def test_a_database_of_a_newer_version_is_neither_saved_nor_replaced(
    full: AsyncEngine, file: Path
) -> None:
    await back_up(full, file, NOW)
    whole = read(file)
    async with full.connect() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="migrated by a newer version of the bot"):
        await back_up(full, file, NOW)
    with pytest.raises(DatabaseUnavailable, match="migrated by a newer version of the bot"):
        await put_back(full, file)
    assert read(file) == whole
    assert [*file.parent.iterdir()] == [file]


async def test_only_the_owner_can_read_a_backup_also_one_that_replaces_another(
    full: AsyncEngine, file: Path
) -> None:
    write(file, b"from before", 0o644)
    await back_up(full, file, NOW)
    assert mode(file) == 0o600
    assert [*file.parent.iterdir()] == [file]


async def test_a_link_stays_one_and_leads_to_the_new_backup(full: AsyncEngine, file: Path) -> None:
    disk = file.parent / "disk"
    disk.mkdir()
    link(file, disk / "fridge.zip")
    write(disk / "fridge.zip", b"from before")

    await back_up(full, file, NOW)

    assert target(file) == disk / "fridge.zip"
    assert zipfile.is_zipfile(disk / "fridge.zip")
    assert [*disk.iterdir()] == [disk / "fridge.zip"]


async def test_a_backup_of_nothing_is_refused(empty: AsyncEngine, file: Path) -> None:
    with pytest.raises(BackupError, match="nothing to save"):
        await back_up(empty, file, NOW)
    assert [*file.parent.iterdir()] == []


@pytest.mark.parametrize("name", ["missing/fridge.zip", "pipe", "."])
async def test_a_place_where_no_file_can_be_is_one_line(
    full: AsyncEngine, file: Path, name: str
) -> None:
    pipe = file.parent / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(BackupError, match=r"can't be used|can be replaced"):
        await back_up(full, file.parent / name, NOW)
    assert [*file.parent.iterdir()] == [pipe]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


async def test_a_full_disk_leaves_the_backup_from_before(
    full: AsyncEngine, tmp_path: Path, mount_at: Callable[[Path, str], None]
) -> None:
    disk = tmp_path / "disk"
    mount_at(disk, "size=16k")
    write(disk / "fridge.zip", b"from before")
    with pytest.raises(BackupError, match="No space left on device"):
        await back_up(full, disk / "fridge.zip", NOW)
    assert [read(file) for file in disk.iterdir()] == [b"from before"]
