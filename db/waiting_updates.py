"""Updates that wait for their turn longer than a poll may wait for them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.database import connected

# One that is there is written again as it is: the commit then waits for a synchronous standby, and
# that of the first time may have been kept from it. In order, so that two of these do not meet in a
# deadlock.
PUT: Final = text(
    """
    INSERT INTO waiting_updates AS stored (chat_id, update_id, content)
    SELECT DISTINCT ON (chat_id, update_id) chat_id, update_id, content
    FROM unnest(
        CAST(:chat_ids AS bigint[]), CAST(:update_ids AS bigint[]), CAST(:contents AS text[])
    ) WITH ORDINALITY AS given (chat_id, update_id, content, position)
    ORDER BY chat_id, update_id, position
    ON CONFLICT (chat_id, update_id) DO UPDATE SET content = stored.content
    """
)

NEXT: Final = text(
    """
    SELECT chat_id, update_id, content FROM waiting_updates
    WHERE chat_id = :chat_id AND update_id > :after ORDER BY update_id LIMIT :limit
    """
)

DROP: Final = text(
    "DELETE FROM waiting_updates WHERE chat_id = :chat_id AND update_id = :update_id"
)

CHATS: Final = text("SELECT DISTINCT chat_id FROM waiting_updates")


class WaitingUpdate(NamedTuple):
    """An update as Telegram sent it, as JSON."""

    chat_id: int
    update_id: int
    content: str


class WaitingUpdateRepository:
    """The updates that are confirmed to Telegram, but not handled yet."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def put(self, updates: Sequence[WaitingUpdate]) -> None:
        """Keep updates, those of a chat beside the ones that it has already."""
        chat_ids, update_ids, contents = map(list, zip(*updates, strict=True))
        values = {"chat_ids": chat_ids, "update_ids": update_ids, "contents": contents}
        async with connected(self._engine) as connection:
            await connection.execute(PUT, values)

    async def next(self, chat_id: int, after: int, limit: int) -> Sequence[WaitingUpdate]:
        """The next updates of a chat after one, in their order."""
        values = {"chat_id": chat_id, "after": after, "limit": limit}
        async with connected(self._engine) as connection:
            rows = await connection.execute(NEXT, values)
            return [WaitingUpdate(*row) for row in rows]

    async def drop(self, chat_id: int, update_id: int) -> None:
        """Forget an update that was handled."""
        async with connected(self._engine) as connection:
            await connection.execute(DROP, {"chat_id": chat_id, "update_id": update_id})

    async def chats(self) -> Sequence[int]:
        """The chats that have updates waiting."""
        async with connected(self._engine) as connection:
            return (await connection.execute(CHATS)).scalars().all()
