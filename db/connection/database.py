"""The connection to PostgreSQL."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache
from typing import Final

import asyncpg
from sqlalchemy import Dialect, TextClause, text
from sqlalchemy import Engine as SyncEngine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from db.connection.command_connections import CommandConnections
from db.connection.database_url import ParameterRefused
from db.connection.errors import (
    DatabaseAway,
    DatabaseUnavailable,
    DatabaseUnreachable,
    reason,
    sqlstate,
)
from db.connection.servers import OwnServer, Servers

OLDEST_POSTGRESQL: Final = 15
CONNECTIONS: Final = 5
WAIT_SECONDS: Final = 30

COMMAND_TIMEOUT_SECONDS: Final = 15
"""Longer than any statement takes, shorter than a person's patience and a webhook's time-out."""

# Classes and codes of what passes: a lost connection, a rollback for another's sake, a lack of
# resources, an operator's intervention, an I/O error, a lock, a standby that is not yet primary.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
PASSING: Final = ("08", "40", "53", "57", "58", "55P03", "25006")

WRONG_FOR_GOOD: Final = (PermissionError, ssl.SSLCertVerificationError)
"""Of the errors of the operating system and of TLS, which else pass."""

LOST_STATEMENT: Final = ("26000", "42P05")
"""Of a prepared statement that is not there, or is there already."""

POOLER_SECONDS: Final = 5
_VERSION: Final = text("SHOW server_version_num")


def create_engine(
    dsn: str,
    *,
    command_timeout: float | None = COMMAND_TIMEOUT_SECONDS,
    restart: Callable[[], Awaitable[str]] | None = None,
) -> "Engine":
    """Make the engine for a libpq-style URL; nothing connects before the first statement.

    A statement needs no BEGIN and no COMMIT around it (AUTOCOMMIT): a command is one atomic
    statement, and so one round trip at most.

    Args:
        dsn: what `asyncpg.connect` takes, several hosts included: the one that takes writes is
            found, also after another has taken its place. What libpq takes besides is translated.
        command_timeout: seconds for a statement; None where it may take any time.
        restart: starts a server that is our own, unless it runs, and returns its URL. It is called
            when nobody answers at the last one.

    Raises:
        DatabaseUnavailable: the URL asks for what can't be fulfilled.
    """
    with _url_explained():
        servers = OwnServer(dsn, restart) if restart else Servers(dsn)

    async def connect() -> asyncpg.Connection:
        with _url_explained():
            return await servers.connect(command_timeout)

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # what people typed stays out of error messages
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=WAIT_SECONDS,
    )
    return Engine(engine.sync_engine, connect)


@contextmanager
def _url_explained() -> Generator[None]:
    try:
        yield
    except ParameterRefused as error:
        raise DatabaseUnavailable(f"DATABASE_URL {error}") from None
    except asyncpg.ClientConfigurationError as error:
        raise DatabaseUnavailable(f"DATABASE_URL can't be used: {reason(error)}") from None
    except asyncpg.InterfaceError:  # among them are ValueErrors that say more
        raise
    except ValueError:
        raise DatabaseUnavailable(
            "DATABASE_URL can't be read: its form is postgresql://user:password@host:port/db"
        ) from None


class Engine(AsyncEngine):
    """An engine that also has connections of asyncpg's own, for people's commands.

    SQLAlchemy takes three times as long over a statement (docs/performance.md). Statements that
    people wait for are many and always the same, and need nothing of it but their text.
    """

    __slots__ = ("_commands",)

    def __init__(
        self, engine: SyncEngine, connect: Callable[[], Awaitable[asyncpg.Connection]]
    ) -> None:
        super().__init__(engine)

        async def connected_or_away() -> asyncpg.Connection:
            try:
                return await _reading_json(await connect())
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                DatabaseUnavailable,
            ) as error:
                raise DatabaseAway(reason(error)) from error

        self._commands = CommandConnections(connected_or_away)

    async def fetch(
        self, statement: TextClause, values: Mapping[str, object]
    ) -> Sequence[asyncpg.Record]:
        """Run a statement, as a transaction of its own or together with those of other chats.

        Of one on a chat, which is the value of `chat_id`, each row has a column of this name.

        Raises:
            DatabaseAway: as in `connected`.
        """
        sql, names = _prepared(statement, self.dialect)
        try:
            return await self._commands.fetch(
                sql, [values[name] for name in names], _chat_id(values)
            )
        except (OSError, asyncpg.PostgresError) as error:
            if not _is_passing(error):
                raise
            raise DatabaseAway(reason(error)) from error

    async def dispose(self, close: bool = True) -> None:  # noqa: FBT001, FBT002 (SQLAlchemy's)
        """Break off people's commands, and close all connections that are not in use."""
        await super().dispose(close)
        await self._commands.close()


