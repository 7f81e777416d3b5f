"""A database that an earlier test used is given to the next one only if it is as good as new."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import pytest

from tests.conftest import STATE, UsedDatabases

CHANGES: Final = (
    "ALTER TABLE user_fridge_ingredients RENAME TO hidden",
    "ALTER TABLE chat_settings RENAME COLUMN language TO tongue",
    "ALTER TABLE chat_settings ALTER COLUMN language TYPE varchar(40)",
    "ALTER TABLE chat_settings ALTER COLUMN language SET DEFAULT 'ko'",
    "ALTER TABLE chat_settings DROP CONSTRAINT pk_chat_settings",
    "ALTER TABLE chat_settings DROP COLUMN language",
    "ALTER TABLE chat_settings ADD CHECK (chat_id <> 0) NOT VALID",
    "ALTER TABLE chat_settings SET (fillfactor = 55)",
    "ALTER INDEX ix_user_fridge_sessions_expires_at RENAME TO hidden",
    "CREATE FUNCTION more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "REVOKE ALL ON chat_settings FROM CURRENT_USER",
    "UPDATE ingredients SET en = 'moon cheese' WHERE en = 'cheese'",
    "UPDATE alembic_version SET version_num = '9999'",
)


@pytest.fixture
def urls(new_database: Callable[[], str]) -> Sequence[str]:
    return [new_database(), new_database()]


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_every_change_of_the_schema_and_the_catalogue_is_seen(urls: Sequence[str]) -> None:
    async with connected(urls[0]) as connection:
        new = await connection.fetchval(STATE)
        for change in CHANGES:
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute(change)
            assert await connection.fetchval(STATE) != new, change
            await transaction.rollback()

        assert await connection.fetchval(STATE) == new


async def test_only_a_database_that_is_as_good_as_new_is_used_again(urls: Sequence[str]) -> None:
    used = UsedDatabases()
    await used.note_state(urls[0])
    for url in urls:
        used.put(url)
    async with connected(urls[0]) as connection:
        await connection.execute("ALTER TABLE ingredients RENAME TO hidden")
    async with connected(urls[1]) as connection:
        await connection.execute("INSERT INTO chat_settings (chat_id, language) VALUES (7, 'ko')")
        assert await used.take() is None  # while somebody uses it

    assert await used.take() == urls[1]

    async with connected(urls[1]) as connection:
        assert await connection.fetchval("SELECT count(*) FROM chat_settings") == 0
    assert await used.take() is None
