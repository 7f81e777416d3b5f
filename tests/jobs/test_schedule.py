import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from telegram.ext import ApplicationBuilder, CallbackContext, ExtBot, JobQueue

from db.chats.unreachable_chats import UnreachableChatRepository
from db.connection.database import Engine, connected
from db.fridges.expiry_warnings import ExpiryWarningRepository
from db.fridges.sessions import SessionRepository
from db.operation.job_runs import EXTEND, PURGE, JobRunRepository
from db.updates.failed_updates import FailedUpdateRepository
from db.updates.handled_requests import HandledRequestRepository
from fridge.lifetime import Lifetime
from fridge.request_keys import RequestKey
from jobs.schedule import Schedule, ScheduledJobs, start_of_interval
from tests.conftest import Clock
from tests.db.tables import Tables
from tests.waiting import wait_until

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


@pytest.fixture
def runs(engine: AsyncEngine) -> JobRunRepository:
    return JobRunRepository(engine)


@pytest.fixture
def tables(engine: AsyncEngine) -> Tables:
    return Tables(engine)


def session_jobs(
    engine: AsyncEngine,
    runs: JobRunRepository,
    clock: Callable[[], datetime],
    interval: timedelta = HOUR,
    sessions: SessionRepository | None = None,
) -> ScheduledJobs:
    lifetime = Lifetime(DAY)
    return ScheduledJobs(
        sessions=sessions or SessionRepository(engine, lifetime),
        handled_requests=HandledRequestRepository(engine),
        failed_updates=FailedUpdateRepository(engine),
        warnings=ExpiryWarningRepository(engine, lifetime),
        unreachable_chats=UnreachableChatRepository(engine),
        runs=runs,
        interval=interval,
        clock=clock,
    )


@pytest.fixture
def jobs(engine: AsyncEngine, runs: JobRunRepository, clock: Clock) -> ScheduledJobs:
    return session_jobs(engine, runs, clock)


