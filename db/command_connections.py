"""The connections on which people's commands run."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import asyncpg

MOST: Final = 10

WAIT_SECONDS: Final = 30
"""How long a statement waits for its turn."""

# Classes of errors after which a connection is of no use: it is a standby's, an operator ends it.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
ENDING: Final = ("25", "57")

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class CommandConnections:
    """A few connections for one statement at a time each, in the order in which they are asked for.

    In asyncpg's own pool, whoever comes at the right moment goes before those who wait: with more
    commands than connections, some then wait ten times as long as most.

    Args:
        connect: makes a connection.
    """

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._turns = asyncio.Semaphore(MOST)
        self._idle: list[asyncpg.Connection] = []

    async def fetch(self, sql: str, arguments: Sequence[object]) -> Sequence[asyncpg.Record]:
        """Run a statement, which is prepared once on each connection.

        Raises:
                OSError: the connection was lost, or its turn did not come in time.
            asyncpg.PostgresError, asyncpg.InterfaceError: as asyncpg.
        """
        if self._turns.locked():
            async with asyncio.timeout(WAIT_SECONDS):
                await self._turns.acquire()
        else:
            await self._turns.acquire()
        try:
            return await self._fetch(sql, arguments)
        finally:
            self._turns.release()

    async def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            await self._idle.pop().close()

    async def _fetch(self, sql: str, arguments: Sequence[object]) -> Sequence[asyncpg.Record]:
        connection = await self._take()
        try:
            rows: Sequence[asyncpg.Record] = await connection.fetch(sql, *arguments)
        except asyncio.CancelledError:
            # It is half way through the statement, which may take any time to end.
            await connection.close()
            raise
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
            if not _leaves_usable(connection, error):
                is_lost = connection.is_closed()
                await connection.close()
                # If one is lost, or leads to what is no primary any more, so do the others.
                await self.close()
                if is_lost:
                    raise ConnectionError(str(error)) from error
                raise
            self._idle.append(connection)
            raise
        self._idle.append(connection)
        return rows

    async def _take(self) -> asyncpg.Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self._connect()


def _leaves_usable(connection: asyncpg.Connection, error: Exception) -> bool:
    """Whether the server has only refused the statement, and takes others as before."""
    return (
        isinstance(error, asyncpg.PostgresError)
        and not connection.is_closed()
        and not (error.sqlstate or "").startswith(ENDING)
    )
