import asyncio
import gc
import logging
import time
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from db.connection.database import Engine, connected
from db.connection.errors import DatabaseAway
from jobs.clock_watch import ClockWatch
from jobs.interval_scheduler import IntervalScheduler
from tests.conftest import Clock
from tests.waiting import wait_until

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


class NotedJob:
    """A job that only notes when it runs."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.runs: asyncio.Queue[datetime] = asyncio.Queue()
        self._clock = clock

    async def run(self) -> None:
        self.runs.put_nowait(self._clock())

    async def next_run(self) -> datetime:
        return await asyncio.wait_for(self.runs.get(), 60)


@asynccontextmanager
async def at_work(clock: Callable[[], datetime]) -> AsyncGenerator[IntervalScheduler]:
    scheduler = IntervalScheduler(clock)
    scheduler.start()
    try:
        yield scheduler
    finally:
        await scheduler.stop(0)


@pytest.fixture
async def scheduler(clock: Clock) -> AsyncIterator[IntervalScheduler]:
    """A scheduler at work, whose intervals are counted by a clock that stands still."""
    async with at_work(clock) as scheduler:
        yield scheduler


async def test_a_job_runs_soon_after_it_is_added_and_at_the_start_of_the_next_interval(
    scheduler: IntervalScheduler, clock: Clock
) -> None:
    clock.advance(minutes=59, seconds=59.5)
    order: list[str] = []

    class Named(NotedJob):
        def __init__(self, name: str) -> None:
            super().__init__(clock)
            self._name = name

        async def run(self) -> None:
            order.append(self._name)
            await super().run()

    hourly, daily = Named("hourly"), Named("daily")
    scheduler.add(hourly, HOUR)
    scheduler.add(daily, DAY)
    for job in (hourly, hourly, daily):
        await job.next_run()

    # The next hour begins in half a second, and the first runs come after a whole one.
    assert order[0] == "hourly"
    assert sorted(order) == ["daily", "hourly", "hourly"]


async def test_a_run_that_is_late_is_run_and_not_skipped(
    scheduler: IntervalScheduler, clock: Clock
) -> None:
    job = NotedJob(clock)
    scheduler.add(job, HOUR)

    # Holds up the loop until the run is over a second late, which is when APScheduler skips it.
    time.sleep(2.3)  # noqa: ASYNC251

    await job.next_run()


async def test_a_run_that_takes_longer_than_its_interval_does_not_keep_the_next_one_waiting() -> (
    None
):
    class SlowJob(NotedJob):
        async def run(self) -> None:
            await super().run()
            await asyncio.Event().wait()

    def clock() -> datetime:
        return datetime.now(UTC)

    job = SlowJob(clock)
    async with at_work(clock) as scheduler:
        scheduler.add(job, timedelta(seconds=1))
        for _ in range(3):  # the first run, and those of two intervals
            await job.next_run()


@pytest.mark.parametrize(
    ("error", "level", "message"),
    [
        (ZeroDivisionError("division by zero"), "ERROR", "A job failed"),
        (
            DatabaseAway("connection refused"),
            "WARNING",
            "A job could not run, the next one does its work: connection refused",
        ),
    ],
)
async def test_a_job_that_fails_is_a_line_in_the_log_and_runs_again(
    *, caplog: pytest.LogCaptureFixture, error: Exception, level: str, message: str
) -> None:
    class FailingJob(NotedJob):
        async def run(self) -> None:
            await super().run()
            raise error

    def clock() -> datetime:
        return datetime.now(UTC)

    job = FailingJob(clock)
    async with at_work(clock) as scheduler:
        scheduler.add(job, timedelta(seconds=1))
        for _ in range(2):
            await job.next_run()

    complaints = [record for record in caplog.records if record.levelno >= logging.WARNING]
    first = complaints[0]
    assert (first.levelname, first.getMessage()) == (level, message)
    assert bool(first.exc_info) == (level == "ERROR")
    assert {record.getMessage() for record in complaints} == {message}


async def test_each_error_of_a_run_is_a_line_and_a_database_that_is_away_one_for_all(
    scheduler: IntervalScheduler, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    away = DatabaseAway("connection refused")
    bug, other_bug = ZeroDivisionError(), KeyError()

    class FailingJob(NotedJob):
        async def run(self) -> None:
            await super().run()
            raise ExceptionGroup("", [bug, away, ExceptionGroup("", [away, other_bug])])

    def complaints() -> list[logging.LogRecord]:
        return [record for record in caplog.records if record.levelno >= logging.WARNING]

    async def are_logged() -> bool:
        return len(complaints()) >= 3

    scheduler.add(FailingJob(clock), HOUR)
    await wait_until(are_logged)

    assert [record.getMessage() for record in complaints()] == [
        "A job could not run, the next one does its work: connection refused",
        "A job failed",
        "A job failed",
    ]
    assert [record.exc_info and record.exc_info[1] for record in complaints()] == [
        None,
        bug,
        other_bug,
    ]


@pytest.mark.parametrize(("hours", "direction"), [(-2, "back"), (2, "forward")])
async def test_a_clock_that_jumps_is_told_of_and_the_jobs_are_planned_anew(
    *,
    scheduler: IntervalScheduler,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    hours: int,
    direction: str,
) -> None:
    caplog.set_level(logging.INFO, logger="jobs")
    job = NotedJob(clock)
    scheduler.add(job, HOUR)
    watch = ClockWatch(clock, elapsed=lambda: 0, pause=0.01)
    watching = asyncio.create_task(watch.run(scheduler.plan_anew))
    first = await job.next_run()

    clock.advance(hours=hours)

    assert await job.next_run() == first + timedelta(hours=hours)
    assert caplog.messages == [
        f"The clock was set {direction} by 7200 s: the jobs go by the new time"
    ]
    assert job.runs.empty()
    watching.cancel()


class EndlessJob:
    """A job that waits for the database."""

    def __init__(self, engine: Engine) -> None:
        self.began = asyncio.Event()
        self.ended = asyncio.Event()
        self._engine = engine

    async def run(self) -> None:
        try:
            async with connected(self._engine) as connection:
                self.began.set()
                await connection.execute(text("SELECT pg_sleep(3600)"))
        finally:
            self.ended.set()


async def test_a_job_that_a_stop_breaks_off_is_one_line(
    engine: Engine, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    job = EndlessJob(engine)
    async with at_work(clock) as scheduler:
        scheduler.add(job, HOUR)
        await asyncio.wait_for(job.began.wait(), 60)

    assert job.ended.is_set()
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in warnings] == [
        "A job was broken off; the next run does what is left of it"
    ]
    assert warnings[0].exc_info is None


async def test_a_run_that_has_ended_takes_no_memory(
    scheduler: IntervalScheduler, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.interval_scheduler.FIRST_RUN_AFTER", timedelta())
    runs: list[weakref.ref[object]] = []

    class TracedJob(NotedJob):
        async def run(self) -> None:
            runs.append(weakref.ref(asyncio.current_task()))
            await super().run()

    job = TracedJob(clock)
    scheduler.add(job, HOUR)
    await job.next_run()

    async def is_gone() -> bool:
        gc.collect()
        return runs[0]() is None

    await wait_until(is_gone)


async def test_a_stop_lets_a_run_end_that_takes_little_time(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    class ShortJob(NotedJob):
        ended = False

        async def run(self) -> None:
            await super().run()
            await asyncio.sleep(0)
            self.ended = True

    job = ShortJob(clock)
    scheduler = IntervalScheduler(clock)
    scheduler.start()
    scheduler.add(job, HOUR)
    await job.next_run()

    await scheduler.stop(10)

    assert job.ended
    assert caplog.messages == []


async def test_a_run_that_is_due_while_a_stop_waits_for_another_does_not_begin(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.interval_scheduler.FIRST_RUN_AFTER", timedelta())
    end = asyncio.Event()

    class LongJob(NotedJob):
        async def run(self) -> None:
            await super().run()
            await end.wait()

    long, late = LongJob(clock), NotedJob(clock)
    scheduler = IntervalScheduler(clock)
    scheduler.start()
    scheduler.add(long, HOUR)
    await long.next_run()
    stop = asyncio.create_task(scheduler.stop(60))
    await asyncio.sleep(0)

    scheduler.add(late, HOUR)
    for _ in range(100):  # turns of the loop, in which it would begin
        await asyncio.sleep(0)
    end.set()
    await stop

    assert late.runs.empty()
