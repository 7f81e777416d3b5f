import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

import db.fridges.sessions
from db.connection.database import create_engine
from db.connection.errors import DatabaseAway
from db.fridges.repository import FridgeRepository
from db.fridges.sessions import SessionRepository
from fridge.items import NewItem
from fridge.lifetime import Lifetime
from tests.conftest import Clock
from tests.db.conftest import CHAT, OTHER_CHAT
from tests.db.connection.test_database_url import asking
from tests.db.requests import sent
from tests.db.tables import Tables
from tests.waiting import wait_until

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


async def test_extending_writes_the_expiry_of_what_was_used_and_is_due(
    sessions: SessionRepository, tables: Tables, clock: Clock
) -> None:
    now = clock.now
    await tables.put_session(
        1, created_at=now - DAY, expires_at=now + HOUR, last_accessed=now - HOUR
    )

    assert await sessions.extend_used(now + 2 * HOUR, now) == 1

    session = await tables.session(1)
    assert session is not None
    assert session["expires_at"] == now - HOUR + DAY


async def test_extending_leaves_alone_what_is_not_due_or_not_used(
    sessions: SessionRepository, tables: Tables, clock: Clock
) -> None:
    now = clock.now
    await tables.put_session(
        1, created_at=now - DAY, expires_at=now + 3 * HOUR, last_accessed=now - HOUR
    )
    await tables.put_session(
        2, created_at=now - DAY, expires_at=now + HOUR, last_accessed=now + HOUR - DAY
    )
    await tables.put_session(
        3, created_at=now - 3 * DAY, expires_at=now - 2 * DAY, last_accessed=now - DAY
    )
    before = [await tables.session(chat) for chat in (1, 2, 3)]

    assert await sessions.extend_used(now + 2 * HOUR, now) == 0

    assert [await tables.session(chat) for chat in (1, 2, 3)] == before


async def test_extending_saves_a_session_in_use_whose_written_expiry_has_passed(
    sessions: SessionRepository, tables: Tables, clock: Clock
) -> None:
    now = clock.now
    await tables.put_session(
        1, created_at=now - 2 * DAY, expires_at=now - HOUR, last_accessed=now - 2 * HOUR
    )

    assert await sessions.purge_expired(now) == 0
    assert await sessions.extend_used(now + 2 * HOUR, now) == 1
    assert await sessions.extend_used(now + 2 * HOUR, now) == 0


async def test_purging_deletes_what_is_not_live_with_everything_in_it(
    fridges: FridgeRepository,
    sessions: SessionRepository,
    tables: Tables,
    clock: Clock,
    item: Callable[[str], NewItem],
) -> None:
    await fridges.add(sent(CHAT), [item("milk"), item("quark")], clock.now)
    before = await tables.session(CHAT)
    clock.advance(hours=23)
    await fridges.add(sent(OTHER_CHAT), [item("milk")], clock.now)
    clock.advance(hours=1)

    assert await sessions.purge_expired(clock.now) == 1

    assert await tables.session(CHAT) is None
    assert await tables.items(CHAT) == []
    assert len(await tables.items(OTHER_CHAT)) == 1
    # A statement that saw the deleted session comes too late for a new one.
    await fridges.add(sent(CHAT), [item("milk")], clock.now)
    after = await tables.session(CHAT)
    assert before is not None
    assert after is not None
    assert after["revision"] > before["revision"]


