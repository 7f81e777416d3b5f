"""Holds the statements to what Citus takes, as far as that can be seen without it.

And to what the design wants of them wherever they run: times are parameters, a command's statement
names its chat for each table, and a key begins with the chat.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from db.connection.database import Engine, create_engine
from tests.db.citus_rules import Schema, chats_of, read_schema, violations
from tests.db.commands import EVERYTHING, NOW, OF_A_CHAT, Repositories, noting_statements
from tests.db.query_tree import read_query
from tests.db.statements import STATEMENTS


@pytest.fixture(scope="module")
def shared_database_url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
async def engine(shared_database_url: str) -> AsyncIterator[Engine]:
    engine = create_engine(shared_database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def connection(shared_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(shared_database_url)
    yield connection
    await connection.close()


@pytest.fixture(scope="module")
def schema(shared_database_url: str) -> Schema:
    async def read() -> Schema:
        connection = await asyncpg.connect(shared_database_url)
        schema = await read_schema(connection)
        await connection.close()
        return schema

    return asyncio.run(read())


async def test_citus_takes_every_statement(connection: asyncpg.Connection, schema: Schema) -> None:
    found = {
        name: violations(await read_query(connection, statement), schema)
        for name, statement in STATEMENTS.items()
    }

    assert found
    assert {name: each for name, each in found.items() if each} == {}


async def test_what_is_sent_is_one_of_the_statements(engine: Engine) -> None:
    with noting_statements(engine) as noted:
        for command in EVERYTHING.values():
            await command(Repositories(engine), NOW)

    assert {statement for statement, _ in noted} <= set(STATEMENTS.values())


async def test_a_command_names_its_chat_for_each_table(
    engine: Engine, connection: asyncpg.Connection, schema: Schema
) -> None:
    with noting_statements(engine) as noted:
        for command in OF_A_CHAT.values():
            await command(Repositories(engine), NOW)

    chats = {
        statement: chats_of(await read_query(connection, statement), schema)
        for statement, _ in noted
    }
    # What has to wait is of several chats, and is put where each belongs.
    assert [each for each, named in chats.items() if len(named) != 1] == [
        STATEMENTS["waiting_updates.PUT"]
    ]


async def test_every_key_of_a_table_of_chats_begins_with_the_chat(
    connection: asyncpg.Connection,
) -> None:
    keys = await connection.fetch(
        """
        SELECT indexrelid::regclass::text AS key, pg_get_indexdef(indexrelid, 1, true) AS first
        FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attname = 'chat_id'
        WHERE indisunique AND indrelid::regclass::text NOT LIKE 'pg_%'
        """
    )

    assert len(keys) >= 8
    assert {key["key"]: key["first"] for key in keys if key["first"] != "chat_id"} == {}


REFUSED = {
    "reads the clock: now": [
        "DELETE FROM user_fridge_sessions WHERE chat_id = $1 AND expires_at < now()",
        "SELECT CURRENT_TIMESTAMP",
    ],
    "reads the clock: clock_timestamp": ["SELECT clock_timestamp()"],
    "calls what is VOLATILE in a modification: random": [
        "UPDATE user_fridge_sessions SET revision = random() * 10 WHERE chat_id = $1",
        """
        WITH drawn AS (SELECT random() AS number)
        DELETE FROM chat_settings USING drawn WHERE chat_id = $1 AND drawn.number < 0.5
        """,
    ],
    "calls what is STABLE over a column in a modification: timestamptz_pl_interval": [
        """
        UPDATE user_fridge_sessions SET expires_at = last_accessed + interval '1 day'
        WHERE chat_id = $1
        """,
        "DELETE FROM expiry_warnings WHERE claimed_at + interval '1 day' < $1",
        """
        INSERT INTO expiry_warnings
        SELECT $1, last_accessed, created_at, expires_at + interval '1 day', $2, NULL, '{}'
        FROM user_fridge_sessions WHERE chat_id = $1
        """,
    ],
    "calls what is STABLE over a column in a modification: jsonb_build_object": [
        """
        UPDATE handled_requests SET outcome = jsonb_build_object('was', outcome)
        WHERE chat_id = $1
        """
    ],
    "calls what is STABLE over a column in a modification: timestamptz_out": [
        "DELETE FROM expiry_warnings WHERE chat_id = $1 AND CAST(claimed_at AS text) < 'x'"
    ],
    "calls what is not IMMUTABLE in CASE or COALESCE: timestamptz_pl_interval": [
        """
        UPDATE user_fridge_sessions
        SET expires_at = coalesce(expires_at, CAST($2 AS timestamptz) + interval '1 day')
        WHERE chat_id = $1
        """
    ],
    "calls what is not IMMUTABLE in ON CONFLICT or RETURNING: timestamptz_pl_interval": [
        """
        INSERT INTO unreachable_chats AS stored VALUES ($1, $2)
        ON CONFLICT (chat_id) DO UPDATE SET since = excluded.since + interval '1 day'
        """,
        """
        INSERT INTO unreachable_chats AS stored VALUES ($1, $2)
        ON CONFLICT (chat_id) DO UPDATE SET since = $2
            WHERE stored.since + interval '1 day' < $2
        """,
        """
        UPDATE unreachable_chats SET since = $2 WHERE chat_id = $1
        RETURNING since + interval '1 day'
        """,
    ],
    "has a subquery in ON CONFLICT or RETURNING": [
        """
        WITH seen AS MATERIALIZED (SELECT language FROM chat_settings WHERE chat_id = $1)
        INSERT INTO chat_settings AS stored (chat_id, language) VALUES ($1, $2)
        ON CONFLICT (chat_id) DO UPDATE SET language = excluded.language
            WHERE stored.language = (SELECT language FROM seen)
        """,
        """
        WITH seen AS MATERIALIZED (SELECT language FROM chat_settings WHERE chat_id = $1)
        UPDATE chat_settings SET language = $2 WHERE chat_id = $1
        RETURNING (SELECT language FROM seen)
        """,
    ],
    "has a parameter in ON CONFLICT or RETURNING of an INSERT over several chats": [
        """
        INSERT INTO unreachable_chats AS stored
        SELECT * FROM unnest(CAST($1 AS bigint[]), CAST($2 AS timestamptz[]))
        ON CONFLICT (chat_id) DO UPDATE SET since = excluded.since WHERE stored.since < $3
        """,
        """
        INSERT INTO unreachable_chats AS stored
        SELECT * FROM unnest(CAST($1 AS bigint[]), CAST($2 AS timestamptz[]))
        ON CONFLICT (chat_id) DO UPDATE SET since = greatest(stored.since, $3)
        """,
        """
        INSERT INTO unreachable_chats
        SELECT * FROM unnest(CAST($1 AS bigint[]), CAST($2 AS timestamptz[]))
        RETURNING since > $3
        """,
        """
        INSERT INTO ingredients AS known
        SELECT * FROM unnest(CAST($1 AS integer[]), $2::text[], $3::text[], $4::text[], $5::text[])
        ON CONFLICT (ingredient_id) DO UPDATE SET en = excluded.en WHERE known.category = $6
        """,
    ],
    "changes a chat_id": [
        "UPDATE chat_settings SET chat_id = $2 WHERE chat_id = $1",
        """
        INSERT INTO chat_settings (chat_id) VALUES ($1)
        ON CONFLICT (chat_id) DO UPDATE SET chat_id = excluded.chat_id + 1
        """,
    ],
    "names several chats": [
        """
        SELECT FROM chat_settings AS one, chat_settings AS other
        WHERE one.chat_id = $1 AND other.chat_id = $2
        """,
        """
        INSERT INTO chat_settings
        SELECT $2, language, time_zone, warnings FROM chat_settings WHERE chat_id = $1
        """,
    ],
    "is of one chat, but not in user_fridge_ingredients": [
        """
        SELECT session.expires_at, item.name FROM user_fridge_sessions AS session
        JOIN user_fridge_ingredients AS item ON item.chat_id = session.chat_id
        WHERE session.chat_id = $1
        """,
        """
        SELECT expires_at, (SELECT count(*) FROM user_fridge_ingredients AS item) AS items
        FROM user_fridge_sessions WHERE chat_id = $1
        """,
        """
        WITH removed AS (DELETE FROM user_fridge_ingredients WHERE name_key = $2 RETURNING name)
        SELECT expires_at FROM user_fridge_sessions WHERE chat_id = $1
        """,
        "SELECT FROM user_fridge_ingredients, chat_settings AS chat WHERE chat.chat_id = $1",
    ],
    "is of one chat, but not in chat_settings": [
        "INSERT INTO chat_settings SELECT chat_id FROM waiting_updates WHERE chat_id = $1"
    ],
    "joins tables of all chats without their chat_id": [
        """
        DELETE FROM expiry_warnings USING user_fridge_sessions AS session
        WHERE session.last_accessed = expiry_warnings.last_accessed
        """
    ],
    "has a subquery over all chats that is not joined by chat_id": [
        """
        SELECT chat_id FROM user_fridge_sessions WHERE NOT EXISTS (
            SELECT FROM expiry_warnings
            WHERE expiry_warnings.last_accessed = user_fridge_sessions.last_accessed
        )
        """
    ],
    "changes all chats in a CTE": [
        """
        WITH gone AS (DELETE FROM expiry_warnings WHERE claimed_at < $1 RETURNING chat_id)
        SELECT count(*) FROM gone
        """
    ],
    "locks rows of all chats": [
        "SELECT chat_id FROM user_fridge_sessions WHERE expires_at < $1 FOR UPDATE SKIP LOCKED"
    ],
    "has a LATERAL join over all chats": [
        """
        SELECT session.chat_id, held.items FROM user_fridge_sessions AS session
        CROSS JOIN LATERAL (
            SELECT count(*) AS items FROM user_fridge_ingredients AS item
            WHERE item.chat_id = session.chat_id
        ) AS held
        """
    ],
    "reads user_fridge_ingredients after it was changed": [
        """
        WITH removed AS (DELETE FROM user_fridge_ingredients WHERE chat_id = $1 RETURNING name)
        SELECT count(*) FROM user_fridge_ingredients WHERE chat_id = $1
        """,
        """
        WITH gone AS (DELETE FROM user_fridge_sessions WHERE chat_id = $1 RETURNING revision),
        held AS (SELECT count(*) AS items FROM user_fridge_ingredients WHERE chat_id = $1)
        SELECT items FROM held, gone
        """,
    ],
    "has a part without a column": [
        "SELECT FROM user_fridge_sessions WHERE chat_id = $1 FOR UPDATE",
        """
        WITH there AS MATERIALIZED (SELECT FROM user_fridge_sessions WHERE chat_id = $1)
        SELECT EXISTS (SELECT FROM there)
        """,
        """
        WITH chosen AS (INSERT INTO chat_settings (chat_id) VALUES ($1) RETURNING language)
        SELECT language, EXISTS (SELECT FROM expiry_warnings WHERE chat_id = $1) FROM chosen
        """,
    ],
    "joins tables of chats with what is on the coordinator alone": [
        """
        SELECT session.chat_id FROM user_fridge_sessions AS session
        JOIN job_runs ON job_runs.started_at > session.created_at WHERE session.chat_id = $1
        """
    ],
    "is recursive": [
        """
        WITH RECURSIVE chat AS (
            SELECT min(chat_id) AS chat_id FROM waiting_updates
            UNION ALL
            SELECT (SELECT min(chat_id) FROM waiting_updates WHERE chat_id > chat.chat_id) FROM chat
            WHERE chat.chat_id IS NOT NULL
        )
        SELECT chat_id FROM chat
        """
    ],
    "joins what several functions return side by side": [
        """
        SELECT stored.chat_id FROM unnest(CAST($1 AS bigint[]), CAST($2 AS text[]))
            AS given (chat_id, language)
        JOIN chat_settings AS stored ON stored.chat_id = given.chat_id
        """
    ],
}


async def test_what_citus_does_not_take_is_found(
    connection: asyncpg.Connection, schema: Schema
) -> None:
    missed = [
        (violation, statement)
        for violation, statements in REFUSED.items()
        for statement in statements
        if violation not in violations(await read_query(connection, statement), schema)
    ]

    assert missed == []


async def test_seconds_may_be_added_to_a_column_by_the_immutable_function(
    connection: asyncpg.Connection, schema: Schema
) -> None:
    query = await read_query(
        connection,
        """
        UPDATE user_fridge_sessions SET expires_at = session_expiry(last_accessed, $1)
        WHERE expires_at <= $2 AND session_expiry(last_accessed, $1) > expires_at
        """,
    )

    assert violations(query, schema) == []
