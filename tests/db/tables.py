"""What the tables hold, read behind the repositories' backs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncEngine


class Tables:
    """Reads and writes rows directly."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def session(self, chat_id: int) -> RowMapping | None:
        """The row of a chat's session, with the version of the row."""
        rows = await self._rows(
            "SELECT *, xmin::text AS version FROM user_fridge_sessions WHERE chat_id = :chat_id",
            chat_id=chat_id,
        )
        return rows[0] if rows else None

    async def count_sessions(self) -> int:
        """How many sessions there are, live or not."""
        [row] = await self._rows("SELECT count(*) FROM user_fridge_sessions")
        return int(row["count"])

    async def count_runs(self) -> int:
        """How many runs of jobs are recorded."""
        [row] = await self._rows("SELECT count(*) FROM job_runs")
        return int(row["count"])

    async def count_waiting(self) -> int:
        """How many statements wait for a lock in this database."""
        [row] = await self._rows(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(row["count"])

    async def items(self, chat_id: int) -> Sequence[RowMapping]:
        """The rows of a chat's items, those of an earlier life too."""
        return await self._rows(
            "SELECT * FROM user_fridge_ingredients WHERE chat_id = :chat_id ORDER BY 2, 3",
            chat_id=chat_id,
        )

    async def put_session(
        self, chat_id: int, *, created_at: datetime, expires_at: datetime, last_accessed: datetime
    ) -> None:
        """Writes a session as it is given."""
        await self.run(
            "INSERT INTO user_fridge_sessions"
            " (chat_id, created_at, expires_at, last_accessed, revision)"
            " VALUES (:chat_id, :created_at, :expires_at, :last_accessed, 1)",
            chat_id=chat_id,
            created_at=created_at,
            expires_at=expires_at,
            last_accessed=last_accessed,
        )

    async def run(self, statement: str, **values: object) -> None:
        """Runs a statement."""
        async with self._engine.connect() as connection:
            await connection.execute(text(statement), values)

    async def _rows(self, statement: str, **values: object) -> Sequence[RowMapping]:
        async with self._engine.connect() as connection:
            return (await connection.execute(text(statement), values)).mappings().all()
