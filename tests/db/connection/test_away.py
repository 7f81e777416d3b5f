import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.connection.database import Engine, connected, create_engine
from db.connection.errors import DatabaseAway, DatabaseUnavailable
from tests.db.several_servers import starting_up, url_of
from tests.db.tables import Tables
from tests.waiting import wait_until
from tools.chaos.faults.postgres import PostgresFaultProxy

IsAsleep = Callable[[], Awaitable[bool]]

DEAD_URL: Final = "postgresql://postgres@127.0.0.1:1/postgres"
BRIEF_SECONDS: Final = 0.2

BACKEND: Final = "SELECT pg_backend_pid()"
SLEEP: Final = "SELECT pg_sleep(60)"
LOCK: Final = "SELECT pg_advisory_lock(:number)"


async def run(connection: AsyncConnection, statement: str, **values: object) -> object:
    result = await connection.execute(text(statement), values)
    return result.scalar() if result.returns_rows else None


async def ask_sqlalchemy(engine: Engine, statement: str, **values: object) -> object:
    async with connected(engine) as connection:
        return await run(connection, statement, **values)


async def ask_asyncpg(engine: Engine, statement: str, **values: object) -> object:
    rows = await engine.fetch(text(statement), values)
    return rows[0][0] if rows else None


Ask = Callable[..., Coroutine[Any, Any, object]]


