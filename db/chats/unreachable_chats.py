"""The chats that blocked or removed the bot: the bot sends no warnings there."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.connection.database import connected

RETENTION: Final = timedelta(days=30)

PUT: Final = text(
    """
    INSERT INTO unreachable_chats AS stored (chat_id, since) VALUES (:chat_id, :now)
    ON CONFLICT (chat_id) DO UPDATE SET since = greatest(stored.since, excluded.since)
    """
)

DROP: Final = text("DELETE FROM unreachable_chats WHERE chat_id = :chat_id")

FORGET: Final = text("DELETE FROM unreachable_chats WHERE since < :before")


class UnreachableChatRepository:
    """The unreachable chats, as all replicas know them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def put(self, chat_id: int, now: datetime) -> None:
        """Record that a chat takes no messages."""
        async with connected(self._engine) as connection:
            await connection.execute(PUT, {"chat_id": chat_id, "now": now})

    async def drop(self, chat_id: int) -> None:
        """Record that a chat takes messages again."""
        async with connected(self._engine) as connection:
            await connection.execute(DROP, {"chat_id": chat_id})

    async def forget_old(self, now: datetime) -> int:
        """Delete the marks that are over 30 days old.

        A chat whose fridge lives for longer is then sent a warning, and marked again if it takes
        none.

        Returns:
            The number of marks deleted.
        """
        async with connected(self._engine) as connection:
            return (await connection.execute(FORGET, {"before": now - RETENTION})).rowcount