async def test_purging_goes_through_any_number_of_batches(
    engine: AsyncEngine, lifetime: Lifetime, tables: Tables, clock: Clock
) -> None:
    sessions = SessionRepository(engine, lifetime, batch_size=10)
    now = clock.now
    for chat in range(95):
        expired = now - DAY - timedelta(seconds=chat // 3)  # several share a time
        await tables.put_session(
            chat, created_at=expired, expires_at=expired + DAY, last_accessed=expired
        )
    await tables.put_session(1000, created_at=now, expires_at=now + DAY, last_accessed=now)

    assert await sessions.purge_expired(now) == 95
    assert await tables.count_sessions() == 1
    assert await sessions.purge_expired(now) == 0


async def test_extending_goes_through_any_number_of_batches(
    engine: AsyncEngine, lifetime: Lifetime, tables: Tables, clock: Clock
) -> None:
    sessions = SessionRepository(engine, lifetime, batch_size=10)
    now = clock.now
    for chat in range(35):
        await tables.put_session(
            chat,
            created_at=now - DAY,
            expires_at=now + timedelta(minutes=chat),
            last_accessed=now - timedelta(minutes=5),
        )

    assert await sessions.extend_used(now + 2 * HOUR, now) == 35


async def test_several_purges_at_once_delete_each_session_once(
    sessions: SessionRepository, tables: Tables, clock: Clock
) -> None:
    now = clock.now
    for chat in range(50):
        await tables.put_session(
            chat, created_at=now - DAY, expires_at=now - HOUR, last_accessed=now - DAY
        )

    deleted = await asyncio.gather(*(sessions.purge_expired(now) for _ in range(5)))

    assert sum(deleted) == 50
    assert await tables.count_sessions() == 0


async def test_a_purge_that_is_caught_in_a_deadlock_goes_on(
    engine: AsyncEngine, database_url: str, lifetime: Lifetime, tables: Tables, clock: Clock
) -> None:
    now = clock.now
    for chat in (1, 2):
        await tables.put_session(
            chat, created_at=now - DAY, expires_at=now - HOUR, last_accessed=now - DAY
        )
    # Looks for a deadlock before it gives up the wait for a lock.
    looking = create_engine(asking(database_url, "options=-c%20deadlock_timeout%3D90ms"))
    sessions = SessionRepository(looking, lifetime)
    lock = text("SELECT FROM user_fridge_sessions WHERE chat_id = :chat FOR UPDATE")

    async def purge_waits() -> bool:
        return await tables.count_waiting() == 1

    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="READ COMMITTED")
        async with connection.begin():
            # PostgreSQL ends the statement that first looks for a deadlock: not this one.
            await connection.execute(text("SET LOCAL deadlock_timeout = '1min'"))
            await connection.execute(lock, {"chat": 2})
            purge = asyncio.create_task(sessions.purge_expired(now))
            await wait_until(purge_waits)
            await connection.execute(lock, {"chat": 1})

    assert await purge == 2
    assert await tables.count_sessions() == 0
    await looking.dispose()


async def test_a_purge_that_waits_for_one_fridge_does_not_keep_people_from_the_others(
    engine: AsyncEngine,
    fridges: FridgeRepository,
    sessions: SessionRepository,
    tables: Tables,
    item: Callable[[str], NewItem],
) -> None:
    now = Clock().now
    for chat, ago in ((1, 3 * HOUR), (2, 2 * HOUR)):
        await tables.put_session(
            chat, created_at=now - 2 * DAY, expires_at=now - ago, last_accessed=now - DAY - ago
        )

    async def purge_waits() -> bool:
        return await tables.count_waiting() == 1

    async with engine.connect() as connection, holding(connection, 2):
        purge = asyncio.create_task(sessions.purge_expired(now))
        await wait_until(purge_waits)

        added = await fridges.add(sent(1), [item("milk")], now)

        assert added.count == 1
        assert not purge.done()
    assert await purge == 1
    assert await tables.session(2) is None


async def test_a_purge_that_a_fridge_is_kept_from_says_so(
    engine: AsyncEngine,
    sessions: SessionRepository,
    tables: Tables,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(db.fridges.sessions, "MOST_TRIES", 2)
    now = clock.now
    await tables.put_session(
        1, created_at=now - 2 * DAY, expires_at=now - HOUR, last_accessed=now - DAY
    )

    async with engine.connect() as connection, holding(connection, 1):
        with pytest.raises(DatabaseAway, match="lock timeout"):
            await sessions.purge_expired(now)


@asynccontextmanager
async def holding(connection: AsyncConnection, chat_id: int) -> AsyncGenerator[None]:
    """The row of a chat's session locked meanwhile."""
    await connection.execution_options(isolation_level="READ COMMITTED")
    async with connection.begin():
        await connection.execute(
            text("SELECT FROM user_fridge_sessions WHERE chat_id = :chat FOR UPDATE"),
            {"chat": chat_id},
        )
        yield
