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
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest

from db.connection.database import Engine, create_engine
from db.connection.embedded import EmbeddedPostgres
from db.schema.migrate import migrate
from fridge.catalogue.catalogue import Catalogue, load_catalogue


def pytest_configure() -> None:
    """Prepare the process for the tests, and the programs that they start.

    As `run_bot.py` does, have python-telegram-bot give durations as `timedelta`. A shell has its
    background jobs ignore Ctrl-C, which the programs would inherit.
    """
    os.environ["PTB_TIMEDELTA"] = "true"
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: much of what the tests do is to wait."""
    return (os.cpu_count() or 1) * 3 // 2


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
def postgres_url() -> Iterator[str]:
    """A server to make databases on: the one of TEST_DATABASE_URL, or an embedded one."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    directory = Path(tempfile.mkdtemp(prefix="fridge-", dir="/tmp"))
    server = EmbeddedPostgres(directory)
    url = server.start()
    asyncio.run(_forget_durability(url))
    yield url
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


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    await engine.dispose()


async def _forget_durability(url: str) -> None:
    """Nothing here outlives the tests, and making databases is all about waiting for the disk."""
    connection = await asyncpg.connect(url)
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        await connection.execute(f"ALTER SYSTEM SET {setting} = off")
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
