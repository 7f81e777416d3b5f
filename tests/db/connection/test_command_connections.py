import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import asyncpg
import pytest
from sqlalchemy import text

from db.connection import command_connections
from db.connection.command_connections import MOST, MOST_TOGETHER
from db.connection.database import Engine, create_engine
from db.connection.errors import DatabaseAway
from db.fridges.repository import FridgeRepository
from fridge.items import NewItem
from fridge.lifetime import Lifetime
from fridge.outcomes import Outcome
from tests.db.requests import sent
from tests.db.several_servers import url_of
from tests.db.tables import Tables
from tests.db.wire import CountingProxy
from tests.waiting import wait_until
from tools.chaos.faults.postgres import PostgresFaultProxy

NOW: Final = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIFETIME: Final = Lifetime(timedelta(hours=24))
CHATS: Final = range(1001, 1001 + MOST_TOGETHER)

SHARE: Final = text(
    "SELECT CAST(:chat_id AS bigint) AS chat_id, 60 / (CAST(:chat_id AS bigint) - 1003) AS share"
)
"""Fails for chat 1003, by a division by zero."""

LOCK: Final = text(
    "SELECT CAST(:chat_id AS bigint) AS chat_id, pg_advisory_xact_lock(:chat_id) IS NULL AS locked"
)

LOCK_ALONE: Final = text("SELECT pg_advisory_xact_lock(1003) IS NULL AS locked")

PROCESS: Final = text("SELECT pg_backend_pid() AS process, pg_sleep(0.1)")
"""Takes long enough that as many asked at once are on as many connections."""


async def shares(engine: Engine, chats: Sequence[int]) -> Sequence[object]:
    """What each chat gets, or the error, all asked at the same moment."""

    async def share(chat_id: int) -> object:
        [row] = await engine.fetch(SHARE, {"chat_id": chat_id})
        return row["share"]

    return await asyncio.gather(*map(share, chats), return_exceptions=True)


@pytest.fixture
async def counting(database_url: str) -> AsyncIterator[tuple[CountingProxy, FridgeRepository]]:
    """Fridges, and the way to them, on which round trips are counted."""
    proxy = CountingProxy(database_url)
    async with proxy.running() as url:
        engine = create_engine(url)
        fridges = FridgeRepository(engine, LIFETIME)
        await fridges.list(1, NOW)
        yield proxy, fridges
        await engine.dispose()


