import asyncio
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Final
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chaos.faults.postgres import PostgresFaultProxy
from db.database import connected, create_engine
from db.errors import DatabaseAway, DatabaseUnavailable
from tests.db.tables import Tables
from tests.postgres_proxy import write_message
from tests.waiting import wait_until

IsRunning = Callable[[str], Awaitable[bool]]

DEAD_URL: Final = "postgresql://postgres@127.0.0.1:1/postgres"
BRIEF_SECONDS: Final = 0.2

SLEEP: Final = "SELECT pg_sleep(60)"
LOCK: Final = "SELECT pg_advisory_lock(:number)"


async def ask(engine: AsyncEngine, statement: str, **values: object) -> object:
    """The first value that a statement gives on a connection of the pool."""
    async with connected(engine) as connection:
        return await run(connection, statement, **values)


async def run(connection: AsyncConnection, statement: str, **values: object) -> object:
    result = await connection.execute(text(statement), values)
    return result.scalar() if result.returns_rows else None


async def backend(engine: AsyncEngine) -> object:
    return await ask(engine, "SELECT pg_backend_pid()")


@pytest.fixture
async def impatient(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An engine that gives a statement little time."""
    engine = create_engine(database_url, command_timeout=BRIEF_SECONDS)
    yield engine
    await engine.dispose()


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[PostgresFaultProxy]:
    async with PostgresFaultProxy(database_url) as proxy:
        yield proxy


@pytest.fixture
async def distant(proxy: PostgresFaultProxy) -> AsyncIterator[AsyncEngine]:
    """An engine whose way leads through the proxy."""
    engine = create_engine(proxy.url)
    yield engine
    await engine.dispose()


@pytest.fixture
def is_running(engine: AsyncEngine) -> IsRunning:
    """Whether somebody runs a statement just now."""

    async def look(statement: str) -> bool:
        count = await ask(
            engine,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'active' AND query = :wanted",
            wanted=statement,
        )
        return bool(count)

    return look


@pytest.mark.parametrize("end", ["pg_terminate_backend", "pg_cancel_backend"])
async def test_a_statement_that_an_operator_ends_is_away_and_the_next_one_works(
    end: str,
    engine: AsyncEngine,
    database_url: str,
    is_running: IsRunning,
) -> None:
    ended = create_engine(database_url)
    process = await backend(ended)
    asked = asyncio.create_task(ask(ended, SLEEP))
    await wait_until(lambda: is_running(SLEEP))

    await ask(engine, f"SELECT {end}(:process)", process=process)

    with pytest.raises(DatabaseAway) as away:
        await asked
    assert "\n" not in str(away.value)
    assert "due to" in str(away.value)
    assert await backend(ended) != process
    await ended.dispose()


async def test_of_idle_connections_that_the_server_has_closed_one_is_found_out(
    engine: AsyncEngine, database_url: str
) -> None:
    idle = create_engine(database_url)
    together = asyncio.Barrier(5)

    async def connect() -> None:
        async with connected(idle) as connection:
            await run(connection, "SELECT 1")
            await together.wait()

    await asyncio.gather(*(connect() for _ in range(5)))
    count = await ask(
        engine,
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    assert count == 5

    with pytest.raises(DatabaseAway):
        await ask(idle, "SELECT 1")
    assert [await ask(idle, "SELECT 1") for _ in range(6)] == [1] * 6
    await idle.dispose()


async def test_a_transaction_whose_connection_is_terminated_is_away_and_leaves_nothing(
    engine: AsyncEngine, database_url: str
) -> None:
    ended = create_engine(database_url)

    async def change() -> None:
        async with connected(ended) as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")
            async with connection.begin():
                await run(connection, "INSERT INTO chat_settings VALUES (1, 'ko')")
                process = await run(connection, "SELECT pg_backend_pid()")
                await ask(engine, "SELECT pg_terminate_backend(:process, 5000)", process=process)
                await run(connection, "INSERT INTO chat_settings VALUES (2, 'ko')")

    with pytest.raises(DatabaseAway):
        await change()

    assert await ask(ended, "SELECT count(*) FROM chat_settings") == 0
    await ended.dispose()


@pytest.mark.parametrize("fault", ["reset", "half close"])
async def test_a_connection_that_breaks_under_a_statement_is_away_and_the_next_one_works(
    fault: str,
    proxy: PostgresFaultProxy,
    distant: AsyncEngine,
    is_running: IsRunning,
) -> None:
    asked = asyncio.create_task(ask(distant, SLEEP))
    await wait_until(lambda: is_running(SLEEP))

    if fault == "reset":
        proxy.reset()
    else:
        proxy.half_close()

    with pytest.raises(DatabaseAway):
        await asked
    assert await ask(distant, "SELECT 1") == 1


@pytest.mark.parametrize("answered", [None, 3])
async def test_an_answer_that_is_cut_off_after_the_commit_is_away(
    answered: int | None, proxy: PostgresFaultProxy, distant: AsyncEngine, engine: AsyncEngine
) -> None:
    await ask(distant, "SELECT 1")
    cut = proxy.cut_answers(containing=b"INSERT", after=answered)

    with pytest.raises(DatabaseAway):
        await ask(distant, "INSERT INTO chat_settings VALUES (1, 'ko')")

    assert cut.happened == 1
    if answered is None:
        assert await ask(engine, "SELECT count(*) FROM chat_settings") == 1
    assert await ask(distant, "SELECT 1") == 1


async def test_a_connection_that_is_reset_while_it_is_made_is_away(
    proxy: PostgresFaultProxy, distant: AsyncEngine
) -> None:
    proxy.reset(next_connections=1)

    with pytest.raises(DatabaseAway):
        await ask(distant, "SELECT 1")
    assert await ask(distant, "SELECT 1") == 1


async def test_a_connection_that_ends_while_it_is_made_is_away(
    proxy: PostgresFaultProxy, distant: AsyncEngine
) -> None:
    proxy.half_close(next_connections=1)

    with pytest.raises(DatabaseAway):
        await ask(distant, "SELECT 1")
    assert await ask(distant, "SELECT 1") == 1


async def test_a_server_that_refuses_connections_is_away_until_it_takes_them(
    proxy: PostgresFaultProxy, distant: AsyncEngine
) -> None:
    proxy.refuse()
    for _ in range(3):
        with pytest.raises(DatabaseAway, match="Connect call failed"):
            await ask(distant, "SELECT 1")

    await proxy.heal()

    assert await ask(distant, "SELECT 1") == 1


async def test_a_server_that_does_not_answer_a_new_connection_is_away(
    proxy: PostgresFaultProxy, distant: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.database.CONNECT_TIMEOUT_SECONDS", BRIEF_SECONDS)
    proxy.black_hole()

    with pytest.raises(DatabaseAway, match="no answer in time"):
        await ask(distant, "SELECT 1")

    await proxy.heal()
    assert await ask(distant, "SELECT 1") == 1


async def test_a_server_that_falls_silent_is_away_when_the_time_for_a_statement_is_over(
    proxy: PostgresFaultProxy,
) -> None:
    engine = create_engine(proxy.url, command_timeout=BRIEF_SECONDS)
    await ask(engine, "SELECT 1")
    proxy.black_hole()
    began = time.monotonic()

    with pytest.raises(DatabaseAway, match="no answer in time"):
        await ask(engine, "SELECT 1")

    assert time.monotonic() - began < 5
    await proxy.heal()
    assert await ask(engine, "SELECT 1") == 1
    await engine.dispose()


async def test_a_statement_that_takes_too_long_is_away_and_the_server_ends_it(
    impatient: AsyncEngine, is_running: IsRunning
) -> None:
    process = await backend(impatient)

    with pytest.raises(DatabaseAway, match="no answer in time"):
        await ask(impatient, SLEEP)

    assert await backend(impatient) != process

    async def is_over() -> bool:
        return not await is_running(SLEEP)

    await wait_until(is_over)


async def test_a_wait_for_a_lock_that_takes_too_long_is_away_and_nobody_waits_any_more(
    impatient: AsyncEngine, engine: AsyncEngine
) -> None:
    async with connected(engine) as holder:
        await run(holder, LOCK, number=1)

        with pytest.raises(DatabaseAway, match="no answer in time"):
            await ask(impatient, LOCK, number=1)

        async def nobody_waits() -> bool:
            return await Tables(engine).count_waiting() == 0

        await wait_until(nobody_waits)
        await run(holder, "SELECT pg_advisory_unlock(1)")
    assert await ask(impatient, "SELECT 1") == 1


async def test_a_lock_that_the_server_will_not_wait_for_is_away(engine: AsyncEngine) -> None:
    async def lock() -> None:
        async with connected(engine) as connection:
            await run(connection, "SET lock_timeout = '10ms'")
            await run(connection, LOCK, number=1)

    async with connected(engine) as holder:
        await run(holder, LOCK, number=1)

        with pytest.raises(DatabaseAway, match="lock timeout"):
            await lock()


async def test_of_two_in_a_deadlock_one_is_away_and_the_other_goes_on(engine: AsyncEngine) -> None:
    both_hold_one = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with connected(engine) as connection:
            await run(connection, "SET deadlock_timeout = '10ms'")
            await run(connection, LOCK, number=first)
            await both_hold_one.wait()
            await run(connection, LOCK, number=second)
            await run(connection, "SELECT pg_advisory_unlock_all()")

    results = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)

    [away] = [result for result in results if result is not None]
    assert isinstance(away, DatabaseAway)
    assert "deadlock detected" in str(away)


async def test_a_server_that_only_reads_is_away_and_its_connection_not_used_again(
    engine: AsyncEngine,
) -> None:
    write = "INSERT INTO chat_settings VALUES (1, 'ko')"

    async def write_in_vain() -> None:
        async with connected(engine) as connection:
            await run(connection, "SET default_transaction_read_only = on")
            await run(connection, write)

    with pytest.raises(DatabaseAway, match="read-only transaction"):
        await write_in_vain()

    await ask(engine, write)


@pytest.fixture
def crowded_out(run_on_server: Callable[[str], None]) -> Iterator[str]:
    """A user who may have no connection at all."""
    name = f"crowded_out_{uuid4().hex}"
    run_on_server(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 0")
    yield name
    run_on_server(f"DROP ROLE {name}")


async def test_too_many_connections_are_away(database_url: str, crowded_out: str) -> None:
    engine = create_engine(database_url.replace("//postgres@", f"//{crowded_out}@"))

    with pytest.raises(DatabaseAway, match="too many connections"):
        await ask(engine, "SELECT 1")

    await engine.dispose()


async def test_a_server_that_is_starting_up_is_away() -> None:
    async def refuse(_: StreamReader, writer: StreamWriter) -> None:
        write_message(
            writer,
            b"E",
            b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0",
        )
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        engine = create_engine(f"postgresql://postgres@127.0.0.1:{port}/db?sslmode=disable")

        with pytest.raises(DatabaseAway, match="starting up"):
            await ask(engine, "SELECT 1")

        await engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 / 0",
        "SELECT * FROM no_such_table",
        "INSERT INTO waiting_updates VALUES (1, 1, NULL)",
        "SELECT nonsense nonsense nonsense",
    ],
)
async def test_a_mistake_of_the_program_is_not_away_and_costs_no_connection(
    statement: str, engine: AsyncEngine
) -> None:
    process = await backend(engine)

    with pytest.raises(DBAPIError):
        await ask(engine, statement)

    assert await backend(engine) == process


async def test_a_mistake_between_statements_is_raised_as_it_is(engine: AsyncEngine) -> None:
    process = await backend(engine)

    with pytest.raises(KeyError, match="milk"):
        async with connected(engine):
            raise KeyError("milk")

    assert await backend(engine) == process


async def test_a_statement_that_is_cancelled_leaves_nothing_behind(
    database_url: str, is_running: IsRunning
) -> None:
    engine = create_engine(database_url)
    asked = asyncio.create_task(ask(engine, SLEEP))
    await wait_until(lambda: is_running(SLEEP))

    asked.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await ask(engine, "SELECT 1") == 1

    async def is_over() -> bool:
        return not await is_running(SLEEP)

    await wait_until(is_over)
    await engine.dispose()


async def test_of_all_who_find_our_own_server_gone_one_starts_it(database_url: str) -> None:
    starts = 0

    async def restart() -> str:
        nonlocal starts
        starts += 1
        await asyncio.sleep(0)
        return database_url

    engine = create_engine(DEAD_URL, restart=restart)

    assert await asyncio.gather(*(ask(engine, "SELECT 1") for _ in range(10))) == [1] * 10
    assert starts == 1
    await engine.dispose()


async def test_our_own_server_is_started_each_time_that_it_is_gone(
    proxy: PostgresFaultProxy,
) -> None:
    starts = 0

    async def restart() -> str:
        nonlocal starts
        starts += 1
        await proxy.heal()
        return proxy.url

    engine = create_engine(proxy.url, restart=restart)
    for times in range(3):
        assert await ask(engine, "SELECT 1") == 1
        assert starts == times
        proxy.refuse()
        proxy.reset()
        with pytest.raises(DatabaseAway):
            await ask(engine, "SELECT 1")
    await engine.dispose()


async def test_our_own_server_that_does_not_start_is_away_until_it_does(database_url: str) -> None:
    starts = 0

    async def restart() -> str:
        nonlocal starts
        starts += 1
        if starts < 3:
            raise DatabaseUnavailable("The disk is full")
        return database_url

    engine = create_engine(DEAD_URL, restart=restart)
    for _ in range(2):
        with pytest.raises(DatabaseAway, match="The disk is full"):
            await ask(engine, "SELECT 1")

    assert await ask(engine, "SELECT 1") == 1
    assert starts == 3
    await engine.dispose()


async def test_a_server_of_ours_that_answers_is_not_started_again(
    database_url: str, crowded_out: str
) -> None:
    starts = 0

    async def restart() -> str:
        nonlocal starts
        starts += 1
        return database_url

    busy = create_engine(database_url.replace("//postgres@", f"//{crowded_out}@"), restart=restart)
    with pytest.raises(DatabaseAway):
        await ask(busy, "SELECT 1")

    assert starts == 0
    await busy.dispose()
