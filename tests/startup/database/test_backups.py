"""Backups of the embedded database, of one by its URL, and of what older programs have left."""

import asyncio
import json
import logging
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from db.connection.database import Engine, create_engine
from db.connection.embedded import PROGRAMS_OF, EmbeddedPostgres, let_postgres_reach
from db.connection.errors import BackupError, DatabaseUnavailable
from db.connection.system_user import user_for_root
from db.operation.backup import MANIFEST
from db.schema.migrate import migrate, move_to
from fridge.catalogue.catalogue import Catalogue
from startup.database.backups import KEPT, back_up, restore
from startup.database.opening import open_database
from startup.errors import StartError
from startup.settings.settings import Settings
from tests.db.full_tables import fill
from tests.db.snapshots import rows, schema
from tests.made_server import copy_server

pytestmark = pytest.mark.slow

Content = tuple[Mapping[str, Sequence[str]], Sequence[str]]


@pytest.fixture
def settings(short_path: Path) -> Settings:
    return Settings(data_dir=short_path / "data")


@asynccontextmanager
async def embedded(data_dir: Path, *, any_version: bool = False) -> AsyncGenerator[Engine]:
    """The embedded database, as it is."""
    server = EmbeddedPostgres(data_dir, any_version=any_version)
    engine = create_engine(await asyncio.to_thread(server.start))
    try:
        yield engine
    finally:
        await engine.dispose()
        await asyncio.to_thread(server.stop)


async def content(engine: Engine) -> Content:
    """Every row, and what the database is made of."""
    return await rows(engine), await schema(engine)


async def content_at(data_dir: Path) -> Content:
    async with embedded(data_dir) as engine:
        return await content(engine)


async def make_old(data_dir: Path, catalogue: Catalogue) -> Content:
    """Puts rows into an embedded database, and takes its schema back to an older one."""
    async with embedded(data_dir) as engine:
        await migrate(engine, catalogue)
        await fill(engine)
        async with engine.begin() as connection:
            await connection.run_sync(move_to, "0002")
        return await content(engine)


@pytest.fixture(scope="module")
def old_server(made_once: Path, catalogue: Catalogue) -> Iterator[tuple[Path, Content]]:
    """A stopped server whose database has an older schema, to be copied, and its content."""
    data_dir = Path(tempfile.mkdtemp(prefix="fridge-", dir="/tmp"))
    copy_server(made_once, data_dir)
    yield data_dir, asyncio.run(make_old(data_dir, catalogue))
    shutil.rmtree(data_dir)


@pytest.fixture
def old(old_server: tuple[Path, Content], settings: Settings) -> Content:
    """Puts a database with an older schema into the settings' folder, and gives its content."""
    data_dir, found = old_server
    copy_server(data_dir, settings.server_dir)
    return found


def files(folder: Path) -> Sequence[Path]:
    return sorted(folder.iterdir())


async def test_a_backup_moves_from_a_running_embedded_database_to_a_new_one_and_to_a_server(
    settings: Settings,
    catalogue: Catalogue,
    made_once: Path,
    short_path: Path,
    empty_database_url: str,
) -> None:
    file = short_path / "fridge.zip"
    copy_server(made_once, settings.server_dir)
    async with embedded(settings.server_dir) as engine:
        await migrate(engine, catalogue)
        await fill(engine)
        saved = await content(engine)
        assert (await back_up(settings, file)).startswith("Saved ")

    elsewhere = Settings(data_dir=short_path / "elsewhere")
    assert (await restore(elsewhere, file, replace=False)).startswith("Restored ")
    assert await content_at(elsewhere.server_dir) == saved

    server = Settings(database_url=SecretStr(empty_database_url), data_dir=short_path / "unused")
    await restore(server, file, replace=False)
    engine = create_engine(empty_database_url)
    assert await content(engine) == saved
    await engine.dispose()
    assert not server.data_dir.exists()


