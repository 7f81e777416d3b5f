from collections.abc import AsyncIterator

import asyncpg
import pytest

from tools.chaos.faults.postgres import PostgresFaultProxy

GONE = (ConnectionResetError, asyncpg.ConnectionDoesNotExistError)


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[PostgresFaultProxy]:
    async with PostgresFaultProxy(database_url) as proxy:
        yield proxy


@pytest.fixture
async def direct(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that no fault is on, to a database with a table."""
    connection = await asyncpg.connect(database_url)
    await connection.execute("CREATE TABLE things (name text)")
    yield connection
    await connection.close()


async def names(direct: asyncpg.Connection) -> list[str]:
    return [row["name"] for row in await direct.fetch("SELECT name FROM things ORDER BY 1")]


async def test_everything_passes_also_what_is_long(
    proxy: PostgresFaultProxy, direct: asyncpg.Connection
) -> None:
    connection = await asyncpg.connect(proxy.url)
    thing = "milk" * 100_000
    await connection.execute("INSERT INTO things VALUES ($1)", thing)
    assert await names(direct) == [thing]
    assert await connection.fetchval("SELECT name FROM things") == thing
    assert await connection.fetchval("SELECT count(*) FROM generate_series(1, 100)") == 100
    with pytest.raises(asyncpg.UndefinedTableError):
        await connection.fetch("SELECT * FROM nothing")
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


@pytest.mark.parametrize("arguments", [(), ("milk",)], ids=["simple", "extended"])
async def test_a_statement_is_committed_before_its_answer_is_cut(
    proxy: PostgresFaultProxy, direct: asyncpg.Connection, arguments: tuple[str, ...]
) -> None:
    connection = await asyncpg.connect(proxy.url)
    cut = proxy.cut_answers(containing=b"INSERT")
    statement = f"INSERT INTO things VALUES ({'$1' if arguments else repr('milk')})"
    with pytest.raises(GONE):
        await connection.execute(statement, *arguments)
    assert connection.is_closed()
    assert await names(direct) == ["milk"]
    assert cut.happened == 1


async def test_a_commit_is_carried_out_before_its_answer_is_cut(
    proxy: PostgresFaultProxy, direct: asyncpg.Connection
) -> None:
    connection = await asyncpg.connect(proxy.url)
    proxy.cut_answers(containing=b"COMMIT")
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("INSERT INTO things VALUES ('milk')")
    with pytest.raises(GONE):
        await transaction.commit()
    assert await names(direct) == ["milk"]


async def test_a_prepared_statement_is_known_by_its_text_and_its_parameters(
    proxy: PostgresFaultProxy, direct: asyncpg.Connection
) -> None:
    connection = await asyncpg.connect(proxy.url)
    insert = await connection.prepare("INSERT INTO things VALUES ($1)")
    cut = proxy.cut_answers(containing=b"eggs")
    await insert.fetch("milk")
    with pytest.raises(GONE):
        await insert.fetch("eggs")
    assert await names(direct) == ["eggs", "milk"]
    assert cut.happened == 1


async def test_preparing_a_statement_is_not_carrying_it_out(
    proxy: PostgresFaultProxy, direct: asyncpg.Connection
) -> None:
    connection = await asyncpg.connect(proxy.url)
    cut = proxy.cut_answers(containing=b"INSERT", skip=1)
    insert = await connection.prepare("INSERT INTO things VALUES ($1)")
    await insert.fetch("milk")
    assert cut.happened == 0
    with pytest.raises(GONE):
        await insert.fetch("eggs")
    assert await names(direct) == ["eggs", "milk"]


async def test_an_answer_is_cut_in_the_middle(proxy: PostgresFaultProxy) -> None:
    connection = await asyncpg.connect(proxy.url)
    cut = proxy.cut_answers(containing=b"generate_series", after=1000)
    with pytest.raises(GONE):
        await connection.fetch("SELECT * FROM generate_series(1, 1000)")
    assert cut.happened == 1


async def test_a_reset_connection_is_gone_for_both_sides(
    proxy: PostgresFaultProxy, direct: asyncpg.Connection
) -> None:
    connection = await asyncpg.connect(proxy.url)
    await connection.execute("BEGIN; INSERT INTO things VALUES ('milk')")
    proxy.reset()
    with pytest.raises(GONE):
        await connection.execute("COMMIT")
    # The table's lock is free once the server has seen the reset.
    await direct.execute("BEGIN; LOCK TABLE things; COMMIT")
    assert await names(direct) == []
