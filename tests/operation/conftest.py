"""The program as a process, what it talks to, and a Telegram that is not Telegram's."""

import asyncio
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest
from aiohttp import ClientSession

from db.connection.embedded import EmbeddedPostgres
from local_telegram.playground.sample_people import add_sample_people
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.made_server import copy_server
from tests.operation.fork_server import ForkServer
from tests.operation.program import (
    Program,
    fork_program,
    start_program,
    stop_postgres,
    without_settings,
)

TOKEN = "1234567890:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
PASSWORD = "p@ss/wörd & more"

Run = Callable[..., Awaitable[Program]]


@pytest.fixture
def data_dir(short_path: Path) -> Path:
    return short_path / "data"


@pytest.fixture
def playground_dir(data_dir: Path) -> Path:
    """Where the playground's embedded PostgreSQL is."""
    return data_dir / "playground"


@pytest.fixture
def used_before(made_once: Path, playground_dir: Path) -> None:
    """Puts a server into the playground's folder, so that the start does not make one."""
    copy_server(made_once, playground_dir)


@pytest.fixture
def working_directory(short_path: Path) -> Path:
    """Where the program runs, and looks for a `.env`."""
    path = short_path / "work"
    path.mkdir()
    return path


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    server = ForkServer(without_settings(os.environ))
    yield server
    server.stop()


@pytest.fixture
async def run(
    fork_server: ForkServer, working_directory: Path, data_dir: Path, playground_dir: Path
) -> AsyncIterator[Run]:
    """Starts the program with the given settings.

    With PYTHONPATH among them, in an interpreter that has just started. Whatever it leaves running
    is ended; and whatever a test is about, no secret is printed.
    """
    programs: list[Program] = []

    async def start(*arguments: str, **settings: str) -> Program:
        defaults = {"DATA_DIR": str(data_dir), "LISTEN": "127.0.0.1:0"}
        given = defaults | settings
        if "PYTHONPATH" in given:
            program = await start_program(
                *arguments, working_directory=working_directory, settings=given
            )
        else:
            program = await fork_program(
                fork_server, *arguments, working_directory=working_directory, settings=given
            )
        programs.append(program)
        return program

    async with AsyncExitStack() as ending:
        # Whichever of them fails, the others go on.
        for folder in (data_dir, playground_dir):
            ending.push_async_callback(asyncio.to_thread, stop_postgres, folder)
        yield start
        for program in programs:
            ending.push_async_callback(program.kill)
    assert [program.printed_secrets() for program in programs] == [[] for _ in programs]


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    """A new one: a statement of a program that was killed may be done later."""
    return new_database()


@pytest.fixture
async def telegram() -> LocalTelegram:
    telegram = LocalTelegram(token=TOKEN)
    add_sample_people(telegram)
    return telegram


@pytest.fixture
async def telegram_server(telegram: LocalTelegram) -> AsyncIterator[LocalTelegramServer]:
    async with LocalTelegramServer(telegram) as server:
        yield server


@pytest.fixture
def live(telegram_server: LocalTelegramServer, database_url: str) -> dict[str, str]:
    """The settings of a bot that is live on the stand-in, with a migrated database."""
    return {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram_server.url,
        "DATABASE_URL": database_url,
    }


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
def taken_address() -> Iterator[str]:
    """A host:port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        yield f"{host}:{port}"


@pytest.fixture(scope="session")
def password_server(made_once: Path) -> Iterator[Callable[[str, str], str]]:
    """A PostgreSQL that asks its user `cook` for a password; makes its URLs.

    The databases `kitchen` and `cellar` are the cook's own; `pantry` is another's. The `cellar`
    stays empty.
    """
    directory = Path(tempfile.mkdtemp(prefix="fridge-", dir="/tmp"))
    copy_server(made_once, directory)
    server = EmbeddedPostgres(directory)

    def url(password: str, database: str) -> str:
        login = f"cook:{quote(password, safe='')}"
        return f"postgresql://{login}@/{database}?host={directory / 'postgresql'}&port=5432"

    try:
        asyncio.run(_let_cook_log_in(server.start(), directory / "postgresql" / "pg_hba.conf"))
        yield url
    finally:
        server.stop()
        shutil.rmtree(directory)


async def _let_cook_log_in(url: str, rules: Path) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(f"CREATE ROLE cook LOGIN PASSWORD '{PASSWORD}'")
    await connection.execute("CREATE DATABASE kitchen OWNER cook")
    await connection.execute("CREATE DATABASE cellar OWNER cook")
    await connection.execute("CREATE DATABASE pantry")
    await asyncio.to_thread(_put_first, rules, "local all cook scram-sha-256\n")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


def _put_first(path: Path, line: str) -> None:
    path.write_text(line + path.read_text())
