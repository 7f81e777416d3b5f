"""Extends and purges sessions, for the scheduled jobs."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.connection.database import connected
from db.connection.errors import sqlstate
from db.connection.slices import Slice, in_slices, slice_end
from fridge.lifetime import Lifetime

BATCH_SIZE: Final = 750
"""Sessions per statement: few enough that no command waits long for its row locks."""

MOST_TRIES: Final = 25
LONGEST_PAUSE_SECONDS: Final = 1.0

# Deadlock detected, and lock not available in time.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
LOCK_CONFLICTS: Final = ("40P01", "55P03")

SLICE_END: Final = slice_end("user_fridge_sessions", "expires_at")

EXTEND: Final = text(
    """
    UPDATE user_fridge_sessions
    SET expires_at = session_expiry(last_accessed, :ttl_seconds)
    WHERE expires_at > :after AND expires_at <= :until
        AND last_accessed > :idle_since
        AND session_expiry(last_accessed, :ttl_seconds) > expires_at
    """
)

# Where another statement is changing a row, the DELETE waits; READ COMMITTED then checks these
# conditions again on the row's newest version: https://www.postgresql.org/docs/current/transaction-iso.html
PURGE: Final = text(
    """
    DELETE FROM user_fridge_sessions
    WHERE expires_at > :after AND expires_at <= :until
        AND last_accessed <= :idle_since
    """
)

# A warning whose fridge was used afterwards is stale: to put its items back would bring back items
# that were taken out on purpose. Stale warnings are deleted before their sessions, because only the
# session has the time of the last use. A stale warning stays stale whatever happens in between.
DROP_STALE_WARNINGS: Final = text(
    """
    DELETE FROM expiry_warnings AS warned
    USING user_fridge_sessions AS session
    WHERE session.expires_at > :after AND session.expires_at <= :until
        AND session.last_accessed <= :idle_since
        AND warned.chat_id = session.chat_id AND warned.last_accessed < session.last_accessed
    """
)


# A job gives way to commands: PostgreSQL detects a deadlock only after a second. And a job's commit
# does not wait for the disk: the next run repeats what a crash loses, and the flush of a later
# commit includes this one.
# https://www.postgresql.org/docs/current/wal-async-commit.html
YIELD_TO_COMMANDS: Final = text(
    "SELECT set_config('lock_timeout', '100ms', true),"
    " set_config('synchronous_commit', 'off', true)"
)


class SessionRepository:
    """The sessions. Methods work in batches, each a short transaction, along the expiry's index.

    Every method may run at any time, several times at once, and again: a run does the work that is
    left.
    """

    def __init__(
        self, engine: AsyncEngine, lifetime: Lifetime, batch_size: int = BATCH_SIZE
    ) -> None:
        self._engine = engine
        self._lifetime = lifetime
        self._batch_size = batch_size

    async def extend_used(self, due: datetime, now: datetime) -> int:
        """Write the expiry of sessions that are due by a time and were used since its last write.

        Returns:
            The number of sessions extended.
        """
        return await self._in_batches(
            [EXTEND],
            due,
            idle_since=self._lifetime.idle_since(now),
            ttl_seconds=self._lifetime.ttl.total_seconds(),
        )

    async def purge_expired(self, now: datetime) -> int:
        """Delete the expired sessions, their items, and the warnings from before their last use.

        Returns:
            The number of sessions deleted.
        """
        idle_since = self._lifetime.idle_since(now)
        return await self._in_batches([DROP_STALE_WARNINGS, PURGE], now, idle_since=idle_since)

    async def _in_batches(
        self, statements: Sequence[TextClause], due: datetime, **values: object
    ) -> int:
        """Run the statements for each batch; return how many rows the last statement changed."""
        async with connected(self._engine) as connection:
            await connection.execution_options(isolation_level="READ COMMITTED")

            async def run(batch: Slice) -> int:
                return await _run(connection, statements, {**batch._asdict(), **values})

            return await in_slices(connection, SLICE_END, due, self._batch_size, run)


async def _run(
    connection: AsyncConnection, statements: Sequence[TextClause], values: Mapping[str, object]
) -> int:
    """Run the statements in one transaction; return how many rows the last one changed.

    Raises:
        DBAPIError: a statement failed, or a lock was not to be had in `MOST_TRIES` tries.
    """
    tries = 0
    while True:
        try:
            await connection.execute(YIELD_TO_COMMANDS)
            results = [await connection.execute(each, values) for each in statements]
            await connection.commit()
        except DBAPIError as error:
            await connection.rollback()
            tries += 1
            if tries == MOST_TRIES or sqlstate(error) not in LOCK_CONFLICTS:
                raise
            # A commit that waits for a standby keeps its locks for seconds.
            await asyncio.sleep(min(0.1 * (tries - 1), LONGEST_PAUSE_SECONDS))
        else:
            return results[-1].rowcount