async def _reading_json(connection: asyncpg.Connection) -> asyncpg.Connection:
    try:
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
        )
    except BaseException:
        connection.terminate()
        raise
    return connection


def _chat_id(values: Mapping[str, object]) -> int | None:
    chat_id = values.get("chat_id")
    return chat_id if isinstance(chat_id, int) else None


@cache
def _prepared(statement: TextClause, dialect: Dialect) -> tuple[str, Sequence[str]]:
    """The text of a statement with numbered parameters, and their names in that order."""
    compiled = statement.compile(dialect=dialect)
    return compiled.string, tuple(compiled.positiontup or ())


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    """A connection of the pool.

    Raises:
        DatabaseAway: instead of what passes: there is no connection to be had, it broke, or the
            statement was broken off. Everything else is raised as it is.
    """
    connection = engine.connect()
    try:
        await connection.start()
    except (OSError, DBAPIError, NoConnectionFree, DatabaseUnavailable) as error:
        raise DatabaseAway(reason(error)) from error
    try:
        yield connection
    except (OSError, DBAPIError) as error:
        if not _is_passing(error):
            raise
        # It may be half way through a statement, or lead to what is no primary any more.
        await connection.invalidate()
        if isinstance(error, OSError):
            # Others that are idle would not be answered either (of a lost one SQLAlchemy knows).
            # The engine's own `dispose` would break off people's commands too.
            await AsyncEngine.dispose(engine)
        raise DatabaseAway(reason(error)) from error
    finally:
        await connection.close()


def _is_passing(error: Exception) -> bool:
    if isinstance(error, OSError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return sqlstate(error).startswith(PASSING)


async def check(engine: AsyncEngine) -> None:
    """Connect, so that an operator hears at start what is wrong.

    Raises:
        DatabaseUnreachable: nobody answers, or the server is starting.
        DatabaseUnavailable: the login is refused, the server is too old, or what is prepared on a
            connection is not found there again.
    """
    with explained():
        async with engine.connect() as connection, engine.connect() as other:
            version = (await connection.execute(_VERSION)).scalar_one()
            # A pooler that lends server connections for a transaction gives the one that was just
            # used to whoever comes next: the first connection then has to work on another one.
            await other.execution_options(isolation_level="READ COMMITTED")
            async with other.begin():
                await other.execute(text("SELECT 1"))
                with suppress(TimeoutError):  # there is no other one
                    async with asyncio.timeout(POOLER_SECONDS):
                        await connection.execute(_VERSION)
    major = int(version) // 10_000
    if major < OLDEST_POSTGRESQL:
        raise DatabaseUnavailable(
            f"The database is PostgreSQL {major}: version {OLDEST_POSTGRESQL} or newer is needed, "
            "set DATABASE_URL to one"
        )


@contextmanager
def explained() -> Generator[None]:
    """Turn what the driver and the server say into a line for the operator.

    Raises:
        DatabaseUnreachable: instead of what passes.
        DatabaseUnavailable: instead of what else was raised inside.
    """
    try:
        yield
    except (
        OSError,
        DBAPIError,
        DatabaseAway,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
    ) as error:
        if sqlstate(error).startswith(LOST_STATEMENT):
            raise DatabaseUnavailable(
                "DATABASE_URL leads through a pooler that loses prepared statements: of pgbouncer "
                "take version 1.21 or newer and set max_prepared_statements, or pool_mode = session"
            ) from None
        passes = isinstance(error, DatabaseAway) or _is_passing(error)
        may_come_back = passes and not isinstance(error, WRONG_FOR_GOOD)
        kind = DatabaseUnreachable if may_come_back else DatabaseUnavailable
        raise kind(
            f"The database can't be used ({reason(error)}): check that it runs, that the host, "
            "port, user, password and database name in DATABASE_URL are right, and that the user "
            "may create tables"
        ) from None
