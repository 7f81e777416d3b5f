"""Runs a statement's CTEs one after the other, as Citus does where one of them inserts.

PostgreSQL runs them all on one snapshot, so that none sees what another changes. Citus runs each on
its own, in the order in which they stand, keeps what it returns, and has the later ones read that:
each sees what was changed before it, by others too.
https://github.com/citusdata/citus/issues/3948, https://github.com/citusdata/citus_docs/issues/664
"""

import re
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple
from unittest.mock import patch

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.util import await_only

from db.connection.database import Engine

_CTE: Final = re.compile(r"\s*(\w+) AS (?:MATERIALIZED )?\(")
_PARAMETER: Final = re.compile(r"\$(\d+)")
_STRING_OR_PARENTHESIS: Final = re.compile(r"'[^']*'|\(|\)")

Parameters = Sequence[Any]


class Cte(NamedTuple):
    """A CTE of a statement, and the name that the later ones know it by."""

    name: str
    query: str


def _driver_connection(context: ExecutionContext) -> asyncpg.Connection:
    connection: asyncpg.Connection | None = context.root_connection.connection.driver_connection
    assert connection is not None
    return connection


@contextmanager
def one_by_one(engine: Engine) -> Generator[None]:
    """Have the CTEs of each statement run one after the other meanwhile."""

    def execute(
        cursor: DBAPICursor, statement: str, parameters: Parameters, context: ExecutionContext
    ) -> bool:
        ctes, rest = _split(statement)
        if not _inserts(ctes):
            return False
        connection = _driver_connection(context)
        begins = not connection.is_in_transaction()
        await_only(_run(connection, ctes, parameters, begins=begins))
        cursor.execute(*_own(rest, parameters))
        await_only(_end(connection, ctes, commits=begins))
        return True

    async def fetch(
        connection: asyncpg.Connection, statement: str, *parameters: object, **_: object
    ) -> Any:  # noqa: ANN401 (as asyncpg's)
        ctes, rest = _split(statement)
        if not _inserts(ctes):
            return await asyncpg_fetch(connection, statement, *parameters)
        begins = not connection.is_in_transaction()
        await _run(connection, ctes, parameters, begins=begins)
        query, values = _own(rest, parameters)
        rows = await asyncpg_fetch(connection, query, *values)
        await _end(connection, ctes, commits=begins)
        return rows

    async def fetchmany(
        connection: asyncpg.Connection, statement: str, arguments: Sequence[Parameters], **_: object
    ) -> Any:  # noqa: ANN401 (as asyncpg's)
        async with connection.transaction():
            return [row for each in arguments for row in await fetch(connection, statement, *each)]

    asyncpg_fetch = asyncpg.Connection.fetch
    event.listen(engine.sync_engine, "do_execute", execute)
    with (
        patch.object(asyncpg.Connection, "fetch", fetch),
        patch.object(asyncpg.Connection, "fetchmany", fetchmany),
    ):
        yield
    event.remove(engine.sync_engine, "do_execute", execute)


def _split(statement: str) -> tuple[Sequence[Cte], str]:
    """Give a statement's CTEs, and what follows them."""
    ctes: list[Cte] = []
    rest = statement.lstrip()
    if not rest.startswith("WITH "):
        return ctes, statement
    rest = rest.removeprefix("WITH")
    while True:
        begin = _CTE.match(rest)
        assert begin, rest
        end = _closing(rest, begin.end())
        ctes.append(Cte(begin[1], rest[begin.end() : end]))
        rest = rest[end + 1 :].lstrip()
        if not rest.startswith(","):
            return ctes, rest
        rest = rest.removeprefix(",")


def _closing(text: str, start: int) -> int:
    """Where the parenthesis is closed that was opened before the start."""
    depth = 1
    for match in _STRING_OR_PARENTHESIS.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if not depth:
            return match.start()
    raise AssertionError(text)


def _inserts(ctes: Sequence[Cte]) -> bool:
    return any(cte.query.lstrip().startswith("INSERT") for cte in ctes)


async def _run(
    connection: asyncpg.Connection, ctes: Sequence[Cte], parameters: Parameters, *, begins: bool
) -> None:
    """Run the CTEs, and keep what each returns in a table of its name."""
    if begins:
        await connection.execute("BEGIN")
    for cte in ctes:
        query, values = _own(cte.query, parameters)
        columns = [
            f'"{column.name}" {column.type.name}'
            for column in (await connection.prepare(query)).get_attributes()
        ]
        await connection.execute(f"CREATE TEMP TABLE {cte.name} ({', '.join(columns)})")
        if columns:
            query = f"WITH kept AS ({query}) INSERT INTO pg_temp.{cte.name} SELECT * FROM kept"
        await connection.execute(query, *values)


async def _end(connection: asyncpg.Connection, ctes: Sequence[Cte], *, commits: bool) -> None:
    await connection.execute(f"DROP TABLE {', '.join(cte.name for cte in ctes)}")
    if commits:
        await connection.execute("COMMIT")


def _own(query: str, parameters: Parameters) -> tuple[str, Parameters]:
    """Number anew those of the parameters that a part of the statement has."""
    numbers = list(dict.fromkeys(int(number) for number in _PARAMETER.findall(query)))
    own = _PARAMETER.sub(lambda match: f"${numbers.index(int(match[1])) + 1}", query)
    return own, tuple(parameters[number - 1] for number in numbers)
