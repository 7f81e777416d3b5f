"""Lets very many fridges be due at once, and measures how the program warns of their end.

The program runs on a PostgreSQL of its own, with the stand-in for Telegram. An interrupted
measurement can go on later, in the same folder. Memory and processor time are read in /proc.
"""

import argparse
import asyncio
import os
import sys
import time
from asyncio.subprocess import Process
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Final
from zoneinfo import ZoneInfo

import asyncpg

from bot.features.settings.time_zones import TIME_ZONES
from db.connection.database import create_engine
from db.connection.embedded import EmbeddedPostgres
from db.schema.migrate import migrate
from fridge.catalogue.catalogue import load_catalogue
from jobs.quiet_hours import MORNING
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tools.benchmarks.program import Usage, running
from tools.chaos.bots import OURS
from tools.printing import say

TOKEN: Final = "1234567890:AAbenchmark-of-the-warnings"  # noqa: S105 (of the stand-in)
FIRST_CHAT: Final = 1_000_000
ITEMS: Final = 8

# All are due; they expire one after the other, from an hour ahead to two.
FILL: Final = """
    INSERT INTO user_fridge_sessions
            (chat_id, created_at, expires_at, last_accessed, revision, language)
        SELECT $1 + number, used - interval '1 day', used + interval '1 day', used, 1,
            CASE number % 2 WHEN 0 THEN 'ko' ELSE 'en' END
        FROM generate_series(0, $2 - 1) AS number,
            LATERAL (
                SELECT $3::timestamptz - interval '23 hours' + number * $4::interval
            ) AS use (used)
"""

FILL_ITEMS: Final = """
    INSERT INTO user_fridge_ingredients
        SELECT chat_id, ingredient_id, '', '', created_at
        FROM user_fridge_sessions, generate_series(1, $1) AS ingredient_id
"""

SET_ZONES: Final = """
    INSERT INTO chat_settings (chat_id, time_zone)
        SELECT chat_id, $1 FROM user_fridge_sessions
"""

PROGRESS: Final = "SELECT count(*), count(sent_at) FROM expiry_warnings"

FIGURES: Final = """
    SELECT count(sent_at) AS sent,
        extract(epoch FROM max(sent_at) - min(sent_at)) AS seconds,
        min(expires_at - sent_at) AS least_time_left
    FROM expiry_warnings
"""

LATE: Final = """
    SELECT count(*) FROM (
        SELECT expires_at - max(expires_at) OVER (ORDER BY sent_at) AS behind FROM expiry_warnings
    ) AS sent WHERE behind < -$1::interval
"""


