import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.chats.unreachable_chats import UnreachableChatRepository
from db.connection.database import Engine
from db.connection.errors import DatabaseAway
from db.fridges.expiry_warnings import ExpiryWarningRepository, Position, Window
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from db.operation.job_runs import EXTEND, PURGE, FinishedRun, JobRunRepository
from db.updates.failed_updates import FailedUpdateRepository
from db.updates.handled_requests import HandledRequestRepository
from fridge.items import ItemKey, NewItem
from fridge.lifetime import Lifetime
from fridge.request_keys import RequestKey
from jobs.housekeeping import Housekeeping
from tests.conftest import Clock
from tests.db.tables import Tables

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
LIFETIME = Lifetime(DAY)


@pytest.fixture
def runs(engine: AsyncEngine) -> JobRunRepository:
    return JobRunRepository(engine)


@pytest.fixture
def tables(engine: AsyncEngine) -> Tables:
    return Tables(engine)


def housekeeping(
    engine: AsyncEngine,
    runs: JobRunRepository,
    clock: Callable[[], datetime],
    interval: timedelta = HOUR,
    sessions: SessionRepository | None = None,
) -> Housekeeping:
    return Housekeeping(
        sessions=sessions or SessionRepository(engine, LIFETIME),
        handled_requests=HandledRequestRepository(engine),
        failed_updates=FailedUpdateRepository(engine),
        warnings=ExpiryWarningRepository(engine, LIFETIME),
        unreachable_chats=UnreachableChatRepository(engine),
        runs=runs,
        interval=interval,
        clock=clock,
    )


@pytest.fixture
def jobs(engine: AsyncEngine, runs: JobRunRepository, clock: Clock) -> Housekeeping:
    return housekeeping(engine, runs, clock)


async def test_a_run_extends_what_is_used_and_purges_what_has_expired(
    engine: AsyncEngine, runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    class SlowSessions(SessionRepository):
        async def purge_expired(self, now: datetime) -> int:
            clock.advance(seconds=7)
            return await super().purge_expired(now)

    jobs = housekeeping(engine, runs, clock, sessions=SlowSessions(engine, LIFETIME))
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
    assert await runs.last_finished([EXTEND, PURGE]) == [
        FinishedRun(EXTEND, now, now, 1),
        FinishedRun(PURGE, now, now + timedelta(seconds=7), 1),
    ]


async def test_a_run_forgets_old_records(
    jobs: Housekeeping, engine: AsyncEngine, clock: Clock
) -> None:
    handled, failed = HandledRequestRepository(engine), FailedUpdateRepository(engine)
    unreachable = UnreachableChatRepository(engine)
    before = clock.now
    request = RequestKey(1, "m1", before)
    await unreachable.put(1, before)
    await handled.offer(request, ["milk"], before)
    await failed.record(1, 1, "error", "traceback", before)
    clock.advance(hours=49)

    await jobs.run()

    assert (await handled.offered(request)).names == ()
    assert (await failed.summary(before - HOUR)).count == 1
    clock.advance(days=29)
    await jobs.run()
    assert (await failed.summary(before - HOUR)).count == 0
    assert await unreachable.forget_old(clock.now) == 0


async def test_a_run_forgets_old_warnings(jobs: Housekeeping, engine: Engine, clock: Clock) -> None:
    milk = NewItem(ItemKey(0, "milk"), "milk")
    await FridgeRepository(engine, LIFETIME).add(RequestKey(1, "m1"), [milk], clock.now)
    warnings = ExpiryWarningRepository(engine, LIFETIME)
    window = Window("UTC", clock.now, clock.now + DAY)
    assert (await warnings.claim([window], Position(), 50, clock.now)).warnings
    clock.advance(days=31)

    await jobs.run()

    async with engine.connect() as connection:
        left = await connection.execute(text("SELECT count(*) FROM expiry_warnings"))
    assert left.scalar_one() == 0


async def test_a_job_that_fails_keeps_no_other_from_running(
    engine: AsyncEngine, runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    class FailingSessions(SessionRepository):
        async def extend_used(self, due: datetime, now: datetime) -> int:
            del due, now
            raise DatabaseAway("connection refused")

    long_ago = clock.now - 3 * DAY
    await tables.put_session(1, created_at=long_ago, expires_at=long_ago, last_accessed=long_ago)
    jobs = housekeeping(engine, runs, clock, sessions=FailingSessions(engine, LIFETIME))

    with pytest.raises(DatabaseAway):
        await jobs.run()

    assert await tables.session(1) is None
    assert [run.job for run in await runs.last_finished([EXTEND, PURGE])] == [PURGE]


async def test_no_error_of_a_job_hides_that_of_another(
    engine: AsyncEngine, runs: JobRunRepository, clock: Clock
) -> None:
    class FailingSessions(SessionRepository):
        async def extend_used(self, due: datetime, now: datetime) -> int:
            del due, now
            raise ZeroDivisionError

        async def purge_expired(self, now: datetime) -> int:
            del now
            raise DatabaseAway("connection refused")

    jobs = housekeeping(engine, runs, clock, sessions=FailingSessions(engine, LIFETIME))

    with pytest.raises(ExceptionGroup) as raised:
        await jobs.run()

    first, second = raised.value.exceptions
    assert isinstance(first, ZeroDivisionError)
    assert isinstance(second, DatabaseAway)


async def test_a_session_in_use_never_becomes_due_even_if_one_run_fails(
    jobs: Housekeeping, tables: Tables, clock: Clock
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
    replicas = [housekeeping(engine, runs, clock) for _ in range(5)]

    await asyncio.gather(*(replica.run() for replica in replicas))
    clock.advance(minutes=59)
    await asyncio.gather(*(replica.run() for replica in replicas))
    assert await tables.count_runs() == 3

    clock.advance(minutes=1)
    await asyncio.gather(*(replica.run() for replica in replicas))
    assert await tables.count_runs() == 6


async def test_a_clock_that_was_set_back_stops_no_job(
    jobs: Housekeeping, tables: Tables, clock: Clock
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


async def test_what_follows_in_a_run_that_is_broken_off_does_not_begin(
    engine: Engine, runs: JobRunRepository, tables: Tables, clock: Clock
) -> None:
    extending = asyncio.Event()

    class EndlessSessions(SessionRepository):
        async def extend_used(self, due: datetime, now: datetime) -> int:
            del due, now
            extending.set()
            return await asyncio.Future[int]()

    jobs = housekeeping(engine, runs, clock, sessions=EndlessSessions(engine, LIFETIME))
    run = asyncio.create_task(jobs.run())
    await asyncio.wait_for(extending.wait(), 60)

    run.cancel()
    await asyncio.wait((run,))

    assert run.cancelled()
    assert await tables.count_runs() == 1
