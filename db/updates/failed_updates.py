"""The updates on which the program failed: each shows a bug."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import connected

RETENTION: Final = timedelta(days=30)
MOST_KEPT: Final = 1_000
LONGEST_ERROR: Final = 500
LONGEST_TRACEBACK: Final = 10_000

RECORD: Final = text(
    """
    INSERT INTO failed_updates (chat_id, update_id, failed_at, error, traceback)
    VALUES (:chat_id, :update_id, :now, :error, :traceback)
    ON CONFLICT (chat_id, update_id) DO UPDATE SET
        failed_at = excluded.failed_at, error = excluded.error, traceback = excluded.traceback
    """
)

SUMMARY: Final = text(
    """
    SELECT
        (SELECT count(*) FROM failed_updates WHERE failed_at > :since) AS count,
        last.error AS last_error, last.failed_at AS last_at
    FROM (SELECT true) AS always
    LEFT JOIN (
        SELECT error, failed_at FROM failed_updates
        WHERE failed_at > :since ORDER BY failed_at DESC LIMIT 1
    ) AS last ON true
    """
)

# The oldest failure to keep. It is a statement of its own, because Citus refuses a DELETE with a
# sub-select over all chats. A failure that is recorded in between is newer, and stays.
OLDEST: Final = text(
    "SELECT failed_at FROM failed_updates ORDER BY failed_at DESC OFFSET :newer LIMIT 1"
)

FORGET: Final = text("DELETE FROM failed_updates WHERE failed_at < :before")


@dataclass(frozen=True, slots=True)
class FailureSummary:
    """The number of updates that failed after a time, and the last of them."""

    count: int
    last_error: str | None
    last_at: datetime | None


class FailedUpdateRepository:
    """The failures, bounded in age, number and length."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def record(
        self, chat_id: int, update_id: int, error: str, traceback: str, now: datetime
    ) -> None:
        """Record a failure; a later failure of the same update takes its place."""
        values = {
            "chat_id": chat_id,
            "update_id": update_id,
            "error": _storable(error)[:LONGEST_ERROR],
            # The end of a traceback has the place of the error.
            "traceback": _storable(traceback)[-LONGEST_TRACEBACK:],
            "now": now,
        }
        async with connected(self._engine) as connection:
            await connection.execute(RECORD, values)

    async def summary(self, since: datetime) -> FailureSummary:
        """Summarise the failures after a time."""
        async with connected(self._engine) as connection:
            row = (await connection.execute(SUMMARY, {"since": since})).mappings().one()
            return FailureSummary(**row)

    async def forget_old(self, now: datetime) -> int:
        """Delete the failures that are over 30 days old, or older than the newest thousand.

        Returns:
            The number of failures deleted.
        """
        async with connected(self._engine) as connection:
            found = await connection.execute(OLDEST, {"newer": MOST_KEPT - 1})
            oldest = found.scalar_one_or_none()
            before = max(now - RETENTION, oldest) if oldest else now - RETENTION
            return (await connection.execute(FORGET, {"before": before})).rowcount


def _storable(written: str) -> str:
    """Escape what PostgreSQL can't store in a text: surrogates, and the character zero."""
    return written.encode(errors="backslashreplace").decode().replace("\x00", "\\x00")
