"""Measures everything at one number of fridges."""

import asyncio
import shutil
import time
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import mkdtemp
from typing import Final

import asyncpg

from db.connection.database import create_engine
from db.connection.embedded import EmbeddedPostgres
from db.schema.migrate import migrate
from fridge.catalogue.catalogue import load_catalogue
from tools.benchmarks.scale.filling import TABLES, fill
from tools.benchmarks.scale.people import Answer, Command, People
from tools.benchmarks.scale.program import SECRET, running_program
from tools.benchmarks.scale.tables import Run, Size, Tables, Updates, watched_log
from tools.benchmarks.scale.warming import warm

SECONDS_TO_WARM_UP: Final = 5.0
ROUND_SECONDS: Final = 8.0
ROUNDS: Final = 5
LOOKS_AT_STATISTICS: Final = 5

SERVER: Final = {"shared_buffers": "8GB", "max_wal_size": "16GB", "checkpoint_timeout": "30min"}
"""Settings of the server, where they differ from its defaults."""

LOADING: Final = {
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    "maintenance_work_mem": "1GB",
    "synchronous_commit": "off",
}
"""Settings of the server while it is filled."""

FEWEST_ANSWERS: Final = 100
"""With fewer answers to a command, its 99th percentile means nothing."""


@dataclass(frozen=True, slots=True)
class Times:
    """The median and the 99th percentile of the answers to a command, in seconds."""

    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Quiet:
    """Figures while people use their fridges and no job runs: memory in MB, the log in bytes."""

    times: Mapping[Command, Times]
    logged_per_command: float
    updates: Updates
    statistics_seconds: Sequence[float]
    memory_at_start: float
    memory: float


@dataclass(frozen=True, slots=True)
class WithJobs:
    """Figures while the jobs of an hour run and people use their fridges."""

    runs: Mapping[str, Run]
    times: Mapping[str, Mapping[Command, Times]]
    logged: Mapping[str, float]
    memory: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures at one number of fridges, and whether huge pages were on or off."""

    fridges: int
    huge_pages: str
    seconds_to_fill: float
    sizes: Mapping[str, Size]
    quiet: Quiet
    with_jobs: WithJobs


async def measure(fridges: int, rate: float, parent: Path) -> Figures:
    """Fill a database of its own, measure, and delete it.

    Args:
        fridges: The number of fridges.
        rate: Messages of people a second.
        parent: Where the database's folder is made.
    """
    async with database(parent) as (url, folder):
        connection = await asyncpg.connect(url)
        began_at = time.monotonic()
        async with _loading(connection):
            await fill(url, fridges, datetime.now(UTC))
        await warm(url)
        seconds_to_fill = time.monotonic() - began_at
        stage = _Stage(url, folder, Tables(connection), fridges, rate)
        try:
            return Figures(
                fridges=fridges,
                huge_pages=await connection.fetchval("SHOW huge_pages_status"),
                seconds_to_fill=seconds_to_fill,
                sizes=await stage.tables.sizes(TABLES),
                quiet=await _measure_quiet(stage),
                with_jobs=await _measure_jobs(stage),
            )
        finally:
            await connection.close()


@asynccontextmanager
async def database(parent: Path) -> AsyncGenerator[tuple[str, Path]]:
    """A migrated database on a server of its own: its URL, and its folder, which is deleted."""
    folder = _make_folder(parent)
    server = EmbeddedPostgres(folder)
    try:
        url = await asyncio.to_thread(server.start)
        await _set_up(url)
        await asyncio.to_thread(server.stop)
        url = await asyncio.to_thread(server.start)
        engine = create_engine(url, command_timeout=None)
        await migrate(engine, load_catalogue())
        await engine.dispose()
        yield url, folder
    finally:
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder)


def _make_folder(parent: Path) -> Path:
    folder = Path(mkdtemp(prefix="fridge-scale-", dir=parent))
    folder.chmod(0o755)  # the server's own user must be able to pass if this runs as root
    return folder


async def _set_up(url: str) -> None:
    """Set the server up for millions of chats, from its next start on."""
    connection = await asyncpg.connect(url)
    await _set(connection, SERVER)
    await connection.close()


@asynccontextmanager
async def _loading(connection: asyncpg.Connection) -> AsyncGenerator[None]:
    """Give the server settings for loading meanwhile; afterwards the rows are on disk."""
    await _set(connection, LOADING)
    await connection.execute("SELECT pg_reload_conf()")
    yield
    for name in LOADING:
        await connection.execute(f"ALTER SYSTEM RESET {name}")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute("CHECKPOINT")


async def _set(connection: asyncpg.Connection, settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")


@dataclass(frozen=True, slots=True)
class _Stage:
    url: str
    folder: Path
    tables: Tables
    fridges: int
    rate: float

    def people(self, url: str) -> People:
        return People(url, SECRET, self.fridges, self.rate)


async def _measure_quiet(stage: _Stage) -> Quiet:
    before = await stage.tables.updates()
    await stage.tables.claim_jobs(datetime.now(UTC))
    async with running_program(stage.url, stage.folder) as program, watched_log(stage.url) as log:
        people = stage.people(program.url)
        memory_at_start = program.megabytes()
        await people.send_for(SECONDS_TO_WARM_UP)
        began_at = time.time()
        rounds = [await people.send_for(ROUND_SECONDS) for _ in range(ROUNDS)]
        ended_at = time.time()
        looks = [await people.ask_as_admin("/stats") for _ in range(LOOKS_AT_STATISTICS)]
        memory = program.megabytes()
    return Quiet(
        times=_times(rounds),
        logged_per_command=log.written(began_at, ended_at) / sum(map(len, rounds)),
        updates=(await stage.tables.updates()).since(before),
        statistics_seconds=[seconds for _, seconds in looks],
        memory_at_start=memory_at_start,
        memory=memory,
    )


async def _measure_jobs(stage: _Stage) -> WithJobs:
    await stage.tables.unclaim_jobs()
    async with running_program(stage.url, stage.folder) as program, watched_log(stage.url) as log:
        finished = asyncio.create_task(stage.tables.wait_for_jobs())
        answers = await stage.people(program.url).send_until(finished)
        memory = program.megabytes()
    runs = await stage.tables.runs()
    return WithJobs(
        runs=runs,
        times={job: _times(_rounds(answers, run)) for job, run in runs.items()},
        logged={job: log.written(run.began_at, run.ended_at) for job, run in runs.items()},
        memory=memory,
    )


def _rounds(answers: Sequence[Answer], run: Run) -> Sequence[Sequence[Answer]]:
    """Divide the answers of a run into rounds."""
    count = max(1, round(run.seconds / ROUND_SECONDS))
    rounds: list[list[Answer]] = [[] for _ in range(count)]
    for answer in answers:
        if run.began_at <= answer.at < run.ended_at:
            rounds[int((answer.at - run.began_at) / run.seconds * count)].append(answer)
    return rounds


def _times(rounds: Sequence[Sequence[Answer]]) -> Mapping[Command, Times]:
    """The times of the commands that were sent often enough, as medians over the rounds."""
    times: dict[Command, Times] = {}
    for command in Command:
        percentiles = [
            quantiles(seconds, n=100)
            for answers in rounds
            if len(seconds := list(_seconds(answers, command))) >= FEWEST_ANSWERS
        ]
        if percentiles:
            times[command] = Times(
                median(of_round[49] for of_round in percentiles),
                median(of_round[98] for of_round in percentiles),
            )
    return times


def _seconds(answers: Iterable[Answer], command: Command) -> Iterable[float]:
    return (answer.seconds for answer in answers if answer.command is command)
