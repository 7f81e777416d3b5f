"""A start waits for what is away."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.operation.conftest import TOKEN, Run
from tools.chaos.faults.postgres import PostgresFaultProxy
from tools.chaos.faults.proxy import HttpFaultProxy

pytestmark = pytest.mark.slow


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[PostgresFaultProxy]:
    """The way to a database that nobody can go."""
    async with PostgresFaultProxy(database_url) as proxy:
        proxy.refuse()
        yield proxy


@pytest.fixture
async def calls(telegram_server: LocalTelegramServer) -> AsyncIterator[HttpFaultProxy]:
    """The way to Telegram that nobody can go."""
    async with HttpFaultProxy(telegram_server.url) as proxy:
        proxy.refuse()
        yield proxy


async def test_a_start_waits_for_its_database_and_for_telegram(
    run: Run, database: PostgresFaultProxy, calls: HttpFaultProxy
) -> None:
    settings = {
        "BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": calls.url,
        "DATABASE_URL": database.url,
    }
    program = await run(**settings)
    await program.line(r"Waiting for up to 300 s: The database can't be used")
    await database.heal()
    await program.line(r"The database is there, after \d+\.\d s")
    await program.line(r"Waiting for up to 300 s: Telegram can't be reached")
    await calls.heal()
    await program.line(r"Telegram is there, after \d+\.\d s")
    await program.live()
    await program.stop()
    assert len(program.errors) == 6, program.printed


async def test_a_stop_does_not_wait_for_what_a_start_waits_for(
    run: Run, database: PostgresFaultProxy
) -> None:
    settings = {"DATABASE_URL": database.url, "BOT_TOKEN": TOKEN}
    program, adopting = await asyncio.gather(run(**settings), run("adopt", **settings))

    await program.line("Waiting for up to 300 s")
    await program.stop()
    assert len(program.errors) == 1, program.printed

    # A command that is not done says so.
    await adopting.line("Waiting for up to 300 s")
    adopting.send(signal.SIGTERM)
    assert await adopting.status() == 130
    assert adopting.errors[-1] == "fridge bot: Stopped by a signal before it was done"


async def test_a_start_goes_on_with_a_server_that_has_no_menus_and_no_webhooks(
    run: Run, live: dict[str, str], telegram: LocalTelegram
) -> None:
    for method in ("setMyCommands", "deleteWebhook"):
        telegram.faults.add(method=method, status=404)
    program = await run(**live)
    await program.live()
    await program.line("The menus could not be registered")
    await program.line("A webhook could not be removed")
    await program.stop()
    assert len(program.errors) == 4, program.printed