async def test_a_run_extends_what_is_used_and_purges_what_has_expired(
    jobs: ScheduledJobs, runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    now = clock.now
    await tables.put_session(
        1, created_at=now - DAY, expires_at=now - HOUR, last_accessed=now - 2 * HOUR
    )
    await tables.put_session(
        2, created_at=now - 2 * DAY, expires_at=now - DAY, last_accessed=now - 2 * DAY
    )

    await jobs.run()

    used = await tables.session(1)
    assert used is not None
    assert used["expires_at"] == now - 2 * HOUR + DAY
    assert await tables.session(2) is None
    assert [
        (run.job, run.started_at, run.affected) for run in await runs.last_finished([EXTEND, PURGE])
    ] == [(EXTEND, now, 1), (PURGE, now, 1)]


async def test_a_run_forgets_old_records(
    jobs: ScheduledJobs, engine: AsyncEngine, clock: Clock
) -> None:
    handled, failed = HandledRequestRepository(engine), FailedUpdateRepository(engine)
    unreachable = UnreachableChatRepository(engine)
    before = clock.now
    await unreachable.put(1, before)
    await handled.record(RequestKey(1, "m1"), {"purged": 1}, before)
    await failed.record(1, 1, "error", "traceback", before)
    clock.advance(hours=49)

    await jobs.run()

    assert await handled.find(RequestKey(1, "m1")) is None
    assert (await failed.summary(before - HOUR)).count == 1
    clock.advance(days=29)
    await jobs.run()
    assert (await failed.summary(before - HOUR)).count == 0
    assert await unreachable.forget_old(clock.now) == 0


async def test_a_session_in_use_never_becomes_due_even_if_one_run_fails(
    jobs: ScheduledJobs, tables: Tables, clock: Clock
) -> None:
    now = clock.now
    await tables.put_session(
        1, created_at=now, expires_at=now + 2 * HOUR - timedelta(seconds=1), last_accessed=now
    )

    await jobs.run()

    session = await tables.session(1)
    assert session is not None
    assert session["expires_at"] == now + DAY


async def test_each_job_runs_once_an_interval_over_all_replicas(
    engine: AsyncEngine, runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    replicas = [session_jobs(engine, runs, clock) for _ in range(5)]

    await asyncio.gather(*(replica.run() for replica in replicas))
    clock.advance(minutes=59)
    await asyncio.gather(*(replica.run() for replica in replicas))
    assert await tables.count_runs() == 3

    clock.advance(minutes=1)
    await asyncio.gather(*(replica.run() for replica in replicas))
    assert await tables.count_runs() == 6


def test_intervals_begin_at_the_same_times_for_everybody() -> None:
    at = datetime(2026, 3, 1, 12, 34, 56, 789, tzinfo=UTC)

    assert start_of_interval(at, HOUR) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert start_of_interval(at, timedelta(seconds=45)) == datetime(
        2026, 3, 1, 12, 34, 30, tzinfo=UTC
    )
    assert start_of_interval(at, DAY) == datetime(2026, 3, 1, tzinfo=UTC)


Context = CallbackContext[ExtBot[None], dict[str, str], dict[str, str], dict[str, str]]


@pytest.fixture
async def queue() -> AsyncIterator[JobQueue[Context]]:
    """A job queue at work, as the application has one."""
    queue = JobQueue[Context]()
    application = ApplicationBuilder().token("1:x").job_queue(queue).build()
    await queue.start()
    yield queue
    await queue.stop()
    del application


async def test_the_first_run_comes_soon_after_start_and_others_at_every_interval(
    engine: AsyncEngine, queue: JobQueue[Context]
) -> None:
    interval = timedelta(seconds=1)
    runs = JobRunRepository(engine)
    started_at = datetime.now(UTC)
    jobs = session_jobs(engine, runs, lambda: datetime.now(UTC), interval)

    Schedule(queue, lambda: datetime.now(UTC)).add(jobs, interval)

    async def times() -> list[datetime]:
        async with engine.connect() as connection:
            rows = await connection.execute(
                text(
                    "SELECT scheduled_for FROM job_runs"
                    " WHERE job = 'purge' AND finished_at IS NOT NULL ORDER BY 1"
                )
            )
            return list(rows.scalars())

    async def have_run_three_times() -> bool:
        return len(await times()) >= 3

    await wait_until(have_run_three_times)
    scheduled = await times()
    assert scheduled[0] <= started_at + 2 * interval
    assert {later - earlier for earlier, later in pairwise(scheduled)} == {interval}


async def test_a_run_that_is_late_is_run_and_not_skipped(
    engine: AsyncEngine, queue: JobQueue[Context], tables: Tables
) -> None:
    clock = Clock()
    Schedule(queue, clock).add(session_jobs(engine, JobRunRepository(engine), clock), HOUR)

    # Holds up the loop until the run is over a second late, which is when APScheduler skips it.
    time.sleep(2.3)  # noqa: ASYNC251

    async def has_run() -> bool:
        return await tables.count_runs() == 3

    await wait_until(has_run)


async def test_a_clock_that_was_set_back_stops_no_job(
    jobs: ScheduledJobs, tables: Tables, clock: Clock
) -> None:
    for _ in range(3):
        await jobs.run()
        clock.advance(hours=1)
    assert await tables.count_runs() == 9

    clock.advance(hours=-2.5)
    for runs in (3, 3, 6, 6):
        await jobs.run()
        assert await tables.count_runs() == runs
        clock.advance(minutes=20)


class NotedJobs:
    """Jobs that only note when they run."""

    def __init__(self, clock: Clock) -> None:
        self.runs: asyncio.Queue[datetime] = asyncio.Queue()
        self._clock = clock

    async def run(self) -> None:
        self.runs.put_nowait(self._clock())


@pytest.mark.parametrize(("hours", "direction"), [(-2, "back"), (2, "forward")])
async def test_a_clock_that_jumps_is_told_of_and_the_jobs_are_planned_anew(
    queue: JobQueue[Context],
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    hours: int,
    direction: str,
) -> None:
    caplog.set_level(logging.INFO, logger="jobs")
    jobs = NotedJobs(clock)
    schedule = Schedule(queue, clock, elapsed=lambda: 0)
    schedule.add(jobs, HOUR)
    watching = asyncio.create_task(schedule.watch(pause=0.01))
    first = await asyncio.wait_for(jobs.runs.get(), 10)

    clock.advance(hours=hours)

    assert await asyncio.wait_for(jobs.runs.get(), 10) == first + timedelta(hours=hours)
    watching.cancel()
    assert caplog.messages == [
        f"The clock was set {direction} by 7200 s: the jobs go by the new time"
    ]
    assert len(queue.jobs()) == 1


class EndlessJobs:
    """Jobs that wait for the database."""

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
    engine: Engine, queue: JobQueue[Context], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = EndlessJobs(engine)
    schedule = Schedule(queue, clock)
    schedule.add(jobs, HOUR)
    await asyncio.wait_for(jobs.began.wait(), 10)

    await schedule.stop(0.1)
    await queue.stop()

    assert jobs.ended.is_set()
    warnings = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.getMessage() for record in warnings] == [
        "A job was broken off; the next run does what is left of it"
    ]
    assert warnings[0].exc_info is None


async def test_what_follows_in_a_run_that_is_broken_off_does_not_begin(
    engine: Engine, runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    extending = asyncio.Event()

    class EndlessSessions(SessionRepository):
        async def extend_used(self, due: datetime, now: datetime) -> int:
            del due, now
            extending.set()
            return await asyncio.Future[int]()

    jobs = session_jobs(engine, runs, clock, sessions=EndlessSessions(engine, Lifetime(DAY)))
    run = asyncio.create_task(jobs.run())
    await asyncio.wait_for(extending.wait(), 10)

    run.cancel()
    await asyncio.wait((run,))

    assert run.cancelled()
    assert await tables.count_runs() == 1