@pytest.fixture
async def holder(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that holds the lock of chat 1003."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("SELECT pg_advisory_lock(1003)")
    yield connection
    await connection.close()


def lock_for_all(engine: Engine) -> Sequence[asyncio.Task[Sequence[asyncpg.Record]]]:
    """Ask for the lock of each chat, all at the same moment."""
    return [asyncio.create_task(engine.fetch(LOCK, {"chat_id": chat})) for chat in CHATS]


async def so_many_wait(tables: Tables, count: int) -> bool:
    """Whether so many statements wait for a lock."""
    return await tables.count_waiting() == count


async def test_what_several_chats_add_at_the_same_moment_is_one_round_trip(
    counting: tuple[CountingProxy, FridgeRepository], item: Callable[[str], NewItem]
) -> None:
    proxy, fridges = counting
    milk, eggs = item("milk"), item("eggs")
    await fridges.add(sent(CHATS[0]), [milk], NOW)
    before = proxy.round_trips

    added = await asyncio.gather(
        *(fridges.add(sent(chat), [milk, eggs] if chat % 2 else [eggs], NOW) for chat in CHATS)
    )

    assert proxy.round_trips - before == 1
    outcomes = [set(each.outcomes.values()) for each in added]
    assert outcomes == [{Outcome.ALREADY_THERE, Outcome.ADDED}, *[{Outcome.ADDED}] * 7]
    assert [each.count for each in added] == [2, 1, 2, 1, 2, 1, 2, 1]


async def test_each_chat_sees_its_own_fridge_however_much_is_in_it(
    fridges: FridgeRepository, item: Callable[[str], NewItem]
) -> None:
    names = ["milk", "eggs", "tofu"]
    for number, chat in enumerate(CHATS[:4]):
        await fridges.add(sent(chat), [item(name) for name in names[:number]], NOW)

    found = await asyncio.gather(*(fridges.list(chat, NOW) for chat in CHATS))

    assert [sorted(one.en for one in fridge.items) for fridge in found] == [
        [],
        ["milk"],
        ["egg", "milk"],
        ["egg", "milk", "tofu"],
        *[[]] * 4,
    ]


async def test_what_one_chat_asks_at_the_same_moment_is_not_mixed_up(
    fridges: FridgeRepository, item: Callable[[str], NewItem]
) -> None:
    names = ("milk", "eggs", "milk")

    added = await asyncio.gather(
        *(fridges.add(sent(CHATS[0]), [item(name)], NOW) for name in names)
    )

    assert [list(each.outcomes) for each in added] == [[item(name).key] for name in names]
    assert Counter(outcome for each in added for outcome in each.outcomes.values()) == {
        Outcome.ADDED: 2,
        Outcome.ALREADY_THERE: 1,
    }


async def test_one_that_fails_has_its_error_alone(engine: Engine) -> None:
    first, second, failed, *others = await shares(engine, CHATS)

    assert (first, second, others[:3]) == (-30, -60, [60, 30, 20])
    assert isinstance(failed, asyncpg.DivisionByZeroError)


async def test_rows_that_do_not_tell_whose_they_are_are_an_error_for_all(engine: Engine) -> None:
    asked = (
        engine.fetch(text("SELECT CAST(:chat_id AS bigint)"), {"chat_id": chat}) for chat in CHATS
    )

    told = await asyncio.gather(*asked, return_exceptions=True)

    assert all(isinstance(one, KeyError) for one in told)


async def test_one_that_waits_for_a_lock_does_not_hold_up_the_others(
    engine: Engine, holder: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_connections, "FIRST_SECONDS", 0.2)
    asked = lock_for_all(engine)

    done = asyncio.gather(*asked[:2], *asked[3:])

    assert {row["chat_id"] for [row] in await done} == set(CHATS) - {1003}
    assert not asked[2].done()
    await holder.execute("SELECT pg_advisory_unlock(1003)")
    [row] = await asked[2]
    assert row["chat_id"] == 1003


async def test_one_that_is_given_up_leaves_the_others_alone(
    engine: Engine, tables: Tables, holder: asyncpg.Connection
) -> None:
    asked = lock_for_all(engine)
    await wait_until(partial(so_many_wait, tables, 1))
    asked[0].cancel()
    await holder.execute("SELECT pg_advisory_unlock(1003)")

    given_up, *others = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(given_up, asyncio.CancelledError)
    assert not any(isinstance(rows, BaseException) for rows in others)


async def test_one_that_is_given_up_before_its_turn_is_never_done(
    engine: Engine,
    tables: Tables,
    fridges: FridgeRepository,
    holder: asyncpg.Connection,
    item: Callable[[str], NewItem],
) -> None:
    blocked = [asyncio.create_task(engine.fetch(LOCK_ALONE, {})) for _ in range(MOST)]
    await wait_until(partial(so_many_wait, tables, MOST))
    given_up, after = (
        asyncio.create_task(fridges.add(sent(chat), [item("milk")], NOW)) for chat in CHATS[:2]
    )
    await asyncio.sleep(0)
    given_up.cancel()
    await holder.execute("SELECT pg_advisory_unlock(1003)")

    await asyncio.gather(after, *blocked)
    assert not (await fridges.list(CHATS[0], NOW)).items
    assert len((await fridges.list(CHATS[1], NOW)).items) == 1


@pytest.mark.usefixtures("holder")
async def test_a_statement_that_nobody_waits_for_any_more_is_broken_off(
    engine: Engine, tables: Tables
) -> None:
    asked = lock_for_all(engine)
    await wait_until(partial(so_many_wait, tables, 1))
    for task in asked:
        task.cancel()

    await wait_until(partial(so_many_wait, tables, 0), seconds=5)


async def test_where_a_connection_is_lost_each_tries_on_another(
    engine: Engine, tables: Tables, holder: asyncpg.Connection
) -> None:
    asked = lock_for_all(engine)
    await wait_until(partial(so_many_wait, tables, 1))
    await holder.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    await holder.execute("SELECT pg_advisory_unlock(1003)")

    assert [rows[0]["chat_id"] for rows in await asyncio.gather(*asked)] == list(CHATS)


async def test_where_the_server_is_gone_all_are_told() -> None:
    engine = create_engine("postgresql://postgres@127.0.0.1:1/postgres")

    told = await shares(engine, CHATS)

    assert all(isinstance(one, DatabaseAway) for one in told)
    await engine.dispose()


@pytest.mark.usefixtures("holder")
async def test_what_waits_when_the_connections_are_closed_is_told_so(
    database_url: str, tables: Tables
) -> None:
    engine = create_engine(database_url)
    # More than there are connections: each is of one chat, and so runs by itself.
    asked = [asyncio.create_task(engine.fetch(LOCK, {"chat_id": 1003})) for _ in range(3 * MOST)]

    await wait_until(partial(so_many_wait, tables, MOST))
    await engine.dispose()

    told = await asyncio.gather(*asked, return_exceptions=True)
    assert all(isinstance(one, DatabaseAway) for one in told)


async def test_no_connection_is_left_when_the_connections_are_closed(
    database_url: str, holder: asyncpg.Connection
) -> None:
    engine = create_engine(database_url)
    [row] = await engine.fetch(PROCESS, {})

    await engine.dispose()

    async def it_has_ended() -> bool:
        alive = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1"
        return bool(await holder.fetchval(alive, row["process"]) == 0)

    await wait_until(it_has_ended)


@pytest.mark.parametrize("turns", range(1, 5))
@pytest.mark.usefixtures("holder")
async def test_whoever_has_just_asked_when_the_connections_are_closed_is_told_so(
    database_url: str, turns: int
) -> None:
    engine = create_engine(database_url)
    asked = asyncio.create_task(engine.fetch(LOCK, {"chat_id": 1003}))
    for _ in range(turns):
        await asyncio.sleep(0)
    await engine.dispose()

    async with asyncio.timeout(60):
        with pytest.raises(DatabaseAway):
            await asked


async def test_one_that_takes_too_long_while_others_are_answered_costs_no_other_connection(
    database_url: str, holder: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command_connections, "FIRST_SECONDS", 0.2)
    engine = create_engine(database_url, command_timeout=0.5)
    asked = [engine.fetch(PROCESS, {}) for _ in range(4)]
    before = [row["process"] for [row] in await asyncio.gather(*asked)]

    waiting = asyncio.gather(*lock_for_all(engine), return_exceptions=True)
    while not waiting.done():
        await engine.fetch(PROCESS, {})
    told = waiting.result()

    assert [
        chat for chat, rows in zip(CHATS, told, strict=True) if isinstance(rows, DatabaseAway)
    ] == [1003]
    alive = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1::int[])"
    # One was the group's, and one at most that of the chat that waits by itself.
    assert await holder.fetchval(alive, before) >= 2
    await engine.dispose()


