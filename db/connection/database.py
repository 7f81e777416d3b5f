"""The connection to PostgreSQL."""

import asyncio
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
"""Longer than any statement takes, and shorter than a webhook's time-out."""

# Classes and codes of passing errors: connection lost, transaction rolled back, insufficient
# resources, operator intervention, system error, lock not available, read-only standby.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
PASSING: Final = ("08", "40", "53", "57", "58", "55P03", "25006")

WRONG_FOR_GOOD: Final = (PermissionError, ssl.SSLCertVerificationError)
"""The errors of the operating system and of TLS that do not pass; the others do."""

LOST_STATEMENT: Final = ("26000", "42P05")
"""The errors of a prepared statement that is missing, or exists already."""

POOLER_SECONDS: Final = 5
_VERSION: Final = text("SHOW server_version_num")


def create_engine(
    dsn: str,
    *,
    command_timeout: float | None = COMMAND_TIMEOUT_SECONDS,
    restart: Callable[[], Awaitable[str]] | None = None,
) -> "Engine":
    """Make the engine for a libpq-style URL; it connects at the first statement.

    It is in AUTOCOMMIT, without BEGIN and COMMIT around a statement: a command is one atomic
    statement, and so one round trip.

    Args:
        dsn: a URL that libpq takes. If it has several hosts, the engine uses the one that takes
            writes, also after a failover.
        command_timeout: the most seconds for a statement; None for no limit.
        restart: starts the embedded server, unless it runs, and returns its URL. The engine calls
            it when no server answers at the last URL.

    Raises:
        DatabaseUnavailable: the URL has a parameter that can't be fulfilled.
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
    """An engine that also has plain asyncpg connections, for people's commands.

    SQLAlchemy takes three times as long for a statement (docs/performance.md). People's commands
    are a few statements that run very often, and need only their texts of SQLAlchemy.
    """

    __slots__ = ("_commands",)

    def __init__(
        self, engine: SyncEngine, connect: Callable[[], Awaitable[asyncpg.Connection]]
    ) -> None:
        super().__init__(engine)

        async def connected_or_away() -> asyncpg.Connection:
            try:
                return await connect()
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
        """Run a statement, in a transaction of its own or in a batch with those of other chats.

        If the values have a `chat_id`, every row of the result must have it in a column of this
        name.

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


def _chat_id(values: Mapping[str, object]) -> int | None:
    chat_id = values.get("chat_id")
    return chat_id if isinstance(chat_id, int) else None


@cache
def _prepared(statement: TextClause, dialect: Dialect) -> tuple[str, Sequence[str]]:
    """The text of a statement with numbered parameters, and the names of the parameters."""
    compiled = statement.compile(dialect=dialect)
    return compiled.string, tuple(compiled.positiontup or ())


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncGenerator[AsyncConnection]:
    """Take a connection from the pool.

    Raises:
        DatabaseAway: in the place of passing errors: no connection can be made, it was lost, or
            the statement was cancelled. Other errors are raised as they are.
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
        # The connection may be in the middle of a statement, or its server no primary any more.
        await connection.invalidate()
        if isinstance(error, OSError):
            # After a time-out the pool's idle connections are of no use either; after a lost one
            # SQLAlchemy drops them itself. `Engine.dispose` would also cancel people's commands.
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
    """Connect, so that the operator learns at start if the database can't be used.

    Raises:
        DatabaseUnreachable: no server answers, or the server is starting.
        DatabaseUnavailable: the login is refused, the server is too old, or a pooler loses prepared
            statements.
    """
    with explained():
        async with engine.connect() as connection, engine.connect() as other:
            version = (await connection.execute(_VERSION)).scalar_one()
            # A transaction pooler lends the server connection that was used last to the next
            # client: the first connection then has to work on another server connection.
            await other.execution_options(isolation_level="READ COMMITTED")
            async with other.begin():
                await other.execute(text("SELECT 1"))
                with suppress(TimeoutError):  # the pooler has no other server connection
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
    """Turn errors of the driver and of the server into a line for the operator.

    Raises:
        DatabaseUnreachable: in the place of passing errors.
        DatabaseUnavailable: in the place of other errors of the database.
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
