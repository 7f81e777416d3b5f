"""The connection to PostgreSQL."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db.errors import DatabaseUnavailable

OLDEST_POSTGRESQL: Final = 15
CONNECT_TIMEOUT_SECONDS: Final = 10


def create_engine(dsn: str) -> AsyncEngine:
    """Make the engine for a libpq-style URL; nothing connects before the first statement.

    Every statement is a transaction of its own (AUTOCOMMIT): a command is one atomic statement and
    so one round trip, without a BEGIN and a COMMIT around it.

    Args:
        dsn: what `asyncpg.connect` takes, several hosts and `target_session_attrs` included.
    """

    async def connect() -> asyncpg.Connection:
        try:
            return await asyncpg.connect(
                dsn,
                timeout=CONNECT_TIMEOUT_SECONDS,
                server_settings={"application_name": "fridge-bot"},
            )
        except asyncpg.InterfaceError:  # among them are ValueErrors that say more
            raise
        except ValueError:
            raise DatabaseUnavailable(
                "DATABASE_URL can't be read: its form is postgresql://user:password@host:port/db"
            ) from None

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # what people typed stays out of error messages
        pool_size=10,
        max_overflow=0,
    )


async def check(engine: AsyncEngine) -> None:
    """Connect once, so that an operator hears at start what is wrong.

    Raises:
        DatabaseUnavailable: nobody answers, the login is refused, or the server is too old.
    """
    with explained():
        async with engine.connect() as connection:
            version = (await connection.execute(text("SHOW server_version_num"))).scalar_one()
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
        DatabaseUnavailable: instead of what was raised inside.
    """
    try:
        yield
    except (OSError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DatabaseUnavailable(
            f"The database can't be used ({_reason(error)}): check that it runs, that the host, "
            "port, user, password and database name in DATABASE_URL are right, and that the user "
            "may create tables"
        ) from None


def _reason(error: Exception) -> str:
    """The cause in one line. asyncpg's messages hold names and addresses, but no password."""
    if isinstance(error, TimeoutError):
        return f"no answer within {CONNECT_TIMEOUT_SECONDS} s"
    cause = error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
    return " ".join(str(cause or error).split()) or type(error).__name__