async def test_a_migration_of_the_embedded_database_can_be_undone(
    settings: Settings, old: Content, catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fridge")
    async with open_database(settings, catalogue) as engine:
        migrated = await content(engine)
    assert migrated != old
    (before,) = files(settings.server_dir / "backups")
    assert before.stat().st_mode & 0o777 == 0o600
    assert before.parent.stat().st_mode & 0o777 == 0o700
    assert "-0002.zip" in before.name
    assert f"in {before}" in caplog.messages[-1]

    async with open_database(settings, catalogue):
        assert files(before.parent) == [before], "nothing was migrated, so nothing is saved"

    with pytest.raises(BackupError, match="add --replace"):
        await restore(settings, before, replace=False)
    await restore(settings, before, replace=True)
    assert await content_at(settings.server_dir) == old

    _, replaced = files(before.parent)
    await restore(settings, replaced, replace=True)
    assert await content_at(settings.server_dir) == migrated


async def let_the_disk_be_full_once(data_dir: Path) -> None:
    """Lets the next write of the catalogue fail, which comes after the migration."""
    async with embedded(data_dir) as engine, engine.begin() as connection:
        for statement in (
            "CREATE SEQUENCE writes",
            """
            CREATE FUNCTION fill_the_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('writes') = 1 THEN RAISE 'full' USING ERRCODE = 'disk_full'; END IF;
                RETURN NULL;
            END $$
            """,
            """
            CREATE TRIGGER disk BEFORE INSERT ON ingredients
            FOR EACH STATEMENT EXECUTE FUNCTION fill_the_disk()
            """,
        ):
            await connection.execute(text(statement))


@pytest.mark.usefixtures("old")
async def test_of_the_backups_that_nobody_asked_for_the_last_few_are_kept_and_one_a_start(
    settings: Settings, catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "fridge")
    await let_the_disk_be_full_once(settings.server_dir)
    folder = settings.server_dir / "backups"
    folder.mkdir()
    names = [f"fridge-2025010{day}T120000Z-0001.zip" for day in range(1, KEPT + 3)]
    for name in (*names, "mine.zip", ".backup-broken-off"):
        (folder / name).touch()
    async with open_database(settings, catalogue):
        *kept, newest, mine = files(folder)
    said = [message[:12] for message in caplog.messages]
    assert said == ["Saved schema", "Waiting for ", "The database"]
    assert [file.name for file in (*kept, mine)] == [*names[-KEPT + 1 :], "mine.zip"]
    assert newest.stat().st_size


def linked(folder: Path) -> Path:
    """A link to a new folder in this one."""
    (folder / "disk").mkdir()
    link = folder / "data"
    link.symlink_to("disk")
    return link


@pytest.fixture
async def oldest(
    engine: Engine, database_url: str, short_path: Path
) -> tuple[Settings, Path, Sequence[Path]]:
    """A full database, the oldest backup in its folder of backups, and the newer ones there."""
    settings = Settings(database_url=SecretStr(database_url), data_dir=linked(short_path))
    folder = settings.server_dir / "backups"
    folder.mkdir(parents=True)
    await fill(engine)
    await engine.dispose()
    file, *newer = (folder / f"fridge-2025010{day}T120000Z-0006.zip" for day in range(1, KEPT + 1))
    await back_up(settings, file)
    for other in newer:
        other.touch()
    return settings, file, newer


async def test_the_backup_that_is_restored_stays_also_if_it_is_the_oldest(
    oldest: tuple[Settings, Path, Sequence[Path]],
) -> None:
    settings, file, newer = oldest

    await restore(settings, file.parent / ".." / file.parent.name / file.name, replace=True)

    *older, saved = files(file.parent)
    assert older == [file, *newer]
    assert saved.stat().st_size


async def test_a_restore_that_fails_removes_no_backup(
    oldest: tuple[Settings, Path, Sequence[Path]], tmp_path: Path
) -> None:
    settings, file, newer = oldest
    wrong = tmp_path / "wrong.zip"
    with zipfile.ZipFile(file) as right, zipfile.ZipFile(wrong, "w") as archive:
        for name in right.namelist():
            data = right.read(name)
            if name == MANIFEST:
                data = json.dumps({**json.loads(data), "revision": "0002"}).encode()
            archive.writestr(name, data)

    with pytest.raises(BackupError, match="other tables or columns"):
        await restore(settings, wrong, replace=True)

    assert files(file.parent)[:-1] == [file, *newer]


async def test_what_can_not_be_saved_is_not_migrated(
    settings: Settings, old: Content, catalogue: Catalogue
) -> None:
    (settings.server_dir / "backups").touch()
    with pytest.raises(BackupError, match=r"backups can't be used: File exists"):
        async with open_database(settings, catalogue):
            pass
    assert await content_at(settings.server_dir) == old


def make_cluster(folder: Path, version: int) -> None:
    """Makes an embedded server of another major version of PostgreSQL."""
    folder.mkdir(parents=True, mode=0o700)
    let_postgres_reach(PROGRAMS_OF[version].parent, folder)
    owner = user_for_root() if os.geteuid() == 0 else None
    if owner is not None:
        shutil.chown(folder, owner.pw_uid, owner.pw_gid)
    subprocess.run(
        [
            PROGRAMS_OF[version] / "initdb",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            ".",
        ],
        cwd=folder,
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
        extra_groups=[] if owner else None,
        check=True,
        capture_output=True,
    )


async def test_the_data_of_an_older_postgresql_move_into_that_of_the_program(
    settings: Settings, catalogue: Catalogue, short_path: Path
) -> None:
    file = short_path / "fridge.zip"
    cluster = settings.server_dir / "postgresql"
    await asyncio.to_thread(make_cluster, cluster, 16)
    async with embedded(settings.server_dir, any_version=True) as engine:
        await migrate(engine, catalogue)
        await fill(engine)
        saved = await rows(engine)

    with pytest.raises(DatabaseUnavailable, match="was made by PostgreSQL 16") as caught:
        async with open_database(settings, catalogue):
            pass
    assert "save the data with `run_bot.py backup FILE`, move that folder away" in str(caught.value)

    await back_up(settings, file)
    with pytest.raises(DatabaseUnavailable, match="was made by PostgreSQL 16"):
        await restore(settings, file, replace=True)
    await asyncio.to_thread(cluster.rename, short_path / "old")
    await restore(settings, file, replace=False)
    async with embedded(settings.server_dir) as engine:
        assert await rows(engine) == saved


async def test_a_folder_without_a_database_is_left_as_it_is(
    settings: Settings, short_path: Path
) -> None:
    with pytest.raises(StartError, match=r"There is no database in .*: set DATA_DIR"):
        await back_up(settings, short_path / "fridge.zip")
    with pytest.raises(BackupError, match="No such file"):
        await restore(settings, short_path / "fridge.zip", replace=False)
    assert files(short_path) == []
