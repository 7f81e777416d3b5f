"""A database of its own for each test, copied from one that the migrations built."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from db.connection.database import Engine, create_engine
from db.connection.embedded import EmbeddedPostgres
from db.schema.migrate import migrate
from db.schema.models import Base, Ingredient
from fridge.catalogue.catalogue import Catalogue, load_catalogue
from tests.made_server import copy_server, made_server
from tests.quick import choose

EMPTY: Final = "; ".join(
    f"DELETE FROM {table.name}"
    for table in reversed(Base.metadata.sorted_tables)
    if table.name != Ingredient.__tablename__
)

IS_USED: Final = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid != pg_backend_pid()
    )
"""

STATE: Final = """
    WITH object (kind, id, row) AS (
        SELECT 'schema', 0, it::text FROM pg_namespace AS it WHERE nspname !~ '^pg_'
        UNION ALL
        SELECT 'table', oid, (
            to_jsonb(it) - ARRAY[
                'relpages', 'reltuples', 'relallvisible', 'relallfrozen', 'relfrozenxid',
                'relminmxid', 'relfilenode'
            ]
        )::text
        FROM pg_class AS it WHERE oid >= 16384
        UNION ALL
        SELECT 'column', attrelid, it::text FROM pg_attribute AS it WHERE attrelid >= 16384
        UNION ALL
        SELECT 'default', oid, it::text FROM pg_attrdef AS it WHERE oid >= 16384
        UNION ALL
        SELECT 'constraint', oid, it::text FROM pg_constraint AS it WHERE oid >= 16384
        UNION ALL
        SELECT 'index', indexrelid, it::text FROM pg_index AS it WHERE indexrelid >= 16384
        UNION ALL SELECT 'type', oid, it::text FROM pg_type AS it WHERE oid >= 16384
        UNION ALL SELECT 'function', oid, it::text FROM pg_proc AS it WHERE oid >= 16384
        UNION ALL SELECT 'trigger', oid, it::text FROM pg_trigger AS it WHERE oid >= 16384
        UNION ALL SELECT 'rule', oid, it::text FROM pg_rewrite AS it WHERE oid >= 16384
        UNION ALL
        SELECT 'setting', 0, concat_ws(' ', setrole, setconfig) FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
        UNION ALL SELECT 'ingredient', 0, it::text FROM ingredients AS it
        UNION ALL SELECT 'version', 0, it::text FROM alembic_version AS it
    )
    SELECT md5(string_agg(concat_ws(' ', kind, id, row), E'\\n' ORDER BY kind, id, row))
    FROM object
"""
"""A hash of the schema, the catalogue's rows and the database's own settings.

It is the same in all copies of the template: they also share the ids of tables. The rows that EMPTY
deletes are left out, and so are the sizes and the planner's statistics that they leave behind: a
test that depends on those makes a new database. Ids below 16384 are of PostgreSQL's own objects,
which are thousands: they are left out before they are turned into text.
"""


