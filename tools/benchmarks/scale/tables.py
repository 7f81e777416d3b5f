"""Sizes on disk and in the write-ahead log, from PostgreSQL's own counters."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from tools.benchmarks.jobs import JOBS

SIZES: Final = """
    SELECT relname, pg_table_size(oid) AS table_bytes, pg_indexes_size(oid) AS index_bytes
    FROM pg_class WHERE relname = ANY($1)
"""

UPDATES: Final = """
    SELECT n_tup_upd AS all, n_tup_hot_upd AS heap_only
    FROM pg_stat_user_tables WHERE relname = 'user_fridge_sessions'
"""

# A connection reports its counters at the latest when it is closed.
CLOSED: Final = """
    SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'fridge-bot')
"""

LOGGED: Final = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"

CLAIM: Final = """
    INSERT INTO job_runs (job, scheduled_for, started_at)
        SELECT job, scheduled_for, now()
        FROM unnest($1::text[]) AS job, unnest($2::timestamptz[]) AS scheduled_for
"""

RUNS: Final = """
    SELECT job, started_at, finished_at, affected FROM job_runs
    WHERE job = ANY($1) AND finished_at IS NOT NULL
"""

SECONDS_BETWEEN_LOOKS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Size:
    """The sizes of a table and its indexes, in bytes."""

    table: int
    index: int


@dataclass(frozen=True, slots=True)
class Updates:
    """The updates of sessions, and how many of them were heap-only."""

    all: int
    heap_only: int

    def since(self, before: "Updates") -> "Updates":
        """The updates since an earlier count."""
        return Updates(self.all - before.all, self.heap_only - before.heap_only)


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run of a job, with Unix times."""

    began_at: float
    ended_at: float
    affected: int

    @property
    def seconds(self) -> float:
        """The duration in seconds."""
        return self.ended_at - self.began_at


class Log:
    """The bytes written to the write-ahead log until each reading."""

    def __init__(self, looks: Iterable[tuple[float, int]] = ()) -> None:
        self._looks = list(looks)

    async def look(self, connection: asyncpg.Connection) -> None:
        """Note the present number of bytes."""
        self._looks.append((time.time(), await connection.fetchval(LOGGED)))

    def written(self, begin: float, end: float) -> float:
        """The bytes between two times, as far as the readings tell."""
        return self._at(end) - self._at(begin)

    def _at(self, moment: float) -> float:
        for (earlier, less), (later, more) in zip(self._looks, self._looks[1:], strict=False):
            if earlier <= moment <= later:
                return less + (more - less) * (moment - earlier) / (later - earlier)
        return self._looks[0 if moment < self._looks[0][0] else -1][1]


@asynccontextmanager
async def watched_log(url: str) -> AsyncGenerator[Log]:
    """Read the log again and again meanwhile."""
    log = Log()
    connection = await asyncpg.connect(url)

    async def watch() -> None:
        while True:
            await log.look(connection)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    await log.look(connection)
    watching = asyncio.create_task(watch())
    try:
        yield log
    finally:
        watching.cancel()
        await asyncio.wait((watching,))
        await log.look(connection)
        await connection.close()


class Tables:
    """Reads the sizes and counters of a database's tables."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def sizes(self, names: Sequence[str]) -> Mapping[str, Size]:
        """The size of each table."""
        rows = await self._connection.fetch(SIZES, names)
        return {row["relname"]: Size(row["table_bytes"], row["index_bytes"]) for row in rows}

    async def updates(self) -> Updates:
        """The updates of sessions so far, read after the program's connections are closed."""
        while not await self._connection.fetchval(CLOSED):  # noqa: ASYNC110 (no event tells)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        [row] = await self._connection.fetch(UPDATES)
        return Updates(row["all"], row["heap_only"])

    async def claim_jobs(self, now: datetime) -> None:
        """Keep the jobs from beginning in this hour and the next."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        await self._connection.execute(CLAIM, JOBS, [hour, hour + timedelta(hours=1)])

    async def unclaim_jobs(self) -> None:
        """Let the jobs begin at the program's next start."""
        await self._connection.execute("DELETE FROM job_runs")

    async def wait_for_jobs(self) -> None:
        """Wait until each job has run."""
        while len(await self.runs()) < len(JOBS):  # noqa: ASYNC110 (no event tells)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)

    async def runs(self) -> Mapping[str, Run]:
        """The finished runs of the jobs."""
        rows = await self._connection.fetch(RUNS, JOBS)
        return {
            row["job"]: Run(
                row["started_at"].timestamp(), row["finished_at"].timestamp(), row["affected"]
            )
            for row in rows
        }
