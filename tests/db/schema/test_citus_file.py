"""Runs `db/schema/citus.sql` with stand-ins for Citus' functions, which note their calls."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from db.schema.models import Base

FILE: Final = Path(__file__).parents[3] / "db" / "schema" / "citus.sql"

# Citus refuses to distribute a table with a foreign key from or to one that is not distributed.
STAND_INS: Final = """
    CREATE TABLE pg_dist_partition (logicalrelid regclass);
    CREATE TABLE asked (call text);

    CREATE FUNCTION distribute(called text, distributed regclass) RETURNS void LANGUAGE plpgsql
    AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM pg_constraint WHERE contype = 'f' AND distributed IN (conrelid, confrelid)
        ) THEN
            RAISE 'there is a foreign key: %', distributed;
        END IF;
        INSERT INTO pg_dist_partition VALUES (distributed);
        INSERT INTO asked VALUES (called);
    END $$;

    CREATE FUNCTION create_reference_table(name regclass) RETURNS void LANGUAGE sql AS $$
        SELECT distribute(format('%s everywhere', name), name)
    $$;

    CREATE FUNCTION create_distributed_table(
        name regclass, distribution_column text, colocate_with text
    ) RETURNS void LANGUAGE sql AS $$
        SELECT distribute(
            format('%s by %s with %s', name, distribution_column, colocate_with), name
        )
    $$;

    CREATE FUNCTION create_distributed_function(signature regprocedure) RETURNS void LANGUAGE sql
    AS $$ INSERT INTO asked VALUES (signature::text) $$;
"""

CONSTRAINTS: Final = """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1
"""

FUNCTIONS: Final = """
    SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""


async def column(connection: asyncpg.Connection, query: str) -> Sequence[str]:
    return [row[0] for row in await connection.fetch(query)]


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database_url)
    yield connection
    await connection.close()


async def test_what_belongs_to_chats_is_distributed_by_them_and_the_keys_are_as_before(
    connection: asyncpg.Connection,
) -> None:
    functions = await column(connection, FUNCTIONS)
    constraints = await column(connection, CONSTRAINTS)
    await connection.execute(STAND_INS)

    await connection.execute(FILE.read_text())

    tables = Base.metadata.tables.items()
    of_chats = {name for name, table in tables if "chat_id" in table.columns}
    assert sorted(await column(connection, "SELECT call FROM asked")) == sorted(
        [
            "ingredients everywhere",
            "user_fridge_sessions by chat_id with none",
            *(
                f"{name} by chat_id with user_fridge_sessions"
                for name in of_chats - {"user_fridge_sessions"}
            ),
            *functions,
        ]
    )
    assert await column(connection, CONSTRAINTS) == constraints


async def test_what_is_distributed_already_is_left_alone(connection: asyncpg.Connection) -> None:
    await connection.execute(STAND_INS)
    await connection.execute(FILE.read_text())
    constraints = await column(connection, CONSTRAINTS)
    await connection.execute("TRUNCATE asked")

    await connection.execute(FILE.read_text())

    assert not any(" by " in call for call in await column(connection, "SELECT call FROM asked"))
    assert await column(connection, CONSTRAINTS) == constraints


async def test_connections_from_then_on_are_spared_the_check_that_hides_shards(
    connection: asyncpg.Connection, database_url: str
) -> None:
    await connection.execute(STAND_INS)
    await connection.execute(FILE.read_text())

    later = await asyncpg.connect(database_url)
    assert await later.fetchval("SHOW citus.override_table_visibility") == "off"
    await later.close()
