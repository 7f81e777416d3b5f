import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.job_runs import EXTEND, PURGE, WARN, FinishedRun, JobRunRepository
from tests.conftest import Clock
from tests.db.tables import Tables


@pytest.fixture
def runs(engine: AsyncEngine) -> JobRunRepository:
    return JobRunRepository(engine)


async def test_one_of_many_replicas_claims_a_run(runs: JobRunRepository, clock: Clock) -> None:
    claims = await asyncio.gather(*(runs.claim(PURGE, clock.now, clock.now) for _ in range(20)))

    assert sorted(claims) == [False] * 19 + [True]


async def test_the_last_finished_run_of_each_job_is_known(
    runs: JobRunRepository, clock: Clock
) -> None:
    first = clock.now
    await runs.claim(PURGE, first, first)
    await runs.finish(PURGE, first, 3, first + timedelta(seconds=2))
    await runs.claim(PURGE, first + timedelta(hours=1), first + timedelta(hours=1))  # and died

    assert await runs.last_finished([EXTEND, PURGE]) == [
        FinishedRun(PURGE, first, first + timedelta(seconds=2), 3)
    ]


async def test_runs_are_forgotten_after_30_days(
    runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    for days in (0, 20, 40):
        at = clock.now + timedelta(days=days)
        await runs.claim(PURGE, at, at)
        await runs.finish(PURGE, at, 0, at)

    assert await tables.count_runs() == 2


async def test_runs_that_come_each_minute_are_forgotten_after_a_day(
    runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    for hours in (0, 20, 40):
        at = clock.now + timedelta(hours=hours)
        await runs.claim(WARN, at, at)
        await runs.finish(WARN, at, 0, at)

    assert await tables.count_runs() == 2