async def test_where_the_server_falls_silent_what_it_was_asked_goes_to_the_one_in_its_place(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.connection.servers.CONNECT_TIMEOUT_SECONDS", 2.0)
    monkeypatch.setattr(command_connections, "FIRST_SECONDS", 0.5)
    monkeypatch.setattr(command_connections, "SILENCE", 0.2)
    async with PostgresFaultProxy(database_url) as one, PostgresFaultProxy(database_url) as other:
        engine = create_engine(url_of([one, other]))
        await asyncio.gather(*(engine.fetch(PROCESS, {}) for _ in range(2)))
        one.black_hole()

        async with asyncio.timeout(60):
            asked = lock_for_all(engine)
            [told] = await engine.fetch(PROCESS, {})
            await asyncio.gather(*asked)

        assert told["process"]
        await engine.dispose()


async def test_one_that_an_operator_cancels_costs_no_connection(
    engine: Engine, tables: Tables, holder: asyncpg.Connection
) -> None:
    asked = [engine.fetch(PROCESS, {}) for _ in range(2)]
    before = {row["process"] for [row] in await asyncio.gather(*asked)}
    waiting = asyncio.create_task(engine.fetch(LOCK, {"chat_id": 1003}))
    await wait_until(partial(so_many_wait, tables, 1))
    await holder.execute(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    with pytest.raises(DatabaseAway):
        await waiting
    asked = [engine.fetch(PROCESS, {}) for _ in range(2)]
    assert {row["process"] for [row] in await asyncio.gather(*asked)} == before


async def test_two_programs_that_serve_the_same_chats_do_not_lock_each_other_out(
    fridges: FridgeRepository, tables: Tables, database_url: str, item: Callable[[str], NewItem]
) -> None:
    milk = item("milk")
    before = await _deadlocks(database_url)
    await asyncio.gather(*(fridges.add(sent(chat), [milk], NOW) for chat in CHATS))
    holder = await asyncpg.connect(database_url)
    locked = holder.transaction()
    await locked.start()
    await holder.execute("SELECT FROM user_fridge_sessions WHERE chat_id = 1004 FOR UPDATE")
    engines = [create_engine(database_url) for _ in range(2)]
    one, other = (FridgeRepository(engine, LIFETIME) for engine in engines)
    asked = [
        *(asyncio.create_task(one.remove(sent(chat), [milk.key], NOW)) for chat in CHATS),
        *(asyncio.create_task(other.remove(sent(chat), [milk.key], NOW)) for chat in CHATS[::-1]),
    ]

    await wait_until(partial(so_many_wait, tables, 2))
    # Jobs, moves of groups and updates that wait lock the highest chat first, too.
    free = await holder.fetch(
        "SELECT chat_id FROM user_fridge_sessions WHERE chat_id <> 1004 FOR UPDATE SKIP LOCKED"
    )
    assert {row["chat_id"] for row in free} == set(range(CHATS[0], 1004))
    await locked.rollback()
    await asyncio.gather(*asked)

    await holder.close()
    for engine in engines:
        await engine.dispose()
    assert await _deadlocks(database_url) == before


async def _deadlocks(database_url: str) -> int:
    """How many there were; a server process that ends has told of its own."""
    connection = await asyncpg.connect(database_url)
    programs = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND query LIKE '%removed%' AND pid <> pg_backend_pid()"
    )

    async def others_have_ended() -> bool:
        return bool(await connection.fetchval(programs) == 0)

    await wait_until(others_have_ended)
    counted: int = await connection.fetchval(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    await connection.close()
    return counted
