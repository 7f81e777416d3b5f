"""`run_bot.py` as a process of its own, and how to wait for what it does."""

import asyncio
import os
import re
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterable, Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from db.connection.embedded import EmbeddedPostgres
from startup.settings.settings import Settings
from tests.operation.fork_server import (
    LONGEST_LINE,
    PATIENCE,
    PROGRAM,
    ForkedProcess,
    ForkServer,
    Order,
)

SETTINGS = frozenset(name.upper() for name in Settings.model_fields)
COVERAGE = "COVERAGE_PROCESS_CONFIG"
TIMEDELTA = "PTB_TIMEDELTA"


class Program:
    """A run of the program, and the lines that it has printed so far."""

    def __init__(self, process: Process | ForkedProcess, settings: dict[str, str]) -> None:
        self.output: list[str] = []
        self.errors: list[str] = []
        self._process = process
        self._settings = settings
        self._news = asyncio.Condition()
        self._readers = [
            asyncio.create_task(self._read(stream, lines))
            for stream, lines in ((process.stdout, self.output), (process.stderr, self.errors))
            if stream is not None
        ]

    @property
    def printed(self) -> str:
        return "\n".join((*self.output, *self.errors))

    async def line(self, pattern: str) -> re.Match[str]:
        """The first line, of any stream, that the pattern is found in."""

        def find() -> re.Match[str] | None:
            matches = (re.search(pattern, line) for line in (*self.output, *self.errors))
            return next(filter(None, matches), None)

        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: find() or self._has_closed_its_streams())
        found = find()
        assert found, f"No line with {pattern!r} in:\n{self.printed}"
        return found

    async def playground(self) -> str:
        """The address of the chat page."""
        return (await self.line(r"The playground is open: (http://\S+)"))[1]

    async def live(self) -> None:
        """Waits until the bot is live on Telegram."""
        await self.line("Live on Telegram as @fridge_bot")

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def send_to_group(self, number: signal.Signals) -> None:
        """What a terminal does on Ctrl-C."""
        os.killpg(self._process.pid, number)

    async def status(self) -> int:
        """Waits for the end, and gives the exit status."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait(self._readers)  # which does not end them when the time is over
            return await self._process.wait()

    async def stop(self) -> None:
        """Stops it as a service manager does."""
        self.send(signal.SIGTERM)
        assert await self.status() == 0, self.printed

    async def kill(self) -> None:
        """Kills it, if it still runs."""
        if self._process.returncode is None:
            self._process.kill()
        await self.status()

    def printed_secrets(self) -> list[str]:
        """Which of the secrets in its settings it has printed; there should be none."""
        return [secret for secret in _secrets(self._settings) if secret in self.printed]

    def _has_closed_its_streams(self) -> bool:
        return all(reader.done() for reader in self._readers)

    async def _read(self, stream: AsyncIterable[bytes], lines: list[str]) -> None:
        async for line in stream:
            async with self._news:
                lines.append(line.decode().rstrip("\n"))
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()


async def start_program(
    *arguments: str, working_directory: Path, settings: dict[str, str]
) -> Program:
    """Starts the program in a session of its own, with these settings and no others."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(PROGRAM),
        *arguments,
        cwd=working_directory,
        env=without_settings(os.environ) | settings,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        limit=LONGEST_LINE,
        start_new_session=True,
    )
    return Program(process, settings)


async def fork_program(
    server: ForkServer, *arguments: str, working_directory: Path, settings: dict[str, str]
) -> Program:
    """The same, where the interpreter need not be one that has just started."""
    environment = without_settings(os.environ) | settings
    process = await server.start(Order(arguments, str(working_directory), environment))
    return Program(process, settings)


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without what would set up the program.

    The program itself has python-telegram-bot give durations as `timedelta`. The lines that it
    covers are not noted: that would slow down each of its many starts by half.
    """
    left_out = SETTINGS | {COVERAGE, TIMEDELTA}
    return {name: value for name, value in environment.items() if name not in left_out}


def postgres_processes(data_dir: Path) -> list[int]:
    """The processes of the embedded server: each of them changes into the server's folder."""
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            folder = (process / "cwd").readlink()
        except OSError:
            continue  # it has ended, or is another user's
        if folder.is_relative_to(data_dir):
            found.append(int(process.name))
    return found


def stop_postgres(data_dir: Path) -> None:
    """Stops the server that a killed program has left running."""
    if postgres_processes(data_dir / "postgresql"):
        server = EmbeddedPostgres(data_dir)
        server.start()
        server.stop()


async def until_there(path: Path) -> None:
    """Looks until the program has made a file or a folder."""
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(path.exists):  # noqa: ASYNC110 (no event tells of it)
            await asyncio.sleep(0.01)


def _secrets(settings: dict[str, str]) -> Iterable[str]:
    # The number before the colon is the bot's public id.
    yield from settings.get("BOT_TOKEN", "").split(":")[1:]
    if secret := settings.get("WEBHOOK_SECRET"):
        yield secret
    password = (
        urlsplit(settings.get("DATABASE_URL", "")).netloc.rpartition("@")[0].partition(":")[2]
    )
    if password:
        yield from {password, unquote(password), quote(unquote(password), safe="")}
