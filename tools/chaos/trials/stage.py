"""What a trial needs: a bot, people who write to it, a database, and proxies between them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from local_telegram.server import LocalTelegramServer
from tools.chaos.bots import Mode, free_addresses
from tools.chaos.conversations.checker import check
from tools.chaos.faults.postgres import PostgresFaultProxy
from tools.chaos.faults.proxy import HttpFaultProxy
from tools.chaos.servers.postgres import make_database
from tools.chaos.trials.program import Program, Stop
from tools.chaos.trials.writers import Writers

SECRET: Final = "hush_hush-hush_hush-42"  # noqa: S105 (of a stand-in)
FAULTS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Ways:
    """The proxies to PostgreSQL and, in either direction, between the bot and Telegram."""

    database: PostgresFaultProxy
    telegram: Sequence[HttpFaultProxy]


@dataclass(slots=True)
class Stage:
    """A live bot and its surroundings; `database_url` leads past the proxies."""

    writers: Writers
    program: Program
    database_url: str
    ways: Ways | None
    settings: Mapping[str, str]
    folder: Path

    async def start_again(self) -> None:
        """Start the bot again with the same settings, after it has ended."""
        self.program = await Program.start(self.settings, self.folder)

    async def problems(self) -> Sequence[str]:
        """The checker's findings and the number of unanswered commands, in words."""
        faults = check(await self.writers.histories(self.database_url)).faults
        found = [str(fault) for fault in faults]
        if len(found) > FAULTS_SHOWN:
            found[FAULTS_SHOWN:] = [f"{len(found) - FAULTS_SHOWN} more of the checker"]
        if self.writers.unanswered:
            found.append(f"{self.writers.unanswered} updates unanswered")
        return found

    async def repeats(self) -> int:
        """The number of repeated replies."""
        return check(await self.writers.histories(self.database_url)).repeats


@asynccontextmanager
async def open_stage(
    mode: Mode,
    writers: Writers,
    server_url: str,
    starting: asyncio.Lock,
    *,
    with_proxies: bool,
    settings: Mapping[str, str],
) -> AsyncGenerator[Stage]:
    """Start the bot for these writers, on a new database of the server.

    Bots start one after the other, holding `starting`: side by side, starts would take too long.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        async with starting:
            database_url = await make_database(server_url, f"trial_{time.time_ns()}")
        server = await stack.enter_async_context(LocalTelegramServer(writers.telegram))
        [address] = free_addresses(1)
        hook_url = f"http://{address}/hook"
        api_url, bots_database_url = server.url, database_url
        ways: Ways | None = None
        if with_proxies:
            calls = await stack.enter_async_context(HttpFaultProxy(api_url))
            posts = await stack.enter_async_context(HttpFaultProxy(hook_url))
            database = await stack.enter_async_context(PostgresFaultProxy(database_url))
            ways = Ways(database, (calls, posts))
            api_url, hook_url, bots_database_url = calls.url, posts.url, database.url
        given = {
            "BOT_TOKEN": writers.telegram.token,
            "TELEGRAM_API_URL": api_url,
            "DATABASE_URL": bots_database_url,
            "LOG_LEVEL": "INFO",
            **settings,
        }
        if mode is Mode.WEBHOOK:
            given |= {"WEBHOOK_URL": hook_url, "WEBHOOK_SECRET": SECRET, "LISTEN": address}
        async with starting:
            program = await Program.start(given, folder)
        stage = Stage(writers, program, database_url, ways, given, folder)
        try:
            yield stage
        finally:
            await stage.program.stop()


def check_stop(stop: Stop, most_seconds: float) -> Sequence[str]:
    """Say what is wrong with how the program ended."""
    found = [f"ended with status {stop.status}"] if stop.status else []
    if stop.seconds >= most_seconds:
        found.append(f"took {stop.seconds:.1f} s to stop")
    return found


def check_lines(lines: Sequence[str]) -> Sequence[str]:
    """Say whether something unexpected is in the log."""
    return ["logged a traceback"] if any("Traceback" in line for line in lines) else []
