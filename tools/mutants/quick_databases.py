"""A plugin of pytest that gives tests emptied databases, and copies of one migrated template.

To make a new database for each test takes most of the time of a run.
"""

import asyncio
import os
from typing import Final
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg
import pytest
from _pytest.fixtures import FixtureDef, SubRequest

TEMPLATE: Final = "fridge_template"
CATALOGUE: Final = "ingredients"

_spare: list[str] = []


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: FixtureDef[object], request: SubRequest) -> object:
    """Give a database in place of the fixtures that make one."""
    value: object
    if fixturedef.argname == "new_database":
        value = _make
    elif fixturedef.argname == "database_url":
        value = url = _spare.pop() if _spare else _make()
        fixturedef.addfinalizer(lambda: _empty(url))
    else:
        return None
    fixturedef.cached_result = (value, fixturedef.cache_key(request), None)
    return value


def _make() -> str:
    name = f"fridge_test_{uuid4().hex}"
    server = os.environ["TEST_DATABASE_URL"]
    asyncio.run(_run(server, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy"))
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def _empty(url: str) -> None:
    try:
        asyncio.run(_delete_all(url))
    except (asyncpg.PostgresError, OSError):
        return  # the test has left the database in disorder
    _spare.append(url)


async def _delete_all(url: str) -> None:
    connection = await asyncpg.connect(url, timeout=10, command_timeout=10)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename NOT IN ('alembic_version', $1) ORDER BY tablename DESC",
            CATALOGUE,
        )
        deletes = [f"DELETE FROM {table[0]}" for table in tables]  # noqa: S608 (names that PostgreSQL gave)
        await connection.execute("; ".join(deletes))
    finally:
        await connection.close()


async def _run(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()