def main() -> int:
    """Measure as the arguments say; return the exit status."""
    arguments = _parser().parse_args()
    return asyncio.run(_measure(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.benchmarks.expiry_warnings", description=__doc__
    )
    parser.add_argument("--fridges", type=int, default=100_000)
    parser.add_argument("--paced", action="store_true", help="within Telegram's limits on sending")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two lines")
    parser.add_argument("--folder", type=Path, help="where the database is; one to go on with")
    return parser


async def _measure(arguments: argparse.Namespace) -> int:
    folder = arguments.folder or Path(mkdtemp(prefix="fridge-", dir="/tmp"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # the server's own user must be able to pass if this runs as root
    server = EmbeddedPostgres(folder)
    url = await asyncio.to_thread(server.start)
    say(f"The database is in {folder}: --folder {folder} goes on with it")
    try:
        connection = await asyncpg.connect(url)
        await _prepare(url, connection, arguments.fridges)
        telegram = _telegram(arguments.fridges, paced=arguments.paced)
        async with LocalTelegramServer(telegram) as api:
            async with _program(url, api.url, folder, paced=arguments.paced) as process:
                usage = await _watch(process, connection, arguments.fridges, arguments.every)
            return await _report(connection, telegram, usage, folder)
    finally:
        await asyncio.to_thread(server.stop)


async def _prepare(url: str, connection: asyncpg.Connection, fridges: int) -> None:
    """Fill the fridges, unless an interrupted measurement did."""
    engine = create_engine(url, command_timeout=None)
    await migrate(engine, load_catalogue())
    await engine.dispose()
    if await connection.fetchval("SELECT EXISTS (SELECT FROM user_fridge_sessions)"):
        say("Going on with the fridges that are there")
        return
    step = timedelta(hours=1) / fridges
    now = datetime.now(UTC)
    await connection.execute(FILL, FIRST_CHAT, fridges, now, step)
    await connection.execute(FILL_ITEMS, ITEMS)
    await connection.execute(SET_ZONES, _morning_zone(now))
    await connection.execute("ANALYZE")
    say(f"{fridges} fridges are due, with {ITEMS} items each")


def _morning_zone(now: datetime) -> str:
    """The time zone in which most of the day is left."""

    def since_morning(zone: str) -> timedelta:
        local = now.astimezone(ZoneInfo(zone))
        return (local - datetime.combine(local, MORNING, local.tzinfo)) % timedelta(days=1)

    return min(TIME_ZONES, key=since_morning)


def _telegram(fridges: int, *, paced: bool) -> LocalTelegram:
    telegram = LocalTelegram(token=TOKEN, flood_limits=paced, record_calls=False)
    for number in range(fridges):
        telegram.add_person(FIRST_CHAT + number, "Cook", "en")
    return telegram


def _program(
    database_url: str, api_url: str, folder: Path, *, paced: bool
) -> AbstractAsyncContextManager[Process]:
    """Run the program meanwhile."""
    return running(
        OURS.command,
        environment={
            "PATH": os.environ["PATH"],
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": api_url,
            "DATABASE_URL": database_url,
            "FLOOD_LIMITS": "on" if paced else "off",
        },
        folder=folder,
        log=folder / "program.log",
    )


async def _watch(
    process: Process, connection: asyncpg.Connection, fridges: int, every: float
) -> Usage:
    """Print the progress until all chats are warned or the program ends."""
    say(f"{'time':>8}{'claimed':>10}{'sent':>10}{'a second':>10}{'memory':>10}{'processor':>11}")
    began_at = time.monotonic()
    last, sent, usage = began_at, 0, Usage(process.pid)
    while sent < fridges and process.returncode is None:
        await asyncio.sleep(every)
        usage.read()
        before, now = sent, time.monotonic()
        [progress] = await connection.fetch(PROGRESS)
        claimed, sent = int(progress[0]), int(progress[1])
        say(
            f"{now - began_at:7.0f}s{claimed:10}{sent:10}{(sent - before) / (now - last):10.1f}"
            f"{usage.megabytes:7.0f} MB{usage.processor_seconds:10.1f}s"
        )
        last = now
    return usage


async def _report(
    connection: asyncpg.Connection, telegram: LocalTelegram, usage: Usage, folder: Path
) -> int:
    [figures] = await connection.fetch(FIGURES)
    sent, seconds = int(figures["sent"]), float(figures["seconds"])
    behind = await connection.fetchval(LATE, timedelta(seconds=5))
    told = [len(telegram.messages(chat)) for chat in telegram.people]
    failures = (folder / "program.log").read_text().count("Sending fails")
    say(f"{sent} warnings in {seconds:.1f} s: {sent / seconds:.1f} a second")
    say(f"Most memory: {usage.megabytes:.0f} MB, processor: {usage.processor_seconds:.1f} s")
    say(f"Least time left after a warning: {figures['least_time_left']}")
    say(f"Warned over 5 s of expiry out of turn: {behind}, lines of failed sending: {failures}")
    say(
        f"In this run, chats told once: {told.count(1)}, more than once: {sum(n > 1 for n in told)}"
    )
    return int(any(count > 1 for count in told) or sent < len(told))


if __name__ == "__main__":
    sys.exit(main())
