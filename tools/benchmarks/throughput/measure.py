"""One measurement: a contender under load for some seconds."""

import asyncio
import time
from asyncio.subprocess import Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from tools.benchmarks.program import Usage, running
from tools.benchmarks.throughput.contenders import Bot
from tools.benchmarks.throughput.load.answers import faults_of
from tools.benchmarks.throughput.load.ledger import Ledger
from tools.benchmarks.throughput.load.mix import Mix, Sent
from tools.benchmarks.throughput.load.polled import Polled
from tools.benchmarks.throughput.load.posted import Posted
from tools.benchmarks.throughput.load.stand_in import TOKEN, StandIn
from tools.benchmarks.throughput.results import MeasurementError, Result, percentile
from tools.benchmarks.throughput.watching import latencies, until, without_collection
from tools.chaos.bots import Mode, base_environment, free_addresses, webhook_settings

FIRST_ID: Final = 500_000_000
WARM_UP_UPDATES: Final = 200
SECONDS_TO_START: Final = 30.0
SECONDS_TO_FINISH: Final = 20.0


@dataclass(frozen=True, slots=True)
class Load:
    """The load of every contender in a round: the updates, how many at once, for how long."""

    mix: Mix
    sent: Sequence[Sent]
    updates: Sequence[bytes]
    at_once: int
    seconds: float

    @classmethod
    def of(cls, mix: Mix, count: int, *, at_once: int, seconds: float) -> "Load":
        """Return the load of the first `count` updates of a mix."""
        sent = list(islice(mix.sent(), count))
        updates = [each.update(FIRST_ID + number) for number, each in enumerate(sent)]
        return cls(mix, sent, updates, at_once, seconds)

    def posted(self, ledger: Ledger, webhook: Mapping[str, str]) -> Posted:
        """Return the same updates as posts to a webhook with these settings."""
        return Posted(
            ledger,
            self.updates,
            url=webhook["WEBHOOK_URL"],
            secret=webhook["WEBHOOK_SECRET"],
            at_once=self.at_once,
        )


async def measure(bot: Bot, load: Load, database_url: str, folder: Path) -> Result:
    """Have a bot answer the load, and check every answer.

    Args:
        bot: The contender.
        load: The updates for the bot.
        database_url: The bot's database.
        folder: Where the bot runs; a file in it keeps the output.

    Raises:
        MeasurementError: The bot does not start.
    """
    ledger = Ledger([each.chat_id for each in load.sent])
    async with _at_work(bot, load, ledger, database_url, folder) as (process, feed):
        result = await _watch(process, feed, ledger, load)
    return result.with_faults(faults_of(load.mix, load.sent, ledger))


@asynccontextmanager
async def _at_work(
    bot: Bot, load: Load, ledger: Ledger, database_url: str, folder: Path
) -> AsyncGenerator[tuple[Process, Polled | Posted]]:
    """Run the bot under load meanwhile."""
    webhook: Mapping[str, str] = {}
    feed: Polled | Posted
    if bot.mode is Mode.WEBHOOK:
        [address] = free_addresses(1)
        webhook = webhook_settings(address)
        feed = load.posted(ledger, webhook)
    else:
        feed = Polled(ledger, load.updates, first_id=FIRST_ID, at_once=load.at_once)
    async with StandIn(ledger, feed.poll if isinstance(feed, Polled) else None) as api:
        settings = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": api.url,
            "WARN_BEFORE": "off",  # a warning would answer no update
            "DATABASE_URL": database_url,
            **bot.settings,
            **webhook,
        }
        program = running(
            bot.command,
            environment=base_environment() | settings,
            folder=folder,
            log=folder / f"{bot.name}.log",
        )
        async with program as process:
            try:
                async with asyncio.timeout(SECONDS_TO_START):
                    await api.is_registered.wait()
                    if isinstance(feed, Posted):
                        await feed.start()
            except TimeoutError:
                raise MeasurementError("it does not start") from None
            yield process, feed
            if isinstance(feed, Posted):
                feed.close()


async def _watch(process: Process, feed: Polled | Posted, ledger: Ledger, load: Load) -> Result:
    """Measure the bot from the end of the warm-up to the end of the time, or of the updates."""
    usage = Usage(process.pid)
    with without_collection():
        await until(lambda: ledger.answered >= WARM_UP_UPDATES, SECONDS_TO_FINISH)
        began, answered = time.perf_counter(), ledger.answered
        usage.read()
        bot_began, load_began = usage.processor_seconds, time.process_time()
        await until(lambda: feed.is_over, load.seconds)
        ended = time.perf_counter()
        usage.read()
        bot_seconds = usage.processor_seconds - bot_began
        load_seconds = time.process_time() - load_began
        answered = ledger.answered - answered
        feed.stop()
        await until(lambda: not ledger.unanswered, SECONDS_TO_FINISH)
    took = latencies(ledger, began, ended)
    return Result(
        updates=answered,
        seconds=ended - began,
        median_ms=percentile(took, 50) * 1000,
        p99_ms=percentile(took, 99) * 1000,
        processor_us=bot_seconds / max(answered, 1) * 1e6,
        megabytes=usage.megabytes,
        load_us=load_seconds / max(answered, 1) * 1e6,
    )
