"""One measurement: replicas behind nginx under load for some seconds."""

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from tools.benchmarks.program import Usage, running
from tools.benchmarks.throughput.load.answers import faults_of
from tools.benchmarks.throughput.load.ledger import Ledger
from tools.benchmarks.throughput.load.posted import Posted
from tools.benchmarks.throughput.load.stand_in import TOKEN, StandIn
from tools.benchmarks.throughput.measure import Load
from tools.benchmarks.throughput.results import percentile
from tools.benchmarks.throughput.watching import latencies, until, without_collection
from tools.chaos.bots import OURS, base_environment, free_addresses, webhook_settings
from tools.chaos.servers.nginx import Nginx
from tools.chaos.servers.pgbouncer import PgBouncer
from tools.chaos.servers.postgres import Postgres, processes_of
from tools.chaos.servers.programs import wait_for_listener

WARM_UP_UPDATES: Final = 1_000
SECONDS_TO_FINISH: Final = 20.0

CONNECTIONS: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = $1 AND backend_type = 'client backend'
"""
LOG_POSITION: Final = "SELECT pg_current_wal_lsn() - '0/0'"


@dataclass(frozen=True, slots=True)
class Setup:
    """The number of replicas, their settings, and the path of pgbouncer if it is used."""

    title: str
    replicas: int
    settings: Mapping[str, str]
    pgbouncer: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """The work of all replicas in one round.

    `microseconds` is the processor time an update, by user: all replicas together, nginx, and so
    on. `log_bytes` is PostgreSQL's write-ahead log an update, and `connections` the number of its
    connections. A round with `faults` does not count.
    """

    updates: int
    seconds: float
    median_ms: float
    p99_ms: float
    microseconds: Mapping[str, float]
    log_bytes: float
    connections: int
    faults: Sequence[str]

    @property
    def rate(self) -> float:
        """Updates a second."""
        return self.updates / self.seconds


async def measure(
    setup: Setup, load: Load, postgres: Postgres, database_url: str, folder: Path
) -> Measured:
    """Have the replicas answer the load, and check every answer.

    Raises:
        ProgramMissingError: nginx is not installed.
        TimeoutError: A replica does not start.
    """
    ledger = Ledger([each.chat_id for each in load.sent])
    async with _at_work(setup, load, ledger, database_url, folder) as at_work:
        return await _watch(at_work, load, ledger, postgres, database_url)


@dataclass(frozen=True, slots=True)
class _AtWork:
    """The load, and the measured processes by name."""

    feed: Posted
    processes: Mapping[str, Sequence[int]]


@asynccontextmanager
async def _at_work(
    setup: Setup, load: Load, ledger: Ledger, database_url: str, folder: Path
) -> AsyncGenerator[_AtWork]:
    """Run all processes and the load meanwhile."""
    async with AsyncExitStack() as stack:
        processes: dict[str, Sequence[int]] = {}
        if setup.pgbouncer is not None:
            pooler = PgBouncer(setup.pgbouncer, database_url, folder)
            await stack.enter_async_context(pooler)
            database_url, processes["pgbouncer"] = pooler.url, [pooler.pid]
        public_address, *addresses = free_addresses(1 + setup.replicas)
        public = webhook_settings(public_address)
        feed = load.posted(ledger, public)
        api = await stack.enter_async_context(StandIn(ledger))
        nginx = await stack.enter_async_context(Nginx(public_address, addresses, folder))
        settings = {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": api.url,
            "DATABASE_URL": database_url,
            # In the evening, chats whose fridges end in the night would be warned.
            "WARN_BEFORE": "off",
            **setup.settings,
            **public,
        }
        replicas = [
            await stack.enter_async_context(
                running(
                    OURS.command,
                    environment={**base_environment(), **settings, "LISTEN": address},
                    folder=folder,
                    log=folder / "replicas.log",
                )
            )
            for address in addresses
        ]
        for address in addresses:
            await wait_for_listener(address)
        await feed.start()
        stack.callback(feed.close)
        processes["replicas"] = [replica.pid for replica in replicas]
        processes["nginx"] = nginx.pids
        yield _AtWork(feed, processes)


async def _watch(
    at_work: _AtWork, load: Load, ledger: Ledger, postgres: Postgres, database_url: str
) -> Measured:
    """Measure from the end of the warm-up to the end of the time, or of the updates."""
    server = await asyncpg.connect(postgres.url)
    try:
        with without_collection():
            await until(lambda: ledger.answered >= WARM_UP_UPDATES, SECONDS_TO_FINISH)
            processes = {**at_work.processes, "PostgreSQL": processes_of(postgres.cluster)}
            position = await server.fetchval(LOG_POSITION)
            before, began, answered = _used(processes), time.perf_counter(), ledger.answered
            await until(lambda: at_work.feed.is_over, load.seconds)
            ended, after = time.perf_counter(), _used(processes)
            answered = max(ledger.answered - answered, 1)
            log_bytes = float(await server.fetchval(LOG_POSITION) - position)
            name = database_url.partition("?")[0].rpartition("/")[2]
            connections: int = await server.fetchval(CONNECTIONS, name)
            at_work.feed.stop()
            await until(lambda: not ledger.unanswered, SECONDS_TO_FINISH)
    finally:
        await server.close()
    took = latencies(ledger, began, ended)
    return Measured(
        updates=answered,
        seconds=ended - began,
        median_ms=percentile(took, 50) * 1000,
        p99_ms=percentile(took, 99) * 1000,
        microseconds={who: (after[who] - before[who]) / answered * 1e6 for who in before},
        log_bytes=log_bytes / answered,
        connections=connections,
        faults=faults_of(load.mix, load.sent, ledger),
    )


def _used(processes: Mapping[str, Sequence[int]]) -> Mapping[str, float]:
    """The processor time of each process, in seconds; `load` is this process."""
    used = {"load": time.process_time()}
    for who, pids in processes.items():
        usages = [Usage(pid) for pid in pids]
        for usage in usages:
            usage.read()
        used[who] = sum(usage.processor_seconds for usage in usages)
    return used