def pytest_configure() -> None:
    """Prepare the process for the tests, and the programs that they start.

    As `run_bot.py` does, have python-telegram-bot give durations as `timedelta`. A shell has its
    background jobs ignore Ctrl-C, which the programs would inherit.
    """
    os.environ["PTB_TIMEDELTA"] = "true"
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as cores for quick tests, else half as many again: the others often wait."""
    cores = os.cpu_count() or 1
    return cores if config.getoption("quick") else cores * 3 // 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick",
        action="store_true",
        help="only tests that need little, and those of files that differ from the last commit",
    )


@pytest.hookimpl(trylast=True)  # after Hypothesis has marked its tests
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that in the end no worker waits for another's last test."""
    if config.getoption("quick"):
        chosen = choose(items)
        config.hook.pytest_deselected(items=list(set(items) - set(chosen)))
        items[:] = chosen
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Carry out a test that tries hundreds of examples without noting the lines that it covers.

    That would take longer than all the rest. (Under pytest-xdist, the mark `no_cover` of pytest-cov
    does not do that.) Hypothesis marks its tests itself.
    """
    if not any(map(item.get_closest_marker, ("hypothesis", "unwatched"))):
        return (yield)
    watch = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(watch)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A directory whose path is short enough for a Unix socket inside it."""
    path = Path(tempfile.mkdtemp(prefix="fridge-", dir="/tmp"))
    path.chmod(0o755)  # where the tests run as root, the server's own user has to pass
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a stopped server, to be copied by `copy_server`; all workers share it."""
    folder = tmp_path_factory.getbasetemp()
    return made_server(folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder)


@pytest.fixture(scope="session")
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server to make databases on: the one of TEST_DATABASE_URL, or an embedded one."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    directory = Path(tempfile.mkdtemp(prefix="fridge-", dir="/tmp"))
    copy_server(request.getfixturevalue("made_once"), directory)
    server = EmbeddedPostgres(directory)
    try:
        url = server.start()
        asyncio.run(_answer_before_it_is_written(url))
        yield url
    finally:
        server.stop()
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def run_on_server(postgres_url: str) -> Callable[[str], None]:
    """Runs a statement that belongs to no database, such as CREATE DATABASE."""

    async def run(statement: str) -> None:
        connection = await asyncpg.connect(postgres_url)
        await connection.execute(statement)
        await connection.close()

    return lambda statement: asyncio.run(run(statement))


@pytest.fixture(scope="session")
def empty_database(
    postgres_url: str, run_on_server: Callable[[str], None]
) -> Iterator[Callable[[], str]]:
    """Makes a new database with nothing in it, and gives its URL."""
    yield from _databases(postgres_url, run_on_server, "template0")


@pytest.fixture(scope="session")
def new_database(
    postgres_url: str,
    run_on_server: Callable[[str], None],
    empty_database: Callable[[], str],
    catalogue: Catalogue,
) -> Iterator[Callable[[], str]]:
    """Makes a new migrated database, and gives its URL."""
    template = empty_database()

    async def build() -> None:
        engine = create_engine(template)
        await migrate(engine, catalogue)
        await engine.dispose()

    asyncio.run(build())
    yield from _databases(postgres_url, run_on_server, urlsplit(template).path.removeprefix("/"))


@pytest.fixture
def empty_database_url(empty_database: Callable[[], str]) -> str:
    return empty_database()


class UsedDatabases:
    """Databases that tests are done with; a new test's, once they are empty again."""

    def __init__(self) -> None:
        self._urls: list[str] = []
        self._state: str | None = None

    def put(self, url: str) -> None:
        self._urls.append(url)

    async def take(self) -> str | None:
        """Empty one that nobody uses any more; pass over for good those that a test has changed."""
        for url in list(self._urls):
            try:
                connection = await asyncpg.connect(url)
            except asyncpg.PostgresError:
                self._urls.remove(url)
                continue
            try:
                if await connection.fetchval(IS_USED):
                    continue
                self._urls.remove(url)
                if await connection.fetchval(STATE) == self._state:
                    await connection.execute(EMPTY)
                    return url
            except asyncpg.PostgresError:
                continue  # an earlier test has changed it so that it can't be read or emptied
            finally:
                await connection.close()
        return None

    async def note_state(self, url: str) -> None:
        """Remember how a new one is."""
        if self._state is None:
            connection = await asyncpg.connect(url)
            self._state = await connection.fetchval(STATE)
            await connection.close()


@pytest.fixture(scope="session")
def used_databases() -> UsedDatabases:
    return UsedDatabases()


@pytest.fixture
def database_url(new_database: Callable[[], str], used_databases: UsedDatabases) -> Iterator[str]:
    """A migrated database for the test alone, with nothing in it but the catalogue.

    It takes much longer to make one than to empty one.
    """
    url = asyncio.run(used_databases.take())
    if url is None:
        url = new_database()
        asyncio.run(used_databases.note_state(url))
    yield url
    used_databases.put(url)


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


async def _answer_before_it_is_written(url: str) -> None:
    """Let the server acknowledge before it writes: nobody kills this one."""
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER SYSTEM SET synchronous_commit = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


def _databases(
    postgres_url: str, run_on_server: Callable[[str], None], template: str
) -> Iterator[Callable[[], str]]:
    made: list[str] = []

    def make() -> str:
        name = f"fridge_test_{uuid4().hex}"
        run_on_server(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        made.append(name)
        return urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))

    yield make
    # An embedded server goes with all that is on it.
    for name in made if "TEST_DATABASE_URL" in os.environ else ():
        run_on_server(f"DROP DATABASE {name} WITH (FORCE)")