@pytest.fixture(params=[ask_sqlalchemy, ask_asyncpg], ids=["sqlalchemy", "asyncpg"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Gives the first value of what a statement gives, on a connection of either pool."""
    ask: Ask = request.param
    return ask


@pytest.fixture
async def impatient(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Engine]:
    """An engine that gives a statement little time."""
    monkeypatch.setattr("db.connection.command_connections.FIRST_SECONDS", BRIEF_SECONDS)
    engine = create_engine(database_url, command_timeout=BRIEF_SECONDS)
    yield engine
    await engine.dispose()


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[PostgresFaultProxy]:
    async with PostgresFaultProxy(database_url) as proxy:
        yield proxy


@pytest.fixture
async def distant(proxy: PostgresFaultProxy) -> AsyncIterator[Engine]:
    """An engine whose way leads through the proxy."""
    engine = create_engine(proxy.url)
    yield engine
    await engine.dispose()


@pytest.fixture
def is_asleep(engine: Engine) -> IsAsleep:
    """Whether `SLEEP` sleeps just now.

    The server would not hear that one is cancelled which it has only prepared.
    """

    async def look() -> bool:
        count = await ask_sqlalchemy(
            engine,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event = 'PgSleep' AND query = :wanted",
            wanted=SLEEP,
        )
        return bool(count)

    return look


@pytest.mark.parametrize("end", ["pg_terminate_backend", "pg_cancel_backend"])
async def test_a_statement_that_an_operator_ends_is_away_and_the_next_one_works(
    ask: Ask,
    end: str,
    engine: Engine,
    database_url: str,
    is_asleep: IsAsleep,
) -> None:
    ended = create_engine(database_url)
    process = await ask(ended, BACKEND)
    asked = asyncio.create_task(ask(ended, SLEEP))
    await wait_until(is_asleep)

    await ask(engine, f"SELECT {end}(:process)", process=process)

    with pytest.raises(DatabaseAway) as away:
        await asked
    assert "\n" not in str(away.value)
    assert "due to" in str(away.value)
    assert await ask(ended, BACKEND)
    await ended.dispose()


async def test_of_idle_connections_that_the_server_has_closed_one_at_most_is_found_out(
    ask: Ask, engine: Engine, database_url: str
) -> None:
    idle = create_engine(database_url)

    async def five_wait() -> bool:
        return await Tables(engine).count_waiting() == 5

    async with connected(engine) as holder:
        await run(holder, LOCK, number=1)
        shared = "SELECT pg_advisory_lock_shared(1)"
        connecting = asyncio.gather(*(ask(idle, shared) for _ in range(5)))
        await wait_until(five_wait)
        await run(holder, "SELECT pg_advisory_unlock(1)")
    await connecting
    count = await ask(
        engine,
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')"
        " AND datname = current_database()",
    )
    assert count == 5

    with suppress(DatabaseAway):
        await ask(idle, "SELECT 1")
    assert [await ask(idle, "SELECT 1") for _ in range(6)] == [1] * 6
    await idle.dispose()


async def test_a_transaction_whose_connection_is_terminated_is_away_and_leaves_nothing(
    ask: Ask, engine: Engine, database_url: str
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
    ask: Ask,
    fault: str,
    proxy: PostgresFaultProxy,
    distant: Engine,
    is_asleep: IsAsleep,
) -> None:
    asked = asyncio.create_task(ask(distant, SLEEP))
    await wait_until(is_asleep)

    if fault == "reset":
        proxy.reset()
    else:
        proxy.half_close()

    with pytest.raises(DatabaseAway):
        await asked
    assert await ask(distant, "SELECT 1") == 1


@pytest.mark.parametrize("answered", [None, 3])
async def test_an_answer_that_is_cut_off_after_the_commit_is_away(
    ask: Ask, answered: int | None, proxy: PostgresFaultProxy, distant: Engine, engine: Engine
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
    ask: Ask, proxy: PostgresFaultProxy, distant: Engine
) -> None:
    proxy.reset(next_connections=1)

    with pytest.raises(DatabaseAway):
        await ask(distant, "SELECT 1")
    assert await ask(distant, "SELECT 1") == 1


async def test_a_connection_that_ends_while_it_is_made_is_away(
    ask: Ask, proxy: PostgresFaultProxy, distant: Engine
) -> None:
    proxy.half_close(next_connections=1)

    with pytest.raises(DatabaseAway):
        await ask(distant, "SELECT 1")
    assert await ask(distant, "SELECT 1") == 1


async def test_a_server_that_refuses_connections_is_away_until_it_takes_them(
    ask: Ask, proxy: PostgresFaultProxy, distant: Engine
) -> None:
    proxy.refuse()
    for _ in range(3):
        with pytest.raises(DatabaseAway, match="Connect call failed"):
            await ask(distant, "SELECT 1")

    await proxy.heal()

    assert await ask(distant, "SELECT 1") == 1


async def test_a_server_that_does_not_answer_a_new_connection_is_away(
    ask: Ask, proxy: PostgresFaultProxy, distant: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.connection.servers.CONNECT_TIMEOUT_SECONDS", BRIEF_SECONDS)
    proxy.black_hole()

    with pytest.raises(DatabaseAway, match="no answer in time"):
        await ask(distant, "SELECT 1")

    await proxy.heal()
    assert await ask(distant, "SELECT 1") == 1


async def test_a_server_that_falls_silent_is_away_when_the_time_for_a_statement_is_over(
    ask: Ask,
    proxy: PostgresFaultProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("db.connection.servers.CONNECT_TIMEOUT_SECONDS", 1.0)
    monkeypatch.setattr("db.connection.command_connections.FIRST_SECONDS", BRIEF_SECONDS)
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


async def test_where_a_server_falls_silent_no_other_connection_to_it_is_tried(
    database_url: str, proxy: PostgresFaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.connection.servers.CONNECT_TIMEOUT_SECONDS", 2.0)
    async with PostgresFaultProxy(database_url) as other:
        engine = create_engine(url_of([proxy, other]), command_timeout=0.5)
        asked = (ask_sqlalchemy(engine, "SELECT pg_sleep(0.1)") for _ in range(3))
        await asyncio.gather(*asked)
        proxy.black_hole()
        with pytest.raises(DatabaseAway, match="no answer in time"):
            await ask_sqlalchemy(engine, "SELECT 1")

        assert await ask_sqlalchemy(engine, "SELECT 1") == 1
        await engine.dispose()


async def test_a_statement_that_takes_too_long_is_away_and_the_server_ends_it(
    ask: Ask, impatient: Engine, is_asleep: IsAsleep
) -> None:
    process = await ask(impatient, BACKEND)

    with pytest.raises(DatabaseAway, match="no answer in time"):
        await ask(impatient, SLEEP)

    assert await ask(impatient, BACKEND) != process

    async def is_over() -> bool:
        return not await is_asleep()

    await wait_until(is_over)


async def test_a_wait_for_a_lock_that_takes_too_long_is_away_and_nobody_waits_any_more(
    ask: Ask, impatient: Engine, engine: Engine
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


async def test_a_lock_that_the_server_will_not_wait_for_is_away(engine: Engine) -> None:
    async def lock() -> None:
        async with connected(engine) as connection:
            await run(connection, "SET lock_timeout = '10ms'")
            await run(connection, LOCK, number=1)

    async with connected(engine) as holder:
        await run(holder, LOCK, number=1)

        with pytest.raises(DatabaseAway, match="lock timeout"):
            await lock()


async def test_of_two_in_a_deadlock_one_is_away_and_the_other_goes_on(engine: Engine) -> None:
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
    ask: Ask,
    engine: Engine,
) -> None:
    write = "INSERT INTO chat_settings VALUES (1, 'ko')"
    await ask(engine, "SET default_transaction_read_only = on")

    with pytest.raises(DatabaseAway, match="read-only transaction"):
        await ask(engine, write)

    await ask(engine, write)


async def test_every_error_that_passes_is_away(ask: Ask, engine: Engine) -> None:
    for code in ("08006", "40001", "53100", "57014", "58030", "55P03", "25006"):
        failing = f"DO $$ BEGIN RAISE 'error {code}' USING ERRCODE = '{code}'; END $$"
        with pytest.raises(DatabaseAway, match=code):
            await ask(engine, failing)


@pytest.fixture
def crowded_out(run_on_server: Callable[[str], None]) -> Iterator[str]:
    """A user who may have no connection at all."""
    name = f"crowded_out_{uuid4().hex}"
    run_on_server(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 0")
    yield name
    run_on_server(f"DROP ROLE {name}")


async def test_too_many_connections_are_away(ask: Ask, database_url: str, crowded_out: str) -> None:
    engine = create_engine(database_url.replace("//postgres@", f"//{crowded_out}@"))

    with pytest.raises(DatabaseAway, match="too many connections"):
        await ask(engine, "SELECT 1")

    await engine.dispose()


async def test_a_server_that_is_starting_up_is_away(ask: Ask) -> None:
    async with starting_up() as port:
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
    ask: Ask, statement: str, engine: Engine
) -> None:
    process = await ask(engine, BACKEND)

    with pytest.raises((DBAPIError, asyncpg.PostgresError)):
        await ask(engine, statement)

    assert await ask(engine, BACKEND) == process


async def test_what_people_typed_is_in_no_message_of_an_error(ask: Ask, engine: Engine) -> None:
    with pytest.raises((DBAPIError, asyncpg.PostgresError), match="division by zero") as caught:
        await ask(engine, "SELECT 1 / (length(CAST(:typed AS text)) - 4)", typed="milk")

    assert "milk" not in str(caught.value)


async def test_a_mistake_between_statements_is_raised_as_it_is(ask: Ask, engine: Engine) -> None:
    process = await ask(engine, BACKEND)

    with pytest.raises(KeyError, match="milk"):
        async with connected(engine):
            raise KeyError("milk")

    assert await ask(engine, BACKEND) == process


async def test_a_statement_that_is_cancelled_leaves_nothing_behind(
    ask: Ask, database_url: str, is_asleep: IsAsleep
) -> None:
    engine = create_engine(database_url)
    asked = asyncio.create_task(ask(engine, SLEEP))
    await wait_until(is_asleep)

    asked.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asked
    assert await ask(engine, "SELECT 1") == 1

    async def is_over() -> bool:
        return not await is_asleep()

    await wait_until(is_over)
    await engine.dispose()


async def test_a_statement_of_a_silent_server_that_is_cancelled_is_not_waited_for(
    ask: Ask, proxy: PostgresFaultProxy, distant: Engine, is_asleep: IsAsleep
) -> None:
    asked = asyncio.create_task(ask(distant, SLEEP))
    await wait_until(is_asleep)
    proxy.black_hole()

    asked.cancel()

    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(60):
            await asked
    await proxy.heal()
    assert await ask(distant, "SELECT 1") == 1


async def test_a_connection_that_is_given_up_while_it_is_made_is_closed(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_made = asyncio.Event()

    async def take_long(*_: object, **__: object) -> None:
        is_made.set()
        await asyncio.Event().wait()

    await ask_sqlalchemy(engine, "SELECT 1")
    monkeypatch.setattr(asyncpg.Connection, "fetchval", take_long)
    given_up = create_engine(database_url)
    asked = asyncio.create_task(given_up.fetch(text("SELECT 1"), {}))
    await is_made.wait()

    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked

    async def there_is_no_other() -> bool:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        return await ask_sqlalchemy(engine, others) == 1

    await wait_until(there_is_no_other)


async def test_of_all_who_find_our_own_server_gone_one_starts_it(
    ask: Ask, database_url: str
) -> None:
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
    ask: Ask,
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


async def test_our_own_server_that_does_not_start_is_away_until_it_does(
    ask: Ask, database_url: str
) -> None:
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
    ask: Ask, database_url: str, crowded_out: str
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
