"""Several processes that start at once and share one database."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from db.connection.embedded import EmbeddedPostgres
from db.operation.job_runs import EXTEND, PURGE
from db.schema.migrate import MIGRATION_LOCK
from tests.operation.conftest import Run
from tests.operation.fork_server import PATIENCE, ROOT
from tests.operation.program import Program, postgres_processes
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

INTERVAL: Final = timedelta(seconds=2)
JOBS: Final = (EXTEND, PURGE)

# At DEBUG the log tells of every migration. The job that warns extends sessions too.
SETTINGS: Final = {"CLEANUP_INTERVAL": "2s", "LOG_LEVEL": "DEBUG", "WARN_BEFORE": "off"}

# The first trigger fires once a statement, also if no session is changed.
WATCH: Final = """
    CREATE TABLE work (job text, done_at timestamptz DEFAULT clock_timestamp());
    CREATE FUNCTION record_work() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO work VALUES (CASE TG_OP WHEN 'DELETE' THEN 'purge' ELSE 'extend' END);
            RETURN NULL;
        END
    $$;
    CREATE TRIGGER record_work AFTER UPDATE OR DELETE ON user_fridge_sessions
        FOR EACH STATEMENT EXECUTE FUNCTION record_work();
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('finished', NEW.job);
            RETURN NULL;
        END
    $$;
    CREATE TRIGGER tell AFTER UPDATE ON job_runs FOR EACH ROW EXECUTE FUNCTION tell();
"""

RUNS: Final = """
    SELECT scheduled_for, started_at, finished_at FROM job_runs
    WHERE job = $1 AND started_at > $2 AND finished_at IS NOT NULL ORDER BY scheduled_for
"""

WORK: Final = "SELECT count(*) FROM work WHERE job = $1 AND done_at BETWEEN $2 AND $3"


class JobWatch:
    """What the jobs do on a database from now on."""

    def __init__(self, connection: asyncpg.Connection, since: datetime) -> None:
        self._connection = connection
        self._since = since
        self._finished: asyncio.Queue[str] = asyncio.Queue()

    @classmethod
    @asynccontextmanager
    async def on(cls, url: str) -> AsyncGenerator["JobWatch"]:
        connection = await asyncpg.connect(url)
        await connection.execute(WATCH)
        watch = cls(connection, await connection.fetchval("SELECT clock_timestamp()"))
        await connection.add_listener("finished", watch.hear)
        try:
            yield watch
        finally:
            await connection.close()

    def hear(self, _connection: object, _pid: int, _channel: str, job: object) -> None:
        self._finished.put_nowait(str(job))

    async def until_finished(self, count: int) -> None:
        """Waits until each of the jobs has finished so many runs that were begun meanwhile."""
        async with asyncio.timeout(PATIENCE):
            while min([len(await self._runs(job)) for job in JOBS]) < count:
                await self._finished.get()

    async def scheduled(self, job: str) -> Sequence[datetime]:
        """When the job's finished runs were due; the work of each was done once."""
        runs = await self._runs(job)
        first, last = runs[0]["started_at"], runs[-1]["finished_at"]
        assert await self._connection.fetchval(WORK, job, first, last) == len(runs)
        return [run["scheduled_for"] for run in runs]

    async def _runs(self, job: str) -> Sequence[asyncpg.Record]:
        return await self._connection.fetch(RUNS, job, self._since)


async def assert_each_job_runs_once_an_interval(url: str, intervals: int) -> None:
    async with JobWatch.on(url) as watch:
        await watch.until_finished(intervals)
        for job in JOBS:
            scheduled = await watch.scheduled(job)
            assert scheduled[0].timestamp() % INTERVAL.total_seconds() == 0
            assert scheduled == [scheduled[0] + n * INTERVAL for n in range(len(scheduled))]


def migrations(program: Program) -> int:
    return sum("Running upgrade" in line for line in program.errors)


def all_migrations() -> int:
    return len(list((ROOT / "db" / "schema" / "migrations" / "versions").glob("*.py")))


async def test_replicas_migrate_once_and_run_each_job_once_an_interval(
    run: Run, live: dict[str, str], empty_database_url: str
) -> None:
    settings = (
        live
        | SETTINGS
        | {
            "DATABASE_URL": empty_database_url,
            "WEBHOOK_URL": "https://bot.example.org/hook",
            "WEBHOOK_SECRET": "hush_hush-hush_hush-42",
        }
    )
    replicas = await asyncio.gather(run(**settings), run(**settings))
    await asyncio.gather(*(replica.live() for replica in replicas))
    assert sorted(map(migrations, replicas)) == [0, all_migrations()]

    await assert_each_job_runs_once_an_interval(empty_database_url, 3)
    await asyncio.gather(*(replica.stop() for replica in replicas))
    assert not any("Traceback" in replica.printed for replica in replicas)


async def test_two_playgrounds_share_one_folder(
    run: Run, data_dir: Path, playground_dir: Path
) -> None:
    first, second = await asyncio.gather(run(**SETTINGS), run(**SETTINGS))
    assert await first.playground() != await second.playground()
    assert sorted(map(migrations, (first, second))) == [0, all_migrations()]

    server = EmbeddedPostgres(playground_dir)
    url = await asyncio.to_thread(server.start)
    try:
        await assert_each_job_runs_once_an_interval(url, 2)
    finally:
        await asyncio.to_thread(server.stop)
    await first.stop()
    assert postgres_processes(data_dir)
    await second.stop()
    assert postgres_processes(data_dir) == []
    assert "Traceback" not in first.printed + second.printed


async def test_a_stop_does_not_wait_for_a_migration_that_waits(
    run: Run, empty_database_url: str
) -> None:
    connection = await asyncpg.connect(empty_database_url)
    await connection.execute(f"SELECT pg_advisory_lock({MIGRATION_LOCK})")
    program = await run(PLAYGROUND="on", DATABASE_URL=empty_database_url)

    async def waits() -> bool:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return bool(await connection.fetchval(waiting))

    await wait_until(waits)
    await program.stop()
    await connection.close()
    assert program.output == []
    assert "Traceback" not in program.printed
