import asyncio
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from db.operation.job_runs import EXTEND, PURGE, WARN, FinishedRun, JobRunRepository
from tests.conftest import Clock
from tests.db.tables import Tables


@pytest.fixture
def runs(engine: AsyncEngine) -> JobRunRepository:
    return JobRunRepository(engine)


async def test_one_of_many_replicas_claims_a_run(runs: JobRunRepository, clock: Clock) -> None:
    claims = await asyncio.gather(*(runs.claim(PURGE, clock.now, clock.now) for _ in range(20)))

    assert sorted(claims) == [False] * 19 + [True]


async def test_one_of_many_replicas_claims_a_run_of_an_interval_that_comes_a_second_time(
    runs: JobRunRepository, clock: Clock
) -> None:
    first, second = clock.now, clock.now + timedelta(hours=1)
    for begun in (first, second):
        assert await runs.claim(PURGE, begun, begun)
        assert await runs.claim(EXTEND, begun, begun)
    set_back = first + timedelta(minutes=30)

    claims = await asyncio.gather(*(runs.claim(PURGE, first, set_back) for _ in range(20)))

    assert sorted(claims) == [False] * 19 + [True]
    assert await runs.claim(PURGE, second, second)
    assert not await runs.claim(EXTEND, second, second)


async def test_the_runs_of_another_job_tell_nothing_of_a_clock_that_was_set_back(
    runs: JobRunRepository, clock: Clock
) -> None:
    first, second = clock.now, clock.now + timedelta(hours=1)
    assert await runs.claim(PURGE, first, first)
    assert await runs.claim(WARN, second, second)

    assert not await runs.claim(PURGE, first, first + timedelta(minutes=30))


@pytest.mark.parametrize("seconds", [5, 10])
async def test_a_clock_that_is_some_seconds_behind_claims_nothing_twice(
    runs: JobRunRepository, clock: Clock, seconds: int
) -> None:
    behind = clock.now - timedelta(seconds=seconds)
    before = clock.now - timedelta(hours=1)
    assert await runs.claim(PURGE, before, before)
    assert await runs.claim(PURGE, clock.now, clock.now)

    assert not await runs.claim(PURGE, before, behind)


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


async def test_of_several_jobs_and_runs_each_has_its_own_end(
    runs: JobRunRepository, clock: Clock
) -> None:
    first, second = clock.now, clock.now + timedelta(hours=1)
    ends = {
        (job, begun): begun + timedelta(seconds=seconds)
        for seconds, (job, begun) in enumerate(product((PURGE, EXTEND), (first, second)))
    }
    for (job, begun), end in ends.items():
        await runs.claim(job, begun, begun)
        await runs.finish(job, begun, end.second, end)

    assert await runs.last_finished([EXTEND, PURGE]) == [
        FinishedRun(job, second, end, end.second)
        for job in (EXTEND, PURGE)
        for end in (ends[job, second],)
    ]


async def test_runs_are_forgotten_after_30_days(
    runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    for days in (0, 20, 40):
        at = clock.now + timedelta(days=days)
        await runs.claim(PURGE, at, at)
        await runs.finish(PURGE, at, 0, at)

    assert await tables.count_runs() == 2


async def test_a_run_is_kept_for_30_days_whatever_other_jobs_forget(
    runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    await runs.claim(PURGE, clock.now, clock.now)
    await runs.finish(PURGE, clock.now, 0, clock.now)
    later = clock.now + timedelta(days=30)
    for job in (WARN, PURGE):
        await runs.claim(job, later, later)
        await runs.finish(job, later, 0, later)

    assert await tables.count_runs() == 3


async def test_runs_that_come_each_minute_are_forgotten_after_a_day(
    runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    for hours in (0, 20, 40):
        at = clock.now + timedelta(hours=hours)
        await runs.claim(WARN, at, at)
        await runs.finish(WARN, at, 0, at)

    assert await tables.count_runs() == 2
